"""The relay: takes the events that were saved with their aggregates and hands them to the bus, in order."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from contracts.errors import Unavailable
from kit.bus import Bus
from kit.mongo import Aggregates, Collection, Document, translated
from kit.telemetry import log

BATCH = 100  # aggregates at a time
POLL_SECONDS = 1.0  # polling is the truth; the wake-up only shortens the wait
BACK_OFF_SECONDS = 1.0


class Relay:
    """Publishes what the aggregates of one database have in their outboxes.

    A crash between publishing and clearing publishes again: consumers suppress the duplicate by the event's id.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._collections: Sequence[Collection] = ()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something was saved in this process: do not wait for the next poll."""
        self._wake.set()

    def watch(self, *aggregates: Aggregates[Any]) -> None:
        """The aggregates whose outboxes to empty. Call it before entering."""
        self._collections = tuple(each.collection for each in aggregates)

    async def __aenter__(self) -> "Relay":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                busy = [await self.empty(collection) for collection in self._collections]
            except Exception as error:  # whatever it is, the relay must go on: events wait here
                known = isinstance(error, Unavailable)
                log.warning("relay_waits", why=type(error).__name__, exc_info=None if known else error)
                await asyncio.sleep(BACK_OFF_SECONDS)
                continue
            if not any(busy):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def empty(self, collection: Collection) -> bool:
        """Publish one batch, oldest first. True if there was anything."""
        with translated():
            cursor = collection.find({"outbox_at": {"$exists": True}}, {"outbox": 1}).sort("outbox_at", 1).limit(BATCH)
            documents = [document async for document in cursor]
        results = await asyncio.gather(*(self._publish(collection, each) for each in documents), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return bool(documents)

    async def _publish(self, collection: Collection, document: Document) -> None:
        """All events of one aggregate, one after the other so that their order is kept."""
        for entry in document["outbox"]:
            await self._bus.publish(entry["topic"], entry["id"], entry["body"].encode())
        await self.clear(collection, document["_id"], [entry["id"] for entry in document["outbox"]])

    async def clear(self, collection: Collection, object_id: str, event_ids: list[str]) -> None:
        """Take exactly these events out of the aggregate's outbox; newer ones stay."""
        left = {"$filter": {"input": "$outbox", "cond": {"$not": [{"$in": ["$$this.id", event_ids]}]}}}
        cleared = {"$cond": [{"$eq": ["$outbox", []]}, "$$REMOVE", datetime.now(UTC)]}
        with translated():
            await collection.update_one(
                {"_id": object_id}, [{"$set": {"outbox": left}}, {"$set": {"outbox_at": cleared}}]
            )
