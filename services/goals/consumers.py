"""The events that the goals service listens to."""

from functools import partial
from typing import Any

from contracts.identity import MENTORSHIP_FACTS
from kit.bus import Consumer
from services.goals.actions import Context, hearing


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return [Consumer(fact, partial(hearing.keep_mentorship, context)) for fact in MENTORSHIP_FACTS]
