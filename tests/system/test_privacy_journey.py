"""What the two write for each other stays with the two, whatever role asks and wherever one looks."""

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pytest

from contracts.wire import Envelope
from deploy.local.backends import Backends
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from kit.bus import Bus
from tests.system.people import a_story
from tests.system.polling import until
from tests.system.recording import RecordingPerson
from tests.system.traces import found_nowhere, history_of, logs_of

ROLES = ("PROGRAMME_MANAGER", "ORG_ADMIN", "HR_ANALYST", "AUDITOR")
KINDS = (
    "Feedback", "ThirdPartyFeedback", "JournalEntry", "HelpRequest", "Goal", "ActionItem", "Win", "Skill", "Outcome",
)  # fmt: skip
LISTS = {
    "feedback": "situation behaviour impact tags declineReason clarifications { question answer }",
    "thirdPartyFeedback": "question text kind rating signed",
    "journal": "text",
    "helpRequests": "text answer",
    "goals": "title changeRequests { text }",
    "actionItems": "title blockedReason",
    "wins": "title",
    "skills": "skill",
    "outcomes": "title evidence",
    "commitments": "state",
    "openCommitments": "state",
}


@dataclass
class Written:
    """Everything that the two wrote, by kind; who holds a role and nothing else; and the events of all that."""

    story: Story
    words: set[str]
    ids: dict[str, str]
    holders: dict[str, Person]
    told: list[Envelope]


@pytest.fixture(scope="module")
async def written(stack: Stack, backends: Backends) -> AsyncIterator[Written]:
    """One mentorship full of words that nobody else ever wrote."""
    endpoint, told = f"{stack.gateway_url}/graphql", list[Envelope]()
    observer = Bus(backends["amqp"].url, f"observer-{uuid.uuid4().hex[:6]}", {})
    observer.listen(["#"], told.append)
    async with observer, a_story(endpoint) as story, AsyncExitStack() as people:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
        colleague = await people.enter_async_context(RecordingPerson("Colleague", endpoint))
        writers = (cast(RecordingPerson, story.maria), cast(RecordingPerson, story.sofia), colleague)
        for writer in writers:
            writer.words.clear()
        ids = await _write(story, colleague)
        words = set[str]().union(*(writer.words for writer in writers))
        holders = {role: await people.enter_async_context(Person(role, endpoint)) for role in ROLES}
        for role, holder in holders.items():
            email = f"{role.lower()}@{story.domain}"
            await story.priya.do("addUser", "user { id }", name=role, email=email, password=PASSWORD, roles=[role])
            await holder.sign_in(email, PASSWORD)
        yield Written(story, words, ids, holders, told)


def canary(where: str) -> str:
    """Words that are nowhere else."""
    return f"canary {where} {uuid.uuid4().hex}"


