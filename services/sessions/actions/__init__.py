"""What the sessions service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass, field
from operator import attrgetter
from typing import ClassVar

from contracts.goals import ActionCard
from contracts.identity import MentorshipCard, Phase
from contracts.policy import Act
from contracts.wire import Caller, Record
from kit.auth import PartSigner
from kit.clock import Clock
from kit.mongo import Aggregates
from kit.projection import Ask
from kit.rpc import Client
from kit.seats import Seats
from kit.turns import Turns
from kit.window import Show, Window
from services.sessions.model.policy import TABLE, Kind
from services.sessions.store import Store

WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)
RUNNING = (Phase.ACTIVE, Phase.CLOSING)


@dataclass(frozen=True)
class Context(Seats[Kind]):
    """What the actions work with."""

    table: ClassVar = TABLE

    store: Store
    clock: Clock
    identity: Client
    signer: PartSigner
    ask_action: Ask[ActionCard]
    turns: Turns = field(default_factory=Turns)

    def window[R: Record](
        self, aggregates: Aggregates[R], kind: Kind, show: Show[MentorshipCard, R] | None = None
    ) -> Window[MentorshipCard, R]:
        """Shows things of one kind to whom the table lets know of them; `show` may leave some or part of them out."""

        def enter(caller: Caller, card: MentorshipCard) -> bool:
            return self.allows(caller, card, Act.METADATA, kind)

        def seen(caller: Caller, card: MentorshipCard, record: R) -> R | None:
            if not enter(caller, card):
                return None
            if show is not None:
                return show(caller, card, record)
            return record if self.allows(caller, card, Act.READ, kind) else None

        return Window(
            aggregates=aggregates,
            parents=self.store.mentorships,
            field="mentorshipId",
            parent_of=attrgetter("mentorship_id"),
            enter=enter,
            show=seen,
        )
