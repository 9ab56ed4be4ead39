"""Pause, early end, another mentor, cases: lived through the endpoint with moved time, and refused by role."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.people import a_story
from tests.system.polling import until

PAUSE = "pause { until startedAt endedAt declinedAt requestedBy { name } }"
CASES = """query($id: ID!, $state: CaseState!) { escalations(programmeId: $id, state: $state) {
  edges { node { id kind state rule policyVersion mentorship { id } report { text } } } } }"""


@asynccontextmanager
async def _active(stack: Stack) -> AsyncIterator[Story]:
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture
async def story(stack: Stack) -> AsyncIterator[Story]:
    async with _active(stack) as story:
        yield story


async def _code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


async def _cases(story: Story, person: Person, state: str = "OPEN") -> list[dict[str, Any]]:
    found = await person.ask(CASES, id=story.programme_id, state=state)
    return [edge["node"] for edge in found["escalations"]["edges"]]


async def _case(story: Story, kind: str) -> dict[str, Any]:
    async def find() -> dict[str, Any] | None:
        return next((case for case in await _cases(story, story.priya) if case["kind"] == kind), None)

    return await until(find, f"the case {kind}") or {}


async def _told(story: Story, person: Person, template: str) -> dict[str, Any]:
    document = "{ notifications(first: 50) { edges { node { template rule policyVersion cause why } } } }"

    async def find() -> dict[str, Any] | None:
        edges = (await person.ask(document))["notifications"]["edges"]
        return next((edge["node"] for edge in edges if edge["node"]["template"] == template), None)

    return await until(find, f"{template} for {person.name}") or {}


async def _promises(story: Story, promise: str, state: str) -> list[dict[str, Any]]:
    fields = "commitments(first: 50) { edges { node { promise state excuse due } } }"
    nodes = [edge["node"] for edge in (await story.mentorship(fields))["commitments"]["edges"]]
    return [each for each in nodes if (each["promise"], each["state"]) == (promise, state)]


def _do(story: Story, person: Person, mutation: str, returning: str = "id", **given: Any) -> Any:
    return person.do(mutation, f"mentorship {{ {returning} }}", mentorshipId=story.mentorship_id, **given)


async def test_a_pause_is_answered_by_the_other_one_and_ends_by_itself(story: Story, stranger: Person) -> None:
    await story.until(lambda: story.find_check_in(1), "the first check-in")
    end = datetime.fromisoformat((await story.mentorship("phases { at }"))["phases"][0]["at"])
    leave = (await story.now() + timedelta(days=20)).isoformat()
    long = (await story.now() + timedelta(days=61)).isoformat()
    assert await _code(_do(story, story.maria, "requestPause", until=long)) == "INVALID"
    assert await _code(_do(story, stranger, "requestPause", until=leave)) == "NOT_FOUND"
    assert await _code(_do(story, story.priya, "requestPause", until=leave)) == "NOT_FOUND"
    assert await _code(_do(story, story.sofia, "answerPause", approve=True)) == "CONFLICT"

    asked = await _do(story, story.maria, "requestPause", PAUSE, until=leave)
    assert asked["mentorship"]["pause"]["requestedBy"]["name"] == "Maria"
    told = await _told(story, story.sofia, "PAUSE_REQUESTED")
    assert (told["rule"], told["policyVersion"]) == ("identity.pause_requested.v1", 1)
    assert await _code(_do(story, story.maria, "answerPause", approve=True)) == "FORBIDDEN"
    await _do(story, story.sofia, "answerPause", approve=True)
    await story.until_phase("PAUSED")
    assert await _code(_do(story, story.sofia, "answerPause", approve=True)) == "CONFLICT"
    excused = await until(lambda: _promises(story, "ATTEND", "EXCUSED"), "excused attendance")
    assert {each["excuse"] for each in excused} == {"PAUSE"}

    async def moved() -> list[dict[str, Any]]:
        found = await _promises(story, "LOG_PROGRESS", "OPEN")
        return [each for each in found if each["due"] > leave]

    await until(moved, "progress that is due after the pause")

    await story.live_until(datetime.fromisoformat(leave) - timedelta(days=6))
    told = await _told(story, story.maria, "PAUSE_ENDING")
    assert told["rule"] == "pause_reminder"
    await story.live_until(datetime.fromisoformat(leave) + timedelta(minutes=1))
    await story.until_phase("ACTIVE")
    pause = (await story.mentorship(PAUSE))["pause"]
    assert datetime.fromisoformat(pause["endedAt"]) == datetime.fromisoformat(leave)
    check_in = await story.until(lambda: story.find_check_in(2), "a check-in after the pause")
    assert datetime.fromisoformat(check_in["startsAt"]) > datetime.fromisoformat(leave) > end


async def test_who_pauses_can_come_back_early(story: Story) -> None:
    await story.until(lambda: story.find_check_in(1), "the first check-in")
    assert await _code(_do(story, story.maria, "resumeMentorship")) == "CONFLICT"
    until_day = (await story.now() + timedelta(days=30)).isoformat()
    await _do(story, story.sofia, "requestPause", until=until_day)
    await _do(story, story.priya, "answerPause", approve=True)
    await story.until_phase("PAUSED")
    await story.live_until(await story.now() + timedelta(days=3))
    await _do(story, story.maria, "resumeMentorship")
    await story.until_phase("ACTIVE")


async def test_both_end_early_by_agreement_and_what_is_open_is_recorded(story: Story, stranger: Person) -> None:
    assert await _code(_do(story, stranger, "requestEarlyClosure")) == "NOT_FOUND"
    assert await _code(_do(story, story.maria, "closeMentorship", reason="PROGRAMME")) == "FORBIDDEN"
    await _do(story, story.maria, "requestEarlyClosure")
    assert await _code(_do(story, story.maria, "requestEarlyClosure")) == "CONFLICT"
    await story.until_phase("CLOSING")
    await _do(story, story.sofia, "requestEarlyClosure")
    review = await story.until(lambda: story.find_review("FINAL"), "the final review")
    await story.maria.do("submitReview", "review { id }", reviewId=review["id"], rating=4, text="It was time.")

    await story.live_until(await story.now() + timedelta(days=15))
    await story.until_phase("CLOSED")
    found = await story.mentorship("closure gaps")
    assert found == {"closure": "EARLY_BY_AGREEMENT", "gaps": ["MENTOR_REVIEW", "GOALS_OPEN"]}
    assert await _code(_do(story, story.maria, "requestEarlyClosure")) == "CONFLICT"

    await story.live_until(await story.now() + timedelta(days=91))
    await story.until_phase("ALUMNI")
    await _told(story, story.sofia, "ALUMNI_SURVEY")
    await _alumni_answer(story, late=review["id"])
    await story.live_until(await story.now() + timedelta(days=120))
    await story.until_phase("ARCHIVED")
    second = await story.until(lambda: _alumni_review(story, index=2), "the second alumni review")
    assert await _code(_answer(story.maria, second["id"])) == "CONFLICT"
    assert (await story.mentorship("closure"))["closure"] == "EARLY_BY_AGREEMENT"


async def _alumni_review(story: Story, index: int) -> dict[str, Any] | None:
    edges = (await story.mentorship("reviews { edges { node { id kind index } } }"))["reviews"]["edges"]
    return next(
        (edge["node"] for edge in edges if (edge["node"]["kind"], edge["node"]["index"]) == ("ALUMNI", index)), None
    )


def _answer(person: Person, review_id: str, **more: Any) -> Any:
    return person.do("submitReview", "review { answers { party attribution } }", reviewId=review_id, rating=5,
                     text="It changed how I work.", **more)  # fmt: skip


async def _alumni_answer(story: Story, late: str) -> None:
    """Alumni are asked by a review of their own; nothing of it is owed, and the final review is over."""
    asked = await story.until(lambda: _alumni_review(story, index=1), "the alumni review")
    words = {"questionId": "since", "text": "I lead a team now."}
    rated = [{"questionId": each, "rating": 4} for each in ("lasting", "attribution", "pass_on")]
    assert await _code(_answer(story.maria, asked["id"], answers=[words])) == "INVALID"
    shown = await _answer(story.maria, asked["id"], answers=[*rated, words])
    assert shown["review"]["answers"] == [{"party": "MENTEE", "attribution": 4}]
    assert await _code(_answer(story.maria, asked["id"])) == "CONFLICT"
    assert await _code(_answer(story.sofia, late)) == "CONFLICT"
    edges = (await story.mentorship("commitments(first: 100) { edges { node { promise party } } }"))["commitments"][
        "edges"
    ]
    assert sorted(edge["node"]["party"] for edge in edges if edge["node"]["promise"] == "SUBMIT_REVIEW") == [
        "MENTEE",
        "MENTOR",
    ]


async def test_a_report_ends_it_at_once_and_is_for_programme_managers_only(story: Story) -> None:
    reported = await story.maria.do(
        "reportConduct", "conductReport { id text }", mentorshipId=story.mentorship_id, text="What happened."
    )
    await story.until_phase("CLOSED")
    assert (await story.mentorship("closure"))["closure"] == "CONDUCT"
    phases = (await story.mentorship("phases { phase }"))["phases"]
    assert [each["phase"] for each in phases][-2:] == ["ACTIVE", "CLOSED"]
    document = "query($id: ID!) { node(id: $id) { ... on ConductReport { text } } }"
    report_id = reported["conductReport"]["id"]
    assert await _code(story.sofia.ask(document, id=report_id)) == "NOT_FOUND"
    assert (await story.priya.ask(document, id=report_id))["node"]["text"] == "What happened."
    case = await _case(story, "CONDUCT")
    assert case["report"]["text"] == "What happened."
    told = await _told(story, story.priya, "CASE_OPENED")
    assert told["rule"] == "report_conduct"

    assert await _code(_cases(story, story.maria)) == "FORBIDDEN"
    assert await _code(story.sofia.do("workCase", "case { id }", caseId=case["id"])) == "NOT_FOUND"
    worked = await story.priya.do("workCase", "case { state }", caseId=case["id"])
    assert worked["case"]["state"] == "WORKING"
    assert await _code(story.priya.do("workCase", "case { id }", caseId=case["id"])) == "CONFLICT"
    done = await story.priya.do("resolveCase", "case { state resolution }", caseId=case["id"], resolution="CLOSED")
    assert done["case"] == {"state": "RESOLVED", "resolution": "CLOSED"}
    assert (
        await _code(story.priya.do("resolveCase", "case { id }", caseId=case["id"], resolution="TALKED")) == "CONFLICT"
    )
    assert [each["id"] for each in await _cases(story, story.priya, "RESOLVED")] == [case["id"]]


async def test_a_new_mentor_takes_over_with_the_goals_and_the_former_one_sees_nothing(
    story: Story, endpoint: str
) -> None:
    async with Person("Nina", endpoint) as nina:
        email = f"nina-{uuid.uuid4().hex[:8]}@{story.domain}"
        await story.priya.do("addUser", "user { id }", name="Nina", email=email, password=PASSWORD, zone="UTC")
        await nina.sign_in(email, PASSWORD)
        assert await _code(_do(story, nina, "requestMentorChange")) == "NOT_FOUND"
        assert await _code(_do(story, story.sofia, "handOver", text="Early")) == "CONFLICT"
        await _do(story, story.maria, "requestMentorChange")
        await story.until_phase("REMATCHING")
        await _case(story, "MENTOR_CHANGE")
        await _do(story, story.sofia, "handOver", text="She thinks aloud; let her.")
        assert await _code(_do(story, story.maria, "replaceMentor", newMentorId=nina.id)) == "FORBIDDEN"
        assert await _code(_do(story, nina, "answerReplacement", accept=True)) == "NOT_FOUND"
        await _do(story, story.priya, "replaceMentor", newMentorId=nina.id)
        outline = "query($id: ID!) { mentorship(id: $id) { handovers { text } agreement { version } } }"
        seen = (await nina.ask(outline, id=story.mentorship_id))["mentorship"]
        assert seen == {"handovers": [], "agreement": None}
        assert (await story.priya.ask(outline, id=story.mentorship_id))["mentorship"]["handovers"] == []

        await _do(story, nina, "answerReplacement", accept=True)
        await story.until_phase("EXPECTATION_SETTING")
        document = "query($id: ID!) { mentorship(id: $id) { id } }"
        assert await _code(story.sofia.ask(document, id=story.mentorship_id)) == "NOT_FOUND"
        found = await story.mentorship("mentor { name } handovers { text } agreement { version signatures { party } }")
        assert found["mentor"]["name"] == "Nina"
        assert found["handovers"] == [{"text": "She thinks aloud; let her."}]
        assert found["agreement"] == {"version": 2, "signatures": []}
        for person in (story.maria, nina):
            await story.sign(person)
        await story.until_phase("ACTIVE")
        assert (await story.mentorship("goals { edges { node { state } } }"))["goals"]["edges"] == [
            {"node": {"state": "AGREED"}}
        ]


async def test_silence_climbs_the_ladder_and_each_rung_says_why(story: Story) -> None:
    await story.until(lambda: story.find_check_in(1), "the first check-in")
    for _ in range(3):
        await story.live_until(await story.now() + timedelta(days=11))
    assert (await _case(story, "FIRST_MEETING"))["rule"] == "first_meeting"
    assert (await _case(story, "MISSED_CHECK_INS"))["rule"] == "missed_escalated"
    assert (await _case(story, "AT_RISK"))["rule"] == "silence"
    assert (await story.mentorship("health"))["health"] == "AT_RISK"
    stale = await _told(story, story.maria, "GOAL_STALE")
    assert stale["rule"] == "stale_goal_cadences"
    assert stale["why"]
    kinds = [case["kind"] for case in await _cases(story, story.priya)]
    assert len(kinds) == len(set(kinds)), "never doubled"


async def test_a_mentorship_is_extended_by_its_programme_within_the_policy(story: Story) -> None:
    assert await _code(_do(story, story.maria, "extendMentorship", by="P30D")) == "FORBIDDEN"
    assert await _code(_do(story, story.priya, "extendMentorship", by="P400D")) == "INVALID"
    extended = await _do(story, story.priya, "extendMentorship", "extendedBy", by="P30D")
    assert extended["mentorship"]["extendedBy"] == "P30D"
    await _told(story, story.maria, "MENTORSHIP_EXTENDED")
