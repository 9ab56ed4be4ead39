"""Notes, time entries and reviews: what they are, and what cannot happen to them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from contracts.errors import Conflict, Invalid
from contracts.identity import Party
from contracts.sessions import (
    LogTime,
    NoteWritten,
    OpenReview,
    Review,
    ReviewKind,
    ReviewOpened,
    ReviewSubmitted,
    SubmitReview,
    TimeKind,
    TimeLogged,
    Visibility,
    WriteNote,
)
from services.sessions.model import records as model
from tests.builders import NOW, a_card, a_check_in

HOUR = timedelta(hours=1)


def some_time(**fields: Any) -> LogTime:
    defaults = {
        "mentorship_id": "mentorship-1",
        "kind": TimeKind.ASYNC,
        "started_at": NOW - 2 * HOUR,
        "minutes": 30,
    }
    return LogTime(**{**defaults, **fields})


@pytest.mark.parametrize(
    ("visibility", "reader", "may_read"),
    [
        (Visibility.PRIVATE, "maria", True),
        (Visibility.PRIVATE, "sofia", False),
        (Visibility.SHARED, "maria", True),
        (Visibility.SHARED, "sofia", True),
    ],
)
def test_a_private_note_is_its_authors_alone(visibility: Visibility, reader: str, may_read: bool) -> None:
    request = WriteNote(mentorship_id="mentorship-1", visibility=visibility, text="She was tired")
    note = model.write_note("note-1", a_card(), request, "maria", NOW).state
    assert model.readable(note, reader) is may_read


def test_a_note_is_private_unless_its_author_says_otherwise() -> None:
    change = model.write_note("note-1", a_card(), WriteNote(mentorship_id="m", text="Hm"), "maria", NOW)
    assert change.state.visibility is Visibility.PRIVATE
    assert change.events == (
        NoteWritten(mentorship_id="mentorship-1", note_id="note-1", author_id="maria", visibility=Visibility.PRIVATE),
    )


def test_time_is_logged_for_oneself() -> None:
    change = model.log_time("entry-1", a_card(), some_time(), "sofia", NOW)
    assert (change.state.person_id, change.state.minutes) == ("sofia", 30)
    assert change.events == (
        TimeLogged(
            mentorship_id="mentorship-1", time_entry_id="entry-1", person_id="sofia", kind=TimeKind.ASYNC, minutes=30
        ),
    )


def test_meeting_time_cannot_be_claimed() -> None:
    with pytest.raises(Invalid) as refused:
        model.log_time("entry-1", a_card(), some_time(kind=TimeKind.MEETING), "sofia", NOW)
    assert refused.value.field == "kind"


def test_time_may_end_now_and_not_a_minute_later() -> None:
    assert model.log_time("entry-1", a_card(), some_time(started_at=NOW - HOUR, minutes=60), "sofia", NOW).state
    with pytest.raises(Invalid) as refused:
        model.log_time("entry-1", a_card(), some_time(started_at=NOW - HOUR, minutes=61), "sofia", NOW)
    assert refused.value.field == "startedAt"


@pytest.mark.parametrize(
    "started_at",
    [
        datetime(2027, 3, 1, 7),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(14 * HOUR)),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-12 * HOUR)),
    ],
)
def test_a_start_that_is_no_moment_of_this_world_is_refused(started_at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        model.log_time("entry-1", a_card(), some_time(started_at=started_at), "sofia", NOW)
    assert refused.value.field == "startedAt"


def test_a_held_check_in_gives_each_person_its_length() -> None:
    entry = model.log_meeting("entry-1", a_check_in(minutes=45), "maria", NOW + HOUR).state
    assert (entry.person_id, entry.kind, entry.minutes) == ("maria", TimeKind.MEETING, 45)
    assert (entry.started_at, entry.check_in_id) == (NOW, "check-in-1")


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
