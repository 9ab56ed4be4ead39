"""What the goals service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass, field
from operator import attrgetter

from contracts.identity import Mentorship, MentorshipCard, Phase
from contracts.wire import Record
from kit.clock import Clock
from kit.mongo import Aggregates
from kit.projection import Ask
from kit.seats import Seats
from kit.turns import Turns
from kit.window import Window
from services.goals.actions.scores import Scores
from services.goals.store import Store

SETTING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE)
WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.REMATCHING, Phase.CLOSING)


@dataclass(frozen=True)
class Context(Seats):
    """What the actions work with."""

    store: Store
    clock: Clock
    ask_mentorship: Ask[Mentorship]  # for its agreement, which no card carries
    turns: Turns = field(default_factory=Turns)
    scores: Scores = field(default_factory=Scores)

    def window[R: Record](self, aggregates: Aggregates[R]) -> Window[MentorshipCard, R]:
        """The pair sees everything of its mentorship here, and nobody else sees anything."""
        return Window(
            aggregates=aggregates,
            parents=self.store.mentorships,
            field="mentorshipId",
            parent_of=attrgetter("mentorship_id"),
            enter=lambda caller, card: card.party_of(caller.user_id) is not None,
            show=lambda caller, card, record: record if card.party_of(caller.user_id) else None,
        )
