"""What one gives the other on the way, and what waits for whom, at the endpoint, with the refusals."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

WAITING = "{ awaitingMyReply { kind mentorshipId since due about { __typename id } } }"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def refusal(attempt: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


async def unseen(active: Story, stranger: Person, node_id: str) -> None:
    document = "query($id: ID!) { node(id: $id) { id } }"
    for person in (active.priya, stranger):
        assert (await refusal(person.ask(document, id=node_id))).code == "NOT_FOUND"


async def test_a_resource_is_shared_with_the_other_who_is_told(active: Story, stranger: Person) -> None:
    given = {
        "mentorshipId": active.mentorship_id, "title": "Talk like TED", "link": "https://books.example/ted?p=1",
        "why": "Chapter 3 is about openings", "goalId": active.goal_id,
    }  # fmt: skip
    fields = "resource { id title link why goal { id } sharedBy { name } }"
    shared = (await active.sofia.do("shareResource", fields, **given))["resource"]
    assert (shared["title"], shared["goal"]["id"], shared["sharedBy"]["name"]) == (
        given["title"], active.goal_id, "Sofia"
    )  # fmt: skip
    seen = (await active.mentorship("resources { edges { node { id link why } } }"))["resources"]["edges"]
    assert [edge["node"] for edge in seen] == [{"id": shared["id"], "link": given["link"], "why": given["why"]}]
    await until(lambda: active.was_told(active.maria, "RESOURCE_SHARED"), "the mentee to be told")
    await active.until_seen("goals.resource_shared.v1", 1)
    for link in ("javascript:alert(1)", "ftp://files.example/x", "just words", "https://"):
        refused = await refusal(active.sofia.do("shareResource", fields, **{**given, "link": link}))
        assert (refused.code, refused.field) == ("INVALID", "link"), link
    foreign = await refusal(active.sofia.do("shareResource", fields, **{**given, "goalId": active.mentorship_id}))
    assert foreign.code == "NOT_FOUND"
    for person in (active.priya, stranger):
        assert (await refusal(person.do("shareResource", fields, **given))).code == "NOT_FOUND"
    await unseen(active, stranger, shared["id"])


async def test_the_mentor_encourages_and_the_mentee_is_told(active: Story, stranger: Person) -> None:
    given = {"mentorshipId": active.mentorship_id, "text": "You held the room today", "goalId": active.goal_id}
    fields = "encouragement { id text author { name } goal { id } actionItem { id } }"
    word = (await active.sofia.do("encourage", fields, **given))["encouragement"]
    assert (word["text"], word["author"]["name"], word["actionItem"]) == (given["text"], "Sofia", None)
    await until(lambda: active.was_told(active.maria, "ENCOURAGED"), "the mentee to be told")
    seen = (await active.mentorship("encouragements { edges { node { id text } } }"))["encouragements"]["edges"]
    assert [edge["node"]["id"] for edge in seen] == [word["id"]]
    codes = ((active.maria, "FORBIDDEN"), (active.priya, "NOT_FOUND"), (stranger, "NOT_FOUND"))
    for person, code in codes:
        assert (await refusal(person.do("encourage", fields, **given))).code == code
    blank = await refusal(active.sofia.do("encourage", fields, **{**given, "text": " "}))
    assert (blank.code, blank.field) == ("INVALID", "text")
    await unseen(active, stranger, word["id"])


async def test_wins_can_be_asked_for_by_themselves(active: Story, stranger: Person) -> None:
    await active.maria.do("celebrateWin", "win { id }", mentorshipId=active.mentorship_id, title="I asked first")
    document = "query($id: ID!) { wins(mentorshipId: $id, first: 50) { edges { node { title kind } } } }"
    found = (await active.sofia.ask(document, id=active.mentorship_id))["wins"]["edges"]
    assert {"title": "I asked first", "kind": "DECLARED"} in [edge["node"] for edge in found]
    for person in (active.priya, stranger):
        assert (await refusal(person.ask(document, id=active.mentorship_id))).code == "NOT_FOUND"
    assert (await refusal(active.maria.ask(document, id=active.goal_id))).code == "NOT_FOUND"


async def test_what_the_other_did_waits_until_it_is_answered(active: Story, stranger: Person) -> None:
    assert await _waiting(active.sofia, active) == []
    of = {"mentorshipId": active.mentorship_id}
    asked = await active.maria.do("requestHelp", "helpRequest { id }", **of, kind="ADVICE", text="May I interrupt?")
    outcome = await active.maria.do(
        "recordOutcome", "outcome { id }", **of, kind="PROJECT", title="The launch", evidence="The page", attribution=2,
        on=(await active.now()).date().isoformat(),
    )  # fmt: skip
    given = await active.sofia.do(
        "giveFeedback",
        "feedback { id }",
        **of,
        kind="STRENGTH",
        situation="Today",
        behaviour="You asked",
        impact="Calm",
    )
    feedback_id, help_id = given["feedback"]["id"], asked["helpRequest"]["id"]
    assert await _waiting(active.maria, active) == [("ACKNOWLEDGE_FEEDBACK", "Feedback", feedback_id)]
    await active.maria.do("acknowledgeFeedback", "feedback { id }", feedbackId=feedback_id)
    await active.maria.do("askClarification", "feedback { id }", feedbackId=feedback_id, question="When exactly?")
    assert await _waiting(active.maria, active) == []

    assert await _waiting(active.sofia, active) == [
        ("ANSWER_HELP", "HelpRequest", help_id),
        ("VERIFY_OUTCOME", "Outcome", outcome["outcome"]["id"]),
        ("ANSWER_CLARIFICATION", "Feedback", feedback_id),
    ]
    await active.sofia.do("answerHelp", "helpRequest { id }", helpRequestId=help_id, answer="Please do")
    assert [kind for kind, _, _ in await _waiting(active.sofia, active)] == ["VERIFY_OUTCOME", "ANSWER_CLARIFICATION"]
    for person in (active.priya, stranger):
        assert (await person.ask(WAITING))["awaitingMyReply"] == []


async def test_a_proposed_goal_and_another_day_wait_for_the_mentor(active: Story) -> None:
    for answer in (await active.sofia.ask(WAITING))["awaitingMyReply"]:
        assert answer["kind"] not in {"AGREE_GOAL", "ANSWER_RENEGOTIATION"}
    revised = {
        "goalId": active.goal_id,
        "reason": "A better word",
        "title": "Give three talks in the next three months",
    }
    await active.maria.do("reviseGoal", "goal { id }", **revised)
    due = (await active.now() + timedelta(days=20)).date().isoformat()
    await active.maria.do(
        "addActionItem", "actionItem { id }", mentorshipId=active.mentorship_id, ownerId=active.maria.id,
        title="Book a stage", due=due,
    )  # fmt: skip

    async def promise() -> str:
        fields = "openCommitments(first: 100) { edges { node { id due } } }"
        edges = (await active.mentorship(fields))["openCommitments"]["edges"]
        return next((str(edge["node"]["id"]) for edge in edges if edge["node"]["due"].startswith(due)), "")

    promise_id = await until(promise, "the promise")
    later = (await active.now() + timedelta(days=30)).isoformat()
    await active.maria.do("proposeRenegotiation", "commitment { id }", commitmentId=promise_id, due=later)

    waiting = await _waiting(active.sofia, active)
    assert ("AGREE_GOAL", "Goal", active.goal_id) in waiting
    assert waiting[-1] == ("ANSWER_RENEGOTIATION", "Commitment", promise_id), "the shortest wait comes last"
    asked = {"goalId": active.goal_id, "text": "Say to whom"}
    await active.sofia.do("requestGoalChange", "goal { id }", **asked)
    assert "AGREE_GOAL" not in [kind for kind, _, _ in await _waiting(active.sofia, active)]
    await until(lambda: active.was_told(active.maria, "GOAL_CHANGE_REQUESTED"), "the mentee to be told")


async def _waiting(person: Person, active: Story) -> list[tuple[str, str, str]]:
    found = (await person.ask(WAITING))["awaitingMyReply"]
    assert {each["mentorshipId"] for each in found} <= {active.mentorship_id}
    return [(each["kind"], each["about"]["__typename"], each["about"]["id"]) for each in found]
