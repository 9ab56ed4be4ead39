"""The relay: takes what was saved with the aggregates, audit entries and events, and hands each on, in order."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec

from contracts.audit import AuditEntry
from contracts.errors import Unavailable
from kit.audit import Trail
from kit.bus import Bus
from kit.metrics import OUTBOX_BEHIND
from kit.mongo import Aggregates, Collection, Database, Document, translated
from kit.pages import Walk, among
from kit.telemetry import attached, log

BATCH = 100  # aggregates at a time
POLL_SECONDS = 1.0  # between two looks at every collection: they are the truth, news only shortens the wait
BACK_OFF_SECONDS = 1.0
EVER: Document = {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}
WAITING: Document = {"outbox_at": {"$exists": True}}


class Waiting(msgspec.Struct, frozen=True):
    """What one database has not handed over yet."""

    changes: int
    since: datetime | None


async def waiting(database: Database) -> Waiting:
    """Count the aggregates whose outboxes are not empty, and say since when the oldest is not."""
    changes, since = 0, None
    with translated():
        for name in await database.list_collection_names():
            async for document in database[name].find(WAITING, {"outbox_at": 1}):
                changes += 1
                since = min(since or document["outbox_at"], document["outbox_at"])
    return Waiting(changes, since)


class _Traced(msgspec.Struct):
    """Of an envelope, the trace that it belongs to."""

    traceparent: str = ""


class Relay:
    """Appends the audit entries of one database to the trail, publishes the events, and clears both in one write.

    A crash before clearing does both again: an entry's id keeps it from being appended twice, and consumers suppress
    the duplicate by the event's id.
    """

    def __init__(self, bus: Bus, trail: Trail) -> None:
        self.trail = trail
        self._bus = bus
        self._watched: Sequence[Aggregates[Any]] = ()
        self._crowded: set[str] = set()  # collections of which the last look saw a part only
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._behind_since: float | None = None
        OUTBOX_BEHIND.labels(bus.part).set_function(self.seconds_behind)

    def seconds_behind(self) -> float:
        """How long the outboxes could not be emptied; 0 while they can."""
        return time.monotonic() - self._behind_since if self._behind_since else 0.0

    def wake(self) -> None:
        """Something was saved in this process: do not wait for the next poll."""
        self._wake.set()

    def watch(self, *aggregates: Aggregates[Any]) -> None:
        """The aggregates whose outboxes to empty. Call it before entering."""
        self._watched = aggregates

    async def __aenter__(self) -> "Relay":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        all_due = time.monotonic()
        while True:
            self._wake.clear()
            look_at_all = time.monotonic() >= all_due
            try:
                for each in self._watched:
                    if look_at_all or each.has_news:
                        await self._look(each)
                self._behind_since = None
            except Exception as error:  # whatever it is, the relay must go on: events wait here
                self._behind_since = self._behind_since or time.monotonic()
                known = isinstance(error, Unavailable)
                log.warning("relay_waits", why=type(error).__name__, exc_info=None if known else error)
                await asyncio.sleep(BACK_OFF_SECONDS)
                all_due = time.monotonic()
                continue
            if look_at_all:
                all_due = time.monotonic() + POLL_SECONDS
            if not any(each.has_news for each in self._watched):
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), all_due - time.monotonic())

    async def _look(self, at: Aggregates[Any]) -> None:
        at.has_news = False  # before looking: what is saved meanwhile is news again
        if await self.empty(at.collection):
            at.has_news = True

    async def empty(self, collection: Collection) -> bool:
        """Append and publish one batch, oldest first. True if there may be more."""

        async def read(
            query: Document, order: tuple[str, int], limit: int, *, keys_only: bool = False
        ) -> list[Document]:
            shown = {"outbox_at": 1} if keys_only else {"outbox": 1, "audit": 1, "outbox_at": 1, "version": 1}
            with translated():
                return [each async for each in collection.find(query, shown).sort(*order).limit(limit)]

        if collection.name in self._crowded:
            waiting = await Walk(read, among({}), "outbox_at", begin=EVER).first(BATCH)
        else:
            waiting = await read({"outbox_at": EVER}, ("outbox_at", 1), BATCH)
        is_crowded = len(waiting) == BATCH
        (self._crowded.add if is_crowded else self._crowded.discard)(collection.name)
        await self.trail.append(_drafts(waiting))
        results = await asyncio.gather(*(self._publish(collection, each) for each in waiting), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return is_crowded

    async def hand_on(self, collection: Collection, org_id: str, ids: Sequence[str]) -> None:
        """Append the entries of those that were saved by `create_all`; a repeat appends nothing."""
        with translated():
            query = {"_id": {"$in": list(ids)}, "org_id": org_id}
            saved = [document async for document in collection.find(query, {"audit": 1})]
        await self.trail.append(_drafts(saved))

    async def _publish(self, collection: Collection, document: Document) -> None:
        """All events of one aggregate, one after the other so that their order is kept."""
        try:
            for entry in document.get("outbox", ()):
                body = entry["body"].encode()
                with attached(f"publish {entry['topic']}", msgspec.json.decode(body, type=_Traced).traceparent):
                    await self._bus.publish(entry["topic"], entry["id"], body)
        except Exception:
            if document.get("audit"):  # the trail does not wait for the broker; the mark moves on, so others get a turn
                await self.clear(collection, {**document, "outbox": []})
            raise
        await self.clear(collection, document)

    async def clear(self, collection: Collection, document: Document) -> None:
        """Take out of the aggregate exactly what this reading of it had; what is newer stays."""
        left = {name: _without(name, document.get(name, ())) for name in ("outbox", "audit")}
        empty = {"$and": [{"$eq": [f"${name}", []]} for name in left]}
        marked = {"$cond": [empty, "$$REMOVE", datetime.now(UTC)]}
        with translated():
            await collection.update_one({"_id": document["_id"]}, [{"$set": left}, {"$set": {"outbox_at": marked}}])


def _drafts(documents: Sequence[Document]) -> list[AuditEntry]:
    bodies = (each["body"] for document in documents for each in document.get("audit", ()))
    return [msgspec.json.decode(body, type=AuditEntry) for body in bodies]


def _without(name: str, done: Sequence[Document]) -> Document:
    ids = [entry["id"] for entry in done]
    kept = {"$not": [{"$in": ["$$this.id", ids]}]}
    return {"$filter": {"input": {"$ifNull": [f"${name}", []]}, "cond": kept}}
