"""Promises that recur, such as feedback each week: which thing done keeps which of them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from msgspec.structs import replace

from contracts.goals import Commitment, CommitmentState, FeedbackGiven, ProgressLogged, ProgressReported, Promise
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, Event, Record, evolve
from services.goals.model import ledger

RECURRING = (Promise.GIVE_FEEDBACK, Promise.LOG_PROGRESS)
KEPT = 5_000  # of things done, the newest; what is older kept its promise long ago


class Done(Record, frozen=True, kw_only=True):
    """One thing done, by the id of what it made; a whole table of progress is done many `times` at once."""

    id: str
    at: datetime
    times: int = 1


class Doings(Record, frozen=True, kw_only=True):
    """When something was done that keeps a recurring promise of one mentorship: moments, and nothing that was said."""

    id: str
    org_id: str
    mentorship_id: str
    promise: Promise
    done: tuple[Done, ...] = ()
    version: int = 1


def note(before: Doings | None, doings_id: str, card: MentorshipCard, promise: Promise, done: Done) -> Change[Doings]:
    """One thing more was done. What is heard again changes nothing, and an update counts from its first word on."""
    if before is None:
        return Change(Doings(id=doings_id, org_id=card.org_id, mentorship_id=card.id, promise=promise, done=(done,)))
    known = {each.id: each for each in before.done}
    if done.id in known and known[done.id].at <= done.at:
        return Change(before)
    newest = sorted((known | {done.id: done}).values(), key=lambda each: (each.at, each.id))[-KEPT:]
    return Change(evolve(before, done=tuple(newest)))


def moments(doings: Doings, most: int) -> list[datetime]:
    """Each moment as often as something was done at it; more often than there are promises makes no difference."""
    return [each.at for each in doings.done for _ in range(min(each.times, most))]


def promise_kept_by(event: Event, card: MentorshipCard, at: datetime) -> tuple[Promise, Done] | None:
    """The recurring promise that this fact may keep, and what was done."""
    match event:
        case FeedbackGiven(author_id=author_id, feedback_id=feedback_id) if author_id == card.mentor_id:
            return Promise.GIVE_FEEDBACK, Done(id=feedback_id, at=at)
        case ProgressLogged(progress_update_id=str() as update_id):
            return Promise.LOG_PROGRESS, Done(id=update_id, at=at)
        case ProgressLogged(entry_id=entry_id, entries=entries):
            return Promise.LOG_PROGRESS, Done(id=entry_id, at=at, times=entries)
        case ProgressReported(party=Party.MENTEE, progress_update_id=update_id):
            return Promise.LOG_PROGRESS, Done(id=update_id, at=at)
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
