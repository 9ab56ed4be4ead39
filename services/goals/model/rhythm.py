"""Promises that recur, such as feedback each week: which thing done keeps which of them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from msgspec.structs import replace

from contracts.goals import Commitment, CommitmentState, FeedbackGiven, ProgressLogged, ProgressReported, Promise
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, Event, evolve
from services.goals.model import ledger


def promise_kept_by(event: Event, card: MentorshipCard) -> tuple[Party, Promise] | None:
    """The recurring promise that this fact may keep."""
    match event:
        case FeedbackGiven(author_id=author_id) if author_id == card.mentor_id:
            return Party.MENTOR, Promise.GIVE_FEEDBACK
        case ProgressLogged() | ProgressReported(party=Party.MENTEE):
            return Party.MENTEE, Promise.LOG_PROGRESS
    return None


def matched(commitments: Iterable[Commitment], done: Iterable[datetime]) -> dict[str, datetime]:
    """Which thing done keeps which promise: in the order of time, each at most one, so that together they count most.

    Nobody says which week's feedback this is, so the most favourable reading holds. It is worked out from all of both,
    and so does not depend on the order in which they became known.
    """
    promises, times = sorted(commitments, key=lambda each: (each.due, each.id)), sorted(done)
    best = _best(promises, times)
    kept: dict[str, datetime] = {}
    row, column = len(promises), len(times)
    while row and column:
        if best[row][column] == best[row - 1][column]:
            row -= 1
        elif best[row][column] == best[row][column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            kept[promises[row].id] = times[column]
    return kept


def _best(promises: Sequence[Commitment], times: Sequence[datetime]) -> list[list[Fraction]]:
    """The most that the first promises and the first times can come to together, for each number of both."""
    best = [[Fraction(0)] * (len(times) + 1) for _ in range(len(promises) + 1)]
    for row, promise in enumerate(promises, start=1):
        for column, at in enumerate(times, start=1):
            both = best[row - 1][column - 1] + _worth(promise, at)
            best[row][column] = max(best[row - 1][column], best[row][column - 1], both)
    return best


def _worth(promise: Commitment, at: datetime) -> Fraction:
    if at < promise.opened_at:
        return Fraction(0)
    return ledger.fulfilment(replace(promise, state=CommitmentState.KEPT, done_at=at))


def settle(commitment: Commitment, at: datetime | None) -> Change[Commitment]:
    """What the matching says of one promise now. What people have excused or decided stands."""
    untouched = commitment.state in {CommitmentState.OPEN, CommitmentState.MISSED, CommitmentState.KEPT}
    if not untouched or commitment.resolved_at is not None or commitment.done_at == at:
        return Change(commitment)
    if at is None:
        return Change(evolve(commitment, state=CommitmentState.OPEN, done_at=None, missed_at=None))
    if commitment.state is CommitmentState.KEPT:
        return Change(evolve(commitment, done_at=at))
    return ledger.keep(commitment, at)
