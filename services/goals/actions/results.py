"""What came of mentorships, for their parties."""

import asyncio

from contracts.goals import Results
from contracts.wire import ByIds, Caller
from services.goals.actions import Context
from services.goals.model.policy import Kind
from services.goals.model.results import results
from services.goals.store import MOST


async def get_results(context: Context, caller: Caller, request: ByIds) -> tuple[Results | None, ...]:
    """For each mentorship; None where the caller is not one of the two."""

    async def of(mentorship_id: str) -> Results | None:
        card = await context.readable(caller, mentorship_id, Kind.GROWTH)
        if card is None:
            return None
        where = {"mentorshipId": card.id}
        goals, outcomes = await asyncio.gather(
            context.store.goals.all(card.org_id, where, limit=MOST),
            context.store.outcomes.all(card.org_id, where, limit=MOST),
        )
        return results(card.id, goals, outcomes)

    return tuple(await asyncio.gather(*map(of, request.ids)))
