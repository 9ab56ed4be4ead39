"""Progress updates at the endpoint: submitted, changed, read by the other, and what follows for goals and promises."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.goals import OPEN_COMMITMENT, Promise
from contracts.identity import Party
from deploy.local.backends import Backends
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.cycle import Said, code_of, cycle_of, somebody
from tests.system.people import a_story, until_told
from tests.system.polling import until
from tests.system.traces import found_nowhere, logs_of

CANARY = "canary three: I held my first talk"
FIELDS = "progressUpdate { id party period done next blocked version metrics { goalId value entryId } }"
NODE = "query($id: ID!) { node(id: $id) { ... on ProgressUpdate { done next blocked author { name } } } }"
LISTED = "query($id: ID!) { mentorship(id: $id) { progressUpdates { edges { node { id party done } } } } }"
GOAL = "query($id: ID!) { goal(id: $id) { current entries { id value } } }"
PROMISES = "commitments(first: 100) { edges { node { promise state } } }"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture(scope="module")
async def cycle(stack: Stack, active: Story) -> AsyncIterator[Said]:
    """Who opens the promises that recur."""
    async with cycle_of(stack, active) as cycle:
        yield cycle


def week(moment: datetime) -> str:
    year, number, _ = moment.isocalendar()
    return f"{year}-W{number:02}"


async def given(story: Story, **fields: Any) -> dict[str, Any]:
    defaults = {
        "mentorshipId": story.mentorship_id,
        "period": week(await story.now()),
        "done": CANARY,
        "next": "A second one",
        "blocked": "No room yet",
    }
    return {**defaults, **fields}


async def submit(person: Person, request: dict[str, Any]) -> dict[str, Any]:
    update: dict[str, Any] = (await person.do("submitProgressUpdate", FIELDS, **request))["progressUpdate"]
    return update


async def kept(story: Story) -> list[dict[str, Any]]:
    edges = (await story.mentorship(PROMISES))["commitments"]["edges"]
    found = [edge["node"] for edge in edges if edge["node"]["promise"] == "LOG_PROGRESS"]
    return [each for each in found if each["state"] == "KEPT"]


async def test_the_mentees_update_enters_its_values_once_and_keeps_one_promise(active: Story, cycle: Said) -> None:
    now = await active.now()
    for number in (1, 2):
        due = now + timedelta(days=7 * number)
        await cycle.tell(
            OPEN_COMMITMENT, active.mentorship_id, party=Party.MENTEE, promise=Promise.LOG_PROGRESS,
            cause_id=f"week-{number}", due=due,
        )  # fmt: skip
    request = await given(
        active, metrics=[{"goalId": active.goal_id, "value": 1, "note": "In the town hall"}], idempotencyKey="first"
    )
    first = await submit(active.maria, request)
    assert await submit(active.maria, request) == first
    assert (first["party"], first["version"], [each["value"] for each in first["metrics"]]) == ("MENTEE", 1, [1])
    goal = (await active.maria.ask(GOAL, id=active.goal_id))["goal"]
    assert (goal["current"], [each["id"] for each in goal["entries"]]) == (1, [first["metrics"][0]["entryId"]])

    async def is_kept() -> bool:
        return len(await kept(active)) > 0

    await until(is_kept, "the promise of this week to be kept")
    edited = await submit(active.maria, await given(active, done=f"{CANARY}, twice", version=1))
    assert (edited["id"], edited["version"], len(edited["metrics"])) == (first["id"], 2, 1)
    assert (await active.maria.ask(GOAL, id=active.goal_id))["goal"]["current"] == 1
    other = await given(active, metrics=[{"goalId": active.goal_id, "value": 2}])
    assert await code_of(submit(active.maria, other)) == "CONFLICT"
    assert len(await kept(active)) == 1, "one update, with values and changed, is one thing done"
    assert len(await until_told(active.sofia, "PROGRESS_REPORTED")) == 1, "what is said better is no news"


async def test_each_has_one_update_a_week_and_reads_the_others(active: Story, stranger: Person, endpoint: str) -> None:
    update = await submit(active.sofia, await given(active, done="I read her draft", blocked=None))
    assert (update["party"], update["blocked"]) == ("MENTOR", "")
    listed = (await active.sofia.ask(LISTED, id=active.mentorship_id))["mentorship"]["progressUpdates"]["edges"]
    assert [edge["node"]["party"] for edge in listed] == ["MENTEE", "MENTOR"]
    hers = (await active.sofia.ask(NODE, id=listed[0]["node"]["id"]))["node"]
    assert CANARY in hers["done"]
    assert (hers["next"], hers["author"]) == ("A second one", {"name": "Maria"})
    async with somebody(active, "Audrey", endpoint, "AUDITOR", "HR_ANALYST", "ORG_ADMIN") as audrey:
        for person in (active.priya, audrey, stranger):
            assert await code_of(submit(person, await given(active))) == "NOT_FOUND"
            assert await code_of(person.ask(NODE, id=update["id"])) == "NOT_FOUND"
            assert await code_of(person.ask(LISTED, id=active.mentorship_id)) == "NOT_FOUND"


async def test_what_cannot_be_is_refused_and_changes_nothing(active: Story) -> None:
    now = await active.now()
    value = {"goalId": active.goal_id, "value": 1}
    for fields, code, field in (
        ({"period": "last week"}, "INVALID", "period"),
        ({"period": "2027-W60"}, "INVALID", "period"),
        ({"period": week(now + timedelta(days=14))}, "INVALID", "period"),
        ({"period": week(now - timedelta(days=60))}, "INVALID", "period"),
        ({"done": " "}, "INVALID", "done"),
        ({"next": "x" * 5_001}, "INVALID", "next"),
        ({"metrics": [value] * 11}, "INVALID", "metrics"),
        ({"metrics": [value, value]}, "INVALID", "metrics"),
        ({"metrics": [{**value, "metricId": "another"}]}, "INVALID", "metricId"),
        ({"metrics": [{**value, "goalId": "R29hbDpub3doZXJl"}]}, "NOT_FOUND", None),
        ({"version": 7}, "CONFLICT", "version"),
    ):
        before = (await active.maria.ask(LISTED, id=active.mentorship_id))["mentorship"]
        with pytest.raises(Refused) as refused:
            await submit(active.maria, {**await given(active), "period": week(now - timedelta(days=14)), **fields})
        assert (refused.value.code, refused.value.field) == (code, field), fields
        assert (await active.maria.ask(LISTED, id=active.mentorship_id))["mentorship"] == before
    assert await code_of(submit(active.sofia, await given(active, metrics=[value]))) == "FORBIDDEN"


async def test_a_week_that_is_over_takes_a_first_update_and_no_changed_one(active: Story) -> None:
    earlier = week(await active.now() - timedelta(days=14))
    late = await submit(active.maria, await given(active, period=earlier))
    assert late["version"] == 1
    changed = submit(active.maria, await given(active, period=earlier, done="Something else"))
    assert await code_of(changed) == "CONFLICT"


async def test_what_was_said_is_in_no_log(active: Story, stack: Stack, backends: Backends) -> None:
    found_nowhere({CANARY}, "a log line", (path.read_bytes() for path in logs_of(stack, backends)))
