"""Who may act in a mentorship, by the table of the service whose actions stand on this."""

from enum import StrEnum
from typing import Any, ClassVar, Protocol

from contracts.errors import NotFound
from contracts.identity import MentorshipCard, Phase
from contracts.policy import Act, Decision, Table, check, decide, side, standing
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


class Sides[K: StrEnum]:
    """What the context of a service's actions stands on, where they are done inside a mentorship."""

    store: KeepsCards
    table: ClassVar[Table[Any]]

    async def writing(self, caller: Caller, mentorship_id: str, phases: tuple[Phase, ...], kind: K) -> MentorshipCard:
        """The mentorship, if the caller may write this kind of thing in it and it is in one of these phases."""
        card = await self.store.mentorships.get(caller.org_id, mentorship_id, lambda card: card.phase in phases)
        self._check(caller, card, Act.WRITE, kind)
        card.need(*phases)
        return card

    async def writing_at(
        self, caller: Caller, record: OfMentorship, phases: tuple[Phase, ...], kind: K
    ) -> MentorshipCard:
        """The same for a record of the mentorship; who has no side there is told that there is no such record."""
        try:
            return await self.writing(caller, record.mentorship_id, phases, kind)
        except NotFound as error:
            raise NotFound.of(type(record).__name__.lower(), record.id) from error

    async def reading(self, caller: Caller, mentorship_id: str, kind: K) -> MentorshipCard:
        """The mentorship in whatever phase, if the caller may read this kind of thing in it."""
        card = await self.store.mentorships.get(caller.org_id, mentorship_id)
        self._check(caller, card, Act.READ, kind)
        return card

    async def readable(self, caller: Caller, mentorship_id: str, kind: K, act: Act = Act.READ) -> MentorshipCard | None:
        """The same, and None where there is nothing that the caller may see."""
        card = await self.store.mentorships.find(caller.org_id, mentorship_id)
        return card if card is not None and self.allows(caller, card, act, kind) else None

    async def of_cycle(self, caller: Caller, mentorship_id: str, kind: K) -> MentorshipCard:
        """The mentorship, for its own cycle only: nobody else is told whether there is one."""
        check(self.table, standing(caller, caller.org_id), Act.WRITE, kind)
        return await self.store.mentorships.get(caller.org_id, mentorship_id)

    def allows(self, caller: Caller, card: MentorshipCard, act: Act, kind: K, author_id: str | None = None) -> bool:
        """Whether the table lets the caller do that; `author_id` says whose own the thing is."""
        return decide(self.table, side(caller, card, author_id), act, kind) is Decision.ALLOWED

    def _check(self, caller: Caller, card: MentorshipCard, act: Act, kind: K) -> None:
        """One of the two is told what the other may do; everybody else that there is nothing."""
        hidden = NotFound.of("mentorship", card.id)
        if not self.allows(caller, card, act, kind) and card.party_of(caller.user_id) is None:
            raise hidden
        check(self.table, side(caller, card), act, kind, hidden)
