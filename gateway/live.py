"""Live updates: one tap on the bus per gateway process, fanned out in memory to those who watch.

Who may watch is decided by whoever calls `watch`. Nobody's slowness costs memory: a watcher that lags too far is ended.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

import msgspec

from contracts.errors import BudgetExceeded, Refusal, Unavailable
from contracts.identity import CaseOpened
from contracts.wire import Envelope

TOPICS = ("identity.#", "goals.#", "sessions.#")  # what people were told about it (notifications.#) is not the pair's
BACKLOG = 100  # events that a watcher may lag behind before it is ended
TOO_SLOW = "Events came faster than you read them and some would be lost. Read the mentorship again and subscribe anew."
CLOSING = "The gateway restarts. Subscribe again in a moment."


class _Card(msgspec.Struct):
    id: str


class _About(msgspec.Struct, rename="camel"):
    mentorship_id: str | None = None
    mentorship: _Card | None = None


_about = msgspec.json.Decoder(_About)


class Watch:
    """One watcher's queue of events. It ends with a refusal that says why."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Envelope] = asyncio.Queue(BACKLOG)
        self._ended: Refusal | None = None
        self._woken = asyncio.Event()

    def offer(self, envelope: Envelope) -> bool:
        """Put an event in the queue; False if there was no room and the watch is over."""
        if self._events.full():
            self.end(BudgetExceeded(TOO_SLOW))
            return False
        self._events.put_nowait(envelope)
        self._woken.set()
        return True

    def end(self, why: Refusal) -> None:
        """Let the watcher read what is queued, then refuse."""
        self._ended = why
        self._woken.set()

    async def events(self) -> AsyncGenerator[Envelope]:
        """Each event once, in the order of the bus. Raises the refusal that ended the watch."""
        while True:
            while not self._events.empty():
                yield self._events.get_nowait()
            if self._ended:
                raise self._ended
            self._woken.clear()
            await self._woken.wait()


class Live:
    """Those who watch, by mentorship or by what else an event may be watched for."""

    def __init__(self) -> None:
        self._watches: defaultdict[str, set[Watch]] = defaultdict(set)

    def on_envelope(self, envelope: Envelope) -> None:
        """Hand one event from the bus to everyone who watches what it is about."""
        for watched in watched_for(envelope):
            for watch in tuple(self._watches.get(watched, ())):
                if not watch.offer(envelope):
                    self._forget(watched, watch)

    @contextmanager
    def watch(self, *watched: str) -> Iterator[Watch]:
        """Watch mentorships by their ids, or the cases of an organisation, for as long as the block lasts."""
        watch = Watch()
        for each in watched:
            self._watches[each].add(watch)
        try:
            yield watch
        finally:
            for each in watched:
                self._forget(each, watch)

    def count(self) -> int:
        """How many watch something now."""
        return len(set[Watch]().union(*self._watches.values()))

    def close(self) -> None:
        """End every watch because this process ends."""
        for watches in self._watches.values():
            for watch in watches:
                watch.end(Unavailable(CLOSING))

    def _forget(self, watched: str, watch: Watch) -> None:
        watches = self._watches.get(watched, set())
        watches.discard(watch)
        if not watches:
            self._watches.pop(watched, None)


def cases_of(org_id: str) -> str:
    """What those watch who wait for new cases of an organisation."""
    return f"cases:{org_id}"


def watched_for(envelope: Envelope) -> tuple[str, ...]:
    """Everything that this event may be watched for."""
    mentorship_id = mentorship_of(envelope)
    return (mentorship_id, cases_of(envelope.orgid)) if envelope.type == CaseOpened.topic else (mentorship_id,)


def mentorship_of(envelope: Envelope) -> str:
    """The mentorship that an event is about; empty if it is about none."""
    try:
        about = _about.decode(envelope.data)
    except msgspec.MsgspecError:
        return ""
    return about.mentorship_id or (about.mentorship.id if about.mentorship else "")
