"""A new release takes the place of the old one, part by part, while people work: nobody notices."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.parts import PARTS
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.load import AT_ONCE, Load
from tests.system.people import a_story
from tests.system.polling import until


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A platform of its own, servers too, whose parts retire as they do in a cluster."""
    extra = {part.name: {"INZPIREU_RETIRE_SECONDS": "1"} for part in PARTS}
    state = tmp_path_factory.mktemp("rolling")
    async with Stack(state, sandbox=True, extra=extra, disposable=True) as stack:
        yield stack


async def test_every_part_is_replaced_under_load_and_no_request_fails(platform: Stack) -> None:
    async with a_story(f"{platform.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
        tokens = await story.sofia.do("signIn", "accessToken", email=f"sofia@{story.domain}", password=PASSWORD)
        load = Load(story, f"{platform.gateway_url}/graphql")
        before = {part.name: platform.running[part.name].pid for part in PARTS}
        commitments = len(await _all(story, "commitments", "kind"))
        async with load.going_on([tokens] * AT_ONCE):
            for part in PARTS:
                await platform.roll(part.name)
                await load.goes_on()

        assert load.failed == []
        assert all(platform.running[part.name].pid != before[part.name] for part in PARTS)
        assert sorted([item["id"] for item in await _all(story, "actionItems", "id")]) == sorted(load.acknowledged)

        async def promised() -> bool:
            return len(await _all(story, "commitments", "kind")) == commitments + len(load.acknowledged)

        await until(promised, "one promise for each item: no event lost, none taken twice", seconds=60)


async def _all(story: Story, name: str, wanted: str) -> list[dict[str, str]]:
    document = f"""query($id: ID!, $after: String) {{ mentorship(id: $id) {{
      {name}(first: 100, after: $after) {{
        edges {{ node {{ {wanted} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
    found: list[dict[str, str]] = []
    after, more = None, True
    while more:
        page = (await story.maria.ask(document, id=story.mentorship_id, after=after))["mentorship"][name]
        found += [edge["node"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found
