"""Action items: one thing, one owner, one day."""

from datetime import date, datetime
from typing import Any

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import (
    ActionBlocked,
    ActionCompleted,
    ActionCreated,
    ActionEdited,
    ActionItem,
    ActionRenegotiated,
    ActionState,
    ActionUnblocked,
    AddActionItem,
    EditActionItem,
    Feedback,
)
from contracts.identity import MentorshipCard
from contracts.wire import Change, evolve
from services.goals.model.goals import not_past


def add_action_item(
    item_id: str, card: MentorshipCard, request: AddActionItem, by: str, at: datetime
) -> Change[ActionItem]:
    """An item with exactly one accountable owner, who is one of the two, and at most one thing that it comes from."""
    not_past(request.due, at)
    if card.party_of(request.owner_id) is None:
        raise Invalid("The owner of an action item is the mentor or the mentee.", field="ownerId")
    sources = {"feedbackId": request.feedback_id, "noteId": request.note_id, "checkInId": request.check_in_id}
    given = [name for name, source in sources.items() if source]
    if len(given) > 1:
        raise Invalid("An action item comes from one thing: feedback, a note or a check-in.", field=given[1])
    item = ActionItem(
        id=item_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        owner_id=request.owner_id,
        title=request.title.strip(),
        due=request.due,
        size=request.size,
        goal_id=request.goal_id,
        milestone_id=request.milestone_id,
        feedback_id=request.feedback_id,
        note_id=request.note_id,
        check_in_id=request.check_in_id,
        added_by=by,
        created_at=at,
    )
    return _created(item)


def act_on(feedback: Feedback) -> Change[ActionItem]:
    """The item of accepted feedback: the same, whoever makes it and when."""
    if feedback.action is None or feedback.action_item_id is None or feedback.decided_at is None:
        raise Conflict(f"The feedback {feedback.id} is {feedback.state}; only accepted feedback leads to an item.")
    item = ActionItem(
        id=feedback.action_item_id,
        org_id=feedback.org_id,
        mentorship_id=feedback.mentorship_id,
        owner_id=feedback.recipient_id,
        title=feedback.action.title.strip(),
        due=feedback.action.due,
        size=feedback.action.size,
        feedback_id=feedback.id,
        added_by=feedback.recipient_id,
        created_at=feedback.decided_at,
    )
    return _created(item)


def _created(item: ActionItem) -> Change[ActionItem]:
    created = ActionCreated(
        **_of(item), added_by=item.added_by, due=item.due, size=item.size, feedback_id=item.feedback_id
    )
    return Change(item, (created,))


def edit_action_item(item: ActionItem, request: EditActionItem) -> Change[ActionItem]:
    """Other words or another size; the day moves by renegotiation only."""
    _open(item)
    if request.due is not None and request.due != item.due:
        raise Invalid(
            f"A due date does not move by an edit: it stays {item.due}. Propose a renegotiation to the other party.",
            field="due",
        )
    title = request.title.strip() if request.title else item.title
    size = request.size or item.size
    if (title, size) == (item.title, item.size):
        return Change(item)
    return Change(evolve(item, title=title, size=size), (ActionEdited(**_of(item), size=size),))


def complete_action_item(item: ActionItem, by: str, at: datetime) -> Change[ActionItem]:
    """Done, says its owner, and nobody else can say so. Whatever was in the way is no more."""
    _owned(item, by, "complete")
    if item.state is ActionState.DONE:
        raise Conflict(f"The action item {item.id} is completed already.")
    done = evolve(item, state=ActionState.DONE, completed_at=at, **_unblocked(item, at))
    return Change(done, (ActionCompleted(**_of(item), days_early=done.days_early or 0, feedback_id=item.feedback_id),))


def flag_blocked(item: ActionItem, reason: str, by: str, at: datetime) -> Change[ActionItem]:
    """Something is in the way, and its clock starts."""
    _owned(item, by, "say what blocks")
    _open(item)
    if item.blocked_at is not None:
        raise Conflict(f"The action item {item.id} is flagged as blocked already. Clear that first.")
    return Change(evolve(item, blocked_at=at, blocked_reason=reason), (ActionBlocked(**_of(item)),))


def clear_blocked(item: ActionItem, at: datetime) -> Change[ActionItem]:
    """The way is free again, and its clock stops; either of the two may have freed it."""
    if item.blocked_at is None:
        raise Conflict(f"Nothing blocks the action item {item.id}.")
    return Change(evolve(item, **_unblocked(item, at)), (ActionUnblocked(**_of(item)),))


def _unblocked(item: ActionItem, at: datetime) -> dict[str, Any]:
    if item.blocked_at is None:
        return {}
    return {"blocked_at": None, "blocked_reason": None, "blocked_for": item.blocked_for + (at - item.blocked_at)}


def _owned(item: ActionItem, by: str, verb: str) -> None:
    if by != item.owner_id:
        raise Forbidden(f"Only its owner can {verb} the action item {item.id}.")


def _open(item: ActionItem) -> None:
    if item.state is not ActionState.OPEN:
        raise Conflict(f"The action item {item.id} is completed; this can be done while it is open only.")


def _of(item: ActionItem) -> dict[str, str]:
    return {"mentorship_id": item.mentorship_id, "action_item_id": item.id, "owner_id": item.owner_id}


def move(item: ActionItem, day: date) -> Change[ActionItem]:
    """Another day, that both agreed on; what is done already stays as it was."""
    if item.state is ActionState.DONE or item.due == day:
        return Change(item)
    return Change(evolve(item, due=day), (ActionRenegotiated(**_of(item), due=day),))
