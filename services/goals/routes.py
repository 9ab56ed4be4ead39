"""The calls that the goals service answers."""

from functools import partial
from typing import Any

from contracts import goals as contract
from kit.rpc import Answer
from services.goals.actions import Context, feedback, goals, items


def answers(context: Context) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(contract.DRAFT_GOAL, partial(goals.draft_goal, context)),
        Answer(contract.PROPOSE_GOAL, partial(goals.propose_goal, context)),
        Answer(contract.AGREE_GOAL, partial(goals.agree_goal, context)),
        Answer(contract.LOG_PROGRESS, partial(goals.log_progress, context)),
        Answer(contract.ADD_ACTION_ITEM, partial(items.add_action_item, context)),
        Answer(contract.COMPLETE_ACTION_ITEM, partial(items.complete_action_item, context)),
        Answer(contract.GIVE_FEEDBACK, partial(feedback.give_feedback, context)),
        Answer(contract.ACKNOWLEDGE_FEEDBACK, partial(feedback.acknowledge_feedback, context)),
        Answer(contract.GET_GOALS, partial(goals.get_goals, context)),
        Answer(contract.GET_ACTION_ITEMS, partial(items.get_action_items, context)),
        Answer(contract.GET_FEEDBACK, partial(feedback.get_feedback, context)),
        Answer(contract.LIST_GOALS, partial(goals.list_goals, context)),
        Answer(contract.LIST_ACTION_ITEMS, partial(items.list_action_items, context)),
        Answer(contract.LIST_FEEDBACK, partial(feedback.list_feedback, context)),
    ]
