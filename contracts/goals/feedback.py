"""Feedback: what one saw and what it led to, and what the other makes of it."""

from datetime import datetime
from enum import StrEnum

from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Event, Operation, Page, Record, Text, topic


class FeedbackKind(StrEnum):
    """Something to keep doing, or something to change."""

    STRENGTH = "strength"
    IMPROVE = "improve"


class Feedback(Record, frozen=True, kw_only=True):
    """Situation, behaviour and impact (Center for Creative Leadership's SBI), readable by the two parties only."""

    id: str
    org_id: str
    mentorship_id: str
    author_id: str
    recipient_id: str
    kind: FeedbackKind
    situation: str
    behaviour: str
    impact: str
    given_at: datetime
    acknowledged_at: datetime | None = None
    version: int = 1


class GiveFeedback(Command, frozen=True, kw_only=True):
    """A party tells the other what it saw and what that led to."""

    mentorship_id: str
    kind: FeedbackKind
    situation: Text
    behaviour: Text
    impact: Text


class AcknowledgeFeedback(Command, frozen=True, kw_only=True):
    """The recipient says that the feedback has been read and taken in."""

    feedback_id: str


GIVE_FEEDBACK = Operation("goals.give_feedback", GiveFeedback, Feedback)
ACKNOWLEDGE_FEEDBACK = Operation("goals.acknowledge_feedback", AcknowledgeFeedback, Feedback)
GET_FEEDBACK = Operation("goals.get_feedback", ByIds, tuple[Feedback, ...], safe=True)
LIST_FEEDBACK = Operation("goals.list_feedback", OfMentorships, tuple[Page[Feedback] | None, ...], safe=True)


class FeedbackFact(Event, frozen=True, kw_only=True):
    """Any fact about feedback; never its words."""

    feedback_id: str
    author_id: str
    recipient_id: str


@topic("goals.feedback_given.v1")
class FeedbackGiven(FeedbackFact, frozen=True, kw_only=True):
    """Feedback waits for its recipient."""


@topic("goals.feedback_acknowledged.v1")
class FeedbackAcknowledged(FeedbackFact, frozen=True, kw_only=True):
    """The recipient has taken the feedback in."""
