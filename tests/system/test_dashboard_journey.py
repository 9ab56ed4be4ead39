"""What a mentor sees at a glance and hears of at once, at the endpoint, with the refusals."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story, refusal
from tests.system.polling import until

DASHBOARD = """{ mentorDashboard { mentees { health mentorship { id mentee { name } } nextCheckIn { id startsAt }
  awaitingMe { commitments { id promise party due } replies { kind about { __typename id } } } } } }"""
NEEDS = "subscription { menteeNeedsMe { type mentorshipId title subject } }"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def mentees(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.ask(DASHBOARD))["mentorDashboard"]["mentees"]
    return found


async def test_a_mentor_sees_each_mentee_with_the_next_check_in(active: Story) -> None:
    async def planned() -> dict[str, Any] | None:
        (card,) = await mentees(active.sofia)
        return card if card["nextCheckIn"] else None

    card = await until(planned, "the next check-in")
    assert card is not None
    assert card["mentorship"] == {"id": active.mentorship_id, "mentee": {"name": "Maria"}}
    assert card["nextCheckIn"] == (await active.mentorship("nextCheckIn { id startsAt }"))["nextCheckIn"]


async def test_what_is_due_soon_and_what_waits_for_a_reply_are_on_it(active: Story) -> None:
    of = {"mentorshipId": active.mentorship_id, "ownerId": active.sofia.id}
    now = await active.now()
    for title, days in (("Read the draft", 3), ("Ask around", 30)):
        due = (now + timedelta(days=days)).date().isoformat()
        await active.sofia.do("addActionItem", "actionItem { id }", **of, title=title, due=due)
    help_id = (
        await active.maria.do(
            "requestHelp", "helpRequest { id }", mentorshipId=active.mentorship_id, kind="ADVICE", text="May I?"
        )
    )["helpRequest"]["id"]

    async def waiting() -> dict[str, Any] | None:
        (card,) = await mentees(active.sofia)
        found: dict[str, Any] = card["awaitingMe"]
        promises = [each["promise"] for each in found["commitments"]]
        return found if {"COMPLETE_ACTION", "ANSWER_HELP"} <= set(promises) else None

    found = await until(waiting, "the promises")
    assert found is not None
    assert [each["promise"] for each in found["commitments"]].count("COMPLETE_ACTION") == 1, "the later one waits"
    assert {each["party"] for each in found["commitments"]} == {"MENTOR"}
    assert [each["due"] for each in found["commitments"]] == sorted(each["due"] for each in found["commitments"])
    assert found["replies"] == [{"kind": "ANSWER_HELP", "about": {"__typename": "HelpRequest", "id": help_id}}]


async def test_others_have_no_mentees_on_it(active: Story, stranger: Person, endpoint: str) -> None:
    for person in (active.maria, active.priya, stranger):
        assert await mentees(person) == []
    async with Person("Nobody", endpoint) as nobody:
        assert (await refusal(nobody.ask(DASHBOARD))).code == "UNAUTHENTICATED"


async def test_a_mentor_hears_at_once_what_a_mentee_needs(active: Story) -> None:
    heard: list[dict[str, Any]] = []

    async def listen() -> None:
        async for need in active.sofia.subscribe(NEEDS, "menteeNeedsMe"):
            heard.append(need)  # noqa: PERF401 - while they come

    of = {"mentorshipId": active.mentorship_id, "kind": "ADVICE"}
    listening = asyncio.create_task(listen())

    async def told() -> bool:
        await active.sofia.do("requestHelp", "helpRequest { id }", **of, text="My own question")
        await active.maria.do("requestHelp", "helpRequest { id }", **of, text="Do you have a minute?")
        return bool(heard)

    await until(told, "the mentor to hear of it")
    listening.cancel()
    assert {each["type"] for each in heard} == {"goals.help_requested.v1"}
    assert {each["mentorshipId"] for each in heard} == {active.mentorship_id}
    mine = [edge["node"]["id"] for edge in (await _asked(active)) if edge["node"]["askedBy"]["name"] == "Sofia"]
    assert not {each["subject"] for each in heard} & set(mine)


async def _asked(active: Story) -> list[dict[str, Any]]:
    found = await active.mentorship("helpRequests(first: 100) { edges { node { id askedBy { name } } } }")
    edges: list[dict[str, Any]] = found["helpRequests"]["edges"]
    return edges
