"""From an insight to a promise: a note or a piece of feedback becomes an action item, and each leads to the other."""

from datetime import date
from typing import Any

import strawberry

from contracts.errors import Invalid
from contracts.goals import ACCEPT_FEEDBACK, ADD_ACTION_ITEM, AcceptFeedback, AddActionItem
from gateway.context import Context
from gateway.types.items import ActionItem
from gateway.types.mutation import Input, combined, command
from gateway.types.relay import field, local_id, optional, unknown


@strawberry.input(description="What shall come of a note or of feedback. Name exactly one of the two.")
class MakeActionItemInput(Input):
    """Makes goals.AddActionItem from a note, goals.AcceptFeedback from feedback."""

    note_id: strawberry.ID | None = optional("The note that it comes from; you can read it.")
    feedback_id: strawberry.ID | None = optional("The feedback that it acts on: you got it and have acknowledged it.")
    title: str = field("What is to be done.")
    due: date = field("By which day.")
    size: int | None = optional("How large it is, 1 to 3; 1 if left out.")
    owner_id: strawberry.ID | None = optional(
        "Who shall do it: one of the two; you if left out. What acts on feedback is always its recipient's."
    )


async def make_action_item(context: Context, given: MakeActionItemInput) -> Any:
    """A party makes a note or a piece of feedback an action item. Feedback is accepted by that."""
    if bool(given.note_id) == bool(given.feedback_id):
        raise Invalid("Name what the item comes from: either a note or feedback.", field="noteId")
    if given.note_id:
        return await _from_note(context, given, given.note_id)
    if given.owner_id:
        raise Invalid("Leave the owner out: who got feedback is the one who acts on it.", field="ownerId")
    return await _from_feedback(context, given)


async def _from_note(context: Context, given: MakeActionItemInput, note_id: strawberry.ID) -> Any:
    """The sessions part says whether there is such a note for the viewer, and in which mentorship."""
    note = await context.loaders.notes.load(local_id(context, "Note", note_id))
    if note is None:
        raise unknown("Note", note_id)
    owner_id = local_id(context, "User", given.owner_id) if given.owner_id else context.viewer.caller.user_id
    found = {"mentorshipId": note.mentorship_id, "ownerId": owner_id}
    return await context.call(ADD_ACTION_ITEM, command(context, AddActionItem, given, also=found))


async def _from_feedback(context: Context, given: MakeActionItemInput) -> Any:
    """Accepting it makes the item; the item is what is shown."""
    planned = {"title": given.title, "due": given.due, "size": given.size or 1}
    accepted = await context.call(
        ACCEPT_FEEDBACK, command(context, AcceptFeedback, given, also={"createAction": planned})
    )
    return await context.loaders.action_items.load(accepted.action_item_id or "")


@strawberry.type
class MakingMutations:
    """Changes that need two parts."""

    make_action_item = combined(make_action_item, MakeActionItemInput, ActionItem)
