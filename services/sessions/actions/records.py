"""Notes and reviews."""

from contracts.errors import NotFound
from contracts.identity import Phase
from contracts.sessions import (
    Note,
    OpenReview,
    Review,
    SubmitReview,
    WriteNote,
)
from contracts.wire import Caller
from kit.command import natural_id, stamp
from services.sessions.actions import WORKING, Context
from services.sessions.model import records
from services.sessions.model.policy import Kind

AFTERWARDS = (Phase.CLOSED, Phase.ALUMNI)  # that it is alumni now may be heard a moment after the review was opened


async def write_note(context: Context, caller: Caller, request: WriteNote) -> Note:
    """A party writes a note."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.SHARED_NOTE)
    await check_in_of(context, caller, request.check_in_id, card.id)
    at = context.clock.now()
    return await context.store.notes.create(
        stamp(caller, request, at), lambda new_id: records.write_note(new_id, card, request, caller.user_id, at)
    )


async def open_review(context: Context, caller: Caller, request: OpenReview) -> Review:
    """The cycle asks for a review."""
    card = await context.of_cycle(caller, request.mentorship_id, Kind.CYCLE)
    return await context.store.reviews.create(
        stamp(caller, request, request.at),
        lambda new_id: records.open_review(new_id, card, request),
        new_id=natural_id("review", card.id, request.kind, request.index),
    )


async def submit_review(context: Context, caller: Caller, request: SubmitReview) -> Review:
    """A party answers a review."""
    review = await context.store.reviews.load(caller.org_id, request.review_id)
    phases = WORKING if review.record.kind.is_owed else AFTERWARDS
    card = await context.writing_at(caller, review.record, phases, Kind.REVIEW)
    party, at = card.side_of(caller), context.clock.now()
    return await context.store.reviews.amend(
        review, stamp(caller, request, at), lambda review: records.answer_review(review, request, party, at)
    )


async def check_in_of(context: Context, caller: Caller, check_in_id: str | None, mentorship_id: str) -> None:
    """Refuse a reference to a check-in that is not one of this mentorship."""
    if check_in_id is None:
        return
    check_in = await context.store.check_ins.get(caller.org_id, check_in_id)
    if check_in.mentorship_id != mentorship_id:
        raise NotFound.of("checkin", check_in_id)
