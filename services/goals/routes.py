"""The calls that the goals service answers."""

from functools import partial
from typing import Any

from contracts import goals
from kit.rpc import Answer
from services.goals import actions
from services.goals.actions import Context


def answers(context: Context) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(goals.DRAFT_GOAL, partial(actions.draft_goal, context)),
        Answer(goals.PROPOSE_GOAL, partial(actions.propose_goal, context)),
        Answer(goals.AGREE_GOAL, partial(actions.agree_goal, context)),
        Answer(goals.LOG_PROGRESS, partial(actions.log_progress, context)),
        Answer(goals.ADD_ACTION_ITEM, partial(actions.add_action_item, context)),
        Answer(goals.COMPLETE_ACTION_ITEM, partial(actions.complete_action_item, context)),
        Answer(goals.GIVE_FEEDBACK, partial(actions.give_feedback, context)),
        Answer(goals.ACKNOWLEDGE_FEEDBACK, partial(actions.acknowledge_feedback, context)),
        Answer(goals.GET_GOALS, partial(actions.get_goals, context)),
        Answer(goals.GET_ACTION_ITEMS, partial(actions.get_action_items, context)),
        Answer(goals.GET_FEEDBACK, partial(actions.get_feedback, context)),
        Answer(goals.LIST_GOALS, partial(actions.list_goals, context)),
        Answer(goals.LIST_ACTION_ITEMS, partial(actions.list_action_items, context)),
        Answer(goals.LIST_FEEDBACK, partial(actions.list_feedback, context)),
    ]
