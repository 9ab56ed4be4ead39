"""What shows in one mentorship, and its score as it changes, at the endpoint."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story

INSIGHTS = "query($id: ID!) { insights(mentorshipId: $id) { kind text numbers { name value } } }"
SCORE = """subscription($id: ID!) { scoreChanged(mentorshipId: $id) {
  mentee { coverage { settled overdue excused } } explain { promise state } } }"""


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def test_nothing_is_said_before_there_is_enough_to_go_by(active: Story) -> None:
    assert (await active.maria.ask(INSIGHTS, id=active.mentorship_id))["insights"] == []


async def test_what_a_metric_did_over_three_weeks_is_said_to_both(active: Story) -> None:
    today = (await active.now()).date()
    metric = {"name": "Pages", "unit": "pages", "kind": "LAST", "baseline": 0, "target": 90}
    smart = dict.fromkeys(("specific", "measurable", "achievable", "relevant", "timeBound"), "One page a day")
    drafted = await active.maria.do(
        "draftGoal", "goal { id }", mentorshipId=active.mentorship_id, title="Write ninety pages by summer",
        smart=smart, metric=metric, due=(today + timedelta(days=70)).isoformat(),
    )  # fmt: skip
    goal_id = drafted["goal"]["id"]
    await active.maria.do("proposeGoal", "goal { id }", goalId=goal_id)
    await active.sofia.do("approveGoal", "goal { id }", goalId=goal_id)
    for weeks, pages in ((2, 10), (1, 14), (0, 30)):
        on = (today - timedelta(weeks=weeks)).isoformat()
        await active.maria.do("logProgress", "goal { id }", goalId=goal_id, value=pages, on=on)

    found = (await active.maria.ask(INSIGHTS, id=active.mentorship_id))["insights"]

    (trend,) = [each for each in found if each["kind"] == "TREND"]
    assert trend["text"].startswith("“Pages” went from 10 on ")
    figures = {each["name"]: each["value"] for each in trend["numbers"]}
    assert figures == {"from": 10, "to": 30, "weeks": 2, "per_week": 10, "needed_per_week": 6}
    assert (await active.sofia.ask(INSIGHTS, id=active.mentorship_id))["insights"] == found


async def test_nobody_else_is_told(active: Story, stranger: Person) -> None:
    for person, given in (
        (active.priya, active.mentorship_id),
        (stranger, active.mentorship_id),
        (active.maria, active.goal_id),
    ):
        with pytest.raises(Refused, match="NOT_FOUND"):
            await person.ask(INSIGHTS, id=given)


async def test_a_score_is_shown_now_and_anew_when_the_ledger_changes(active: Story) -> None:
    async with asyncio.timeout(30), aclosing(_scores(active.sofia, active.mentorship_id)) as scores:
        first = await anext(scores)
        due = (await active.now() + timedelta(days=6)).date().isoformat()
        item = await active.maria.do(
            "addActionItem", "actionItem { id }", mentorshipId=active.mentorship_id, ownerId=active.maria.id,
            title="Read one chapter", due=due,
        )  # fmt: skip
        await active.maria.do("completeActionItem", "actionItem { id }", actionItemId=item["actionItem"]["id"])
        settled = first["mentee"]["coverage"]["settled"]
        async for score in scores:
            if score["mentee"]["coverage"]["settled"] > settled:
                break
    assert {"promise": "COMPLETE_ACTION", "state": "KEPT"} in score["explain"]


async def test_nobody_else_watches_it(active: Story, stranger: Person) -> None:
    for person in (active.priya, stranger):
        async with asyncio.timeout(30), aclosing(_scores(person, active.mentorship_id)) as scores:
            with pytest.raises(Refused, match="NOT_FOUND"):
                await anext(scores)


def _scores(person: Person, mentorship_id: str) -> Any:
    return person.subscribe(SCORE, "scoreChanged", id=mentorship_id)
