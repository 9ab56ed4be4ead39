"""Promises that recur, such as feedback each week: which thing done keeps which of them. Pure."""

from collections.abc import Iterable
from datetime import datetime

from contracts.goals import FeedbackGiven, ProgressLogged
from contracts.goals.ledger import Commitment, Promise
from contracts.identity import MentorshipCard, Party
from contracts.wire import Event


def promise_kept_by(event: Event, card: MentorshipCard) -> tuple[Party, Promise] | None:
    """The recurring promise that this fact may keep."""
    match event:
        case FeedbackGiven(author_id=author_id) if author_id == card.mentor_id:
            return Party.MENTOR, Promise.GIVE_FEEDBACK
        case ProgressLogged():
            return Party.MENTEE, Promise.LOG_PROGRESS
    return None


def matched(commitments: Iterable[Commitment], done: Iterable[datetime]) -> dict[str, datetime]:
    """For each promise the first thing done that is still free, from its opening until it lapses, earliest due first.

    Worked out from all of both each time, so that it does not matter in which order they became known.
    """
    free = sorted(done)
    kept: dict[str, datetime] = {}
    for commitment in sorted(commitments, key=lambda each: (each.due, each.id)):
        for at in free:
            if commitment.opened_at <= at <= commitment.lapses_at:
                kept[commitment.id] = at
                free.remove(at)
                break
    return kept
