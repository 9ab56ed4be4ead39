"""The time that people give."""

from datetime import datetime
from enum import StrEnum

from contracts.identity import OfMentorships
from contracts.sessions.cadence import Minutes
from contracts.wire import (
    ByIds,
    Command,
    Event,
    Operation,
    Page,
    Record,
    topic,
)


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


class LogTime(Command, frozen=True, kw_only=True):
    """A party logs its own preparation or asynchronous time; meeting time comes from attendance."""

    mentorship_id: str
    kind: TimeKind
    started_at: datetime
    minutes: Minutes
    check_in_id: str | None = None


class TimeSummary(Record, frozen=True, kw_only=True):
    """Totals by person and kind, for each of up to 100 mentorships, in their order; None where the caller sees none."""

    mentorship_ids: tuple[str, ...]


LOG_TIME = Operation("sessions.log_time", LogTime, TimeEntry)
GET_TIME_ENTRIES = Operation("sessions.get_time_entries", ByIds, tuple[TimeEntry, ...], safe=True)
LIST_TIME_ENTRIES = Operation(
    "sessions.list_time_entries", OfMentorships, tuple[Page[TimeEntry] | None, ...], safe=True
)
TIME_SUMMARY = Operation("sessions.time_summary", TimeSummary, tuple[tuple[TimeTotal, ...] | None, ...], safe=True)


@topic("sessions.time_logged.v1")
class TimeLogged(Event, frozen=True, kw_only=True):
    """A person gave time."""

    time_entry_id: str
    person_id: str
    kind: TimeKind
    minutes: int
