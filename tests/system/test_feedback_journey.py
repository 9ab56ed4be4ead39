"""The feedback loop and the action items that come of it, at the endpoint: what works, and what is refused to whom."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story, attempt
from tests.system.polling import until

WORDS = {"situation": "In the review", "behaviour": "You answered at length", "impact": "The argument was lost"}


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


async def in_days(story: Story, days: int = 7) -> str:
    return ((await story.now()).date() + timedelta(days=days)).isoformat()


async def feedback_for_maria(story: Story, *, acknowledged: bool = True, **fields: Any) -> str:
    given = await story.sofia.do(
        "giveFeedback", "feedback { id }", mentorshipId=story.mentorship_id, kind="IMPROVE", **WORDS, **fields
    )
    feedback_id: str = given["feedback"]["id"]
    if acknowledged:
        await story.maria.do("acknowledgeFeedback", "feedback { state }", feedbackId=feedback_id)
    return feedback_id


async def item_of_maria(story: Story, **fields: Any) -> dict[str, Any]:
    added = await story.sofia.do(
        "addActionItem", "actionItem { id version due }", mentorshipId=story.mentorship_id, ownerId=story.maria.id,
        title="Book a room", due=await in_days(story), **fields,
    )  # fmt: skip
    item: dict[str, Any] = added["actionItem"]
    return item


async def test_feedback_is_taken_in_asked_about_accepted_and_leads_to_an_item_and_back(active: Story) -> None:
    feedback_id = await feedback_for_maria(active, tags=["Presenting", "presenting", "listening"])
    asked = await active.maria.do(
        "askClarification", "feedback { tags clarifications { id answer } }", feedbackId=feedback_id,
        question="Which of the answers do you mean?",
    )  # fmt: skip
    assert asked["feedback"]["tags"] == ["Presenting", "listening"]
    (question,) = asked["feedback"]["clarifications"]
    answered = await active.sofia.do(
        "answerClarification", "feedback { clarifications { question answer } }", feedbackId=feedback_id,
        clarificationId=question["id"], answer="The one about the budget",
    )  # fmt: skip
    assert answered["feedback"]["clarifications"][0]["answer"] == "The one about the budget"
    plan = {"title": "Answer in two sentences", "due": await in_days(active), "size": 2}
    accepted = await active.maria.do(
        "acceptFeedback",
        "feedback { id state actionItem { title size due owner { name } feedback { id actionItem { title } } } }",
        feedbackId=feedback_id, createAction=plan,
    )  # fmt: skip
    assert accepted["feedback"]["state"] == "ACCEPTED"
    item = accepted["feedback"]["actionItem"]
    assert {key: item[key] for key in plan} == plan
    assert item["owner"]["name"] == "Maria"
    assert item["feedback"] == {"id": feedback_id, "actionItem": {"title": plan["title"]}}
    await active.until_seen("goals.feedback_accepted.v1", 1)
    await until(lambda: active.was_told(active.maria, "FEEDBACK_ANSWERED"), "the answer to be told")
    await until(lambda: active.was_told(active.sofia, "FEEDBACK_ASKED"), "the question to be told")
    await until(lambda: active.was_told(active.sofia, "FEEDBACK_DECIDED"), "the decision to be told")


async def test_accepting_many_times_with_one_key_leads_to_one_item(active: Story) -> None:
    feedback_id, key = await feedback_for_maria(active), uuid.uuid4().hex
    plan = {"title": f"Only once {key}", "due": await in_days(active)}
    given = {"feedbackId": feedback_id, "createAction": plan, "idempotencyKey": key}
    returning = "feedback { version actionItem { id } }"
    answers = await asyncio.gather(*(active.maria.do("acceptFeedback", returning, **given) for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    listed = await active.mentorship("actionItems(first: 100) { edges { node { title } } }")
    assert [edge["node"]["title"] for edge in listed["actionItems"]["edges"]].count(plan["title"]) == 1


async def test_feedback_may_be_declined_with_or_without_a_reason(active: Story) -> None:
    declined = await active.maria.do(
        "declineFeedback", "feedback { state declineReason }", feedbackId=await feedback_for_maria(active),
        reason="I tried this last year",
    )  # fmt: skip
    assert declined["feedback"] == {"state": "DECLINED", "declineReason": "I tried this last year"}
    silent = await feedback_for_maria(active)
    await active.maria.do("declineFeedback", "feedback { state }", feedbackId=silent)
    again = await refusal(active.maria.do("declineFeedback", "feedback { state }", feedbackId=silent))
    assert again.code == "CONFLICT"


async def test_nothing_comes_before_the_acknowledgement_and_only_the_recipient_decides(
    active: Story, stranger: Person
) -> None:
    feedback_id = await feedback_for_maria(active, acknowledged=False)
    plan = {"title": "Answer shortly", "due": await in_days(active)}
    attempts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("askClarification", {"question": "Which?"}),
        ("acceptFeedback", {"createAction": plan}),
        ("declineFeedback", {}),
    )
    codes = {"Maria": "CONFLICT", "Sofia": "FORBIDDEN", "Priya": "NOT_FOUND", "Stella": "NOT_FOUND"}
    for mutation, given in attempts:
        for person in (active.maria, active.sofia, active.priya, stranger):
            refused = await refusal(person.do(mutation, "feedback { id }", feedbackId=feedback_id, **given))
            assert refused.code == codes[person.name], (mutation, person.name)
    answer = {"feedbackId": feedback_id, "clarificationId": "nowhere", "answer": "That one"}
    assert (await refusal(active.sofia.do("answerClarification", "feedback { id }", **answer))).code == "NOT_FOUND"
    assert (await refusal(active.maria.do("answerClarification", "feedback { id }", **answer))).code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"title": " ", "due": "2099-01-01"}, "title"),
        ({"title": "Later", "due": "2020-01-01"}, "due"),
        ({"title": "Large", "due": "2099-01-01", "size": 4}, "size"),
    ],
)
async def test_an_action_that_breaks_a_rule_leaves_the_feedback_undecided(
    active: Story, plan: dict[str, Any], field: str
) -> None:
    feedback_id = await feedback_for_maria(active)
    refused = await refusal(
        active.maria.do("acceptFeedback", "feedback { id }", feedbackId=feedback_id, createAction=plan)
    )
    assert (refused.code, (refused.field or "").endswith(field)) == ("INVALID", True)
    document = "query($id: ID!) { node(id: $id) { ... on Feedback { state actionItem { id } } } }"
    found = (await active.maria.ask(document, id=feedback_id))["node"]
    assert found == {"state": "ACKNOWLEDGED", "actionItem": None}


async def test_eleven_tags_are_refused(active: Story) -> None:
    refused = await refusal(feedback_for_maria(active, tags=[f"tag {number}" for number in range(11)]))
    assert (refused.code, refused.field) == ("INVALID", "tags")


async def test_an_item_is_edited_but_its_day_stays(active: Story) -> None:
    item = await item_of_maria(active)
    edited = await active.maria.do(
        "editActionItem", "actionItem { title size due }", actionItemId=item["id"], title="Book a quiet room", size=3
    )
    assert edited["actionItem"] == {"title": "Book a quiet room", "size": 3, "due": item["due"]}
    moved = active.maria.do(
        "editActionItem", "actionItem { id }", actionItemId=item["id"], due=await in_days(active, 30)
    )
    refused = await refusal(moved)
    assert (refused.code, refused.field) == ("INVALID", "due")
    assert "renegotiation" in refused.message


async def test_a_blocked_item_tells_the_mentor_and_its_clock_stops(active: Story, stranger: Person) -> None:
    item = await item_of_maria(active)
    flag = {"actionItemId": item["id"], "reason": "No room is free"}
    for person, code in ((active.sofia, "FORBIDDEN"), (active.priya, "NOT_FOUND"), (stranger, "NOT_FOUND")):
        assert (await refusal(person.do("flagBlocked", "actionItem { id }", **flag))).code == code
    fields = "actionItem { blockedAt blockedReason blockedFor }"
    flagged = await active.maria.do("flagBlocked", fields, **flag)
    assert flagged["actionItem"]["blockedAt"]
    assert flagged["actionItem"]["blockedReason"] == "No room is free"
    assert (await refusal(active.maria.do("flagBlocked", fields, **flag))).code == "CONFLICT"
    await until(lambda: active.was_told(active.sofia, "ACTION_BLOCKED"), "the mentor to be told")
    cleared = (await active.sofia.do("clearBlocked", fields, actionItemId=item["id"]))["actionItem"]
    assert (cleared["blockedAt"], cleared["blockedReason"]) == (None, None)
    assert cleared["blockedFor"] != "PT0S"
    assert (await refusal(active.maria.do("clearBlocked", fields, actionItemId=item["id"]))).code == "CONFLICT"


async def test_an_item_done_early_says_by_how_many_days(active: Story) -> None:
    item = await item_of_maria(active)
    done = await active.maria.do("completeActionItem", "actionItem { state daysEarly }", actionItemId=item["id"])
    assert done["actionItem"] == {"state": "DONE", "daysEarly": 7}
    edit = active.maria.do("editActionItem", "actionItem { id }", actionItemId=item["id"], title="Too late")
    assert (await refusal(edit)).code == "CONFLICT"


async def test_an_item_names_where_it_comes_from(active: Story) -> None:
    note = await active.maria.do(
        "writeNote", "note { id }", mentorshipId=active.mentorship_id, visibility="SHARED", text="Ask about rooms"
    )
    item = await item_of_maria(active, noteId=note["note"]["id"])
    document = "query($id: ID!) { node(id: $id) { ... on ActionItem { note { text } feedback { id } } } }"
    found = (await active.maria.ask(document, id=item["id"]))["node"]
    assert found == {"note": {"text": "Ask about rooms"}, "feedback": None}
    feedback_id = await feedback_for_maria(active)
    both = await refusal(item_of_maria(active, noteId=note["note"]["id"], feedbackId=feedback_id))
    assert (both.code, both.field) == ("INVALID", "noteId")
    assert (await refusal(item_of_maria(active, feedbackId=note["note"]["id"]))).code == "NOT_FOUND"


async def test_an_item_serves_a_milestone_of_its_goal_and_no_other(active: Story) -> None:
    added = await active.maria.do(
        "addMilestone", "goal { milestones { id } }", goalId=active.goal_id, title="Halfway", due=await in_days(active)
    )
    milestone_id = added["goal"]["milestones"][-1]["id"]
    await item_of_maria(active, goalId=active.goal_id, milestoneId=milestone_id)
    for fields in ({"milestoneId": milestone_id}, {"goalId": active.goal_id, "milestoneId": "nowhere"}):
        refused = await refusal(item_of_maria(active, **fields))
        assert (refused.code, refused.field) == ("INVALID", "milestoneId")


async def test_of_two_who_complete_and_edit_an_item_at_once_one_wins_and_the_other_sees_it_as_it_is(
    active: Story,
) -> None:
    item = await item_of_maria(active)
    seen = {"actionItemId": item["id"], "version": item["version"]}
    returning = "actionItem { state title version }"
    answers = await asyncio.gather(
        attempt(active.maria, "completeActionItem", returning, **seen),
        attempt(active.sofia, "editActionItem", returning, **seen, title="Book two rooms"),
    )
    (won,) = [answer for answer in answers if not answer["userErrors"]]
    (lost,) = [answer for answer in answers if answer["userErrors"]]
    assert lost["userErrors"][0]["code"] == "CONFLICT"
    assert lost["actionItem"] == won["actionItem"], "who lost sees what who won made of it"
