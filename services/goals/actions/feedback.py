"""Feedback between the two parties."""

from contracts.goals import AcknowledgeFeedback, Feedback, GiveFeedback
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from services.goals.actions import WORKING, Context
from services.goals.model import feedback


async def give_feedback(context: Context, caller: Caller, request: GiveFeedback) -> Feedback:
    """A party gives the other feedback."""
    card = await context.seated(caller, request.mentorship_id, WORKING)
    party, at = card.seat_of(caller), context.clock.now()
    return await context.store.feedback.create(
        stamp(caller, request, at), lambda new_id: feedback.give_feedback(new_id, card, request, party, at)
    )


async def acknowledge_feedback(context: Context, caller: Caller, request: AcknowledgeFeedback) -> Feedback:
    """The recipient acknowledges feedback."""
    given = await context.store.feedback.load(caller.org_id, request.feedback_id)
    await context.seated_at(caller, given.record, WORKING)
    at = context.clock.now()
    return await context.store.feedback.amend(
        given, stamp(caller, request, at), lambda word: feedback.acknowledge_feedback(word, caller.user_id, at)
    )


async def get_feedback(context: Context, caller: Caller, request: ByIds) -> tuple[Feedback, ...]:
    """Feedback by id."""
    return await context.window(context.store.feedback).get(caller, request)


async def list_feedback(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Feedback] | None, ...]:
    """A page of feedback for each mentorship."""
    window = context.window(context.store.feedback)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)
