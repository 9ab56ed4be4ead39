"""Which reviews are promised."""

import pytest

from contracts.goals import Promise
from contracts.identity import Party
from contracts.sessions import ReviewKind, ReviewOpened
from services.goals.model import promises
from tests.builders import NOW
from tests.goals.events import CARD


@pytest.mark.parametrize(
    ("kind", "owed"),
    [
        (ReviewKind.MILESTONE, {Party.MENTOR, Party.MENTEE}),
        (ReviewKind.FINAL, {Party.MENTOR, Party.MENTEE}),
        (ReviewKind.ALUMNI, set()),
    ],
)
def test_both_promise_to_look_back_while_it_lasts_and_nobody_does_afterwards(
    kind: ReviewKind, owed: set[Party]
) -> None:
    opened = ReviewOpened(mentorship_id=CARD.id, review_id="review-1", kind=kind, index=1, due_at=NOW)
    made = promises.openings(opened, CARD, NOW)
    assert {opening.party for opening in made if opening.promise is Promise.SUBMIT_REVIEW} == owed
    assert len(made) == len(owed)
