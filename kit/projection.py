"""What a part keeps of another part's aggregates, in MongoDB."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, cast

import msgspec
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from contracts.errors import Invalid, NotFound
from contracts.wire import Record
from kit.mongo import IDS_LIMIT, Collection, Database, Document, translated
from kit.telemetry import log

type Ask[R] = Callable[[str, str], Awaitable[R | None]]


class Projection[R: Record]:
    """What a part keeps of another part's aggregates: the latest by version, asked for once where it is missing."""

    def __init__(self, database: Database, name: str, kind: type[R], ask: Ask[R], *, by: Sequence[str] = ()) -> None:
        """`by`: fields (as on the wire) that records are asked for by."""
        self._collection: Collection = database[name]
        self._kind = kind
        self._ask = ask
        self._indexes = [IndexModel([("org_id", ASCENDING), (f"state.{field}", ASCENDING)]) for field in by]

    async def prepare(self) -> None:
        """Create the indexes; harmless where they are."""
        if self._indexes:
            with translated():
                await self._collection.create_indexes(self._indexes)

    async def having(self, org_id: str, fields: Sequence[str], value: str, *, limit: int) -> tuple[R, ...]:
        """What is known with this value in any of the fields, oldest first; no more than `limit`."""
        found: dict[str, Document] = {}
        for field in fields:  # one index each: asked for all at once, some planners read the whole collection
            query = {"org_id": org_id, f"state.{field}": value}
            with translated():
                found |= {each["_id"]: each async for each in self._collection.find(query).sort("_id", 1).limit(limit)}
        oldest = sorted(found.values(), key=lambda each: str(each["_id"]))[:limit]
        return tuple(msgspec.convert(document["state"], self._kind) for document in oldest)

    async def get(self, org_id: str, object_id: str, fits: Callable[[R], bool] = lambda _: True) -> R:
        """What is known; asks the owner where nothing is known or what is known does not `fit`. Raises NotFound.

        News travels for some milliseconds: who refuses because of a phase should not refuse because of old news.
        """
        found = await self.find(org_id, object_id, fits)
        if found is None:
            raise NotFound.of(self._collection.name.removesuffix("s"), object_id)
        return found

    async def find(self, org_id: str, object_id: str, fits: Callable[[R], bool] = lambda _: True) -> R | None:
        """The same, and None where there is no such thing."""
        known = await self._find(org_id, object_id)
        if known is None or not fits(known):
            fresh = await self._ask(org_id, object_id)
            if fresh is not None:
                await self.keep(org_id, fresh)
                return fresh
        return known

    async def _find(self, org_id: str, object_id: str) -> R | None:
        with translated():
            document = await self._collection.find_one({"_id": object_id, "org_id": org_id})
        return msgspec.convert(document["state"], self._kind) if document else None

    async def among(self, org_id: str, ids: Sequence[str]) -> tuple[R, ...]:
        """What is known of these as it is known, without asking the owner."""
        if len(ids) > IDS_LIMIT:
            raise Invalid(f"Ask for at most {IDS_LIMIT} ids at once, not {len(ids)}.", field="ids")
        with translated():
            cursor = self._collection.find({"_id": {"$in": list(dict.fromkeys(ids))}, "org_id": org_id})
            return tuple([msgspec.convert(document["state"], self._kind) async for document in cursor])

    async def keep(self, org_id: str, record: R) -> None:
        """Remember this unless something as new is known: order and repetition of the news do not matter."""
        known = {"_id": cast(Any, record).id, "org_id": org_id}
        news = {"version": cast(Any, record).version, "state": msgspec.to_builtins(record, builtin_types=(datetime,))}
        if await self._renew(known, news):
            return
        try:
            with translated():
                await self._collection.insert_one({**known, **news})
        except DuplicateKeyError:  # something is known: as new as this, or older and written a moment ago
            if not await self._renew(known, news):
                log.info("stale_news_dropped", collection=self._collection.name, object_id=known["_id"])

    async def _renew(self, known: Document, news: Document) -> bool:
        with translated():
            result = await self._collection.update_one({**known, "version": {"$lt": news["version"]}}, {"$set": news})
        return bool(result.matched_count)
