"""Action items."""

from contracts.errors import Invalid
from contracts.goals import (
    ActionCard,
    ActionItem,
    AddActionItem,
    ClearBlocked,
    CompleteActionItem,
    EditActionItem,
    FlagBlocked,
    Promise,
    RenegotiationAnswered,
)
from contracts.identity import MentorshipCard, OfMentorships
from contracts.policy import Act, check, standing
from contracts.wire import ByIds, Caller, Envelope, Page
from kit.command import stamp, stamp_of_event
from kit.mongo import Stored
from services.goals.actions import WORKING, Context
from services.goals.actions.links import linked
from services.goals.model import items
from services.goals.model.policy import TABLE, Kind


async def add_action_item(context: Context, caller: Caller, request: AddActionItem) -> ActionItem:
    """A party adds an item for itself or the other."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.ACTION_ITEM)
    await _check_links(context, card, request)
    at = context.clock.now()
    return await context.store.action_items.create(
        stamp(caller, request, at), lambda new_id: items.add_action_item(new_id, card, request, caller.user_id, at)
    )


async def edit_action_item(context: Context, caller: Caller, request: EditActionItem) -> ActionItem:
    """A party rewords or resizes an item."""
    item = await _item(context, caller, request.action_item_id)
    by = stamp(caller, request, context.clock.now())
    return await context.store.action_items.amend(item, by, lambda item: items.edit_action_item(item, request))


async def complete_action_item(context: Context, caller: Caller, request: CompleteActionItem) -> ActionItem:
    """The owner completes an item."""
    item = await _item(context, caller, request.action_item_id)
    at = context.clock.now()
    return await context.store.action_items.amend(
        item, stamp(caller, request, at), lambda item: items.complete_action_item(item, caller.user_id, at)
    )


async def flag_blocked(context: Context, caller: Caller, request: FlagBlocked) -> ActionItem:
    """The owner says what is in the way."""
    item = await _item(context, caller, request.action_item_id)
    at = context.clock.now()
    return await context.store.action_items.amend(
        item, stamp(caller, request, at), lambda item: items.flag_blocked(item, request.reason, caller.user_id, at)
    )


async def clear_blocked(context: Context, caller: Caller, request: ClearBlocked) -> ActionItem:
    """A party says that the way is free."""
    item = await _item(context, caller, request.action_item_id)
    at = context.clock.now()
    return await context.store.action_items.amend(
        item, stamp(caller, request, at), lambda item: items.clear_blocked(item, at)
    )


async def get_action_items(context: Context, caller: Caller, request: ByIds) -> tuple[ActionItem, ...]:
    """Action items by id."""
    return await context.window(context.store.action_items, Kind.ACTION_ITEM).get(caller, request)


async def get_action_cards(context: Context, caller: Caller, request: ByIds) -> tuple[ActionCard, ...]:
    """Whose mentorship action items belong to, for the other parts."""
    check(TABLE, standing(caller, caller.org_id), Act.READ, Kind.ACTION_CARD)
    found = await context.store.action_items.get_many(caller.org_id, request.ids)
    return tuple(ActionCard(id=item.id, mentorship_id=item.mentorship_id) for item in found)


async def list_action_items(
    context: Context, caller: Caller, request: OfMentorships
) -> tuple[Page[ActionItem] | None, ...]:
    """A page of action items for each mentorship."""
    window = context.window(context.store.action_items, Kind.ACTION_ITEM)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def _item(context: Context, caller: Caller, action_item_id: str) -> Stored[ActionItem]:
    item = await context.store.action_items.load(caller.org_id, action_item_id)
    await context.writing_at(caller, item.record, WORKING, Kind.ACTION_ITEM)
    return item


async def _check_links(context: Context, card: MentorshipCard, request: AddActionItem) -> None:
    """What this part owns must be of the same mentorship; notes and check-ins are another part's to show or hide."""
    goal = await linked(context.store.goals, card, request.goal_id, field="goalId")
    milestones = {milestone.id for milestone in goal.milestones} if goal else set()
    if request.milestone_id and request.milestone_id not in milestones:
        raise Invalid(
            "The milestone is none of the goal's. Name the goal, and one of its milestones.", field="milestoneId"
        )
    await linked(context.store.feedback, card, request.feedback_id, field="feedbackId")


async def move_item(context: Context, fact: RenegotiationAnswered, envelope: Envelope) -> None:
    """The two agreed on another day for an item; the ledger has it already."""
    commitment = await context.store.commitments.get(envelope.orgid, fact.commitment_id)
    if not fact.accepted or commitment.promise not in {Promise.COMPLETE_ACTION, Promise.ACT_ON_FEEDBACK}:
        return
    stored = await context.store.action_items.load(envelope.orgid, commitment.cause_id)
    day = fact.due.date()
    await context.store.action_items.amend(stored, stamp_of_event(envelope), lambda item: items.move(item, day))
