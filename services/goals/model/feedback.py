"""Feedback between the two parties."""

from datetime import datetime

from contracts.errors import Conflict, Forbidden
from contracts.goals import Feedback, FeedbackAcknowledged, FeedbackGiven, GiveFeedback
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, evolve


def give_feedback(
    feedback_id: str, card: MentorshipCard, request: GiveFeedback, by: Party, at: datetime
) -> Change[Feedback]:
    """What one party saw and what it led to, for the other."""
    author_id = card.user_of(by)
    recipient_id = card.user_of(Party.MENTEE if by is Party.MENTOR else Party.MENTOR)
    feedback = Feedback(
        id=feedback_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        author_id=author_id,
        recipient_id=recipient_id,
        kind=request.kind,
        situation=request.situation,
        behaviour=request.behaviour,
        impact=request.impact,
        given_at=at,
    )
    given = FeedbackGiven(
        mentorship_id=card.id, feedback_id=feedback_id, author_id=author_id, recipient_id=recipient_id
    )
    return Change(feedback, (given,))


def acknowledge_feedback(feedback: Feedback, by: str, at: datetime) -> Change[Feedback]:
    """The recipient has taken it in."""
    if by != feedback.recipient_id:
        raise Forbidden(f"Only its recipient can acknowledge the feedback {feedback.id}.")
    if feedback.acknowledged_at is not None:
        raise Conflict(f"The feedback {feedback.id} is acknowledged already.")
    acknowledged = FeedbackAcknowledged(
        mentorship_id=feedback.mentorship_id,
        feedback_id=feedback.id,
        author_id=feedback.author_id,
        recipient_id=feedback.recipient_id,
    )
    return Change(evolve(feedback, acknowledged_at=at), (acknowledged,))
