"""Feedback between the two parties."""

from contracts.goals import (
    AcceptFeedback,
    AcknowledgeFeedback,
    AnswerClarification,
    AskClarification,
    DeclineFeedback,
    Feedback,
    FeedbackAccepted,
    FeedbackCadence,
    GiveFeedback,
    SetFeedbackCadence,
)
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Caller, Envelope, Page
from kit.command import Stamp, natural_id, stamp, stamp_of_event
from kit.mongo import Stored
from services.goals.actions import SETTING, WORKING, Context
from services.goals.model import cadence, feedback, items
from services.goals.model.policy import Kind


async def give_feedback(context: Context, caller: Caller, request: GiveFeedback) -> Feedback:
    """A party gives the other feedback."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.FEEDBACK)
    party, at = card.side_of(caller), context.clock.now()
    return await context.store.feedback.create(
        stamp(caller, request, at), lambda new_id: feedback.give_feedback(new_id, card, request, party, at)
    )


async def acknowledge_feedback(context: Context, caller: Caller, request: AcknowledgeFeedback) -> Feedback:
    """The recipient acknowledges feedback."""
    given = await _given(context, caller, request.feedback_id)
    at = context.clock.now()
    return await context.store.feedback.amend(
        given, stamp(caller, request, at), lambda word: feedback.acknowledge_feedback(word, caller.user_id, at)
    )


async def ask_clarification(context: Context, caller: Caller, request: AskClarification) -> Feedback:
    """The recipient asks about it."""
    given = await _given(context, caller, request.feedback_id)
    at = context.clock.now()
    by = stamp(caller, request, at)
    question_id = by.new_id("clarification")
    return await context.store.feedback.amend(
        given, by, lambda word: feedback.ask_clarification(word, question_id, request.question, caller.user_id, at)
    )


async def answer_clarification(context: Context, caller: Caller, request: AnswerClarification) -> Feedback:
    """The author answers."""
    given = await _given(context, caller, request.feedback_id)
    at, asked = context.clock.now(), request.clarification_id
    return await context.store.feedback.amend(
        given,
        stamp(caller, request, at),
        lambda word: feedback.answer_clarification(word, asked, request.answer, caller.user_id, at),
    )


async def accept_feedback(context: Context, caller: Caller, request: AcceptFeedback) -> Feedback:
    """The recipient acts on it. If this process ends between the two writes, the event leads to the same item."""
    given = await _given(context, caller, request.feedback_id)
    at, item_id = context.clock.now(), natural_id("action-item", "feedback", request.feedback_id)
    by, action = stamp(caller, request, at), request.create_action
    accepted = await context.store.feedback.amend(
        given, by, lambda word: feedback.accept_feedback(word, item_id, action, caller.user_id, at)
    )
    await _act_on(context, accepted, Stamp(org_id=by.org_id, actor_id=by.actor_id, at=at))
    return accepted


async def add_accepted_item(context: Context, fact: FeedbackAccepted, envelope: Envelope) -> None:
    """Make the item of accepted feedback, unless it is there."""
    accepted = await context.store.feedback.get(envelope.orgid, fact.feedback_id)
    await _act_on(context, accepted, stamp_of_event(envelope))


async def decline_feedback(context: Context, caller: Caller, request: DeclineFeedback) -> Feedback:
    """The recipient lets it be."""
    given = await _given(context, caller, request.feedback_id)
    at = context.clock.now()
    return await context.store.feedback.amend(
        given, stamp(caller, request, at), lambda word: feedback.decline_feedback(word, request, caller.user_id, at)
    )


async def set_feedback_cadence(context: Context, caller: Caller, request: SetFeedbackCadence) -> FeedbackCadence:
    """A party sets how often the mentor gives feedback."""
    card = await context.writing(caller, request.mentorship_id, SETTING, Kind.FEEDBACK_CADENCE)
    at = context.clock.now()
    return await context.store.feedback_cadences.put(
        card.id,
        stamp(caller, request, at),
        lambda before: cadence.set_feedback_cadence(before, card, request, caller.user_id, at),
    )


async def get_feedback(context: Context, caller: Caller, request: ByIds) -> tuple[Feedback, ...]:
    """Feedback by id."""
    return await context.window(context.store.feedback, Kind.FEEDBACK).get(caller, request)


async def list_feedback(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Feedback] | None, ...]:
    """A page of feedback for each mentorship."""
    window = context.window(context.store.feedback, Kind.FEEDBACK)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def _given(context: Context, caller: Caller, feedback_id: str) -> Stored[Feedback]:
    given = await context.store.feedback.load(caller.org_id, feedback_id)
    await context.writing_at(caller, given.record, WORKING, Kind.FEEDBACK)
    return given


async def _act_on(context: Context, accepted: Feedback, by: Stamp) -> None:
    await context.store.action_items.create(by, lambda _: items.act_on(accepted), new_id=accepted.action_item_id)
