"""What a leave, and a mentor who goes, do to promises that are still open. Pure.

A leave moves what is due by as long as it lasts; what belongs to a meeting that falls into it no longer counts. The
word of its end may come before that of its beginning, either may come twice, and either may come before anybody heard
of a promise that was made earlier: so leaves are kept, for promises that are heard of later.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from contracts.goals.ledger import Commitment, CommitmentState, Excuse, Promise
from contracts.identity import MentorReplaced, MentorshipCard, MentorshipPaused, MentorshipResumed
from contracts.wire import Change, Record, evolve
from services.goals.model import ledger

OF_MEETINGS = frozenset({Promise.ATTEND, Promise.PREPARE, Promise.READ_BRIEF})
KEPT = 200  # of one mentorship, the newest: many more than it can have

type LeaveFact = MentorshipPaused | MentorshipResumed | MentorReplaced


class Leave(Record, frozen=True, kw_only=True):
    """One fact about a leave that began at a moment, or about a mentor who left at it; `id` is the event's."""

    id: str
    started_at: datetime
    ends: datetime | None = None
    is_over: bool = False
    former_mentor_id: str | None = None


class Leaves(Record, frozen=True, kw_only=True):
    """The leaves of one mentorship that are known."""

    id: str
    org_id: str
    mentorship_id: str
    known: tuple[Leave, ...] = ()
    version: int = 1


def leave_of(fact: LeaveFact, event_id: str, at: datetime) -> Leave:
    """What matters of it to the ledger."""
    match fact:
        case MentorshipPaused(started_at=started_at, until=until):
            return Leave(id=event_id, started_at=started_at, ends=until)
        case MentorshipResumed(started_at=started_at, ended_at=ended_at):
            return Leave(id=event_id, started_at=started_at, ends=ended_at, is_over=True)
        case MentorReplaced(former_mentor_id=former_mentor_id):
            return Leave(id=event_id, started_at=at, former_mentor_id=former_mentor_id)


def note(before: Leaves | None, leaves_id: str, card: MentorshipCard, leave: Leave) -> Change[Leaves]:
    """One more is known; what is heard again changes nothing."""
    if before is None:
        return Change(Leaves(id=leaves_id, org_id=card.org_id, mentorship_id=card.id, known=(leave,)))
    if leave in before.known:
        return Change(before)
    known = sorted((*before.known, leave), key=lambda each: (each.started_at, each.id))
    return Change(evolve(before, known=tuple(known[-KEPT:])))


def all_touched(commitment: Commitment, known: Iterable[Leave]) -> Change[Commitment]:
    """What all leaves that are known make of one commitment."""
    changes: list[Change[Commitment]] = []
    for leave in known:
        changes.append(touched(commitment, leave))
        commitment = changes[-1].state
    return Change(commitment, tuple(event for change in changes for event in change.events))


def touched(commitment: Commitment, leave: Leave) -> Change[Commitment]:
    """What this makes of one commitment; what was settled before it, and what people decided, stays as it is."""
    began = leave.started_at
    if not _was_open(commitment, began):
        return Change(commitment)
    if leave.ends is None:
        is_his = commitment.owner_id == leave.former_mentor_id
        return ledger.release(commitment, Excuse.REPLACED, began) if is_his else Change(commitment)
    if commitment.opened_at > began:
        return Change(commitment)
    if commitment.promise in OF_MEETINGS:
        is_within = began < commitment.due <= leave.ends
        return ledger.release(commitment, Excuse.PAUSE, began) if is_within else Change(commitment)
    return _moved(commitment, began, leave.ends, is_over=leave.is_over)


def _moved(commitment: Commitment, started_at: datetime, ends: datetime, *, is_over: bool) -> Change[Commitment]:
    """It is due later. What was done meanwhile, and became known first, is measured at the new due instant too."""
    if commitment.state is CommitmentState.EXCUSED:
        return Change(commitment)
    if commitment.paused_from == started_at and commitment.paused_to is not None:
        if not is_over or commitment.paused_to == ends:
            return Change(commitment)
        due = commitment.due + (ends - commitment.paused_to)
    else:
        due = commitment.due + (ends - started_at)
    changed = evolve(commitment, due=due, paused_from=started_at, paused_to=ends)
    if changed.done_at is None:
        return Change(changed)
    return Change(replace(changed, missed_at=changed.lapses_at if changed.done_at > changed.lapses_at else None))


def _was_open(commitment: Commitment, moment: datetime) -> bool:
    """Whether it was still to be done then, whatever became known since."""
    if commitment.state is CommitmentState.DISPUTED or commitment.resolved_at is not None:
        return False
    is_done = commitment.done_at is not None and commitment.done_at <= moment
    return not is_done and moment <= commitment.lapses_at
