"""One meeting: on the calendar, prepared, attended, settled."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships, Party
from contracts.sessions.lifecycle import Cancellation, MoveReason, NextSteps, RescheduleProposal
from contracts.wire import (
    ByIds,
    Command,
    CycleCommand,
    Event,
    Line,
    Operation,
    Page,
    Record,
    Text,
    topic,
)

# none is refused by the model, which says why; blank ones and too many are refused here
Questions = Annotated[tuple[Line, ...], msgspec.Meta(max_length=20)]


class CheckInState(StrEnum):
    """What became of one occurrence."""

    SCHEDULED = "scheduled"
    HELD = "held"
    MISSED = "missed"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """What one party says about a check-in."""

    BOTH_PRESENT = "both_present"
    MENTOR_ABSENT = "mentor_absent"
    MENTEE_ABSENT = "mentee_absent"
    BOTH_ABSENT = "both_absent"


class Attestation(Record, frozen=True, kw_only=True):
    """One party's word about who was there."""

    party: Party
    attendance: Attendance
    at: datetime


class Preparation(Record, frozen=True, kw_only=True):
    """What the mentee brings: a summary since last time and at least one question."""

    summary: str
    questions: tuple[str, ...]
    submitted_at: datetime


class CheckIn(Record, frozen=True, kw_only=True):
    """One occurrence of the cadence; `index` counts from 1 within its mentorship.

    `sequence` counts how often its time was changed, or it cancelled, for the calendars that it stands in.
    `planned_for` is when it was planned first, where it has been moved since. Within `horizon` of its start it moves no
    more, and cancelling it counts. `resolved_by` is the programme manager who decided a dispute.
    """

    id: str
    org_id: str
    mentorship_id: str
    index: int
    starts_at: datetime
    zone: str
    minutes: int
    state: CheckInState = CheckInState.SCHEDULED
    attendance: Attendance | None = None
    preparation: Preparation | None = None
    brief_read_at: datetime | None = None
    attestations: tuple[Attestation, ...] = ()
    settled_at: datetime | None = None
    sequence: int = 0
    horizon: timedelta = timedelta(hours=24)
    planned_for: datetime | None = None
    moved: MoveReason | None = None
    proposal: RescheduleProposal | None = None
    cancellation: Cancellation | None = None
    next_steps: NextSteps | None = None
    resolved_by: str | None = None
    created_at: datetime
    version: int = 1


class ScheduleCheckIn(CycleCommand, frozen=True, kw_only=True):
    """The cycle puts the next occurrence on the calendar."""

    mentorship_id: str
    index: int
    starts_at: datetime
    cadence_version: int
    horizon: timedelta = timedelta(hours=24)


class SubmitPreparation(Command, frozen=True, kw_only=True):
    """The mentee prepares a scheduled check-in; submitting again replaces it."""

    check_in_id: str
    summary: Text
    questions: Questions


class MarkBriefRead(Command, frozen=True, kw_only=True):
    """The mentor has read what the mentee prepared, before the meeting starts."""

    check_in_id: str


class AttestAttendance(Command, frozen=True, kw_only=True):
    """A party says who was there, once, after the start. Two that agree settle the check-in, two that differ do not."""

    check_in_id: str
    attendance: Attendance


class SettleAttendance(CycleCommand, frozen=True, kw_only=True):
    """The time to attest is over: one word stands alone, silence of both is a missed check-in."""

    check_in_id: str


SCHEDULE_CHECK_IN = Operation("sessions.schedule_check_in", ScheduleCheckIn, CheckIn)
SUBMIT_PREPARATION = Operation("sessions.submit_preparation", SubmitPreparation, CheckIn)
MARK_BRIEF_READ = Operation("sessions.mark_brief_read", MarkBriefRead, CheckIn)
ATTEST_ATTENDANCE = Operation("sessions.attest_attendance", AttestAttendance, CheckIn)
SETTLE_ATTENDANCE = Operation("sessions.settle_attendance", SettleAttendance, CheckIn)
GET_CHECK_INS = Operation("sessions.get_check_ins", ByIds, tuple[CheckIn, ...], safe=True)
LIST_CHECK_INS = Operation("sessions.list_check_ins", OfMentorships, tuple[Page[CheckIn] | None, ...], safe=True)


class CheckInFact(Event, frozen=True, kw_only=True):
    """Any fact about a check-in; with `zone`, `minutes` and `sequence` it can be put into a calendar.

    `zone` is empty in facts of the time before those were told.
    """

    check_in_id: str
    index: int
    starts_at: datetime
    zone: str = ""
    minutes: int = 0
    sequence: int = 0


@topic("sessions.checkin_scheduled.v1")
class CheckInScheduled(CheckInFact, frozen=True, kw_only=True):
    """An occurrence is on the calendar."""


@topic("sessions.preparation_submitted.v1")
class PreparationSubmitted(CheckInFact, frozen=True, kw_only=True):
    """The mentee is prepared."""


@topic("sessions.brief_read.v1")
class BriefRead(CheckInFact, frozen=True, kw_only=True):
    """The mentor knows what the mentee brings."""


@topic("sessions.attendance_attested.v1")
class AttendanceAttested(CheckInFact, frozen=True, kw_only=True):
    """One party said who was there."""

    party: Party
    attendance: Attendance


@topic("sessions.checkin_held.v1")
class CheckInHeld(CheckInFact, frozen=True, kw_only=True):
    """Both were there. `resolved_by` is the programme manager where the two had said different things."""

    resolved_by: str | None = None


@topic("sessions.checkin_missed.v1")
class CheckInMissed(CheckInFact, frozen=True, kw_only=True):
    """At least one was not there. `resolved_by` is the programme manager where the two had said different things."""

    attendance: Attendance
    resolved_by: str | None = None


@topic("sessions.attendance_disputed.v1")
class AttendanceDisputed(CheckInFact, frozen=True, kw_only=True):
    """The two parties say different things."""
