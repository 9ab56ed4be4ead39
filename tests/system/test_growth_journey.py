"""Help, third-party feedback, wins, skills, outcomes and the journal at the endpoint, with their refusals."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

ANSWER = {"kind": "STRENGTH", "text": "She let everybody finish", "rating": 4, "signed": "A colleague"}
OPEN = "query($token: String!) { thirdPartyFeedback(token: $token) { question expiresAt } }"


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


async def node(person: Person, kind: str, fields: str, node_id: str) -> dict[str, Any]:
    document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {fields} }} }} }}"
    found: dict[str, Any] = (await person.ask(document, id=node_id))["node"]
    return found


async def unseen(active: Story, stranger: Person, kind: str, node_id: str) -> None:
    """Neither the programme manager nor a stranger reads it."""
    for person in (active.priya, stranger):
        assert (await refusal(node(person, kind, "id", node_id))).code == "NOT_FOUND"


async def today(story: Story) -> date:
    return (await story.now()).date()


async def test_a_party_asks_for_help_and_the_other_answers(active: Story, stranger: Person) -> None:
    given = {"mentorshipId": active.mentorship_id, "kind": "INTRODUCTION", "text": "Do you know an editor?"}
    asked = (await active.maria.do("requestHelp", "helpRequest { id due state askedBy { name } }", **given))[
        "helpRequest"
    ]
    day = date.fromisoformat(asked["due"])
    assert (asked["state"], asked["askedBy"]["name"]) == ("OPEN", "Maria")
    assert timedelta(days=3) <= day - await today(active) <= timedelta(days=5)
    assert day.weekday() < 5
    await until(lambda: active.was_told(active.sofia, "HELP_REQUESTED"), "the mentor to be told")
    answer = {"helpRequestId": asked["id"], "answer": "Yes, I will write to her"}
    codes = ((active.maria, "FORBIDDEN"), (active.priya, "NOT_FOUND"), (stranger, "NOT_FOUND"))
    for person, code in codes:
        assert (await refusal(person.do("answerHelp", "helpRequest { id }", **answer))).code == code
    answered = await active.sofia.do("answerHelp", "helpRequest { state answer answeredBy { name } }", **answer)
    assert answered["helpRequest"] == {
        "state": "ANSWERED", "answer": "Yes, I will write to her", "answeredBy": {"name": "Sofia"}
    }  # fmt: skip
    assert (await refusal(active.sofia.do("answerHelp", "helpRequest { id }", **answer))).code == "CONFLICT"
    await until(lambda: active.was_told(active.maria, "HELP_ANSWERED"), "the mentee to be told")
    blank = active.maria.do("requestHelp", "helpRequest { id }", **{**given, "text": " "})
    assert (await refusal(blank)).field == "text"
    await unseen(active, stranger, "HelpRequest", asked["id"])


async def test_somebody_without_an_account_answers_once_with_a_token(
    active: Story, stranger: Person, endpoint: str
) -> None:
    given = {"mentorshipId": active.mentorship_id, "question": "What did you see in the meeting?"}
    key = {"idempotencyKey": "the first request"}
    fields = "token thirdPartyFeedback { id answeredAt }"
    requested = await active.maria.do("requestThirdPartyFeedback", fields, **given, **key)
    token, request_id = requested["token"], requested["thirdPartyFeedback"]["id"]
    again = await active.maria.do("requestThirdPartyFeedback", fields, **given, **key)
    assert again["token"] is None, "it is shown once"
    assert again["thirdPartyFeedback"] == requested["thirdPartyFeedback"]
    async with Person("Colleague", endpoint) as colleague:
        opened = (await colleague.ask(OPEN, token=token))["thirdPartyFeedback"]
        assert opened["question"] == given["question"]
        bad = await refusal(
            colleague.do("submitThirdPartyFeedback", "submitted", token=token, **{**ANSWER, "rating": 6})
        )
        assert (bad.code, bad.field) == ("INVALID", "rating")
        answered = await colleague.do("submitThirdPartyFeedback", "submitted", token=token, **ANSWER)
        assert answered["submitted"]
        said = set()
        for used in (token, "unknown", "x" * 43):
            for attempt in (
                colleague.ask(OPEN, token=used),
                colleague.do("submitThirdPartyFeedback", "submitted", token=used, **ANSWER),
            ):
                refused = await refusal(attempt)
                said.add((refused.code, refused.message))
        assert len(said) == 1, "an unknown and a used token are told the same"
        assert said.pop()[0] == "NOT_FOUND"
    for person in (active.maria, active.sofia):
        seen = await node(person, "ThirdPartyFeedback", "kind text rating signed", request_id)
        assert seen == ANSWER
    await unseen(active, stranger, "ThirdPartyFeedback", request_id)
    await until(lambda: active.was_told(active.maria, "THIRD_PARTY_FEEDBACK_GIVEN"), "the mentee to be told")
    assert (await refusal(stranger.do("requestThirdPartyFeedback", "token", **given))).code == "NOT_FOUND"


async def test_of_two_answers_with_one_token_at_once_one_is_taken(active: Story, endpoint: str) -> None:
    requested = await active.sofia.do(
        "requestThirdPartyFeedback", "token", mentorshipId=active.mentorship_id, question="And you?"
    )
    async with Person("Colleague", endpoint) as colleague:
        answers = await asyncio.gather(
            *(colleague.do("submitThirdPartyFeedback", "submitted", token=requested["token"], **ANSWER) for _ in "ab"),
            return_exceptions=True,
        )
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "dict"]


async def test_tokens_cannot_be_tried_many_at_a_time(endpoint: str) -> None:
    async with Person("Mallory", endpoint) as mallory:
        many = '{ a: thirdPartyFeedback(token: "a") { question } b: thirdPartyFeedback(token: "b") { question } }'
        assert (await refusal(mallory.ask(many))).code == "BUDGET_EXCEEDED"


async def test_wins_are_declared_and_noticed(active: Story, stranger: Person) -> None:
    given = {"mentorshipId": active.mentorship_id, "title": "I said no, and it was fine"}
    declared = (await active.maria.do("celebrateWin", "win { id kind title owner { name } }", **given))["win"]
    assert (declared["kind"], declared["owner"]["name"]) == ("DECLARED", "Maria")
    assert (await refusal(stranger.do("celebrateWin", "win { id }", **given))).code == "NOT_FOUND"
    assert (await refusal(active.maria.do("celebrateWin", "win { id }", **{**given, "title": ""}))).field == "title"
    day = await today(active)
    added = await active.maria.do(
        "addActionItem", "actionItem { id }", mentorshipId=active.mentorship_id, ownerId=active.maria.id,
        title="Write to the editor", due=(day + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    await active.maria.do("completeActionItem", "actionItem { id }", actionItemId=added["actionItem"]["id"])
    for week in range(4):
        on = (day - timedelta(weeks=week)).isoformat()
        await active.maria.do("logProgress", "goal { id }", goalId=active.goal_id, value=1, on=on)

    async def kinds() -> list[str]:
        edges = (await active.mentorship("wins(first: 50) { edges { node { kind } } }"))["wins"]["edges"]
        return sorted(edge["node"]["kind"] for edge in edges)

    # the first progress and the first goal, the item, the goal, four weeks, and what Maria said
    wanted = ["DECLARED", "EARLY", "FIRST", "FIRST", "MILESTONE", "STREAK"]

    async def all_noticed() -> bool:
        return await kinds() == wanted

    await until(all_noticed, "every win to be noticed")
    await until(lambda: active.was_told(active.sofia, "WIN_CELEBRATED"), "the mentor to be told")
    await unseen(active, stranger, "Win", declared["id"])


async def test_both_assess_a_skill_and_what_changed_is_shown(active: Story, stranger: Person) -> None:
    given = {"mentorshipId": active.mentorship_id, "skill": "Presenting"}
    fields = "skill { id skill party start close delta }"
    await active.sofia.do("assessSkill", fields, **given, level=3, occasion="START")
    await active.maria.do("assessSkill", fields, **given, level=2, occasion="START")
    same = {**given, "skill": "presenting "}
    closed = await active.maria.do("assessSkill", fields, **same, level=4, occasion="CLOSE")
    assert closed["skill"] == {
        "id": closed["skill"]["id"], "skill": "Presenting", "party": "MENTEE", "start": 2, "close": 4, "delta": 2
    }  # fmt: skip
    listed = await active.mentorship("skills { edges { node { skill party start close delta } } }")
    assert [edge["node"]["party"] for edge in listed["skills"]["edges"]] == ["MENTOR", "MENTEE"]
    twice = active.maria.do("assessSkill", fields, **given, level=5, occasion="START")
    assert (await refusal(twice)).code == "CONFLICT"
    high = await refusal(active.maria.do("assessSkill", fields, **given, level=6, occasion="MILESTONE"))
    assert (high.code, high.field) == ("INVALID", "level")
    foreign = stranger.do("assessSkill", fields, **given, level=3, occasion="START")
    assert (await refusal(foreign)).code == "NOT_FOUND"
    await unseen(active, stranger, "Skill", closed["skill"]["id"])


async def test_an_outcome_is_recorded_by_one_and_verified_by_the_other(active: Story, stranger: Person) -> None:
    day = await today(active)
    given = {
        "mentorshipId": active.mentorship_id, "kind": "PROMOTION", "title": "Team lead", "on": day.isoformat(),
        "evidence": "The letter of today", "attribution": 4,
    }  # fmt: skip
    recorded = (await active.maria.do("recordOutcome", "outcome { id kind verifiedAt }", **given))["outcome"]
    assert (recorded["kind"], recorded["verifiedAt"]) == ("PROMOTION", None)
    verify = {"outcomeId": recorded["id"]}
    for person, code in ((active.maria, "FORBIDDEN"), (active.priya, "NOT_FOUND"), (stranger, "NOT_FOUND")):
        assert (await refusal(person.do("verifyOutcome", "outcome { id }", **verify))).code == code
    verified = await active.sofia.do("verifyOutcome", "outcome { verifiedBy { name } }", **verify)
    assert verified["outcome"]["verifiedBy"]["name"] == "Sofia"
    assert (await refusal(active.sofia.do("verifyOutcome", "outcome { id }", **verify))).code == "CONFLICT"
    for wrong in ({"on": (day + timedelta(days=9)).isoformat()}, {"attribution": 0}, {"evidence": ""}):
        refused = await refusal(active.maria.do("recordOutcome", "outcome { id }", **{**given, **wrong}))
        assert (refused.code, refused.field) == ("INVALID", next(iter(wrong)))
    await unseen(active, stranger, "Outcome", recorded["id"])


async def test_a_private_journal_is_its_authors_alone_and_a_shared_one_the_pairs(
    active: Story, stranger: Person
) -> None:
    given = {"mentorshipId": active.mentorship_id, "text": "What I would not say aloud"}
    own = (await active.maria.do("writeJournal", "journalEntry { id visibility }", **given))["journalEntry"]
    assert own["visibility"] == "PRIVATE"
    shared = await active.maria.do(
        "writeJournal", "journalEntry { id }", **{**given, "text": "For us"}, visibility="SHARED"
    )
    assert (await refusal(node(active.sofia, "JournalEntry", "text", own["id"]))).code == "NOT_FOUND"
    assert (await node(active.maria, "JournalEntry", "text", own["id"]))["text"] == given["text"]
    document = "query($id: ID!) { mentorship(id: $id) { journal { edges { node { text } } } } }"
    seen = (await active.sofia.ask(document, id=active.mentorship_id))["mentorship"]["journal"]["edges"]
    assert [edge["node"]["text"] for edge in seen] == ["For us"]
    assert (await refusal(active.priya.ask(document, id=active.mentorship_id))).code == "NOT_FOUND"
    assert (await refusal(stranger.do("writeJournal", "journalEntry { id }", **given))).code == "NOT_FOUND"
    long = await refusal(active.maria.do("writeJournal", "journalEntry { id }", **{**given, "text": "x" * 5_001}))
    assert (long.code, long.field) == ("INVALID", "text")
    await unseen(active, stranger, "JournalEntry", shared["journalEntry"]["id"])


async def test_a_token_works_for_three_weeks_and_then_no_more(active: Story, endpoint: str) -> None:
    requested = await active.maria.do(
        "requestThirdPartyFeedback", "token", mentorshipId=active.mentorship_id, question="And now?"
    )
    await active.live_until(await active.now() + timedelta(days=21, seconds=1))
    async with Person("Colleague", endpoint) as colleague:
        late = await refusal(colleague.ask(OPEN, token=requested["token"]))
        unknown = await refusal(colleague.ask(OPEN, token="unknown"))
    assert (late.code, late.message) == (unknown.code, unknown.message)
