"""What the sessions service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass, field

from contracts.goals import ActionCard
from contracts.identity import Phase
from kit.auth import PartSigner
from kit.clock import Clock
from kit.projection import Ask
from kit.rpc import Client
from kit.seats import Seats
from kit.turns import Turns
from services.sessions.store import Store

WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)
RUNNING = (Phase.ACTIVE, Phase.CLOSING)


@dataclass(frozen=True)
class Context(Seats):
    """What the actions work with."""

    store: Store
    clock: Clock
    identity: Client
    signer: PartSigner
    ask_action: Ask[ActionCard]
    turns: Turns = field(default_factory=Turns)
