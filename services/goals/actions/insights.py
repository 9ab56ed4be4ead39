"""What can be seen in one mentorship."""

import asyncio

from contracts.goals import GetInsights, Insight
from contracts.wire import Caller
from kit import recurrence
from services.goals.actions import Context
from services.goals.model import insights
from services.goals.model.insights import Seen
from services.goals.model.policy import Kind
from services.goals.store import MOST


async def get_insights(context: Context, caller: Caller, request: GetInsights) -> tuple[Insight, ...]:
    """For the two parties, found anew each time."""
    card = await context.reading(caller, request.mentorship_id, Kind.INSIGHT)
    zone = recurrence.place_of(request.zone)
    store, of = context.store, {"mentorshipId": card.id}
    commitments, goals, feedback, items = await asyncio.gather(
        store.commitments.all(card.org_id, of, limit=MOST),
        store.goals.all(card.org_id, of, limit=MOST),
        store.feedback.all(card.org_id, of, limit=MOST),
        store.action_items.all(card.org_id, of, limit=MOST),
    )
    return insights.insights(Seen(commitments, goals, feedback, items), zone, context.clock.now())
