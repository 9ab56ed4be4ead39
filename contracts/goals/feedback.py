"""Feedback: what one saw and what it led to, and what the other makes of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.goals.action import Size
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, Text, topic

Tags = Annotated[tuple[Line, ...], msgspec.Meta(max_length=10)]


class FeedbackKind(StrEnum):
    """Something to keep doing, or something to change."""

    STRENGTH = "strength"
    IMPROVE = "improve"


class FeedbackState(StrEnum):
    """Feedback is taken in before it is decided on; questions may be asked in between."""

    GIVEN = "given"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Clarification(Record, frozen=True, kw_only=True):
    """One question about feedback, and its answer once there is one."""

    id: str
    question: str
    asked_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


class PlannedAction(Record, frozen=True, kw_only=True):
    """What the recipient of feedback is going to do about it."""

    title: Line
    due: date
    size: Size = 1


class Feedback(Record, frozen=True, kw_only=True):
    """Situation, behaviour and impact (Center for Creative Leadership's SBI), readable by the two parties only.

    Once it is accepted, `action_item_id` names the item that acts on it; `action` is what it was planned as.
    """

    id: str
    org_id: str
    mentorship_id: str
    author_id: str
    recipient_id: str
    kind: FeedbackKind
    situation: str
    behaviour: str
    impact: str
    tags: tuple[str, ...] = ()
    state: FeedbackState = FeedbackState.GIVEN
    given_at: datetime
    acknowledged_at: datetime | None = None
    clarifications: tuple[Clarification, ...] = ()
    decided_at: datetime | None = None
    decline_reason: str | None = None
    action: PlannedAction | None = None
    action_item_id: str | None = None
    version: int = 1


class GiveFeedback(Command, frozen=True, kw_only=True):
    """A party tells the other what it saw and what that led to. Tags name the skills that it is about, at most 10."""

    mentorship_id: str
    kind: FeedbackKind
    situation: Text
    behaviour: Text
    impact: Text
    tags: Tags = ()


class AcknowledgeFeedback(Command, frozen=True, kw_only=True):
    """The recipient says that the feedback has been read and taken in."""

    feedback_id: str


class AskClarification(Command, frozen=True, kw_only=True):
    """The recipient asks what it wants to understand better, once it has acknowledged the feedback."""

    feedback_id: str
    question: Text


class AnswerClarification(Command, frozen=True, kw_only=True):
    """The author of feedback answers a question about it."""

    feedback_id: str
    clarification_id: str
    answer: Text


class AcceptFeedback(Command, frozen=True, kw_only=True):
    """The recipient decides to act on acknowledged feedback, and says what it does by when: that is an action item."""

    feedback_id: str
    create_action: PlannedAction


class DeclineFeedback(Command, frozen=True, kw_only=True):
    """The recipient decides not to act on acknowledged feedback, and may say why."""

    feedback_id: str
    reason: Text | None = None


GIVE_FEEDBACK = Operation("goals.give_feedback", GiveFeedback, Feedback)
ACKNOWLEDGE_FEEDBACK = Operation("goals.acknowledge_feedback", AcknowledgeFeedback, Feedback)
ASK_CLARIFICATION = Operation("goals.ask_clarification", AskClarification, Feedback)
ANSWER_CLARIFICATION = Operation("goals.answer_clarification", AnswerClarification, Feedback)
ACCEPT_FEEDBACK = Operation("goals.accept_feedback", AcceptFeedback, Feedback)
DECLINE_FEEDBACK = Operation("goals.decline_feedback", DeclineFeedback, Feedback)
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


@topic("goals.feedback_clarified.v1")
class FeedbackClarified(FeedbackFact, frozen=True, kw_only=True):
    """A question about feedback was asked, or answered."""

    clarification_id: str
    answered: bool


@topic("goals.feedback_accepted.v1")
class FeedbackAccepted(FeedbackFact, frozen=True, kw_only=True):
    """The recipient acts on the feedback, with this action item."""

    action_item_id: str


@topic("goals.feedback_declined.v1")
class FeedbackDeclined(FeedbackFact, frozen=True, kw_only=True):
    """The recipient decided not to act on the feedback."""
