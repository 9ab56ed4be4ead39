"""Time, and what happens in a mentorship while it happens."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Annotated, Self

import msgspec
import strawberry

from contracts import cycles, goals, identity
from contracts.cycles import ReadClock
from contracts.errors import Unauthenticated, Unavailable
from contracts.wire import Envelope
from gateway.context import Context, Info
from gateway.live import Watch, mentorship_of
from gateway.loaders import Loaders
from gateway.types.events import kind_of, may_see, title_of
from gateway.types.ledger import Score
from gateway.types.mentorships import Mentorship
from gateway.types.mutation import Input, Payload, mutation
from gateway.types.relay import Id, field, find, global_id, resolved, subscribed, unknown

ACCESS_SECONDS = 5.0  # for which an answer about somebody's right to watch is believed
LEDGER = ("goals.commitment_", "goals.renegotiation_")  # the events that may change a score
type Concerns = Callable[[str, identity.Mentorship, Envelope], bool]

OfMentorship = Annotated[strawberry.ID, strawberry.argument(description="The mentorship.")]
EXPIRED = "Your access token has expired. Refresh it and subscribe again."


@strawberry.type(description="The moment at which this installation lives.")
class Clock:
    """Shows cycles.Clock."""

    now: datetime = field("What time it is here.")
    sandbox: bool = field("Whether this is a sandbox, where time can be moved.")

    @classmethod
    def of(cls, record: cycles.Clock) -> Self:
        """The answer of the workflows part."""
        return cls(now=record.now, sandbox=record.sandbox)


@strawberry.type(description="The moment after time was moved, or why it was not.")
class MoveTimePayload(Payload):
    """Shows cycles.Clock."""

    clock: Clock | None = field("What time it is now.", default=None)

    @classmethod
    def of(cls, record: cycles.Clock) -> Self:
        """The answer of the workflows part."""
        return cls(clock=Clock.of(record))


@strawberry.input(description="How far to move time.")
class MoveTimeInput(Input):
    """Makes cycles.MoveTime."""

    by: timedelta = field("Forwards, as in P1D.")


@strawberry.type(
    description="Something that happened in a mentorship: ids and plain words, nothing that anybody wrote."
)
class MentorshipEvent:
    """Shows an envelope from the bus."""

    id: strawberry.ID = field("The event's own id; seen twice means it is the same event.")
    type: str = field("The topic, as in goals.goal_agreed.v1.")
    at: datetime = field("When it happened.")
    mentorship_id: strawberry.ID = field("The global id of the mentorship that it happened in.")
    subject: strawberry.ID = field("The global id of the object that it happened to.")
    sequence: int = field("The object's version after it.")
    actor_id: strawberry.ID | None = field("The person who caused it; null for the platform itself.")
    title: str = field("What happened, for people.")

    @classmethod
    def of(cls, envelope: Envelope) -> Self:
        """The event as its watchers see it."""
        person = envelope.actorid and ":" not in envelope.actorid and envelope.actorid != "nobody"
        return cls(
            id=strawberry.ID(envelope.id),
            type=envelope.type,
            at=envelope.time,
            mentorship_id=global_id("Mentorship", mentorship_of(envelope)),
            subject=global_id(kind_of(envelope.type), envelope.subject),
            sequence=envelope.sequence,
            actor_id=global_id("User", envelope.actorid) if person else None,
            title=title_of(envelope),
        )


@strawberry.type
class CycleQueries:
    """Reads of the workflows part."""

    @resolved("What time it is here. A sandbox may live in the future.")
    async def clock(self, info: Info) -> Clock | None:
        """The installation's one clock."""
        return Clock.of(await info.context.call(cycles.READ_CLOCK, ReadClock()))


@strawberry.type
class CycleMutations:
    """Changes that the workflows part makes."""

    move_time = mutation(cycles.MOVE_TIME, MoveTimeInput, MoveTimePayload)


@strawberry.type
class CycleSubscriptions:
    """What happens in one mentorship."""

    @subscribed(
        "What happens in a mentorship from now on, for its parties and its programme manager, while the token holds."
    )
    async def mentorship_events(self, info: Info, id: Id) -> AsyncGenerator[MentorshipEvent]:
        """Events that the viewer may see, as they arrive."""
        mentorship = await find(info.context, Mentorship, id)
        async with watching(info.context, mentorship.record) as envelopes:
            async for envelope in envelopes:
                yield MentorshipEvent.of(envelope)

    @subscribed("The score of a mentorship now, and anew each time that the ledger changes it; for its two parties.")
    async def score_changed(self, info: Info, mentorship_id: OfMentorship) -> AsyncGenerator[Score]:
        """What time alone changes is seen with the next change of the ledger."""
        mentorship = await find(info.context, Mentorship, mentorship_id)
        async with watching(info.context, mentorship.record) as envelopes:
            explained = await _explained(info.context, mentorship.record.id)
            yield Score.explained(explained)
            async for envelope in envelopes:
                if not envelope.type.startswith(LEDGER):
                    continue
                before = explained.score
                with suppress(Unavailable):  # the next change shows it
                    explained = await _explained(info.context, mentorship.record.id)
                if msgspec.structs.replace(explained.score, at=before.at) != before:
                    yield Score.explained(explained)


async def _explained(context: Context, mentorship_id: str) -> goals.Explanation:
    return await Loaders(context.call).scores.load(mentorship_id)


@asynccontextmanager
async def watching(
    context: Context, *mentorships: identity.Mentorship, concerns: Concerns = may_see
) -> AsyncIterator[AsyncGenerator[Envelope]]:
    """The events that concern the viewer, from this moment on. What ends the watch is raised: see `_seen`."""
    known = {mentorship.id: mentorship for mentorship in mentorships}
    with watched(context, *known) as watch:
        async with aclosing(_seen(context, known, watch, concerns)) as envelopes:
            yield envelopes


@contextmanager
def watched(context: Context, *what: str) -> Iterator[Watch]:
    """A watch that ends with the block, or with the viewer's token."""
    with context.live.watch(*what) as watch:
        left = context.viewer.seconds_left()
        expiry = asyncio.get_running_loop().call_later(left, watch.end, Unauthenticated(EXPIRED))
        try:
            yield watch
        finally:
            expiry.cancel()


async def _seen(
    context: Context, known: dict[str, identity.Mentorship], watch: Watch, concerns: Concerns
) -> AsyncGenerator[Envelope]:
    """Those that concern the viewer. Raises what ends the watch: no token, no access, too slow, restart."""
    checked_at = time.monotonic()
    async for envelope in watch.events():
        if time.monotonic() - checked_at > ACCESS_SECONDS:
            known = await _as_they_are(context, known)
            checked_at = time.monotonic()
        if concerns(context.viewer.caller.user_id, known[mentorship_of(envelope)], envelope):
            yield envelope


async def _as_they_are(context: Context, known: dict[str, identity.Mentorship]) -> dict[str, identity.Mentorship]:
    """Refuse a watcher who has lost the right to see a mentorship; an identity part that is down changes no right."""
    loader = Loaders(context.call).mentorships
    with suppress(Unavailable):
        found = dict(zip(known, await asyncio.gather(*map(loader.load, known)), strict=True))
        for mentorship_id, mentorship in found.items():
            if mentorship is None:
                raise unknown("Mentorship", global_id("Mentorship", mentorship_id))
        return {key: mentorship for key, mentorship in found.items() if mentorship is not None}
    return known
