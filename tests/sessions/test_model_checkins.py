"""Cadence, check-ins and attendance: what they are, and what cannot happen to them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Invalid
from contracts.identity import Party
from contracts.sessions import (
    Attendance,
    AttendanceAttested,
    AttendanceDisputed,
    AttestAttendance,
    Cadence,
    CadenceChanged,
    CheckIn,
    CheckInHeld,
    CheckInMissed,
    CheckInScheduled,
    CheckInState,
    Preparation,
    PreparationSubmitted,
    ScheduleCheckIn,
    SetCadence,
    SubmitPreparation,
)
from contracts.wire import Change, Event
from services.sessions.model import checkins as model
from tests.builders import NOW, a_card, a_check_in

HOUR = timedelta(hours=1)


def a_rhythm(**fields: Any) -> SetCadence:
    defaults = {
        "mentorship_id": "mentorship-1",
        "rule": "FREQ=WEEKLY;INTERVAL=2",
        "starts_at": "2027-03-08T09:00",
        "zone": "Europe/Berlin",
    }
    return SetCadence(**{**defaults, **fields})


def a_cadence(**fields: Any) -> Cadence:
    return model.set_cadence(None, a_card(), a_rhythm(**fields), "maria", NOW).state


def attested(check_in: CheckIn, party: Party, attendance: Attendance, at: datetime = NOW + HOUR) -> Change[CheckIn]:
    return model.attest(check_in, AttestAttendance(check_in_id=check_in.id, attendance=attendance), party, at)


def test_the_first_cadence_is_version_one_and_the_next_one_follows() -> None:
    first = model.set_cadence(None, a_card(), a_rhythm(), "maria", NOW)
    assert (first.state.id, first.state.version) == ("mentorship-1", 1)
    second = model.set_cadence(first.state, a_card(), a_rhythm(rule="FREQ=MONTHLY"), "sofia", NOW)
    assert (second.state.version, second.state.set_by) == (2, "sofia")
    (fact,) = second.events
    assert isinstance(fact, CadenceChanged)
    assert (fact.rule, fact.cadence_version) == ("FREQ=MONTHLY", 2)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"zone": "Mars/Base"}, "zone"),
        ({"zone": "../etc"}, "zone"),
        ({"starts_at": "2027-02-30T09:00"}, "startsAt"),
        ({"starts_at": "2027-02-03T25:00"}, "startsAt"),
        ({"starts_at": "2025-03-08T09:00"}, "startsAt"),
        ({"starts_at": "9999-03-08T09:00"}, "startsAt"),
        ({"rule": "every other Monday"}, "rule"),
        ({"rule": "FREQ=SOMETIMES"}, "rule"),
        ({"rule": "FREQ=HOURLY"}, "rule"),
        ({"rule": "FREQ=SECONDLY"}, "rule"),
        ({"rule": "FREQ=WEEKLY;INTERVAL=0"}, "rule"),
        ({"rule": "FREQ=DAILY;INTERVAL=0"}, "rule"),
        ({"rule": "FREQ=DAILY;INTERVAL=-1"}, "rule"),
        ({"rule": "FREQ=WEEKLY;INTERVAL=x"}, "rule"),
        ({"rule": "FREQ=MONTHLY;INTERVAL=99999999999999999999"}, "rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"rule": "RRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY"}, "rule"),
        ({"rule": "DTSTART:20200101T000000\nRRULE:FREQ=DAILY"}, "rule"),
        ({"rule": "FREQ=DAILY;BYMONTH=-1"}, "rule"),
        ({"rule": "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10"}, "rule"),
    ],
)
def test_a_cadence_that_cannot_be_kept_is_refused(fields: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        model.set_cadence(None, a_card(), a_rhythm(**fields), "maria", NOW)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=2",
        "RRULE:FREQ=WEEKLY",
        "freq=weekly;byday=mo",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=1MO",
        "FREQ=WEEKLY;COUNT=6",
        "FREQ=WEEKLY;UNTIL=20280101",
        "FREQ=WEEKLY;UNTIL=20280101T000000Z",
    ],
)
def test_any_rule_of_a_calendar_may_be_a_cadence(rule: str) -> None:
    assert a_cadence(rule=rule).rule == rule


@given(st.text(max_size=60) | st.from_regex(r"FREQ=(DAILY|WEEKLY|YEARLY)(;[A-Z]{2,10}=-?[A-Z0-9,]{0,6}){0,3}"))
def test_whatever_is_given_as_a_rule_is_taken_or_refused(rule: str) -> None:
    with suppress(Invalid):
        assert a_cadence(rule=rule).rule == rule.strip()


def test_a_scheduled_check_in_takes_length_and_zone_from_the_cadence() -> None:
    request = ScheduleCheckIn(mentorship_id="mentorship-1", index=3, starts_at=NOW, cadence_version=1, at=NOW - HOUR)
    change = model.schedule("check-in-3", a_card(), a_cadence(minutes=45), request)
    assert (change.state.index, change.state.minutes, change.state.zone) == (3, 45, "Europe/Berlin")
    assert (change.state.state, change.state.created_at) == (CheckInState.SCHEDULED, NOW - HOUR)
    place: dict[str, Any] = {"zone": "Europe/Berlin", "minutes": 45, "sequence": 0}
    fact = CheckInScheduled(mentorship_id="mentorship-1", check_in_id="check-in-3", index=3, starts_at=NOW, **place)
    assert change.events == (fact,)


PREPARED = SubmitPreparation(check_in_id="check-in-1", summary="Two talks given", questions=("What next?",))


def test_preparing_again_replaces_what_was_prepared() -> None:
    first = model.prepare(a_check_in(), PREPARED, NOW - 2 * HOUR)
    second = model.prepare(first.state, PREPARED, NOW - HOUR)
    assert second.state.preparation == Preparation(
        summary="Two talks given", questions=("What next?",), submitted_at=NOW - HOUR
    )
    assert [type(event) for event in second.events] == [PreparationSubmitted]


def test_preparing_after_the_start_is_refused() -> None:
    with pytest.raises(Conflict):
        model.prepare(a_check_in(), PREPARED, NOW)


@pytest.mark.parametrize("state", [state for state in CheckInState if state is not CheckInState.SCHEDULED])
def test_nothing_more_is_said_about_a_settled_check_in(state: CheckInState) -> None:
    settled = a_check_in(state=state)
    with pytest.raises(Conflict):
        model.prepare(settled, PREPARED, NOW - HOUR)
    with pytest.raises(Conflict):
        attested(settled, Party.MENTOR, Attendance.BOTH_PRESENT)


def test_saying_who_was_there_before_the_start_is_refused() -> None:
    with pytest.raises(Conflict):
        attested(a_check_in(), Party.MENTOR, Attendance.BOTH_PRESENT, NOW - HOUR)


@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("attendance", Attendance)
def test_one_word_settles_nothing(party: Party, attendance: Attendance) -> None:
    change = attested(a_check_in(), party, attendance)
    assert (change.state.state, change.state.attendance, change.state.settled_at) == (
        CheckInState.SCHEDULED,
        None,
        None,
    )
    (fact,) = change.events
    assert isinstance(fact, AttendanceAttested)
    assert (fact.party, fact.attendance) == (party, attendance)


def test_saying_it_twice_is_refused() -> None:
    once = attested(a_check_in(), Party.MENTOR, Attendance.BOTH_PRESENT).state
    with pytest.raises(Conflict):
        attested(once, Party.MENTOR, Attendance.MENTEE_ABSENT)


@pytest.mark.parametrize("first", Party)
@pytest.mark.parametrize(("one", "other"), list(product(Attendance, repeat=2)))
def test_two_words_settle_a_check_in_where_they_agree_and_dispute_it_where_they_differ(
    first: Party, one: Attendance, other: Attendance
) -> None:
    second = Party.MENTEE if first is Party.MENTOR else Party.MENTOR
    check_in = attested(a_check_in(), first, one).state
    change = attested(check_in, second, other)
    after = change.state
    said, outcome = change.events
    assert isinstance(said, AttendanceAttested)
    assert [(word.party, word.attendance) for word in after.attestations] == [(first, one), (second, other)]
    assert (after.settled_at, after.version) == (NOW + HOUR, 3)
    if one is not other:
        assert (after.state, after.attendance, type(outcome)) == (CheckInState.DISPUTED, None, AttendanceDisputed)
    elif one is Attendance.BOTH_PRESENT:
        assert (after.state, after.attendance, type(outcome)) == (CheckInState.HELD, one, CheckInHeld)
    else:
        assert isinstance(outcome, CheckInMissed)
        assert (after.state, after.attendance, outcome.attendance) == (CheckInState.MISSED, one, one)


def test_silence_of_both_means_that_nobody_came() -> None:
    change = model.settle(a_check_in(), NOW + HOUR)
    assert (change.state.state, change.state.attendance) == (CheckInState.MISSED, Attendance.BOTH_ABSENT)
    assert [type(event) for event in change.events] == [CheckInMissed]


@pytest.mark.parametrize("attendance", Attendance)
def test_with_silence_of_one_the_word_of_the_other_stands(attendance: Attendance) -> None:
    once = attested(a_check_in(), Party.MENTEE, attendance).state
    change = model.settle(once, NOW + 72 * HOUR)
    held = attendance is Attendance.BOTH_PRESENT
    assert change.state.state is (CheckInState.HELD if held else CheckInState.MISSED)
    assert (change.state.attendance, len(change.state.attestations)) == (attendance, 1)
    assert [type(event) for event in change.events] == [CheckInHeld if held else CheckInMissed]


@pytest.mark.parametrize("state", [state for state in CheckInState if state is not CheckInState.SCHEDULED])
def test_settling_what_is_settled_changes_nothing(state: CheckInState) -> None:
    settled = a_check_in(state=state)
    change = model.settle(settled, NOW + HOUR)
    assert (change.state, change.events) == (settled, ())


@given(
    parties=st.permutations(list(Party)),
    words=st.lists(st.sampled_from(Attendance), max_size=2),
)
def test_attendance_settles_exactly_once_whoever_speaks_or_stays_silent(
    parties: list[Party], words: list[Attendance]
) -> None:
    check_in = a_check_in()
    facts: list[Event] = []
    for party, attendance in zip(parties, words, strict=False):
        change = attested(check_in, party, attendance)
        check_in, facts = change.state, [*facts, *change.events]
    change = model.settle(check_in, NOW + 72 * HOUR)
    facts.extend(change.events)
    assert change.state.state is not CheckInState.SCHEDULED
    assert sum(isinstance(fact, CheckInHeld | CheckInMissed | AttendanceDisputed) for fact in facts) == 1
    assert (change.state.attendance is None) == (change.state.state is CheckInState.DISPUTED)
    assert change.state.settled_at is not None
    assert change.state.settled_at.tzinfo is UTC
