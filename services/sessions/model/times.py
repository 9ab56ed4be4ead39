"""Time entries: each follows the timesheet of its person, and the other party may approve or dispute it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from contracts.errors import Conflict, Forbidden
from contracts.sessions import (
    TimeApproved,
    TimeDisputed,
    TimeDisputeResolved,
    TimeEdited,
    TimeEntry,
    TimeFact,
    TimeKind,
    TimeLogged,
    TimeSetAside,
    TimeShare,
    TimeState,
    TimeTotal,
    TimeWithdrawn,
)
from contracts.wire import Change, evolve
from services.sessions.model.timesheets import Span, Timesheet

TAKING = frozenset({TimeState.LOGGED, TimeState.APPROVED, TimeState.DISPUTED})
OVER = frozenset({TimeState.WITHDRAWN, TimeState.REJECTED})


def make_entry(sheet: Timesheet, span: Span, at: datetime) -> Change[TimeEntry]:
    """The entry that a span is for. Both said that they met, so nobody has to approve meeting time."""
    fits, is_meeting = sheet.find(span.time_entry_id) is not None, span.kind is TimeKind.MEETING
    state = TimeState.APPROVED if is_meeting else TimeState.LOGGED
    entry = TimeEntry(
        id=span.time_entry_id,
        org_id=sheet.org_id,
        mentorship_id=span.mentorship_id,
        person_id=sheet.person_id,
        kind=span.kind,
        started_at=span.started_at,
        minutes=span.minutes,
        check_in_id=span.check_in_id,
        state=state if fits else TimeState.SET_ASIDE,
        month=_month(span.started_at),
        created_at=at,
    )
    return Change(entry, (_fact(TimeLogged if fits else TimeSetAside, entry),))


def follow(entry: TimeEntry, sheet: Timesheet) -> Change[TimeEntry]:
    """What the timesheet says of the entry now. It may be asked at any time and as often as one likes."""
    span = sheet.find(entry.id)
    if entry.state in OVER:
        return Change(entry)
    if span is None:
        displaced = entry.state in TAKING and _span(entry).ends_at > sheet.since
        return _told(TimeSetAside, entry, state=TimeState.SET_ASIDE) if displaced else Change(entry)
    if entry.state in TAKING and span == _span(entry):
        return Change(entry)
    said = {"kind": span.kind, "started_at": span.started_at, "minutes": span.minutes}
    month = _month(span.started_at)
    return _told(TimeEdited, entry, **said, month=month, state=TimeState.LOGGED, resolved_at=None)


def check_editable(entry: TimeEntry, by: str) -> None:
    """Refuse to change meeting time, somebody else's time, and what is over."""
    check_own(entry, by)
    if entry.kind is TimeKind.MEETING:
        raise Conflict(f"The entry {entry.id} follows from who was at the meeting; it cannot be changed by hand.")
    if entry.state in OVER:
        raise Conflict(f"The entry {entry.id} is {entry.state}, and that is final. Log the time anew.")


def withdraw(entry: TimeEntry, by: str) -> Change[TimeEntry]:
    """Its owner takes it back."""
    check_editable(entry, by)
    return _told(TimeWithdrawn, entry, state=TimeState.WITHDRAWN)


def approve(entry: TimeEntry, by: str) -> Change[TimeEntry]:
    """The other party agrees; whoever disputed it may come round."""
    _check_other(entry, by)
    if entry.state not in {TimeState.LOGGED, TimeState.DISPUTED}:
        raise Conflict(f"The entry {entry.id} is {entry.state}; only a logged or disputed one can be approved.")
    return _told(TimeApproved, entry, state=TimeState.APPROVED)


def dispute(entry: TimeEntry, by: str) -> Change[TimeEntry]:
    """The other party does not agree."""
    _check_other(entry, by)
    if entry.kind is TimeKind.MEETING:
        raise Conflict(f"The entry {entry.id} follows from who was at the meeting. Disagree about the attendance.")
    if entry.resolved_at is not None:
        raise Conflict(f"The programme manager has decided about the entry {entry.id} already.")
    if entry.state not in {TimeState.LOGGED, TimeState.APPROVED}:
        raise Conflict(f"The entry {entry.id} is {entry.state}; only a logged or approved one can be disputed.")
    return _told(TimeDisputed, entry, state=TimeState.DISPUTED)


def resolve(entry: TimeEntry, at: datetime, *, counts: bool) -> Change[TimeEntry]:
    """The programme manager decides."""
    if entry.state is not TimeState.DISPUTED:
        raise Conflict(f"The entry {entry.id} is {entry.state}; there is no dispute to resolve.")
    state = TimeState.APPROVED if counts else TimeState.REJECTED
    changed = evolve(entry, state=state, resolved_at=at)
    return Change(changed, (_fact(TimeDisputeResolved, changed, counts=counts),))


def shares(groups: Iterable[Mapping[str, Any]]) -> tuple[TimeShare, ...]:
    """Sums by mentorship, person, kind, month and state, with what counts and what is disputed side by side."""
    found: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for group in groups:
        state = TimeState(group.get("state") or TimeState.LOGGED)
        if state in TAKING:
            key = (group["mentorshipId"], group["personId"], group["kind"], group.get("month") or "")
            found[key][state is TimeState.DISPUTED] += group["minutes"]
    return tuple(
        TimeShare(
            mentorship_id=mentorship_id, person_id=person_id, kind=TimeKind(kind), month=month, minutes=minutes,
            disputed=disputed,
        )
        for (mentorship_id, person_id, kind, month), (minutes, disputed) in sorted(found.items())
    )  # fmt: skip


def totals(of: Iterable[TimeShare]) -> tuple[TimeTotal, ...]:
    """The same over all months."""
    found: dict[tuple[str, TimeKind], list[int]] = defaultdict(lambda: [0, 0])
    for share in of:
        sums = found[share.person_id, share.kind]
        sums[0] += share.minutes
        sums[1] += share.disputed
    return tuple(
        TimeTotal(person_id=person_id, kind=kind, minutes=minutes, disputed=disputed)
        for (person_id, kind), (minutes, disputed) in sorted(found.items())
    )


def check_own(entry: TimeEntry, by: str) -> None:
    """Refuse what is for whoever gave the time."""
    if entry.person_id != by:
        raise Forbidden(f"The entry {entry.id} is the other's time. You can approve or dispute it.")


def _check_other(entry: TimeEntry, by: str) -> None:
    if entry.person_id == by:
        raise Forbidden(f"The entry {entry.id} is your own time; the other party approves or disputes it.")


def _span(entry: TimeEntry) -> Span:
    return Span(
        time_entry_id=entry.id,
        mentorship_id=entry.mentorship_id,
        kind=entry.kind,
        started_at=entry.started_at,
        minutes=entry.minutes,
        check_in_id=entry.check_in_id,
    )


def _month(started_at: datetime) -> str:
    return f"{started_at:%Y-%m}"  # spans are in UTC


def _told[F: TimeFact](fact: type[F], entry: TimeEntry, **fields: object) -> Change[TimeEntry]:
    changed = evolve(entry, **fields)
    return Change(changed, (_fact(fact, changed),))


def _fact[F: TimeFact](fact: type[F], entry: TimeEntry, **fields: object) -> F:
    return fact(
        mentorship_id=entry.mentorship_id,
        time_entry_id=entry.id,
        person_id=entry.person_id,
        kind=entry.kind,
        minutes=entry.minutes,
        **fields,
    )
