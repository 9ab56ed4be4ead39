"""The best way to match everybody at once: as many pairs as possible, and among those the greatest sum of scores."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from services.identity.model.matching import CRITERIA, Criterion, Offer, Wish

BEST = 10_001  # one more than the best score
IMPOSSIBLE = -1
ROWS = 200  # wishes that are scored between two words about the progress

type Scores = NDArray[np.int64]
type Progress = Callable[[float], None]


def assign(scores: Scores, room: Sequence[int]) -> list[int | None]:
    """For each row the column of its partner, or None. A column is given to at most `room` rows.

    A pair is worth more than all scores together could be, so no pair is given up for a better score of others.
    """
    rows, columns = scores.shape
    if not rows or not columns:
        return [None] * rows
    seats = np.repeat(np.arange(columns), np.minimum(np.maximum(room, 0), rows))
    pair = np.int64(BEST) * rows
    worth = np.where(scores == IMPOSSIBLE, 0, scores + pair).astype(np.float64)[:, seats]  # exact below 2**53
    found: list[int | None] = [None] * rows
    for row, seat in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[row, seat] > 0:
            found[int(row)] = int(seats[seat])
    return found


def scored(wishes: Sequence[Wish], offers: Sequence[Offer], progress: Progress = lambda _: None) -> Scores:
    """The score of every pair, IMPOSSIBLE for those that cannot be; the same as pair by pair, but much sooner."""
    total = np.zeros((len(wishes), len(offers)), dtype=np.int64)
    for start in range(0, len(wishes), ROWS):
        chunk = wishes[start : start + ROWS]
        fits = [_fits(criterion, chunk, offers) for criterion in CRITERIA]
        total[start : start + ROWS] = sum(fit * each.weight for fit, each in zip(fits, CRITERIA, strict=True))
        progress((start + len(chunk)) / len(wishes))
    total[~_possible(wishes, offers)] = IMPOSSIBLE
    return total


def _fits(criterion: Criterion, wishes: Sequence[Wish], offers: Sequence[Offer]) -> Scores:
    """Judge each distinct pair of what the criterion looks at once, and spread the answers."""
    wanted, offered = [criterion.wish(each) for each in wishes], [criterion.offer(each) for each in offers]
    rows = {key: place for place, key in enumerate(dict.fromkeys(wanted))}
    columns = {key: place for place, key in enumerate(dict.fromkeys(offered))}
    judged = np.array([[criterion.fit(one, other) for other in columns] for one in rows], dtype=np.int64)
    return judged.reshape(len(rows), len(columns))[
        np.ix_([rows[key] for key in wanted], [columns[key] for key in offered])
    ]


def _possible(wishes: Sequence[Wish], offers: Sequence[Offer]) -> NDArray[np.bool_]:
    """Where no hard constraint stands in the way: what `obstacle` says, all at once."""
    (language,) = [each for each in CRITERIA if each.kind == "language"]
    possible = _fits(language, wishes, offers) > 0
    possible &= np.array([offer.room > 0 for offer in offers], dtype=bool)
    row_of = {wish.user_id: row for row, wish in enumerate(wishes)}
    column_of = {offer.user_id: column for column, offer in enumerate(offers)}
    for row, wish in enumerate(wishes):
        barred = (wish.user_id, *wish.above, *wish.past)
        possible[row, [column_of[user] for user in barred if user in column_of]] = False
    for column, offer in enumerate(offers):
        possible[[row_of[user] for user in offer.above if user in row_of], column] = False
    return possible
