"""What the goals service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass, field
from operator import attrgetter
from typing import ClassVar

from contracts.identity import Mentorship, MentorshipCard, Phase
from contracts.policy import Act
from contracts.wire import Caller, Record
from kit.audit import Trail
from kit.clock import Clock
from kit.mongo import Aggregates
from kit.projection import Ask
from kit.sides import Sides
from kit.turns import Turns
from kit.window import Window
from services.goals.actions.scores import Scores
from services.goals.model.policy import TABLE, Kind
from services.goals.store import Store

SETTING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE)
WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.REMATCHING, Phase.CLOSING)


@dataclass(frozen=True)
class Context(Sides[Kind]):
    """What the actions work with."""

    table: ClassVar = TABLE

    store: Store
    clock: Clock
    ask_mentorship: Ask[Mentorship]  # for its agreement, which no card carries
    trail: Trail
    turns: Turns = field(default_factory=Turns)
    scores: Scores = field(default_factory=Scores)

    def window[R: Record](self, aggregates: Aggregates[R], kind: Kind) -> Window[MentorshipCard, R]:
        """Shows things of one kind to whom the table lets read them."""

        def enter(caller: Caller, card: MentorshipCard) -> bool:
            return self.allows(caller, card, Act.READ, kind)

        return Window(
            aggregates=aggregates,
            parents=self.store.mentorships,
            field="mentorshipId",
            parent_of=attrgetter("mentorship_id"),
            enter=enter,
            show=lambda caller, card, record: record if enter(caller, card) else None,
        )
