"""From kept events to a past life: what people did, what check-ins came to, and nothing that the cycle did itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contracts.goals import FeedbackAcknowledged, FeedbackGiven, HeardEvent, ProgressLogged, Promise
from contracts.identity import MentorshipCourse, Party, Phase, ProgrammePolicy
from contracts.sessions import (
    Attendance,
    AttendanceDisputed,
    CancelReason,
    CheckInCancelled,
    CheckInFact,
    CheckInHeld,
    CheckInMissed,
    CheckInRescheduled,
    CheckInScheduled,
    MoveReason,
    PreparationSubmitted,
)
from contracts.wire import Event
from tests.builders import NOW
from workflows.facts import Outcome, Scheduled, Settled
from workflows.journal import EVENTS, life_of
from workflows.simulation.past import PastLife, PastMeeting

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COURSE = MentorshipCourse(
    id="mentorship-1", org_id="acme", programme_id="p", mentor_id="sofia", mentee_id="maria", policy=ProgrammePolicy(),
    phase=Phase.ACTIVE, created_at=NOW,
)  # fmt: skip


def life(*told: tuple[Event, bool]) -> PastLife:
    """An event an hour, `True` where it came of the cycle's own command."""
    return life_of(COURSE, list(_heard(told)), NOW + DAY)


def _heard(told: tuple[tuple[Event, bool], ...]) -> Iterator[HeardEvent]:
    for number, (event, by_cycle) in enumerate(told):
        yield HeardEvent(
            id=f"e{number}", org_id="acme", mentorship_id=COURSE.id, topic=event.topic, at=NOW + number * HOUR,
            sequence=number + 1, by_cycle=by_cycle, body=msgspec.to_builtins(event),
        )  # fmt: skip


def a_check_in[F: CheckInFact](kind: type[F], name: str = "c1", starts_at: datetime = NOW + DAY, **more: Any) -> F:
    return kind(mentorship_id=COURSE.id, check_in_id=name, index=1, starts_at=starts_at, **more)


def test_what_came_of_the_cycles_own_commands_is_nothing_that_people_did() -> None:
    planned = a_check_in(CheckInScheduled)
    missed = a_check_in(CheckInMissed, attendance=Attendance.MENTOR_ABSENT)
    found = life((planned, True), (a_check_in(PreparationSubmitted), False), (missed, True))
    assert [(each.around, each.meeting) for each in found.happened] == [("prepares", "c1")]
    assert found.meetings == [
        PastMeeting(
            check_in_id="c1", planned_for=NOW + DAY, outcome=Outcome.MISSED, present=(Party.MENTEE,)
        )
    ]  # fmt: skip


def test_a_check_in_is_known_by_when_it_was_planned_first_wherever_the_two_moved_it() -> None:
    moved = a_check_in(
        CheckInRescheduled, starts_at=NOW + 2 * DAY, was=NOW + DAY, minutes=45, reason=MoveReason.AGREED,
        prepared=False, party=Party.MENTEE,
    )  # fmt: skip
    found = life((a_check_in(CheckInScheduled), True), (moved, False), (a_check_in(CheckInHeld), False))
    assert [each.fact for each in found.happened] == [
        Scheduled(check_in_id="c1", index=1, starts_at=NOW + 2 * DAY, minutes=45, sequence=2),
        Settled(check_in_id="c1", index=1, outcome=Outcome.HELD),
    ]
    assert (found.meetings[0].planned_for, found.meetings[0].outcome) == (NOW + DAY, Outcome.HELD)


def test_the_last_word_about_a_dispute_is_what_a_check_in_came_to() -> None:
    resolved = a_check_in(CheckInMissed, attendance=Attendance.BOTH_ABSENT, resolved_by="priya")
    found = life((a_check_in(CheckInScheduled), True), (a_check_in(AttendanceDisputed), False), (resolved, False))
    assert (found.meetings[0].outcome, found.meetings[0].present) == (Outcome.MISSED, ())
    outcomes = [each.fact.outcome for each in found.happened if isinstance(each.fact, Settled)]
    assert outcomes == [Outcome.DISPUTED, Outcome.MISSED]


def test_nobody_knows_what_a_check_in_that_was_cancelled_would_have_come_to() -> None:
    off = a_check_in(CheckInCancelled, in_time=True, reason=CancelReason.LEAVE, prepared=False)
    assert life((a_check_in(CheckInScheduled), True), (off, True)).meetings[0].outcome is None


def test_an_update_with_many_values_is_one_thing_done() -> None:
    entries = [
        ProgressLogged(
            mentorship_id=COURSE.id, goal_id="g", owner_id="maria", entry_id=f"n{number}", progress_update_id=update
        )
        for number, update in enumerate(("u1", "u1", "u2", None))
    ]  # fmt: skip
    renews = [each.renews for each in life(*((entry, False) for entry in entries)).happened]
    assert renews == [Promise.LOG_PROGRESS, None, Promise.LOG_PROGRESS, Promise.LOG_PROGRESS]


def test_feedback_of_the_mentor_wants_to_be_acknowledged_and_the_mentees_does_not() -> None:
    by_mentor = {"feedback_id": "f1", "author_id": "sofia", "recipient_id": "maria"}
    by_mentee = {"feedback_id": "f2", "author_id": "maria", "recipient_id": "sofia"}
    found = life(
        (FeedbackGiven(mentorship_id=COURSE.id, **by_mentor), False),
        (FeedbackGiven(mentorship_id=COURSE.id, **by_mentee), False),
        (FeedbackAcknowledged(mentorship_id=COURSE.id, **by_mentor), False),
    )
    assert [(each.renews, each.thanks, each.keeps) for each in found.happened] == [
        (Promise.GIVE_FEEDBACK, "thanks:f1", ""),
        (None, "", ""),
        (None, "", "thanks:f1"),
    ]


def test_nothing_after_the_end_is_known() -> None:
    told = [(a_check_in(PreparationSubmitted), False)] * 5
    ended = msgspec.structs.replace(COURSE, ended_at=NOW + 2 * HOUR, phase=Phase.CLOSED)
    found = life_of(ended, list(_heard(tuple(told))), NOW + DAY)
    assert len(found.happened) == 3
    assert ended.ended_at is not None
    assert ended.ended_at < found.until < NOW + 3 * HOUR


def test_every_event_that_is_kept_can_be_read_again() -> None:
    assert len(EVENTS) == len({event.topic for event in EVENTS.values()})
