"""What hangs on a goal."""

import asyncio

from contracts.errors import Invalid
from contracts.goals import ActionItem, OfGoals
from contracts.wire import ByIds, Caller, Page
from kit.mongo import PAGE_LIMIT
from services.goals.actions import Context


async def list_goal_actions(context: Context, caller: Caller, request: OfGoals) -> tuple[Page[ActionItem] | None, ...]:
    """A page of action items for each goal; whoever sees the goal sees them."""
    if len(request.goal_ids) > PAGE_LIMIT:
        raise Invalid(f"Ask for at most {PAGE_LIMIT} goals at once, not {len(request.goal_ids)}.", field="goalIds")
    seen = {goal.id for goal in await context.window(context.store.goals).get(caller, ByIds(ids=request.goal_ids))}

    async def page(goal_id: str) -> Page[ActionItem] | None:
        if goal_id not in seen:
            return None
        where = {"goalId": goal_id}
        return await context.store.action_items.page(caller.org_id, where, first=request.first, after=request.after)

    return tuple(await asyncio.gather(*map(page, request.goal_ids)))
