"""The calls that the notifications service answers."""

from functools import partial
from typing import Any

from contracts import notifications
from kit.kept import kept_answer
from kit.rpc import Answer
from services.notifications import actions
from services.notifications.actions import Context


def answers(context: Context) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(notifications.PROMPT, partial(actions.prompt, context)),
        Answer(notifications.LIST_NOTIFICATIONS, partial(actions.list_notifications, context)),
        Answer(notifications.GET_NOTIFICATIONS, partial(actions.get_notifications, context)),
        Answer(notifications.MARK_READ, partial(actions.mark_read, context)),
        kept_answer("notifications", lambda: context.store.mentorships),
    ]
