"""One after another within a process: who changes the same object at once need not race for it and try again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """A queue for each object that is being changed. Saving still checks versions: other processes queue apart."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def at(self, object_id: str) -> AsyncIterator[None]:
        """Wait for one's turn at this object."""
        lock = self._locks.setdefault(object_id, asyncio.Lock())
        async with lock:
            yield
