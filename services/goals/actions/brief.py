"""What the two look at before they meet, in one answer."""

import asyncio
from datetime import datetime

import msgspec

from contracts.goals import ActionState, Brief, BriefOf, CommitmentState, Feedback
from contracts.wire import Caller
from services.goals.actions import Context
from services.goals.actions.challenges import MOST as MOST_GOALS
from services.goals.actions.challenges import challenges_of
from services.goals.model import brief as model
from services.goals.model import goals as goals_model
from services.goals.model import ledger
from services.goals.model.policy import Kind


async def brief_of(context: Context, caller: Caller, request: BriefOf) -> Brief:
    """As many reads for much as for little."""
    card = await context.reading(caller, request.mentorship_id, Kind.BRIEF)
    org_id, since, at, store = caller.org_id, request.since, context.clock.now(), context.store
    commitments, items, completed, goals, feedback, challenges = await asyncio.gather(
        store.latest(store.commitments, org_id, card.id, {"state": CommitmentState.OPEN}),
        store.latest(store.action_items, org_id, card.id, {"state": ActionState.OPEN}),
        store.since(store.action_items, org_id, card.id, "completedAt", since),
        store.goals.all(org_id, {"mentorshipId": card.id}, limit=MOST_GOALS),
        _answered(context, org_id, card.id, since),
        challenges_of(context, caller, card.id),
    )
    seen = (ledger.as_of(each, at) for each in commitments)
    found = Brief(
        mentorship_id=card.id,
        since=since,
        commitments=tuple(
            sorted((each for each in seen if each.state is CommitmentState.OPEN), key=lambda each: each.due)
        ),
        carried_over=tuple(sorted((each for each in items if each.due < at.date()), key=lambda each: each.due)),
        blocked=tuple(each for each in items if each.blocked_at is not None),
        challenges=goals_model.unaddressed(challenges, goals),
        completed=completed,
        milestones=model.reached(goals, since),
        progress=model.moved(goals, since),
        feedback=feedback,
    )
    return msgspec.structs.replace(found, draft=model.draft(found))


async def _answered(context: Context, org_id: str, mentorship_id: str, since: datetime | None) -> tuple[Feedback, ...]:
    """Feedback that its recipient took in or decided on."""
    store = context.store
    taken, decided = await asyncio.gather(
        *(store.since(store.feedback, org_id, mentorship_id, field, since) for field in ("acknowledgedAt", "decidedAt"))
    )
    return tuple({each.id: each for each in (*taken, *decided)}.values())