async def _write(story: Story, colleague: Person) -> dict[str, str]:
    maria, sofia, of = story.maria, story.sofia, {"mentorshipId": story.mentorship_id}
    due = (await story.now() + timedelta(days=7)).date().isoformat()
    sbi = {name: canary(name) for name in ("situation", "behaviour", "impact")}
    given = await sofia.do("giveFeedback", "feedback { id }", **of, kind="IMPROVE", **sbi, tags=[canary("tag")])
    about = {"feedbackId": given["feedback"]["id"]}
    await maria.do("acknowledgeFeedback", "feedback { id }", **about)
    asking = {**about, "question": canary("question")}
    asked = await maria.do("askClarification", "feedback { clarifications { id } }", **asking)
    answer = {"clarificationId": asked["feedback"]["clarifications"][0]["id"], "answer": canary("answer")}
    await sofia.do("answerClarification", "feedback { id }", **about, **answer)
    await maria.do("declineFeedback", "feedback { id }", **about, reason=canary("decline"))
    invited = await maria.do(
        "requestThirdPartyFeedback", "token thirdPartyFeedback { id }", **of, question=canary("third question")
    )
    await colleague.do(
        "submitThirdPartyFeedback", "submitted", token=invited["token"], kind="IMPROVE", rating=2,
        text=canary("third answer"), signed=canary("third name"),
    )  # fmt: skip
    await maria.do("writeJournal", "journalEntry { id }", **of, text=canary("private journal"))
    journal = {**of, "text": canary("shared journal"), "visibility": "SHARED"}
    shared = await maria.do("writeJournal", "journalEntry { id }", **journal)
    helped = await maria.do("requestHelp", "helpRequest { id }", **of, kind="ADVICE", text=canary("help"))
    help_id = helped["helpRequest"]["id"]
    await sofia.do("answerHelp", "helpRequest { id }", helpRequestId=help_id, answer=canary("help answer"))
    item = await sofia.do(
        "addActionItem", "actionItem { id }", **of, ownerId=maria.id, title=canary("item"), due=due
    )  # fmt: skip
    item_id = item["actionItem"]["id"]
    await maria.do("flagBlocked", "actionItem { id }", actionItemId=item_id, reason=canary("block"))
    win = await maria.do("celebrateWin", "win { id }", **of, title=canary("win"))
    skill = await maria.do("assessSkill", "skill { id }", **of, skill=canary("skill"), level=2, occasion="START")
    outcome = await maria.do(
        "recordOutcome", "outcome { id }", **of, kind="PROJECT", title=canary("outcome"), evidence=canary("evidence"),
        on=(await story.now()).date().isoformat(), attribution=3,
    )  # fmt: skip
    await maria.do("reviseGoal", "goal { id }", goalId=story.goal_id, reason=canary("reason"), title=canary("goal"))
    await sofia.do("requestGoalChange", "goal { id }", goalId=story.goal_id, text=canary("change"))
    return {
        "Feedback": given["feedback"]["id"], "ThirdPartyFeedback": invited["thirdPartyFeedback"]["id"],
        "JournalEntry": shared["journalEntry"]["id"], "HelpRequest": help_id, "Goal": story.goal_id,
        "ActionItem": item_id, "Win": win["win"]["id"], "Skill": skill["skill"]["id"],
        "Outcome": outcome["outcome"]["id"],
    }  # fmt: skip


async def _refusal(attempt: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ROLES)
async def test_no_role_finds_it_by_its_id(written: Written, role: str, kind: str) -> None:
    document = "query($id: ID!) { node(id: $id) { id } }"
    assert (await written.story.sofia.ask(document, id=written.ids[kind]))["node"]["id"] == written.ids[kind]
    assert (await _refusal(written.holders[role].ask(document, id=written.ids[kind]))).code == "NOT_FOUND"


@pytest.mark.parametrize("listing", LISTS)
@pytest.mark.parametrize("role", ROLES)
async def test_no_role_reads_it_through_the_mentorship(written: Written, role: str, listing: str) -> None:
    fields = f"{listing} {{ edges {{ node {{ {LISTS[listing]} }} }} }}"
    assert (await written.story.mentorship(fields))[listing]["edges"], "the two read it"
    document = f"query($id: ID!) {{ mentorship(id: $id) {{ {fields} }} }}"
    refused = await _refusal(written.holders[role].ask(document, id=written.story.mentorship_id))
    assert refused.code == "NOT_FOUND"
    assert "canary" not in refused.message


@pytest.mark.parametrize("role", ROLES)
async def test_no_role_takes_part_in_it(written: Written, role: str) -> None:
    holder, ids = written.holders[role], written.ids
    attempts: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("acknowledgeFeedback", "feedback { id }", {"feedbackId": ids["Feedback"]}),
        ("askClarification", "feedback { id }", {"feedbackId": ids["Feedback"], "question": "Why?"}),
        ("answerHelp", "helpRequest { id }", {"helpRequestId": ids["HelpRequest"], "answer": "So"}),
        ("writeJournal", "journalEntry { id }", {"mentorshipId": written.story.mentorship_id, "text": "Mine"}),
        ("verifyOutcome", "outcome { id }", {"outcomeId": ids["Outcome"]}),
    )
    for mutation, returning, given in attempts:
        assert (await _refusal(holder.do(mutation, returning, **given))).code == "NOT_FOUND", mutation


async def test_the_words_are_in_no_event_no_log_and_no_history(
    written: Written, stack: Stack, backends: Backends
) -> None:
    async def everything_told() -> bool:
        return any(each.type == "goals.goal_change_requested.v1" for each in written.told)

    await until(everything_told, "the last event")
    words = {word for word in written.words if "canary" in word}
    assert len(words) == 23, "each of them was written"
    found_nowhere(words, "an event", (envelope.data for envelope in written.told))
    found_nowhere(words, "a log line", (path.read_bytes() for path in logs_of(stack, backends)))
    found_nowhere(words, "the history", [await history_of(stack, backends, written.story)])
