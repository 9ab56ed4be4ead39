"""The rhythm of a mentorship: cadence, check-ins, attendance, notes, time and reviews. Owner: services.sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships, Party
from contracts.wire import ByIds, Command, CycleCommand, Event, Line, Lines, Operation, Page, Record, Text, topic

# ISO 8601 without offset: what the clock on the wall shows in the cadence's zone, whatever its offset is that day
WallTime = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$")]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=720)]  # a day's honest maximum for one entry
Rating = Annotated[int, msgspec.Meta(ge=1, le=5)]


class Cadence(Record, frozen=True, kw_only=True):
    """When the two meet: an RFC 5545 rule from `starts_at` (wall time) in an IANA zone. Its id is the mentorship's."""

    id: str
    org_id: str
    mentorship_id: str
    rule: str
    starts_at: WallTime
    zone: str
    minutes: int
    set_by: str
    set_at: datetime
    version: int = 1


class CheckInState(StrEnum):
    """What became of one occurrence."""

    SCHEDULED = "scheduled"
    HELD = "held"
    MISSED = "missed"
    DISPUTED = "disputed"


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
    """One occurrence of the cadence; `index` counts from 1 within its mentorship."""

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
    created_at: datetime
    version: int = 1


class Visibility(StrEnum):
    """Who reads a note: its author, or both parties."""

    PRIVATE = "private"
    SHARED = "shared"


class Note(Record, frozen=True, kw_only=True):
    """A party's words about the mentorship or one of its check-ins."""

    id: str
    org_id: str
    mentorship_id: str
    check_in_id: str | None = None
    author_id: str
    visibility: Visibility
    text: str
    created_at: datetime
    version: int = 1


class TimeKind(StrEnum):
    """What the time was given to."""

    MEETING = "meeting"
    PREPARATION = "preparation"
    ASYNC = "async"


class TimeEntry(Record, frozen=True, kw_only=True):
    """Minutes that one person gave, from `started_at`."""

    id: str
    org_id: str
    mentorship_id: str
    person_id: str
    kind: TimeKind
    started_at: datetime
    minutes: int
    check_in_id: str | None = None
    created_at: datetime
    version: int = 1


class TimeTotal(Record, frozen=True, kw_only=True):
    """The sum of one person's entries of one kind."""

    person_id: str
    kind: TimeKind
    minutes: int


class ReviewKind(StrEnum):
    """At a milestone, or at the end."""

    MILESTONE = "milestone"
    FINAL = "final"


class ReviewAnswer(Record, frozen=True, kw_only=True):
    """One party's side of a review; `rating` is 1 to 5."""

    party: Party
    rating: int
    text: str
    submitted_at: datetime


class Review(Record, frozen=True, kw_only=True):
    """A structured look back that both parties answer by `due_at`."""

    id: str
    org_id: str
    mentorship_id: str
    kind: ReviewKind
    index: int
    due_at: datetime
    answers: tuple[ReviewAnswer, ...] = ()
    created_at: datetime
    version: int = 1


class SetCadence(Command, frozen=True, kw_only=True):
    """A party sets when the two meet. `starts_at` is the wall time of the first meeting."""

    mentorship_id: str
    rule: Line
    starts_at: WallTime
    zone: Line
    minutes: Minutes = 60


class ScheduleCheckIn(CycleCommand, frozen=True, kw_only=True):
    """The cycle puts the next occurrence on the calendar."""

    mentorship_id: str
    index: int
    starts_at: datetime
    cadence_version: int


class SubmitPreparation(Command, frozen=True, kw_only=True):
    """The mentee prepares a scheduled check-in; submitting again replaces it."""

    check_in_id: str
    summary: Text
    questions: Lines


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


class WriteNote(Command, frozen=True, kw_only=True):
    """A party writes a note."""

    mentorship_id: str
    check_in_id: str | None = None
    visibility: Visibility = Visibility.PRIVATE
    text: Text


class LogTime(Command, frozen=True, kw_only=True):
    """A party logs its own preparation or asynchronous time; meeting time comes from attendance."""

    mentorship_id: str
    kind: TimeKind
    started_at: datetime
    minutes: Minutes
    check_in_id: str | None = None


class OpenReview(CycleCommand, frozen=True, kw_only=True):
    """The cycle asks both parties for a review."""

    mentorship_id: str
    kind: ReviewKind
    index: int
    due_at: datetime


class SubmitReview(Command, frozen=True, kw_only=True):
    """A party answers an open review, once."""

    review_id: str
    rating: Rating
    text: Text


