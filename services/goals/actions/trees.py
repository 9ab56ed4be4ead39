"""What hangs on a goal or on a note."""

import asyncio

from contracts.errors import Invalid
from contracts.goals import ActionItem, NoteActions, OfGoals
from contracts.policy import Act
from contracts.wire import ByIds, Caller, Page
from kit.mongo import IDS_LIMIT, PAGE_LIMIT
from services.goals.actions import Context
from services.goals.model.policy import Kind
from services.goals.store import MOST


async def list_goal_actions(context: Context, caller: Caller, request: OfGoals) -> tuple[Page[ActionItem] | None, ...]:
    """A page of action items for each goal; whoever sees the goal sees them."""
    if len(request.goal_ids) > PAGE_LIMIT:
        raise Invalid(f"Ask for at most {PAGE_LIMIT} goals at once, not {len(request.goal_ids)}.", field="goalIds")
    seen = {
        goal.id
        for goal in await context.window(context.store.goals, Kind.GOAL).get(caller, ByIds(ids=request.goal_ids))
    }

    async def page(goal_id: str) -> Page[ActionItem] | None:
        if goal_id not in seen:
            return None
        where = {"goalId": goal_id}
        return await context.store.action_items.page(caller.org_id, where, first=request.first, after=request.after)

    return tuple(await asyncio.gather(*map(page, request.goal_ids)))


async def get_note_actions(context: Context, caller: Caller, request: ByIds) -> tuple[NoteActions, ...]:
    """The items that come from each note, as far as the caller is one of the two; whose notes they are is not said."""
    if len(request.ids) > IDS_LIMIT:
        raise Invalid(f"Ask for at most {IDS_LIMIT} notes at once, not {len(request.ids)}.", field="ids")
    found = await context.store.action_items.all(caller.org_id, {"noteId": request.ids}, limit=MOST)
    seen: dict[str, list[ActionItem]] = {note_id: [] for note_id in request.ids}
    enters = await _entered(context, caller, {item.mentorship_id for item in found})
    for item in found:
        if item.note_id and item.mentorship_id in enters:
            seen[item.note_id].append(item)
    return tuple(NoteActions(id=note_id, items=tuple(items)) for note_id, items in seen.items())


async def _entered(context: Context, caller: Caller, mentorship_ids: set[str]) -> set[str]:
    """Those of the mentorships whose action items the caller may read."""
    cards = await asyncio.gather(*(context.store.mentorships.get(caller.org_id, each) for each in mentorship_ids))
    return {card.id for card in cards if context.allows(caller, card, Act.READ, Kind.ACTION_ITEM)}
