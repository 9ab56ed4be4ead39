"""The events that the notifications service listens to."""

from functools import partial
from typing import Any

from contracts.identity import ACCOUNT_FACTS, ENROLMENT_DECISIONS, MENTORSHIP_FACTS
from contracts.subscriptions import SUBSCRIPTIONS
from kit.bus import Consumer
from services.notifications import actions
from services.notifications.actions import Context


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    of_people = (*ACCOUNT_FACTS, *ENROLMENT_DECISIONS)
    others = [event for event in SUBSCRIPTIONS["notifications"] if event not in {*MENTORSHIP_FACTS, *of_people}]
    return [
        *(Consumer(fact, partial(actions.hear_person, context)) for fact in of_people),
        *(Consumer(fact, partial(actions.hear_mentorship, context)) for fact in MENTORSHIP_FACTS),
        *(Consumer(event, partial(actions.hear, context)) for event in others),
    ]
