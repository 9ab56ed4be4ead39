"""Action items."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from contracts import goals
from contracts.goals import ActionState
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import Node, field, id_of, optional, reference, resolved, shown
from gateway.types.sessions import CheckIn, Note

if TYPE_CHECKING:
    from gateway.types.feedback import Feedback


@strawberry.type(description="One thing that exactly one of the two does by a day.")
class ActionItem(Node):
    """Shows goals.ActionItem."""

    loader = staticmethod(lambda loaders: loaders.action_items)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    owner = reference(User, "owner_id", "Who does it.")
    title: str = field("What is to be done.")
    due: date = field("By which day.")
    size: int = field("How large it is, 1 to 3, as the two agreed.")
    goal_id = id_of("Goal", "goal_id", "The goal that it serves, if it serves one.")
    milestone_id: strawberry.ID | None = field("The milestone of that goal that it serves, if it serves one.")
    note = reference(Note, "note_id", "The note that it comes from; null if it comes from none that you may read.")
    check_in = reference(CheckIn, "check_in_id", "The check-in that it comes from, if it comes from one.")
    state: ActionState = field("Whether it is done.")
    completed_at: datetime | None = field("When its owner completed it.")
    days_early: int | None = field("How many days before its day it was done; null until then.")
    blocked_at: datetime | None = field("Since when something is in the way; null if nothing is.")
    blocked_reason: str | None = field("What is in the way.")
    blocked_for: timedelta = field("How long something was in the way before; a block that lasts is not in it.")
    added_by = reference(User, "added_by", "Who added it.")
    created_at: datetime = field("When it was added.")
    version: int = field("Counts its changes.")

    @resolved("The feedback that it acts on, if it acts on any.")
    async def feedback(self, info: Info) -> Annotated["Feedback", strawberry.lazy("gateway.types.feedback")] | None:
        """The way back from an item to what led to it."""
        from gateway.types.feedback import Feedback  # noqa: PLC0415 - the two point at each other

        return await shown(info, Feedback, self.record.feedback_id)


@strawberry.input(description="Something that one of the two shall do. It may name one thing that it comes from.")
class AddActionItemInput(Input):
    """Makes goals.AddActionItem."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    owner_id: strawberry.ID = field("Who shall do it: one of the two.")
    title: str = field("What is to be done.")
    due: date = field("By which day.")
    size: int | None = optional("How large it is, 1 to 3; 1 if left out.")
    goal_id: strawberry.ID | None = optional("The goal that it serves.")
    milestone_id: strawberry.ID | None = optional("The milestone that it serves, by its id among those of the goal.")
    feedback_id: strawberry.ID | None = optional("The feedback that it comes from.")
    note_id: strawberry.ID | None = optional("The note that it comes from.")
    check_in_id: strawberry.ID | None = optional("The check-in that it comes from.")


@strawberry.input(description="Other words or another size for an open item. What you leave out stays.")
class EditActionItemInput(Edit):
    """Makes goals.EditActionItem."""

    action_item_id: strawberry.ID = field("The item.")
    title: str | None = optional("What is to be done.")
    size: int | None = optional("How large it is, 1 to 3.")
    due: date | None = optional("Its day as it is. Another one is refused: a day moves by renegotiation only.")


@strawberry.input(description="An item that is done.")
class CompleteActionItemInput(Edit):
    """Makes goals.CompleteActionItem."""

    action_item_id: strawberry.ID = field("The item.")


@strawberry.input(description="An item of yours that you are stuck with.")
class FlagBlockedInput(Edit):
    """Makes goals.FlagBlocked."""

    action_item_id: strawberry.ID = field("The item.")
    reason: str = field("What is in the way.")


@strawberry.input(description="An item that nothing is in the way of any more.")
class ClearBlockedInput(Edit):
    """Makes goals.ClearBlocked."""

    action_item_id: strawberry.ID = field("The item.")


@strawberry.type
class ItemMutations:
    """Changes of action items."""

    add_action_item = mutation(goals.ADD_ACTION_ITEM, AddActionItemInput, ActionItem)
    edit_action_item = mutation(goals.EDIT_ACTION_ITEM, EditActionItemInput, ActionItem)
    complete_action_item = mutation(goals.COMPLETE_ACTION_ITEM, CompleteActionItemInput, ActionItem)
    flag_blocked = mutation(goals.FLAG_BLOCKED, FlagBlockedInput, ActionItem)
    clear_blocked = mutation(goals.CLEAR_BLOCKED, ClearBlockedInput, ActionItem)
