"""Who may act in a mentorship: who sits on a side of it, and its own cycle."""

from typing import Protocol

from contracts.errors import Forbidden, NotFound
from contracts.identity import MentorshipCard, Party, Phase
from contracts.wire import Caller
from kit.projection import Projection


class OfMentorship(Protocol):
    """A record that belongs to a mentorship."""

    @property
    def id(self) -> str:
        """Its own id."""

    @property
    def mentorship_id(self) -> str:
        """The mentorship's."""


class KeepsCards(Protocol):
    """A store that knows the card of each mentorship."""

    mentorships: Projection[MentorshipCard]


class Seats:
    """What the context of a service's actions stands on, where they are done inside a mentorship."""

    store: KeepsCards

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

    async def of_cycle(self, caller: Caller, mentorship_id: str) -> MentorshipCard:
        """The mentorship, for its own cycle only."""
        if caller.part != "workflows":
            raise Forbidden("Only its cycle may do this to a mentorship.")
        return await self.store.mentorships.get(caller.org_id, mentorship_id)
