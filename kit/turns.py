"""One after another within a process: who changes the same object at once need not race for it and try again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from weakref import WeakValueDictionary

from contracts.errors import Unavailable

awaited_until: ContextVar[float | None] = ContextVar("awaited_until", default=None)
"""When whoever called gives up, by the clock of the event loop; None where nobody waits, as with an event."""


class Turns:
    """A queue for each object that is being changed. Saving still checks versions: other processes queue apart."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def at(self, object_id: str) -> AsyncIterator[None]:
        """Wait for one's turn at this object."""
        async with self._lock(object_id):
            yield

    @asynccontextmanager
    async def beginning(self, object_id: str) -> AsyncIterator[None]:
        """The same where nothing was saved yet: whoever is not waited for any more leaves the queue.

        Otherwise a crowd that asks again and again would be served mostly where nobody listens. Raises Unavailable.
        """
        lock = self._lock(object_id)
        try:
            async with asyncio.timeout_at(awaited_until.get()):
                await lock.acquire()
        except TimeoutError as error:
            raise Unavailable("Many change this at the same moment. Try again in a moment.") from error
        try:
            yield
        finally:
            lock.release()

    def _lock(self, object_id: str) -> asyncio.Lock:
        return self._locks.setdefault(object_id, asyncio.Lock())
