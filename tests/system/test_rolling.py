"""A new release takes the place of the old one, part by part, while people work: nobody notices."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import pytest

from deploy.local.parts import PARTS
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.people import a_story
from tests.system.polling import until

WRITE = """mutation($input: AddActionItemInput!) {
  addActionItem(input: $input) { actionItem { id } userErrors { code message } } }"""
READ = "query($id: ID!) { mentorship(id: $id) { phase goals { edges { node { title } } } } }"
DUE = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
AT_ONCE = 4


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A platform of its own, servers too, whose parts retire as they do in a cluster."""
    extra = {part.name: {"INZPIREU_RETIRE_SECONDS": "1"} for part in PARTS}
    state = tmp_path_factory.mktemp("rolling")
    async with Stack(state, sandbox=True, extra=extra, disposable=True) as stack:
        yield stack


class Load:
    """People who work on, and no client that tries again for them."""

    def __init__(self, story: Story, endpoint: str, token: str) -> None:
        self.acknowledged: list[str] = []
        self.failed: list[str] = []
        self.done = Counter[str]()
        self._going_on = True
        self._story = story
        self._endpoint = endpoint
        self._headers = {"authorization": f"Bearer {token}"}

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """From entering to leaving, on connections that are kept."""
        async with aiohttp.ClientSession(headers=self._headers) as http:
            people = [asyncio.create_task(self._work(http)) for _ in range(AT_ONCE)]
            yield
            self._going_on = False
            await asyncio.gather(*people)

    async def _work(self, http: aiohttp.ClientSession) -> None:
        mentorship = self._story.mentorship_id
        while self._going_on:
            title = uuid.uuid4().hex
            item = {"mentorshipId": mentorship, "ownerId": self._story.sofia.id, "title": title, "due": DUE}
            added = await self._ask(http, WRITE, {"input": item})
            if added and not added["addActionItem"]["userErrors"]:
                self.acknowledged.append(title)
            elif added:
                self.failed.append(str(added["addActionItem"]["userErrors"]))
            await self._ask(http, READ, {"id": mentorship})

    async def _ask(self, http: aiohttp.ClientSession, query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        try:
            async with http.post(self._endpoint, json={"query": query, "variables": variables}) as answer:
                body: dict[str, Any] = await answer.json()
        except (aiohttp.ClientError, OSError) as error:
            self.failed.append(repr(error))
            return None
        if answer.status != 200 or body.get("errors"):
            self.failed.append(f"{answer.status} {body}")
            return None
        self.done["answered"] += 1
        data: dict[str, Any] = body["data"]
        return data


async def test_every_part_is_replaced_under_load_and_no_request_fails(platform: Stack) -> None:
    async with a_story(f"{platform.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
        token = await story.sofia.do("signIn", "accessToken", email=f"sofia@{story.domain}", password=PASSWORD)
        load = Load(story, f"{platform.gateway_url}/graphql", token["accessToken"])
        before = {part.name: platform.running[part.name].pid for part in PARTS}
        commitments = len(await _all(story, "commitments", "kind"))
        async with load.going_on():
            for part in PARTS:
                await platform.roll(part.name)
                await until(partial(_more, load, load.done["answered"] + AT_ONCE), "work that goes on")

        assert load.failed == []
        assert all(platform.running[part.name].pid != before[part.name] for part in PARTS)
        assert sorted([item["title"] for item in await _all(story, "actionItems", "title")]) == sorted(
            load.acknowledged
        )

        async def promised() -> bool:
            return len(await _all(story, "commitments", "kind")) == commitments + len(load.acknowledged)

        await until(promised, "one promise for each item: no event lost, none taken twice", seconds=60)


async def _more(load: Load, wanted: int) -> bool:
    return load.done["answered"] >= wanted or bool(load.failed)


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
