"""Feedback between the two, and what its recipient makes of it."""

from datetime import date, datetime

import strawberry

from contracts import goals
from contracts.goals import FeedbackKind, FeedbackState
from gateway.types.identity import User
from gateway.types.items import ActionItem
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import Node, field, id_of, optional, reference
from gateway.types.scalars import LocalDateTime


@strawberry.type(description="One question about feedback, and its answer once there is one.")
class Clarification:
    """Shows goals.Clarification."""

    id: strawberry.ID = field("Tells the questions about one piece of feedback apart.")
    question: str = field("What its recipient wants to understand better.")
    asked_at: datetime = field("When it was asked.")
    answer: str | None = field("What its author says.")
    answered_at: datetime | None = field("When it was answered.")


@strawberry.type(description="Feedback as situation, behaviour and impact; only the two parties can read it.")
class Feedback(Node):
    """Shows goals.Feedback."""

    loader = staticmethod(lambda loaders: loaders.feedback)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    author = reference(User, "author_id", "Who gave it.")
    recipient = reference(User, "recipient_id", "Who got it.")
    kind: FeedbackKind = field("Something to keep doing, or something to change.")
    situation: str = field("When and where.")
    behaviour: str = field("What was seen.")
    impact: str = field("What it led to.")
    tags: list[str] = field("The skills that it is about.")
    state: FeedbackState = field("What its recipient has made of it so far.")
    given_at: datetime = field("When it was given.")
    acknowledged_at: datetime | None = field("When its recipient took it in.")
    clarifications: list[Clarification] = field("The questions about it, oldest first.")
    decided_at: datetime | None = field("When its recipient accepted or declined it.")
    decline_reason: str | None = field("Why it was declined, if its recipient said so.")
    action_item = reference(ActionItem, "action_item_id", "The item that acts on it, once it is accepted.")
    version: int = field("Counts its changes.")


@strawberry.type(description="By when the mentor gives feedback, again and again, apart from the meetings.")
class FeedbackCadence(Node):
    """Shows goals.FeedbackCadence."""

    loader = staticmethod(lambda loaders: loaders.feedback_cadences)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    rule: str = field("A recurrence rule (RFC 5545), as in FREQ=WEEKLY;BYDAY=FR.")
    starts_at: LocalDateTime = field("When feedback is due first, as a clock on the wall in `zone` shows it.")
    zone: str = field("The IANA time zone that it stays in.")
    set_by = reference(User, "set_by", "Who set it.")
    set_at: datetime = field("When it was set.")
    version: int = field("Counts its changes.")


@strawberry.input(description="What you saw and what it led to. The other party reads it.")
class GiveFeedbackInput(Input):
    """Makes goals.GiveFeedback."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    kind: FeedbackKind = field("Something to keep doing, or something to change.")
    situation: str = field("When and where.")
    behaviour: str = field("What you saw.")
    impact: str = field("What it led to.")
    tags: list[str] | None = optional("The skills that it is about, at most 10.")


@strawberry.input(description="Feedback that you have taken in.")
class AcknowledgeFeedbackInput(Edit):
    """Makes goals.AcknowledgeFeedback."""

    feedback_id: strawberry.ID = field("The feedback.")


@strawberry.input(description="What you want to understand better about feedback that you got.")
class AskClarificationInput(Edit):
    """Makes goals.AskClarification."""

    feedback_id: strawberry.ID = field("The feedback, which you have acknowledged.")
    question: str = field("Your question.")


@strawberry.input(description="Your answer to a question about feedback that you gave.")
class AnswerClarificationInput(Edit):
    """Makes goals.AnswerClarification."""

    feedback_id: strawberry.ID = field("The feedback.")
    clarification_id: strawberry.ID = field("The question, by its id among the feedback's clarifications.")
    answer: str = field("Your answer.")


@strawberry.input(description="What you are going to do.")
class CreateActionInput:
    """Makes goals.PlannedAction."""

    title: str = field("What is to be done.")
    due: date = field("By which day.")
    size: int | None = optional("How large it is, 1 to 3; 1 if left out.")


@strawberry.input(description="Feedback that you act on.")
class AcceptFeedbackInput(Edit):
    """Makes goals.AcceptFeedback."""

    feedback_id: strawberry.ID = field("The feedback, which you have acknowledged.")
    create_action: CreateActionInput = field("The action item that it leads to; you are its owner.")


@strawberry.input(description="Feedback that you do not act on.")
class DeclineFeedbackInput(Edit):
    """Makes goals.DeclineFeedback."""

    feedback_id: strawberry.ID = field("The feedback, which you have acknowledged.")
    reason: str | None = optional("Why, if you want to say so.")


@strawberry.input(description="By when the mentor gives feedback, again and again.")
class SetFeedbackCadenceInput(Edit):
    """Makes goals.SetFeedbackCadence."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    rule: str = field("A recurrence rule (RFC 5545), as in FREQ=WEEKLY;BYDAY=FR.")
    starts_at: LocalDateTime = field("When feedback is due first, as a clock on the wall in `zone` shows it.")
    zone: str = field("The IANA time zone that it stays in.")


@strawberry.type
class FeedbackMutations:
    """Changes of feedback."""

    give_feedback = mutation(goals.GIVE_FEEDBACK, GiveFeedbackInput, Feedback)
    acknowledge_feedback = mutation(goals.ACKNOWLEDGE_FEEDBACK, AcknowledgeFeedbackInput, Feedback)
    ask_clarification = mutation(goals.ASK_CLARIFICATION, AskClarificationInput, Feedback)
    answer_clarification = mutation(goals.ANSWER_CLARIFICATION, AnswerClarificationInput, Feedback)
    accept_feedback = mutation(goals.ACCEPT_FEEDBACK, AcceptFeedbackInput, Feedback)
    set_feedback_cadence = mutation(goals.SET_FEEDBACK_CADENCE, SetFeedbackCadenceInput, FeedbackCadence)
    decline_feedback = mutation(goals.DECLINE_FEEDBACK, DeclineFeedbackInput, Feedback)
