"""Action items."""

from contracts.errors import NotFound
from contracts.goals import ActionItem, AddActionItem, CompleteActionItem
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from services.goals.actions import WORKING, Context
from services.goals.model import items


async def add_action_item(context: Context, caller: Caller, request: AddActionItem) -> ActionItem:
    """A party adds an item for itself or the other."""
    card = await context.seated(caller, request.mentorship_id, WORKING)
    if request.goal_id is not None:
        goal = await context.store.goals.get(caller.org_id, request.goal_id)
        if goal.mentorship_id != card.id:
            raise NotFound.of("goal", request.goal_id)
    at = context.clock.now()
    return await context.store.action_items.create(
        stamp(caller, request, at), lambda new_id: items.add_action_item(new_id, card, request, caller.user_id, at)
    )


async def complete_action_item(context: Context, caller: Caller, request: CompleteActionItem) -> ActionItem:
    """The owner completes an item."""
    item = await context.store.action_items.load(caller.org_id, request.action_item_id)
    await context.seated_at(caller, item.record, WORKING)
    at = context.clock.now()
    return await context.store.action_items.amend(
        item, stamp(caller, request, at), lambda item: items.complete_action_item(item, caller.user_id, at)
    )


async def get_action_items(context: Context, caller: Caller, request: ByIds) -> tuple[ActionItem, ...]:
    """Action items by id."""
    return await context.window(context.store.action_items).get(caller, request)


async def list_action_items(
    context: Context, caller: Caller, request: OfMentorships
) -> tuple[Page[ActionItem] | None, ...]:
    """A page of action items for each mentorship."""
    window = context.window(context.store.action_items)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)
