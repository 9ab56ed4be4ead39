"""Notes and reviews."""

from datetime import datetime

from contracts.errors import Conflict
from contracts.identity import MentorshipCard, Party
from contracts.sessions import (
    FORM_VERSION,
    Note,
    NoteWritten,
    OpenReview,
    Review,
    ReviewAnswer,
    ReviewOpened,
    ReviewSubmitted,
    SubmitReview,
    WriteNote,
)
from contracts.wire import Change, evolve
from services.sessions.model.forms import check_replies


def write_note(note_id: str, card: MentorshipCard, request: WriteNote, by: str, at: datetime) -> Change[Note]:
    """A party's words."""
    note = Note(
        id=note_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        check_in_id=request.check_in_id,
        author_id=by,
        visibility=request.visibility,
        text=request.text,
        created_at=at,
    )
    written = NoteWritten(mentorship_id=card.id, note_id=note_id, author_id=by, visibility=note.visibility)
    return Change(note, (written,))


def open_review(review_id: str, card: MentorshipCard, request: OpenReview) -> Change[Review]:
    """Both are asked."""
    review = Review(
        id=review_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        kind=request.kind,
        index=request.index,
        due_at=request.due_at,
        form_version=FORM_VERSION,
        created_at=request.at,
    )
    opened = ReviewOpened(
        mentorship_id=card.id, review_id=review_id, kind=review.kind, index=review.index, due_at=review.due_at
    )
    return Change(review, (opened,))


def answer_review(review: Review, request: SubmitReview, party: Party, at: datetime) -> Change[Review]:
    """One side's answer, given once; late is better than never."""
    if any(answer.party is party for answer in review.answers):
        raise Conflict(f"You have answered the review {review.id} already.")
    if request.answers:
        check_replies(review, party, request.answers)
    answer = ReviewAnswer(
        party=party, rating=request.rating, text=request.text, replies=request.answers, submitted_at=at
    )
    answered = evolve(review, answers=(*review.answers, answer))
    submitted = ReviewSubmitted(
        mentorship_id=review.mentorship_id,
        review_id=review.id,
        kind=review.kind,
        index=review.index,
        party=party,
        complete=len(answered.answers) == len(Party),
    )
    return Change(answered, (submitted,))
