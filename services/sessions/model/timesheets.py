"""A person's timesheet: which time is taken, across all mentorships, in one document.

It alone decides about overlaps, so that the check and the write are one. Spans are half open: they may touch. Pure.
"""

from datetime import UTC, datetime, timedelta

from contracts.errors import Conflict, Invalid
from contracts.sessions import CheckIn, EditTime, LogTime, TimeClaimed, TimeEntry, TimeKind
from contracts.wire import Change, Record, evolve

KEPT = timedelta(days=366)  # time is logged within a year of being given; what is older no longer changes
SPANS_LIMIT = 4_000  # eleven a day for that year; keeps a timesheet one document of moderate size


class Span(Record, frozen=True, kw_only=True):
    """The time that one entry takes, and what the entry is made from."""

    time_entry_id: str
    mentorship_id: str
    kind: TimeKind
    started_at: datetime
    minutes: int
    check_in_id: str | None = None

    @property
    def ends_at(self) -> datetime:
        """The first instant that is free again."""
        return self.started_at + timedelta(minutes=self.minutes)

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share an instant."""
        return self.started_at < other.ends_at and other.started_at < self.ends_at


class Timesheet(Record, frozen=True, kw_only=True):
    """The spans of one person by their start. What ended before `since` is no longer among them."""

    id: str
    org_id: str
    person_id: str
    since: datetime
    spans: tuple[Span, ...] = ()
    version: int = 1

    def find(self, time_entry_id: str) -> Span | None:
        """The time that this entry takes."""
        return next((span for span in self.spans if span.time_entry_id == time_entry_id), None)


def open_timesheet(sheet_id: str, org_id: str, person_id: str, at: datetime) -> Change[Timesheet]:
    """Nothing is taken yet."""
    return Change(Timesheet(id=sheet_id, org_id=org_id, person_id=person_id, since=at - KEPT))


def span_of(time_entry_id: str, request: LogTime, at: datetime) -> Span:
    """What a person logs by hand."""
    if request.kind is TimeKind.MEETING:
        raise Invalid("Meeting time is logged by itself once both said who was there.", field="kind")
    span = Span(
        time_entry_id=time_entry_id,
        mentorship_id=request.mentorship_id,
        kind=request.kind,
        started_at=_to_the_minute(request.started_at),
        minutes=request.minutes,
        check_in_id=request.check_in_id,
    )
    return _given(span, at)


def meeting_span(time_entry_id: str, check_in: CheckIn) -> Span:
    """What a held check-in took."""
    return Span(
        time_entry_id=time_entry_id,
        mentorship_id=check_in.mentorship_id,
        kind=TimeKind.MEETING,
        started_at=_to_the_minute(check_in.starts_at),
        minutes=check_in.minutes,
        check_in_id=check_in.id,
    )


def edited_span(entry: TimeEntry, request: EditTime, at: datetime) -> Span:
    """What an entry says after its owner's edit."""
    if request.kind is TimeKind.MEETING:
        raise Invalid("Meeting time is logged by itself; choose PREPARATION or ASYNC.", field="kind")
    span = Span(
        time_entry_id=entry.id,
        mentorship_id=entry.mentorship_id,
        kind=request.kind or entry.kind,
        started_at=_to_the_minute(request.started_at or entry.started_at),
        minutes=request.minutes or entry.minutes,
        check_in_id=entry.check_in_id,
    )
    return _given(span, at)


def _to_the_minute(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Invalid("Say in which zone this is, like 2027-03-01T09:00:00+01:00.", field="startedAt")
    try:
        return moment.astimezone(UTC).replace(second=0, microsecond=0)
    except OverflowError as error:
        raise Invalid("There is no such moment. Give the day on which it was.", field="startedAt") from error


def _given(span: Span, at: datetime) -> Span:
    """Refuse time that is not over, or over for too long."""
    try:
        ended = span.ends_at
    except OverflowError as error:
        raise Invalid("There is no such moment. Give the day on which it was.", field="startedAt") from error
    if ended > at:
        raise Invalid("Time is logged once it has been given. This entry ends in the future.", field="startedAt")
    if span.started_at < at - KEPT:
        raise Invalid("Time is logged within a year. This entry begins before that.", field="startedAt")
    return span


def claim(sheet: Timesheet, span: Span, at: datetime) -> Change[Timesheet]:
    """Take this time, perhaps instead of what the entry took before. Raises Conflict where it is taken."""
    if sheet.find(span.time_entry_id) == span:
        return Change(sheet)
    others = _others(sheet, span, at)
    if len(others) >= SPANS_LIMIT:
        raise Invalid(f"A person logs at most {SPANS_LIMIT} entries a year. Put several into one.")
    if taken := next((each for each in others if each.overlaps(span)), None):
        raise Conflict(
            f"From {taken.started_at:%Y-%m-%d %H:%M} to {taken.ends_at:%H:%M} UTC your time is taken by the"
            f" {taken.kind} entry {taken.time_entry_id}. Choose a time that at most touches it, or edit that entry.",
            field="startedAt",
        )
    return _taken(sheet, others, span, at)


def claim_meeting(sheet: Timesheet, span: Span, at: datetime) -> Change[Timesheet]:
    """A held meeting displaces what was logged by hand. Of two meetings at once, the first to be settled stays."""
    others = _others(sheet, span, at)
    taken = [each for each in others if each.overlaps(span)]
    known = sheet.find(span.time_entry_id) is not None
    if known or span.ends_at <= at - KEPT or any(each.kind is TimeKind.MEETING for each in taken):
        return Change(sheet)
    free = tuple(each for each in others if each not in taken)
    change = _taken(sheet, free, span, at)
    displaced = (TimeClaimed(time_entry_id=each.time_entry_id, person_id=sheet.person_id) for each in taken)
    return Change(change.state, (*change.events, *displaced))


def release(sheet: Timesheet, time_entry_id: str) -> Change[Timesheet]:
    """The time of this entry is free again."""
    if sheet.find(time_entry_id) is None:
        return Change(sheet)
    return Change(evolve(sheet, spans=tuple(span for span in sheet.spans if span.time_entry_id != time_entry_id)))


def _others(sheet: Timesheet, span: Span, at: datetime) -> tuple[Span, ...]:
    """What else is taken and may still change."""
    known = (each for each in sheet.spans if each.time_entry_id != span.time_entry_id)
    return tuple(each for each in known if each.ends_at > at - KEPT)


def _taken(sheet: Timesheet, others: tuple[Span, ...], span: Span, at: datetime) -> Change[Timesheet]:
    spans = tuple(sorted((*others, span), key=lambda each: each.started_at))
    claimed = TimeClaimed(time_entry_id=span.time_entry_id, person_id=sheet.person_id)
    return Change(evolve(sheet, spans=spans, since=max(sheet.since, at - KEPT)), (claimed,))
