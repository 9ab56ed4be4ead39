"""What the goals service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Protocol

from contracts.errors import NotFound
from contracts.identity import Mentorship, MentorshipCard, Party, Phase
from contracts.wire import Caller, Record
from kit.clock import Clock
from kit.mongo import Aggregates, Ask
from kit.turns import Turns
from kit.window import Window
from services.goals.actions.scores import Scores
from services.goals.store import Store

SETTING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE)
WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)


class OfMentorship(Protocol):
    """A record that belongs to a mentorship."""

    @property
    def id(self) -> str:
        """Its own id."""

    @property
    def mentorship_id(self) -> str:
        """The mentorship's."""


@dataclass(frozen=True)
class Context:
    """What the actions work with."""

    store: Store
    clock: Clock
    ask_mentorship: Ask[Mentorship]  # for its agreement, which no card carries
    turns: Turns = field(default_factory=Turns)
    scores: Scores = field(default_factory=Scores)

    async def seated(
        self, caller: Caller, mentorship_id: str, phases: tuple[Phase, ...], *, only: Party | None = None
    ) -> MentorshipCard:
        """The mentorship, if the caller sits on the right side of it and it is in one of these phases."""
        card = await self.store.mentorships.get(caller.org_id, mentorship_id, lambda card: card.phase in phases)
        card.seat_of(caller, only=only)
        card.need(*phases)
        return card

    async def seated_at(
        self, caller: Caller, record: OfMentorship, phases: tuple[Phase, ...], *, only: Party | None = None
    ) -> MentorshipCard:
        """The same for a record of the mentorship; who has no seat there is told that there is no such record."""
        try:
            return await self.seated(caller, record.mentorship_id, phases, only=only)
        except NotFound as error:
            raise NotFound.of(type(record).__name__.lower(), record.id) from error

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
