"""Notes and reviews: what they are, and what cannot happen to them."""

from datetime import timedelta

import pytest

from contracts.errors import Conflict
from contracts.identity import Party
from contracts.sessions import (
    NoteWritten,
    OpenReview,
    Review,
    ReviewKind,
    ReviewOpened,
    ReviewSubmitted,
    SubmitReview,
    Visibility,
    WriteNote,
)
from services.sessions.model import records as model
from tests.builders import NOW, a_card

HOUR = timedelta(hours=1)


def test_a_note_is_private_unless_its_author_says_otherwise() -> None:
    change = model.write_note("note-1", a_card(), WriteNote(mentorship_id="m", text="Hm"), "maria", NOW)
    assert change.state.visibility is Visibility.PRIVATE
    assert change.events == (
        NoteWritten(mentorship_id="mentorship-1", note_id="note-1", author_id="maria", visibility=Visibility.PRIVATE),
    )


def a_review() -> Review:
    request = OpenReview(mentorship_id="mentorship-1", kind=ReviewKind.MILESTONE, index=1, due_at=NOW, at=NOW - HOUR)
    return model.open_review("review-1", a_card(), request).state


def an_answer(rating: int = 4) -> SubmitReview:
    return SubmitReview(review_id="review-1", rating=rating, text="Good")


def test_both_are_asked_for_a_review() -> None:
    request = OpenReview(mentorship_id="mentorship-1", kind=ReviewKind.FINAL, index=1, due_at=NOW, at=NOW)
    (fact,) = model.open_review("review-1", a_card(), request).events
    assert fact == ReviewOpened(
        mentorship_id="mentorship-1", review_id="review-1", kind=ReviewKind.FINAL, index=1, due_at=NOW
    )


def test_a_review_is_complete_once_both_answered() -> None:
    one = model.answer_review(a_review(), an_answer(), Party.MENTEE, NOW)
    both = model.answer_review(one.state, an_answer(5), Party.MENTOR, NOW + HOUR)
    facts = [*one.events, *both.events]
    assert [fact.complete for fact in facts if isinstance(fact, ReviewSubmitted)] == [False, True]
    assert [(answer.party, answer.rating) for answer in both.state.answers] == [(Party.MENTEE, 4), (Party.MENTOR, 5)]


def test_answering_a_review_twice_is_refused() -> None:
    answered = model.answer_review(a_review(), an_answer(), Party.MENTEE, NOW).state
    with pytest.raises(Conflict):
        model.answer_review(answered, an_answer(1), Party.MENTEE, NOW)


def test_a_late_answer_is_better_than_none() -> None:
    assert model.answer_review(a_review(), an_answer(), Party.MENTEE, NOW + 999 * HOUR).state.answers
