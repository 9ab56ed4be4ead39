"""What the sessions service does: load, decide, save. One function for each operation or event."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar

from contracts.goals import ActionCard
from contracts.identity import MentorshipCard, Phase
from contracts.policy import Act
from contracts.wire import Caller, Record
from kit.audit import Trail
from kit.auth import PartSigner
from kit.clock import Clock
from kit.mongo import Aggregates
from kit.projection import Ask
from kit.rpc import Client
from kit.sides import Sides
from kit.turns import Turns
from kit.window import Show, Window
from services.sessions.model.policy import TABLE, Kind
from services.sessions.store import Store

WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)
RUNNING = (Phase.ACTIVE, Phase.CLOSING)
TRACED = frozenset({Kind.PULSE, Kind.TIME, Kind.TIME_OFF})  # what staff may read of one of the two leaves a trace


@dataclass(frozen=True)
class Context(Sides[Kind]):
    """What the actions work with."""

    table: ClassVar = TABLE

    store: Store
    clock: Clock
    identity: Client
    signer: PartSigner
    trail: Trail
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
            saw=self.saw if kind in TRACED else None,
        )

    async def saw(self, caller: Caller, card: MentorshipCard, shown: Sequence[Record]) -> None:
        """Leave a trace for both of the two where somebody else is shown what is private to one of them."""
        if shown and card.party_of(caller.user_id) is None:
            first: Any = shown[0]
            await self.trail.saw(
                caller, (card.mentee_id, card.mentor_id), self.clock.now(), kind=type(first).__name__,
                object_id=first.id, mentorship_id=card.id, programme_id=card.programme_id,
            )  # fmt: skip
