"""Days on which the two do not meet."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.identity import MentorshipCard, Party
from contracts.sessions import AddTimeOff, TimeOff, TimeOffAdded, TimeOffRemoved
from contracts.wire import Change, evolve

LONGEST = timedelta(days=60)  # who is away for longer pauses the mentorship
AHEAD = timedelta(days=366)
MOST = 20  # to come, in one mentorship: its cycle carries them all


def add(
    time_off_id: str,
    card: MentorshipCard,
    request: AddTimeOff,
    *,
    by: str,
    at: datetime,
    known: Iterable[TimeOff] = (),
) -> Change[TimeOff]:
    """Time off of one party, or of both."""
    _check_days(request, at)
    yesterday = (at - timedelta(days=1)).date()  # somewhere on earth it still is
    if sum(each.removed_at is None and each.last_day >= yesterday for each in known) >= MOST:
        raise Conflict(f"There are {MOST} times off to come already. Remove one first, or make one of several.")
    time_off = TimeOff(
        id=time_off_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        party=None if request.of_both else card.party_of(by),
        first_day=request.first_day,
        last_day=request.last_day,
        kind=request.kind,
        added_by=by,
        added_at=at,
    )
    added = TimeOffAdded(
        mentorship_id=card.id,
        time_off_id=time_off_id,
        first_day=time_off.first_day,
        last_day=time_off.last_day,
        kind=time_off.kind,
        party=time_off.party,
    )
    return Change(time_off, (added,))


def _check_days(request: AddTimeOff, at: datetime) -> None:
    if request.last_day < request.first_day:
        raise Invalid("Time off ends on or after the day on which it begins.", field="lastDay")
    if request.last_day - request.first_day >= LONGEST:
        raise Invalid(f"Time off is {LONGEST.days} days at most. For longer, pause the mentorship.", field="lastDay")
    if request.first_day < (at - timedelta(days=1)).date():
        raise Invalid("Time off begins today or later; what has taken place stays as it is.", field="firstDay")
    if request.first_day > (at + AHEAD).date():
        raise Invalid("Give time off within a year from now.", field="firstDay")


def remove(time_off: TimeOff, party: Party, at: datetime) -> Change[TimeOff]:
    """One's own, or that of both; doing it again changes nothing."""
    if time_off.party not in {None, party}:
        raise Forbidden(f"The time off {time_off.id} is your partner's to remove.")
    if time_off.removed_at is not None:
        return Change(time_off)
    removed = TimeOffRemoved(
        mentorship_id=time_off.mentorship_id,
        time_off_id=time_off.id,
        first_day=time_off.first_day,
        last_day=time_off.last_day,
    )
    return Change(evolve(time_off, removed_at=at), (removed,))
