"""The events that the identity service listens to: none yet, its facts are where everything starts."""

from typing import Any

from kit.bus import Consumer
from services.identity.actions import Context


def consumers(_context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return []
