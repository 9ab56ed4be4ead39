"""Action items: one thing, one owner, one day."""

from datetime import datetime

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import ActionCompleted, ActionCreated, ActionItem, ActionState, AddActionItem
from contracts.identity import MentorshipCard
from contracts.wire import Change, evolve
from services.goals.model.goals import not_past


def add_action_item(
    item_id: str, card: MentorshipCard, request: AddActionItem, by: str, at: datetime
) -> Change[ActionItem]:
    """An item with exactly one accountable owner, who is one of the two."""
    not_past(request.due, at)
    if card.party_of(request.owner_id) is None:
        raise Invalid("The owner of an action item is the mentor or the mentee.", field="ownerId")
    item = ActionItem(
        id=item_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        owner_id=request.owner_id,
        title=request.title.strip(),
        due=request.due,
        size=request.size,
        goal_id=request.goal_id,
        added_by=by,
        created_at=at,
    )
    created = ActionCreated(mentorship_id=card.id, action_item_id=item_id, owner_id=item.owner_id, added_by=by)
    return Change(item, (created,))


def complete_action_item(item: ActionItem, by: str, at: datetime) -> Change[ActionItem]:
    """Done, says its owner, and nobody else can say so."""
    if by != item.owner_id:
        raise Forbidden(f"Only its owner can complete the action item {item.id}.")
    if item.state is ActionState.DONE:
        raise Conflict(f"The action item {item.id} is completed already.")
    completed = ActionCompleted(mentorship_id=item.mentorship_id, action_item_id=item.id, owner_id=item.owner_id)
    return Change(evolve(item, state=ActionState.DONE, completed_at=at), (completed,))
