"""Feedback between the two parties: it is taken in first, may be asked about, and is then decided on."""

from datetime import datetime

from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.goals import (
    Clarification,
    DeclineFeedback,
    Feedback,
    FeedbackAccepted,
    FeedbackAcknowledged,
    FeedbackClarified,
    FeedbackDeclined,
    FeedbackFact,
    FeedbackGiven,
    FeedbackState,
    GiveFeedback,
    PlannedAction,
)
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, evolve
from services.goals.model.goals import not_past

CLARIFICATIONS_LIMIT = 50  # a talk that needs more is better held face to face


def give_feedback(
    feedback_id: str, card: MentorshipCard, request: GiveFeedback, by: Party, at: datetime
) -> Change[Feedback]:
    """What one party saw and what it led to, for the other."""
    feedback = Feedback(
        id=feedback_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        author_id=card.user_of(by),
        recipient_id=card.user_of(Party.MENTEE if by is Party.MENTOR else Party.MENTOR),
        kind=request.kind,
        situation=request.situation,
        behaviour=request.behaviour,
        impact=request.impact,
        tags=_distinct(request.tags),
        given_at=at,
    )
    return Change(feedback, (_fact(FeedbackGiven, feedback),))


def _distinct(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each skill once, however it is capitalised, in the words in which it came first."""
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.strip().casefold(), tag.strip())
    return tuple(kept.values())


def acknowledge_feedback(feedback: Feedback, by: str, at: datetime) -> Change[Feedback]:
    """The recipient has taken it in."""
    _as_recipient(feedback, by, "acknowledge")
    if feedback.acknowledged_at is not None:
        raise Conflict(f"The feedback {feedback.id} is acknowledged already.")
    acknowledged = evolve(feedback, acknowledged_at=at, state=FeedbackState.ACKNOWLEDGED)
    return Change(acknowledged, (_fact(FeedbackAcknowledged, feedback),))


def ask_clarification(feedback: Feedback, question_id: str, question: str, by: str, at: datetime) -> Change[Feedback]:
    """The recipient wants to understand it better."""
    _as_recipient(feedback, by, "ask about")
    _taken_in(feedback)
    if len(feedback.clarifications) >= CLARIFICATIONS_LIMIT:
        raise Invalid(
            f"There are {CLARIFICATIONS_LIMIT} questions about this feedback, and no room for more. Talk about it.",
            field="question",
        )
    asked = Clarification(id=question_id, question=question, asked_at=at)
    clarified = FeedbackClarified(**_of(feedback), clarification_id=question_id, answered=False)
    return Change(evolve(feedback, clarifications=(*feedback.clarifications, asked)), (clarified,))


def answer_clarification(feedback: Feedback, question_id: str, answer: str, by: str, at: datetime) -> Change[Feedback]:
    """The author answers a question, once."""
    if by != feedback.author_id:
        raise Forbidden(f"Only its author can answer questions about the feedback {feedback.id}.")
    asked = next((each for each in feedback.clarifications if each.id == question_id), None)
    if asked is None:
        raise NotFound.of("clarification", question_id)
    if asked.answer is not None:
        raise Conflict(f"The question {question_id} is answered already. A new question can be asked.")
    answered = Clarification(
        id=asked.id, question=asked.question, asked_at=asked.asked_at, answer=answer, answered_at=at
    )
    thread = tuple(answered if each is asked else each for each in feedback.clarifications)
    clarified = FeedbackClarified(**_of(feedback), clarification_id=question_id, answered=True)
    return Change(evolve(feedback, clarifications=thread), (clarified,))


def accept_feedback(
    feedback: Feedback, action_item_id: str, action: PlannedAction, by: str, at: datetime
) -> Change[Feedback]:
    """The recipient acts on it: with the item of this id, which follows from what is saved here."""
    _decides(feedback, by)
    not_past(action.due, at)
    accepted = evolve(
        feedback, state=FeedbackState.ACCEPTED, decided_at=at, action=action, action_item_id=action_item_id
    )
    return Change(accepted, (FeedbackAccepted(**_of(feedback), action_item_id=action_item_id),))


def decline_feedback(feedback: Feedback, request: DeclineFeedback, by: str, at: datetime) -> Change[Feedback]:
    """The recipient has considered it and lets it be."""
    _decides(feedback, by)
    declined = evolve(feedback, state=FeedbackState.DECLINED, decided_at=at, decline_reason=request.reason)
    return Change(declined, (_fact(FeedbackDeclined, feedback),))


def _decides(feedback: Feedback, by: str) -> None:
    _as_recipient(feedback, by, "decide on")
    _taken_in(feedback)
    if feedback.decided_at is not None:
        raise Conflict(f"The feedback {feedback.id} is {feedback.state} already.")


def _as_recipient(feedback: Feedback, by: str, verb: str) -> None:
    if by != feedback.recipient_id:
        raise Forbidden(f"Only its recipient can {verb} the feedback {feedback.id}.")


def _taken_in(feedback: Feedback) -> None:
    if feedback.acknowledged_at is None:
        raise Conflict(f"Acknowledge the feedback {feedback.id} first: take it in, then ask, then decide.")


def _fact[F: FeedbackFact](kind: type[F], feedback: Feedback) -> F:
    return kind(**_of(feedback))


def _of(feedback: Feedback) -> dict[str, str]:
    return {
        "mentorship_id": feedback.mentorship_id,
        "feedback_id": feedback.id,
        "author_id": feedback.author_id,
        "recipient_id": feedback.recipient_id,
    }
