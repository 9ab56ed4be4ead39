"""The time that people give. One person's entries that count never overlap, whichever mentorship they are for."""

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


class TimeState(StrEnum):
    """LOGGED, APPROVED and DISPUTED take up their time, DISPUTED is counted apart; the others count nothing.

    SET_ASIDE is what a meeting of the same time displaced; its owner may edit it to the time that it really was.
    """

    LOGGED = "logged"
    APPROVED = "approved"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"


class TimeEntry(Record, frozen=True, kw_only=True):
    """Minutes that one person gave, from `started_at` (to the minute). `month` (UTC) is the one in which they began."""

    id: str
    org_id: str
    mentorship_id: str
    person_id: str
    kind: TimeKind
    started_at: datetime
    minutes: int
    check_in_id: str | None = None
    state: TimeState = TimeState.LOGGED
    month: str = ""
    resolved_at: datetime | None = None
    created_at: datetime
    version: int = 1


class TimeTotal(Record, frozen=True, kw_only=True):
    """The sum of one person's entries of one kind; `disputed` minutes are counted apart."""

    person_id: str
    kind: TimeKind
    minutes: int
    disputed: int = 0


class TimeShare(Record, frozen=True, kw_only=True):
    """The sum of one person's entries of one kind in one mentorship and month (UTC, in which they began)."""

    mentorship_id: str
    person_id: str
    kind: TimeKind
    month: str
    minutes: int
    disputed: int = 0


class LogTime(Command, frozen=True, kw_only=True):
    """A party logs its own preparation or asynchronous time; meeting time comes from attendance."""

    mentorship_id: str
    kind: TimeKind
    started_at: datetime
    minutes: Minutes
    check_in_id: str | None = None


class EditTime(Command, frozen=True, kw_only=True):
    """Whoever gave the time says it better. What is left out stays; the other party may look at it anew."""

    time_entry_id: str
    kind: TimeKind | None = None
    started_at: datetime | None = None
    minutes: Minutes | None = None


class WithdrawTime(Command, frozen=True, kw_only=True):
    """Whoever logged the time takes it back for good."""

    time_entry_id: str


class ApproveTime(Command, frozen=True, kw_only=True):
    """The other party agrees with a logged entry, or no longer disputes it."""

    time_entry_id: str


class DisputeTime(Command, frozen=True, kw_only=True):
    """The other party does not agree with an entry; the programme manager decides."""

    time_entry_id: str


class ResolveTimeDispute(Command, frozen=True, kw_only=True):
    """The programme manager decides whether a disputed entry counts."""

    time_entry_id: str
    counts: bool


class ListTimeDisputes(Record, frozen=True, kw_only=True):
    """The disputed entries of the organisation, oldest first, for its programme managers."""

    first: int = 20
    after: str | None = None


class TimeSummary(Record, frozen=True, kw_only=True):
    """Totals by person and kind, for each of up to 100 mentorships, in their order; None where the caller sees none."""

    mentorship_ids: tuple[str, ...]


class TimeByMonth(Record, frozen=True, kw_only=True):
    """The same by month too."""

    mentorship_ids: tuple[str, ...]


class MyTime(Record, frozen=True, kw_only=True):
    """The caller's own time in all mentorships."""


LOG_TIME = Operation("sessions.log_time", LogTime, TimeEntry)
EDIT_TIME = Operation("sessions.edit_time", EditTime, TimeEntry)
WITHDRAW_TIME = Operation("sessions.withdraw_time", WithdrawTime, TimeEntry)
APPROVE_TIME = Operation("sessions.approve_time", ApproveTime, TimeEntry)
DISPUTE_TIME = Operation("sessions.dispute_time", DisputeTime, TimeEntry)
RESOLVE_TIME_DISPUTE = Operation("sessions.resolve_time_dispute", ResolveTimeDispute, TimeEntry)
LIST_TIME_DISPUTES = Operation("sessions.list_time_disputes", ListTimeDisputes, Page[TimeEntry], safe=True)
GET_TIME_ENTRIES = Operation("sessions.get_time_entries", ByIds, tuple[TimeEntry, ...], safe=True)
LIST_TIME_ENTRIES = Operation(
    "sessions.list_time_entries", OfMentorships, tuple[Page[TimeEntry] | None, ...], safe=True
)
TIME_SUMMARY = Operation("sessions.time_summary", TimeSummary, tuple[tuple[TimeTotal, ...] | None, ...], safe=True)
TIME_BY_MONTH = Operation("sessions.time_by_month", TimeByMonth, tuple[tuple[TimeShare, ...] | None, ...], safe=True)
MY_TIME = Operation("sessions.my_time", MyTime, tuple[TimeShare, ...], safe=True)


class TimeFact(Event, frozen=True, kw_only=True):
    """Any fact about a time entry, as it is after the fact."""

    time_entry_id: str
    person_id: str
    kind: TimeKind
    minutes: int


@topic("sessions.time_logged.v1")
class TimeLogged(TimeFact, frozen=True, kw_only=True):
    """A person gave time."""


@topic("sessions.time_edited.v1")
class TimeEdited(TimeFact, frozen=True, kw_only=True):
    """An entry says something else now."""


@topic("sessions.time_withdrawn.v1")
class TimeWithdrawn(TimeFact, frozen=True, kw_only=True):
    """An entry was taken back."""


@topic("sessions.time_set_aside.v1")
class TimeSetAside(TimeFact, frozen=True, kw_only=True):
    """An entry does not count, because a meeting took the same time."""


@topic("sessions.time_approved.v1")
class TimeApproved(TimeFact, frozen=True, kw_only=True):
    """The other party agrees with an entry."""


@topic("sessions.time_disputed.v1")
class TimeDisputed(TimeFact, frozen=True, kw_only=True):
    """The other party does not agree with an entry."""


@topic("sessions.time_dispute_resolved.v1")
class TimeDisputeResolved(TimeFact, frozen=True, kw_only=True):
    """The programme manager decided whether an entry counts."""

    counts: bool


@topic("sessions.time_claimed.v1")
class TimeClaimed(Event, frozen=True, kw_only=True):
    """A person's timesheet changed where this entry stands in it. For the sessions part itself: the entry follows."""

    time_entry_id: str
    person_id: str
