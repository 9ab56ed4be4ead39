"""What a leave, and a mentor who goes, do to promises that are still open. Pure.

A leave moves what is due by as long as it lasts; what belongs to a meeting that falls into it no longer counts. The
word of its end may come before that of its beginning, and either may come twice.
"""

from datetime import datetime

from contracts.goals.ledger import Commitment, CommitmentState, Excuse, Promise
from contracts.identity import MentorReplaced, MentorshipPaused, MentorshipResumed
from contracts.wire import Change, evolve
from services.goals.model import ledger

OF_MEETINGS = frozenset({Promise.ATTEND, Promise.PREPARE, Promise.READ_BRIEF})

type Leave = MentorshipPaused | MentorshipResumed | MentorReplaced


def touched(commitment: Commitment, event: Leave, at: datetime) -> Change[Commitment]:
    """What this fact makes of one commitment; settled and decided ones stay as they are."""
    if isinstance(event, MentorReplaced):
        is_his = commitment.owner_id == event.former_mentor_id
        return (
            ledger.release(commitment, Excuse.REPLACED, at)
            if _is_open(commitment, at) and is_his
            else _same(commitment)
        )
    ends = event.until if isinstance(event, MentorshipPaused) else event.ended_at
    if not _is_open(commitment, event.started_at) or commitment.opened_at > event.started_at:
        return _same(commitment)
    if commitment.promise in OF_MEETINGS:
        is_within = event.started_at < commitment.due <= ends
        return ledger.release(commitment, Excuse.PAUSE, at) if is_within else _same(commitment)
    return _moved(commitment, event.started_at, ends, is_over=isinstance(event, MentorshipResumed))


def _moved(commitment: Commitment, started_at: datetime, ends: datetime, *, is_over: bool) -> Change[Commitment]:
    if commitment.paused_from == started_at and commitment.paused_to is not None:
        if not is_over or commitment.paused_to == ends:
            return _same(commitment)
        due = commitment.due + (ends - commitment.paused_to)
    else:
        due = commitment.due + (ends - started_at)
    return Change(evolve(commitment, due=due, paused_from=started_at, paused_to=ends))


def _is_open(commitment: Commitment, at: datetime) -> bool:
    return ledger.as_of(commitment, at).state is CommitmentState.OPEN


def _same(commitment: Commitment) -> Change[Commitment]:
    return Change(commitment)
