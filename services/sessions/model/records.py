"""Notes, time entries and reviews."""

from datetime import UTC, datetime, timedelta

from contracts.errors import Conflict, Invalid
from contracts.identity import MentorshipCard, Party
from contracts.sessions import (
    CheckIn,
    LogTime,
    Note,
    NoteWritten,
    OpenReview,
    Review,
    ReviewAnswer,
    ReviewOpened,
    ReviewSubmitted,
    SubmitReview,
    TimeEntry,
    TimeKind,
    TimeLogged,
    Visibility,
    WriteNote,
)
from contracts.wire import Change, evolve


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


def readable(note: Note, reader_id: str) -> bool:
    """Whether one of the two parties may read the note: private ones are their author's alone."""
    return note.visibility is Visibility.SHARED or note.author_id == reader_id


def log_time(entry_id: str, card: MentorshipCard, request: LogTime, by: str, at: datetime) -> Change[TimeEntry]:
    """A person's own minutes outside meetings."""
    if request.kind is TimeKind.MEETING:
        raise Invalid("Meeting time is logged by itself once both said who was there.", field="kind")
    if _end_of(request) > at:
        raise Invalid("Time is logged once it has been given. This entry ends in the future.", field="startedAt")
    entry = TimeEntry(
        id=entry_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        person_id=by,
        kind=request.kind,
        started_at=request.started_at,
        minutes=request.minutes,
        check_in_id=request.check_in_id,
        created_at=at,
    )
    return _logged(entry)


def _end_of(request: LogTime) -> datetime:
    if request.started_at.tzinfo is None:
        raise Invalid("Say in which zone this is, like 2027-03-01T09:00:00+01:00.", field="startedAt")
    try:
        return request.started_at.astimezone(UTC) + timedelta(minutes=request.minutes)
    except OverflowError as error:
        raise Invalid("There is no such moment. Give the day on which it was.", field="startedAt") from error


def log_meeting(entry_id: str, check_in: CheckIn, person_id: str, at: datetime) -> Change[TimeEntry]:
    """What a held check-in took of one person's time."""
    entry = TimeEntry(
        id=entry_id,
        org_id=check_in.org_id,
        mentorship_id=check_in.mentorship_id,
        person_id=person_id,
        kind=TimeKind.MEETING,
        started_at=check_in.starts_at,
        minutes=check_in.minutes,
        check_in_id=check_in.id,
        created_at=at,
    )
    return _logged(entry)


def _logged(entry: TimeEntry) -> Change[TimeEntry]:
    fact = TimeLogged(
        mentorship_id=entry.mentorship_id,
        time_entry_id=entry.id,
        person_id=entry.person_id,
        kind=entry.kind,
        minutes=entry.minutes,
    )
    return Change(entry, (fact,))


def open_review(review_id: str, card: MentorshipCard, request: OpenReview) -> Change[Review]:
    """Both are asked."""
    review = Review(
        id=review_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        kind=request.kind,
        index=request.index,
        due_at=request.due_at,
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
    answer = ReviewAnswer(party=party, rating=request.rating, text=request.text, submitted_at=at)
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
