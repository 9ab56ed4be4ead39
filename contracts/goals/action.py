"""Action items: one thing, one owner, one day."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, Text, topic

Size = Annotated[int, msgspec.Meta(ge=1, le=3)]


class ActionState(StrEnum):
    """An action item is open until its owner completes it."""

    OPEN = "open"
    DONE = "done"


class ActionItem(Record, frozen=True, kw_only=True):
    """One thing that exactly one of the two parties does by a day.

    It may come from one piece of feedback, one note or one check-in. `blocked_for` is the time of blocks that are over;
    one that lasts began at `blocked_at`.
    """

    id: str
    org_id: str
    mentorship_id: str
    owner_id: str
    title: str
    due: date
    size: int = 1
    goal_id: str | None = None
    milestone_id: str | None = None
    feedback_id: str | None = None
    note_id: str | None = None
    check_in_id: str | None = None
    state: ActionState = ActionState.OPEN
    completed_at: datetime | None = None
    blocked_at: datetime | None = None
    blocked_reason: str | None = None
    blocked_for: timedelta = timedelta()
    added_by: str
    created_at: datetime
    version: int = 1

    @property
    def days_early(self) -> int | None:
        """How many days before its day (UTC) it was done: 0 on the day or after it, None until it is done."""
        return max(0, (self.due - self.completed_at.date()).days) if self.completed_at else None


class ActionCard(Record, frozen=True, kw_only=True):
    """What the other parts may know of an action item: whose mentorship it belongs to. Ids only."""

    id: str
    mentorship_id: str


class AddActionItem(Command, frozen=True, kw_only=True):
    """A party adds an item for itself or for the other. It may name one thing that it comes from."""

    mentorship_id: str
    owner_id: str
    title: Line
    due: date
    size: Size = 1
    goal_id: str | None = None
    milestone_id: str | None = None
    feedback_id: str | None = None
    note_id: str | None = None
    check_in_id: str | None = None


class EditActionItem(Command, frozen=True, kw_only=True):
    """A party rewords or resizes an open item; what is left out stays. The day stays too: moving it takes both."""

    action_item_id: str
    title: Line | None = None
    size: Size | None = None
    due: date | None = None


class CompleteActionItem(Command, frozen=True, kw_only=True):
    """The owner of an item says it is done."""

    action_item_id: str


class FlagBlocked(Command, frozen=True, kw_only=True):
    """The owner of an open item says what is in the way; the other party is told and can help."""

    action_item_id: str
    reason: Text


class ClearBlocked(Command, frozen=True, kw_only=True):
    """A party says that nothing is in the way any more."""

    action_item_id: str


class OfGoals(Record, frozen=True, kw_only=True):
    """One page for each of up to 100 goals, in their order; a cursor makes sense for one alone.

    The answer has None for a goal that the caller sees nothing of, so that it does not take the others with it.
    """

    goal_ids: tuple[str, ...]
    first: int = 20
    after: str | None = None


ADD_ACTION_ITEM = Operation("goals.add_action_item", AddActionItem, ActionItem)
EDIT_ACTION_ITEM = Operation("goals.edit_action_item", EditActionItem, ActionItem)
COMPLETE_ACTION_ITEM = Operation("goals.complete_action_item", CompleteActionItem, ActionItem)
FLAG_BLOCKED = Operation("goals.flag_blocked", FlagBlocked, ActionItem)
CLEAR_BLOCKED = Operation("goals.clear_blocked", ClearBlocked, ActionItem)
GET_ACTION_ITEMS = Operation("goals.get_action_items", ByIds, tuple[ActionItem, ...], safe=True)
GET_ACTION_CARDS = Operation("goals.get_action_cards", ByIds, tuple[ActionCard, ...], safe=True)
LIST_ACTION_ITEMS = Operation("goals.list_action_items", OfMentorships, tuple[Page[ActionItem] | None, ...], safe=True)
LIST_GOAL_ACTIONS = Operation("goals.list_goal_actions", OfGoals, tuple[Page[ActionItem] | None, ...], safe=True)


class ActionFact(Event, frozen=True, kw_only=True):
    """Any fact about an action item."""

    action_item_id: str
    owner_id: str


@topic("goals.action_created.v1")
class ActionCreated(ActionFact, frozen=True, kw_only=True):
    """An action item has an owner and a day, and perhaps feedback that it acts on."""

    added_by: str
    due: date | None = None
    size: int = 1
    feedback_id: str | None = None


@topic("goals.action_edited.v1")
class ActionEdited(ActionFact, frozen=True, kw_only=True):
    """An action item has other words or another size."""

    size: int


@topic("goals.action_completed.v1")
class ActionCompleted(ActionFact, frozen=True, kw_only=True):
    """An action item is done."""

    days_early: int = 0
    feedback_id: str | None = None


@topic("goals.action_blocked.v1")
class ActionBlocked(ActionFact, frozen=True, kw_only=True):
    """Something is in the way of an action item; its clock runs from the event's time."""


@topic("goals.action_renegotiated.v1")
class ActionRenegotiated(ActionFact, frozen=True, kw_only=True):
    """The two agreed on another day for it."""

    due: date


@topic("goals.action_unblocked.v1")
class ActionUnblocked(ActionFact, frozen=True, kw_only=True):
    """Nothing is in the way any more."""
