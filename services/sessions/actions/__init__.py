"""What the sessions service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass

from contracts.identity import Phase
from kit.clock import Clock
from kit.seats import Seats
from services.sessions.store import Store

WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)
RUNNING = (Phase.ACTIVE, Phase.CLOSING)


@dataclass(frozen=True)
class Context(Seats):
    """What the actions work with."""

    store: Store
    clock: Clock
