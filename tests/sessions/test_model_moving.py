"""Another time, a cancellation, next steps and a decided dispute: what they are, and what cannot happen."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Forbidden, Invalid, Refusal
from contracts.identity import Party
from contracts.sessions import (
    Attendance,
    Cadence,
    CancelCheckIn,
    CancelReason,
    CheckIn,
    CheckInCancelled,
    CheckInClosed,
    CheckInHeld,
    CheckInMissed,
    CheckInRescheduled,
    CheckInState,
    CloseCheckIn,
    MoveCheckIn,
    MoveReason,
    Preparation,
    RescheduleCheckIn,
    RescheduleDeclined,
    RescheduleProposed,
    ResolveAttendance,
    RespondToReschedule,
)
from services.sessions.model import checkins, moving
from tests.builders import NOW, a_check_in

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
MENTOR, MENTEE = Party.MENTOR, Party.MENTEE
LATER = NOW + DAY + HOUR
EARLY = NOW - 5 * DAY
PREPARATION = Preparation(summary="Two talks given", questions=("What next?",), submitted_at=EARLY)


def proposed(
    check_in: CheckIn | None = None, *, by: Party = MENTEE, at: datetime = EARLY, starts_at: datetime = LATER
) -> CheckIn:
    check_in = check_in or a_check_in()
    return moving.propose(check_in, RescheduleCheckIn(check_in_id=check_in.id, starts_at=starts_at), by, at).state


def answered(check_in: CheckIn, accept: bool, *, by: Party = MENTOR, at: datetime = EARLY + HOUR) -> Any:
    return moving.respond(check_in, RespondToReschedule(check_in_id=check_in.id, accept=accept), by, at)


def cancelled(check_in: CheckIn, *, by: Party = MENTEE, at: datetime = EARLY) -> Any:
    return moving.cancel(check_in, CancelCheckIn(check_in_id=check_in.id, reason=CancelReason.WORK), by, at)


def a_cadence() -> Cadence:
    return Cadence(
        id="mentorship-1", org_id="acme", mentorship_id="mentorship-1", rule="FREQ=WEEKLY",
        starts_at="2027-03-02T10:00", zone="Europe/London", minutes=30, set_by="maria", set_at=EARLY, version=2,
    )  # fmt: skip


def moved_by_cycle(check_in: CheckIn, reason: MoveReason, *, at: datetime = EARLY, to: datetime = LATER) -> Any:
    request = MoveCheckIn(check_in_id=check_in.id, starts_at=to, reason=reason, at=at)
    return moving.move(check_in, a_cadence(), request)


def test_a_proposal_moves_nothing_until_the_other_agrees() -> None:
    waiting = proposed()
    assert (waiting.starts_at, waiting.state) == (NOW, CheckInState.SCHEDULED)
    change = answered(waiting, accept=True)
    assert (change.state.starts_at, change.state.planned_for, change.state.moved) == (LATER, NOW, MoveReason.AGREED)
    (fact,) = change.events
    assert isinstance(fact, CheckInRescheduled)
    assert (fact.starts_at, fact.was, fact.party, fact.prepared) == (LATER, NOW, MENTOR, False)


def test_a_proposal_that_is_declined_leaves_the_old_time() -> None:
    change = answered(proposed(), accept=False)
    assert (change.state.starts_at, change.state.moved) == (NOW, None)
    assert [type(event) for event in change.events] == [RescheduleDeclined]
    assert proposed(change.state).proposal


def test_what_was_prepared_moves_along() -> None:
    change = answered(proposed(a_check_in(preparation=PREPARATION)), accept=True)
    assert change.state.preparation == PREPARATION
    assert change.events[0].prepared


@pytest.mark.parametrize(("seconds", "refused"), [(-1, False), (0, False), (1, True)])
def test_another_time_is_asked_for_before_the_horizon(seconds: int, refused: bool) -> None:
    at = NOW - DAY + seconds * SECOND
    if refused:
        with pytest.raises(Conflict, match="could be moved until"):
            proposed(at=at)
    else:
        assert proposed(at=at).proposal


def test_the_horizon_is_that_of_the_check_in() -> None:
    with pytest.raises(Conflict):
        proposed(a_check_in(horizon=7 * DAY))


@pytest.mark.parametrize("to", [NOW, EARLY, EARLY - DAY, NOW + 32 * DAY, NOW - 32 * DAY])
def test_a_time_that_makes_no_sense_is_refused(to: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(starts_at=to)
    assert refused.value.field == "startsAt"


def test_one_does_not_answer_oneself_and_nothing_is_not_answered() -> None:
    with pytest.raises(Forbidden):
        answered(proposed(), accept=True, by=MENTEE)
    with pytest.raises(Conflict):
        answered(a_check_in(), accept=True)
    with pytest.raises(Conflict):
        answered(answered(proposed(), accept=True).state, accept=True)


def test_asking_again_replaces_the_own_proposal_and_not_the_others() -> None:
    again = proposed(proposed(), at=EARLY + HOUR, starts_at=LATER + HOUR)
    assert again.proposal
    assert again.proposal.starts_at == LATER + HOUR
    with pytest.raises(Conflict, match="Answer that first"):
        proposed(again, by=MENTOR, at=EARLY + 2 * HOUR)


@pytest.mark.parametrize(("after", "lapsed"), [(72 * HOUR - SECOND, False), (72 * HOUR, True)])
def test_a_proposal_waits_for_72_hours(after: timedelta, lapsed: bool) -> None:
    if lapsed:
        with pytest.raises(Conflict, match="lapsed"):
            answered(proposed(), accept=True, at=EARLY + after)
        assert proposed(proposed(), by=MENTOR, at=EARLY + after).proposal
    else:
        assert answered(proposed(), accept=True, at=EARLY + after).state.starts_at == LATER


def test_a_proposal_lapses_when_the_old_or_the_new_time_has_come() -> None:
    soon = proposed(at=NOW - 25 * HOUR)
    with pytest.raises(Conflict):
        answered(soon, accept=True, at=NOW)
    earlier = proposed(at=NOW - 25 * HOUR, starts_at=NOW - 20 * HOUR)
    with pytest.raises(Conflict):
        answered(earlier, accept=True, at=NOW - 20 * HOUR)


def test_a_check_in_is_moved_by_the_two_at_most_once() -> None:
    with pytest.raises(Conflict, match="at most once"):
        proposed(answered(proposed(), accept=True).state, starts_at=LATER + DAY)


@pytest.mark.parametrize(("seconds", "in_time"), [(-1, True), (0, True), (1, False)])
@pytest.mark.parametrize("by", Party)
def test_a_cancellation_says_by_whom_and_whether_in_time(seconds: int, in_time: bool, by: Party) -> None:
    change = cancelled(a_check_in(), by=by, at=NOW - DAY + seconds * SECOND)
    assert change.state.state is CheckInState.CANCELLED
    assert (change.state.cancellation.by, change.state.cancellation.in_time) == (by, in_time)
    (fact,) = change.events
    assert isinstance(fact, CheckInCancelled)
    assert (fact.party, fact.in_time, fact.reason) == (by, in_time, CancelReason.WORK)


def test_what_has_begun_is_not_cancelled() -> None:
    with pytest.raises(Conflict, match="begun"):
        cancelled(a_check_in(), at=NOW)


@pytest.mark.parametrize("state", [state for state in CheckInState if state is not CheckInState.SCHEDULED])
def test_what_is_over_is_neither_moved_nor_cancelled(state: CheckInState) -> None:
    over = a_check_in(state=state)
    for attempt in (lambda: proposed(over), lambda: cancelled(over), lambda: answered(over, accept=True)):
        with pytest.raises(Conflict):
            attempt()
    assert moved_by_cycle(over, MoveReason.CADENCE).events == ()
    assert moving.skip(over, EARLY).events == ()


def test_a_new_cadence_moves_a_check_in_with_its_zone_and_length() -> None:
    change = moved_by_cycle(proposed(), MoveReason.CADENCE)
    after = change.state
    assert (after.starts_at, after.zone, after.minutes, after.proposal) == (LATER, "Europe/London", 30, None)
    assert (change.events[0].reason, change.events[0].party) == (MoveReason.CADENCE, None)
    assert moved_by_cycle(after, MoveReason.CADENCE).events == ()


def test_a_new_cadence_does_not_undo_what_both_agreed_on_but_time_off_does() -> None:
    agreed = answered(proposed(), accept=True).state
    assert moved_by_cycle(agreed, MoveReason.CADENCE, to=NOW + 3 * DAY).events == ()
    off = moved_by_cycle(agreed, MoveReason.TIME_OFF, to=NOW + 3 * DAY).state
    assert (off.starts_at, off.planned_for, off.zone) == (NOW + 3 * DAY, NOW, "Europe/Berlin")


def test_what_runs_stays_whatever_the_cycle_says() -> None:
    assert moved_by_cycle(a_check_in(), MoveReason.CADENCE, at=NOW).events == ()
    assert moved_by_cycle(a_check_in(), MoveReason.CADENCE, to=EARLY).events == ()
    assert moving.skip(a_check_in(), NOW).events == ()


def test_a_skipped_check_in_is_nobodys() -> None:
    change = moving.skip(a_check_in(), NOW - HOUR)
    assert change.state.cancellation
    assert (change.state.cancellation.by, change.state.cancellation.in_time) == (None, True)


def close(check_in: CheckIn, *items: str, none: bool = False, at: datetime = NOW + HOUR) -> Any:
    request = CloseCheckIn(check_in_id=check_in.id, action_item_ids=items, none=none)
    return moving.close(check_in, request, MENTOR, at)


def test_a_check_in_is_closed_with_next_steps_or_an_explicit_none() -> None:
    with_items = close(a_check_in(state=CheckInState.HELD), "item-1", "item-1", "item-2")
    assert with_items.state.next_steps.action_item_ids == ("item-1", "item-2")
    (fact,) = with_items.events
    assert isinstance(fact, CheckInClosed)
    assert fact.action_items == 2
    assert close(a_check_in(), none=True).state.next_steps.action_item_ids == ()
    for given_items, none in (((), False), (("item-1",), True)):
        with pytest.raises(Invalid) as refused:
            close(a_check_in(), *given_items, none=none)
        assert refused.value.field == "actionItemIds"


def test_a_check_in_is_closed_once_and_only_if_it_took_place() -> None:
    with pytest.raises(Conflict, match="closed already"):
        close(close(a_check_in(), none=True).state, none=True)
    with pytest.raises(Conflict):
        close(a_check_in(), none=True, at=NOW - SECOND)
    for state in (CheckInState.MISSED, CheckInState.CANCELLED, CheckInState.DISPUTED):
        with pytest.raises(Conflict):
            close(a_check_in(state=state), none=True)


@pytest.mark.parametrize("attendance", Attendance)
def test_a_dispute_is_decided_once_and_by_name(attendance: Attendance) -> None:
    request = ResolveAttendance(check_in_id="check-in-1", attendance=attendance)
    change = moving.resolve(a_check_in(state=CheckInState.DISPUTED), request, "priya", NOW + DAY)
    held = attendance is Attendance.BOTH_PRESENT
    assert change.state.state is (CheckInState.HELD if held else CheckInState.MISSED)
    assert (change.state.attendance, change.state.resolved_by) == (attendance, "priya")
    (fact,) = change.events
    assert isinstance(fact, CheckInHeld if held else CheckInMissed)
    assert fact.resolved_by == "priya"
    with pytest.raises(Conflict):
        moving.resolve(change.state, request, "priya", NOW + DAY)


def test_settling_what_was_moved_a_moment_ago_waits() -> None:
    assert checkins.settle(a_check_in(), NOW - SECOND).events == ()


ACTS = st.sampled_from(["propose", "accept", "decline", "cancel", "cadence", "time off", "skip", "settle"])


@given(st.lists(st.tuples(ACTS, st.sampled_from(Party), st.integers(0, 60), st.integers(-200, 400)), max_size=12))
def test_whatever_happens_a_check_in_keeps_its_index_and_moves_only_while_it_has_not_begun(
    acts: list[tuple[str, Party, int, int]],
) -> None:
    check_in, at, trail = a_check_in(), NOW - 10 * DAY, [a_check_in()]
    for act, by, hours, offset in acts:
        at, to = at + hours * HOUR, NOW + offset * HOUR
        before = check_in
        try:
            check_in = _done(act, check_in, by, at, to)
        except Refusal:
            continue
        trail.append(check_in)
        if check_in.starts_at != before.starts_at:
            assert at < before.starts_at
            assert at < check_in.starts_at
            assert before.state is CheckInState.SCHEDULED
        if check_in.state is CheckInState.CANCELLED:
            assert before.state is CheckInState.CANCELLED or at < before.starts_at
    assert {each.index for each in trail} == {1}
    assert all(after.version in {before.version, before.version + 1} for before, after in pairwise(trail))
    states = [each.state for each in trail]
    assert all(after is before or before is CheckInState.SCHEDULED for before, after in pairwise(states))


def _done(act: str, check_in: CheckIn, by: Party, at: datetime, to: datetime) -> CheckIn:
    match act:
        case "propose":
            return proposed(check_in, by=by, at=at, starts_at=to)
        case "accept" | "decline":
            return answered(check_in, act == "accept", by=by, at=at).state  # type: ignore[no-any-return]
        case "cancel":
            return cancelled(check_in, by=by, at=at).state  # type: ignore[no-any-return]
        case "skip":
            return moving.skip(check_in, at).state
        case "settle":
            return checkins.settle(check_in, at).state
        case _:
            reason = MoveReason.CADENCE if act == "cadence" else MoveReason.TIME_OFF
            return moved_by_cycle(check_in, reason, at=at, to=to).state  # type: ignore[no-any-return]


def test_a_proposal_is_told_with_both_times() -> None:
    change = moving.propose(
        a_check_in(), RescheduleCheckIn(check_in_id="check-in-1", starts_at=LATER), MENTEE, EARLY
    )  # fmt: skip
    (fact,) = change.events
    assert isinstance(fact, RescheduleProposed)
    assert (fact.starts_at, fact.proposed_starts_at, fact.party) == (NOW, LATER, MENTEE)
