"""Action items: one thing, one owner, one day."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, topic

Size = Annotated[int, msgspec.Meta(ge=1, le=3)]


class ActionState(StrEnum):
    """An action item is open until its owner completes it."""

    OPEN = "open"
    DONE = "done"


class ActionItem(Record, frozen=True, kw_only=True):
    """One thing that exactly one of the two parties does by a day."""

    id: str
    org_id: str
    mentorship_id: str
    owner_id: str
    title: str
    due: date
    size: int = 1
    goal_id: str | None = None
    state: ActionState = ActionState.OPEN
    completed_at: datetime | None = None
    added_by: str
    created_at: datetime
    version: int = 1


class AddActionItem(Command, frozen=True, kw_only=True):
    """A party adds an item for itself or for the other."""

    mentorship_id: str
    owner_id: str
    title: Line
    due: date
    size: Size = 1
    goal_id: str | None = None


class CompleteActionItem(Command, frozen=True, kw_only=True):
    """The owner of an item says it is done."""

    action_item_id: str


ADD_ACTION_ITEM = Operation("goals.add_action_item", AddActionItem, ActionItem)
COMPLETE_ACTION_ITEM = Operation("goals.complete_action_item", CompleteActionItem, ActionItem)
GET_ACTION_ITEMS = Operation("goals.get_action_items", ByIds, tuple[ActionItem, ...], safe=True)
LIST_ACTION_ITEMS = Operation("goals.list_action_items", OfMentorships, tuple[Page[ActionItem] | None, ...], safe=True)


class ActionFact(Event, frozen=True, kw_only=True):
    """Any fact about an action item."""

    action_item_id: str
    owner_id: str


@topic("goals.action_created.v1")
class ActionCreated(ActionFact, frozen=True, kw_only=True):
    """An action item has an owner and a day."""

    added_by: str


@topic("goals.action_completed.v1")
class ActionCompleted(ActionFact, frozen=True, kw_only=True):
    """An action item is done."""
