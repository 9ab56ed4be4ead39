"""What one gives the other on the way, and what waits for whom."""

import asyncio

from contracts.goals import (
    AwaitedReply,
    Commitment,
    CommitmentState,
    Encourage,
    Encouragement,
    GoalState,
    HelpState,
    Resource,
    ShareResource,
)
from contracts.identity import MentorshipCard, Party
from contracts.wire import ByIds, Caller
from kit.command import stamp
from services.goals.actions import WORKING, Context
from services.goals.actions.links import linked
from services.goals.model import replies, support
from services.goals.model.policy import Kind
from services.goals.model.terms import policy_of
from services.goals.store import MOST


async def share_resource(context: Context, caller: Caller, request: ShareResource) -> Resource:
    """A party shares something."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.RESOURCE)
    await linked(context.store.goals, card, request.goal_id, field="goalId")
    at = context.clock.now()
    return await context.store.resources.create(
        stamp(caller, request, at), lambda new_id: support.share_resource(new_id, card, request, caller.user_id, at)
    )


async def encourage(context: Context, caller: Caller, request: Encourage) -> Encouragement:
    """The mentor sends a kind word."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.ENCOURAGEMENT)
    await linked(context.store.goals, card, request.goal_id, field="goalId")
    await linked(context.store.action_items, card, request.action_item_id, field="actionItemId")
    at = context.clock.now()
    return await context.store.encouragements.create(
        stamp(caller, request, at), lambda new_id: support.encourage(new_id, card, request, caller.user_id, at)
    )


async def get_awaited_replies(
    context: Context, caller: Caller, request: ByIds
) -> tuple[tuple[AwaitedReply, ...] | None, ...]:
    """For each mentorship what waits for the caller; None where the caller is neither of the two."""

    async def of(mentorship_id: str) -> tuple[AwaitedReply, ...] | None:
        card = await context.readable(caller, mentorship_id, Kind.COMMITMENT)
        if card is None:
            return None
        party = card.side_of(caller)
        desk = await _desk(context, card)
        return tuple(replies.awaited(desk, card, party, policy_of(card), context.clock.now()))

    return tuple(await asyncio.gather(*map(of, request.ids)))


async def get_due_soon(context: Context, caller: Caller, request: ByIds) -> tuple[tuple[Commitment, ...] | None, ...]:
    """For each mentorship the caller's own open promises that are due soon; None where the caller has no side."""
    at = context.clock.now()

    async def of(mentorship_id: str) -> tuple[Commitment, ...] | None:
        card = await context.readable(caller, mentorship_id, Kind.COMMITMENT)
        if card is None:
            return None
        mine = {"mentorshipId": card.id, "state": CommitmentState.OPEN, "ownerId": caller.user_id}
        found = await context.store.commitments.all(
            card.org_id, {**mine, "due": {"$lte": at + replies.SOON}}, limit=MOST
        )
        return tuple(replies.due_soon(found, caller.user_id, at))

    return tuple(await asyncio.gather(*map(of, request.ids)))


async def _desk(context: Context, card: MentorshipCard) -> replies.Desk:
    """Only what may still wait is read, as far as the store can tell."""
    store, of = context.store, {"mentorshipId": card.id}
    goals, requests, feedback, commitments, outcomes = await asyncio.gather(
        store.goals.all(card.org_id, {**of, "state": GoalState.PROPOSED}, limit=MOST),
        store.help_requests.all(card.org_id, {**of, "state": HelpState.OPEN}, limit=MOST),
        store.feedback.all(card.org_id, of, limit=MOST),
        store.commitments.all(
            card.org_id,
            {**of, "state": CommitmentState.OPEN, "renegotiation.proposedBy": tuple(Party)},
            limit=MOST,
        ),
        store.outcomes.all(card.org_id, {**of, "verifiedAt": None}, limit=MOST),
    )
    return replies.Desk(goals, requests, feedback, commitments, outcomes)
