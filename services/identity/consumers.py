"""The events that the identity service listens to: its own, where one decision has to follow another."""

from functools import partial
from typing import Any

from contracts.identity import MentorshipPhaseChanged
from kit.bus import Consumer
from services.identity.actions import Context, mentors


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return [Consumer(MentorshipPhaseChanged, partial(mentors.hear_phase, context))]
