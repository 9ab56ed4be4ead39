"""Preparing a check-in at the endpoint: the draft, the summary with its questions, and the brief for both."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.meetings import a_check_in, hold
from tests.system.people import a_story
from tests.system.polling import until

HOUR = timedelta(hours=1)
BRIEF = """query($id: ID!) { checkInBrief(id: $id) {
  since
  checkIn { id preparation { summary questions } briefReadAt }
  openCommitments { party promise state due }
  carriedOver { title } blocked { title blockedReason } completed { title }
  milestones { title } progress { title metric before now entries } feedback { behaviour }
  challenges { text } } }"""
DRAFT = "query($id: ID!) { preparationDraft(checkInId: $id) { since summary completed { title } } }"


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


async def an_item(story: Story, title: str, person: Person) -> str:
    due = ((await story.now()).date() + timedelta(days=7)).isoformat()
    added = await story.sofia.do(
        "addActionItem", "actionItem { id }", mentorshipId=story.mentorship_id, ownerId=person.id, title=title, due=due
    )
    item_id: str = added["actionItem"]["id"]
    return item_id


async def test_what_was_closed_since_the_two_last_met_is_drafted_prepared_and_read_by_both(
    active: Story, stack: Stack
) -> None:
    before = await an_item(active, "Long done", active.maria)
    await active.maria.do("completeActionItem", "actionItem { id }", actionItemId=before)
    last = await a_check_in(active, stack, starts=timedelta())
    await hold(active, last)
    coming = await a_check_in(active, stack, starts=HOUR)

    nothing = (await active.maria.ask(DRAFT, id=coming))["preparationDraft"]
    assert (nothing["summary"], nothing["completed"]) == ("", [])
    assert nothing["since"]

    done = await an_item(active, "Book a room", active.maria)
    stuck = await an_item(active, "Invite the board", active.sofia)
    await active.maria.do("completeActionItem", "actionItem { id }", actionItemId=done)
    await active.sofia.do("flagBlocked", "actionItem { id }", actionItemId=stuck, reason="No names yet")
    today = (await active.now()).date().isoformat()
    await active.maria.do("logProgress", "goal { id }", goalId=active.goal_id, value=1, on=today)

    draft = (await active.maria.ask(DRAFT, id=coming))["preparationDraft"]["summary"]
    assert draft.splitlines() == ["Done: Book a room", "Presentations: from 0 to 1 presentations"]
    questions = ["How do I get the board to come?"]
    await active.maria.do("submitPreparation", "checkIn { id }", checkInId=coming, summary=draft, questions=questions)
    await active.sofia.do("markBriefRead", "checkIn { briefReadAt }", checkInId=coming)

    async def seen_alike() -> dict[str, Any] | None:  # the ledger may hear of a promise between the two readings
        mine, yours = [(await person.ask(BRIEF, id=coming))["checkInBrief"] for person in (active.maria, active.sofia)]
        return mine if mine == yours else None

    brief = await until(seen_alike, "both to see the same")
    assert brief
    assert brief["checkIn"]["preparation"] == {"summary": draft, "questions": questions}
    assert brief["checkIn"]["briefReadAt"]
    assert [item["title"] for item in brief["completed"]] == ["Book a room"]
    assert brief["blocked"] == [{"title": "Invite the board", "blockedReason": "No names yet"}]
    assert [(each["metric"], each["before"], each["now"]) for each in brief["progress"]] == [("Presentations", 0, 1)]
    assert brief["challenges"] == [{"text": "Being heard in rooms full of senior people"}]
    assert (brief["carriedOver"], brief["milestones"], brief["feedback"]) == ([], [], [])


async def test_the_brief_lists_the_open_promises_of_both(active: Story, stack: Stack) -> None:
    coming = await a_check_in(active, stack, starts=30 * HOUR)

    async def promised() -> set[tuple[str, str]] | None:
        found = (await active.sofia.ask(BRIEF, id=coming))["checkInBrief"]["openCommitments"]
        assert {each["state"] for each in found} <= {"OPEN"}
        assert [each["due"] for each in found] == sorted(each["due"] for each in found)
        promises = {(each["party"], each["promise"]) for each in found}
        wanted = {("MENTEE", "PREPARE"), ("MENTEE", "ATTEND"), ("MENTOR", "ATTEND")}
        return promises if wanted <= promises else None

    assert await until(promised, "the promises of both sides in the brief")


async def test_a_check_in_without_a_question_is_not_prepared(active: Story, stack: Stack) -> None:
    coming = await a_check_in(active, stack, starts=HOUR)
    for questions, field in (([], "questions"), (["  "], "questions[0]"), (["x?"] * 21, "questions")):
        refused = await refusal(
            active.maria.do(
                "submitPreparation", "checkIn { id }", checkInId=coming, summary="All went well", questions=questions
            )
        )
        assert (refused.code, refused.field) == ("INVALID", field)
        if not questions:
            assert "at least one question" in refused.message
    found = (await active.maria.ask(BRIEF, id=coming))["checkInBrief"]["checkIn"]
    assert found["preparation"] is None


async def test_nobody_but_the_two_reads_a_brief_or_a_draft(active: Story, stack: Stack, stranger: Person) -> None:
    coming = await a_check_in(active, stack, starts=HOUR)
    unknown = "Q2hlY2tJbjpub3doZXJl"  # CheckIn:nowhere
    for document in (BRIEF, DRAFT):
        said = set()
        for person, check_in in ((active.priya, coming), (stranger, coming), (active.maria, unknown)):
            refused = await refusal(person.ask(document, id=check_in))
            said.add((refused.code, refused.message.replace(check_in, "X")))
        assert {code for code, _ in said} == {"NOT_FOUND"}
    given_as_a_goal = await refusal(active.maria.ask(BRIEF, id=active.goal_id))
    assert given_as_a_goal.code == "NOT_FOUND"