class TimeSummary(Record, frozen=True, kw_only=True):
    """Totals by person and kind, for each of up to 100 mentorships, in their order; None where the caller sees none."""

    mentorship_ids: tuple[str, ...]


SET_CADENCE = Operation("sessions.set_cadence", SetCadence, Cadence)
SCHEDULE_CHECK_IN = Operation("sessions.schedule_check_in", ScheduleCheckIn, CheckIn)
SUBMIT_PREPARATION = Operation("sessions.submit_preparation", SubmitPreparation, CheckIn)
MARK_BRIEF_READ = Operation("sessions.mark_brief_read", MarkBriefRead, CheckIn)
ATTEST_ATTENDANCE = Operation("sessions.attest_attendance", AttestAttendance, CheckIn)
SETTLE_ATTENDANCE = Operation("sessions.settle_attendance", SettleAttendance, CheckIn)
WRITE_NOTE = Operation("sessions.write_note", WriteNote, Note)
LOG_TIME = Operation("sessions.log_time", LogTime, TimeEntry)
OPEN_REVIEW = Operation("sessions.open_review", OpenReview, Review)
SUBMIT_REVIEW = Operation("sessions.submit_review", SubmitReview, Review)
GET_CADENCES = Operation("sessions.get_cadences", ByIds, tuple[Cadence, ...], safe=True)
GET_CHECK_INS = Operation("sessions.get_check_ins", ByIds, tuple[CheckIn, ...], safe=True)
GET_NOTES = Operation("sessions.get_notes", ByIds, tuple[Note, ...], safe=True)
GET_TIME_ENTRIES = Operation("sessions.get_time_entries", ByIds, tuple[TimeEntry, ...], safe=True)
GET_REVIEWS = Operation("sessions.get_reviews", ByIds, tuple[Review, ...], safe=True)
LIST_CHECK_INS = Operation("sessions.list_check_ins", OfMentorships, tuple[Page[CheckIn] | None, ...], safe=True)
LIST_NOTES = Operation("sessions.list_notes", OfMentorships, tuple[Page[Note] | None, ...], safe=True)
LIST_TIME_ENTRIES = Operation(
    "sessions.list_time_entries", OfMentorships, tuple[Page[TimeEntry] | None, ...], safe=True
)
LIST_REVIEWS = Operation("sessions.list_reviews", OfMentorships, tuple[Page[Review] | None, ...], safe=True)
TIME_SUMMARY = Operation("sessions.time_summary", TimeSummary, tuple[tuple[TimeTotal, ...] | None, ...], safe=True)


@topic("sessions.cadence_changed.v1")
class CadenceChanged(Event, frozen=True, kw_only=True):
    """The two meet by this rule from now on."""

    rule: str
    starts_at: datetime
    zone: str
    minutes: int
    cadence_version: int


class CheckInFact(Event, frozen=True, kw_only=True):
    """Any fact about a check-in."""

    check_in_id: str
    index: int
    starts_at: datetime


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
    """Both were there."""


@topic("sessions.checkin_missed.v1")
class CheckInMissed(CheckInFact, frozen=True, kw_only=True):
    """At least one was not there."""

    attendance: Attendance


@topic("sessions.attendance_disputed.v1")
class AttendanceDisputed(CheckInFact, frozen=True, kw_only=True):
    """The two parties say different things."""


@topic("sessions.time_logged.v1")
class TimeLogged(Event, frozen=True, kw_only=True):
    """A person gave time."""

    time_entry_id: str
    person_id: str
    kind: TimeKind
    minutes: int


@topic("sessions.note_written.v1")
class NoteWritten(Event, frozen=True, kw_only=True):
    """A note exists; never its words."""

    note_id: str
    author_id: str
    visibility: Visibility


class ReviewFact(Event, frozen=True, kw_only=True):
    """Any fact about a review."""

    review_id: str
    kind: ReviewKind
    index: int


@topic("sessions.review_opened.v1")
class ReviewOpened(ReviewFact, frozen=True, kw_only=True):
    """Both parties are asked for a review."""

    due_at: datetime | None = None


@topic("sessions.review_submitted.v1")
class ReviewSubmitted(ReviewFact, frozen=True, kw_only=True):
    """One party answered a review; `complete` once both did."""

    party: Party
    complete: bool


EVENTS: tuple[type[Event], ...] = (
    CadenceChanged,
    CheckInScheduled,
    PreparationSubmitted,
    BriefRead,
    AttendanceAttested,
    CheckInHeld,
    CheckInMissed,
    AttendanceDisputed,
    TimeLogged,
    NoteWritten,
    ReviewOpened,
    ReviewSubmitted,
)
