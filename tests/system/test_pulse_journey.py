"""The relationship pulse at the endpoint: each answers for programme staff alone, and nothing of it gets about."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from contracts.sessions import OPEN_PULSE
from contracts.wire import Envelope
from deploy.local.backends import Backends
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from kit.bus import Bus
from tests.system.cycle import Said, a_manager_of, code_of, cycle_of, id_of, somebody
from tests.system.people import a_story
from tests.system.polling import until
from tests.system.traces import found_nowhere, history_of, logs_of

CANARIES = {"Maria": "canary one: he talks over me", "Sofia": "canary two: she never prepares"}
ANSWERS = "answers { party trust safety comment }"
LISTED = f"query($id: ID!) {{ mentorship(id: $id) {{ pulses {{ edges {{ node {{ id index {ANSWERS} }} }} }} }} }}"
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on Pulse {{ index {ANSWERS} }} }} }}"
TREND = """query($id: ID!) { pulseTrend(mentorshipId: $id) {
  points { index party trust safety trustChange safetyChange } } }"""
SUMMARY = "query($id: ID!) { pulseSummary(programmeId: $id) { month party people trust safety } }"


@pytest.fixture(scope="module")
async def told(backends: Backends) -> AsyncIterator[list[Envelope]]:
    """Every event of the platform while this file runs."""
    heard: list[Envelope] = []
    observer = Bus(backends["amqp"].url, "pulse-observer", {})
    observer.listen(["#"], heard.append)
    async with observer:
        yield heard


@pytest.fixture(scope="module")
async def active(stack: Stack, told: list[Envelope]) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture(scope="module")
async def cycle(stack: Stack, active: Story) -> AsyncIterator[Said]:
    """Who asks for pulses."""
    async with cycle_of(stack, active) as cycle:
        yield cycle


def given(story: Story, person: Person, **fields: Any) -> dict[str, Any]:
    return {"mentorshipId": story.mentorship_id, "trust": 4, "safety": 3, "comment": CANARIES[person.name], **fields}


async def test_nobody_answers_before_being_asked(active: Story) -> None:
    early = active.maria.do("answerPulse", "pulse { id }", **given(active, active.maria))
    assert await code_of(early) == "CONFLICT"


async def test_each_answers_once_and_is_shown_the_own_answer_alone(
    active: Story, cycle: Said, stranger: Person
) -> None:
    opened = await cycle.tell(OPEN_PULSE, active.mentorship_id, index=101)
    again = await cycle.tell(OPEN_PULSE, active.mentorship_id, index=101)
    assert again.id == opened.id
    for person in (active.priya, stranger):
        attempt = person.do("answerPulse", "pulse { id }", **{**given(active, active.maria), "comment": "Mine"})
        assert await code_of(attempt) == "NOT_FOUND"
    for wrong in ({"trust": 0}, {"trust": 6}, {"safety": 6}, {"comment": "x" * 2_001}):
        with pytest.raises(Refused) as refused:
            await active.maria.do("answerPulse", "pulse { id }", **given(active, active.maria, **wrong))
        assert (refused.value.code, refused.value.field) == ("INVALID", next(iter(wrong)))
    for person, party in ((active.maria, "MENTEE"), (active.sofia, "MENTOR")):
        key = {"idempotencyKey": f"the first of {person.name}"}
        for _ in range(2):
            made = await person.do("answerPulse", f"pulse {{ {ANSWERS} }}", **given(active, person), **key)
            own = [{"party": party, "trust": 4, "safety": 3, "comment": CANARIES[person.name]}]
            assert made["pulse"]["answers"] == own
        assert await code_of(person.do("answerPulse", "pulse { id }", **given(active, person))) == "CONFLICT"
        other = person.do("answerPulse", "pulse { id }", **given(active, person, trust=1), **key)
        assert await code_of(other) == "IDEMPOTENCY_MISMATCH"
        assert (await person.ask(NODE, id=id_of("Pulse", opened)))["node"]["answers"] == own
        listed = (await person.ask(LISTED, id=active.mentorship_id))["mentorship"]["pulses"]["edges"]
        assert [edge["node"]["answers"] for edge in listed if edge["node"]["index"] == 101] == [own]


async def test_only_the_cycle_asks(active: Story, cycle: Said) -> None:
    person = cycle.parts.person_token("maria", "acme")
    refused = Said(cycle.parts, person).tell(OPEN_PULSE, active.mentorship_id, index=1)
    with pytest.raises(Exception, match="for the cycle"):
        await refused


async def test_programme_staff_see_both_answers_and_the_trend(active: Story, cycle: Said) -> None:
    opened = await cycle.tell(OPEN_PULSE, active.mentorship_id, index=102)
    await active.maria.do("answerPulse", "pulse { id }", **given(active, active.maria, trust=2, safety=5))
    node = (await active.priya.ask(NODE, id=id_of("Pulse", opened)))["node"]
    assert [(each["party"], each["trust"], each["comment"]) for each in node["answers"]] == [
        ("MENTEE", 2, CANARIES["Maria"])
    ]
    points = (await active.priya.ask(TREND, id=active.mentorship_id))["pulseTrend"]["points"]
    assert [(each["index"], each["party"], each["trustChange"], each["safetyChange"]) for each in points] == [
        (101, "MENTEE", None, None),
        (101, "MENTOR", None, None),
        (102, "MENTEE", -2, 2),
    ]


async def test_everybody_else_sees_nothing(active: Story, cycle: Said, stranger: Person, endpoint: str) -> None:
    opened = await cycle.tell(OPEN_PULSE, active.mentorship_id, index=101)
    for person in (active.maria, active.sofia):
        assert await code_of(person.ask(TREND, id=active.mentorship_id)) == "NOT_FOUND"
        assert await code_of(person.ask(SUMMARY, id=active.programme_id)) == "FORBIDDEN"
    async with AsyncExitStack() as people:
        others = [stranger, await people.enter_async_context(somebody(active, "Tom", endpoint))]
        for name, role in (("Hannah", "HR_ANALYST"), ("Otto", "ORG_ADMIN"), ("Audrey", "AUDITOR")):
            others.append(await people.enter_async_context(somebody(active, name, endpoint, role)))
        for person in others:
            assert await code_of(person.ask(NODE, id=id_of("Pulse", opened))) == "NOT_FOUND", person.name
            assert await code_of(person.ask(LISTED, id=active.mentorship_id)) == "NOT_FOUND", person.name
            assert await code_of(person.ask(TREND, id=active.mentorship_id)) == "NOT_FOUND", person.name
            if person.name not in {"Hannah", "Stella"}:
                assert await code_of(person.ask(SUMMARY, id=active.programme_id)) == "FORBIDDEN", person.name


async def test_who_manages_one_programme_sees_its_pulses_and_no_others(
    active: Story, cycle: Said, endpoint: str
) -> None:
    opened = await cycle.tell(OPEN_PULSE, active.mentorship_id, index=101)
    made = await active.priya.do("createProgramme", "programme { id }", name="Another")
    async with a_manager_of(active, "Paula", endpoint, active.programme_id) as paula:
        assert len((await paula.ask(NODE, id=id_of("Pulse", opened)))["node"]["answers"]) == 2
        assert (await paula.ask(TREND, id=active.mentorship_id))["pulseTrend"]["points"]
        assert (await paula.ask(SUMMARY, id=active.programme_id))["pulseSummary"] == []
    async with a_manager_of(active, "Pavel", endpoint, made["programme"]["id"]) as pavel:
        assert await code_of(pavel.ask(NODE, id=id_of("Pulse", opened))) == "NOT_FOUND"
        assert await code_of(pavel.ask(LISTED, id=active.mentorship_id)) == "NOT_FOUND"
        assert await code_of(pavel.ask(TREND, id=active.mentorship_id)) == "NOT_FOUND"
        assert await code_of(pavel.ask(SUMMARY, id=active.programme_id)) == "FORBIDDEN"


async def test_what_was_said_is_in_no_event_no_log_and_no_history(
    active: Story, stack: Stack, backends: Backends, told: list[Envelope]
) -> None:
    async def heard() -> bool:
        return sum(envelope.type == "sessions.pulse_answered.v1" for envelope in told) >= 3

    await until(heard, "the answers' events")
    for envelope in told:
        if envelope.type.startswith("sessions.pulse_"):
            assert not {b"trust", b"safety", b"comment"} & set(bytes(envelope.data).split(b'"')), envelope.type
    found_nowhere(CANARIES.values(), "an event", (envelope.data for envelope in told))
    found_nowhere(CANARIES.values(), "a log line", (path.read_bytes() for path in logs_of(stack, backends)))
    found_nowhere(CANARIES.values(), "the history", [await history_of(stack, backends, active)])


async def test_hr_sees_months_that_are_over_and_cells_of_five_people(
    active: Story, cycle: Said, stranger: Person, endpoint: str
) -> None:
    mentorships = [active.mentorship_id]
    async with AsyncExitStack() as people:
        hannah = await people.enter_async_context(somebody(active, "Hilda", endpoint, "HR_ANALYST"))
        for number in range(4):
            mentee = await people.enter_async_context(somebody(active, f"Mentee{number}", endpoint))
            made = await active.priya.do(
                "proposeMentorship", "mentorship { id }", programmeId=active.programme_id, mentorId=active.sofia.id,
                menteeId=mentee.id,
            )  # fmt: skip
            mentorships.append(made["mentorship"]["id"])
            for person in (mentee, active.sofia):
                await person.do("respondToMatch", "mentorship { id }", mentorshipId=mentorships[-1], accept=True)
            await cycle.tell(OPEN_PULSE, mentorships[-1], index=101)

            async def answered(mentee: Person = mentee) -> bool:
                answer = {"mentorshipId": mentorships[-1], "trust": 5, "safety": 5}
                try:
                    await mentee.do("answerPulse", "pulse { id }", **answer)
                except Refused as refused:
                    return refused.code != "CONFLICT"  # its phase comes a moment later
                return True

            await until(answered, "an answer")
        assert (await hannah.ask(SUMMARY, id=active.programme_id))["pulseSummary"] == [], "the month is not over"
        now = await active.now()
        await active.live_until((now.replace(day=28) + timedelta(days=4)).replace(day=1, hour=1))
        (cell,) = (await hannah.ask(SUMMARY, id=active.programme_id))["pulseSummary"]
        assert cell == {"month": f"{now:%Y-%m}", "party": "MENTEE", "people": 5, "trust": 4.6, "safety": 4.8}
        assert (await stranger.ask(SUMMARY, id=active.programme_id))["pulseSummary"] == []
