"""A structured look back that both parties answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships, Party
from contracts.wire import (
    ByIds,
    Command,
    CycleCommand,
    Event,
    Operation,
    Page,
    Record,
    Text,
    topic,
)

Rating = Annotated[int, msgspec.Meta(ge=1, le=5)]
ShortId = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Words = Annotated[str, msgspec.Meta(max_length=2_000)]


class ReviewKind(StrEnum):
    """At a milestone, at the end, or some time after it, when what lasts can be seen."""

    MILESTONE = "milestone"
    FINAL = "final"
    ALUMNI = "alumni"

    @property
    def is_owed(self) -> bool:
        """Whether both have promised it. Afterwards nobody owes the other anything: alumni are only asked."""
        return self is not ReviewKind.ALUMNI


class Reply(Record, frozen=True, kw_only=True):
    """What one side says to one question of its form."""

    question_id: ShortId
    rating: Rating | None = None
    text: Words = ""


class ReviewAnswer(Record, frozen=True, kw_only=True):
    """One party's side of a review: the whole in a rating of 1 to 5 and in words, and the replies to its form."""

    party: Party
    rating: int
    text: str
    replies: tuple[Reply, ...] = ()
    submitted_at: datetime


class Review(Record, frozen=True, kw_only=True):
    """A structured look back that both parties answer by `due_at`."""

    id: str
    org_id: str
    mentorship_id: str
    kind: ReviewKind
    index: int
    due_at: datetime
    form_version: int = 1
    answers: tuple[ReviewAnswer, ...] = ()
    created_at: datetime
    version: int = 1


Replies = Annotated[tuple[Reply, ...], msgspec.Meta(max_length=20)]


class OpenReview(CycleCommand, frozen=True, kw_only=True):
    """The cycle asks both parties for a review."""

    mentorship_id: str
    kind: ReviewKind
    index: int
    due_at: datetime


class SubmitReview(Command, frozen=True, kw_only=True):
    """A party answers an open review, once: as a whole, and question by question of its own form.

    Who leaves the answers out altogether says no more than rating and words.
    """

    review_id: str
    rating: Rating
    text: Text
    answers: Replies = ()


OPEN_REVIEW = Operation("sessions.open_review", OpenReview, Review)
SUBMIT_REVIEW = Operation("sessions.submit_review", SubmitReview, Review)
GET_REVIEWS = Operation("sessions.get_reviews", ByIds, tuple[Review, ...], safe=True)
LIST_REVIEWS = Operation("sessions.list_reviews", OfMentorships, tuple[Page[Review] | None, ...], safe=True)


class ReviewFact(Event, frozen=True, kw_only=True):
    """Any fact about a review."""

    review_id: str
    kind: ReviewKind
    index: int


@topic("sessions.review_opened.v1")
class ReviewOpened(ReviewFact, frozen=True, kw_only=True):
    """Both parties are asked for a review."""

    due_at: datetime | None = None


@topic("sessions.review_submitted.v1")
class ReviewSubmitted(ReviewFact, frozen=True, kw_only=True):
    """One party answered a review; `complete` once both did."""

    party: Party
    complete: bool
