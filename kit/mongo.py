"""MongoDB through Motor, and through nothing else: aggregates, each one document with its version, its unpublished
events, its audit entries and its last commands, saved in one write. Works on MongoDB 7/8 and on the embedded server.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError, DuplicateKeyError

from contracts.errors import Conflict, IdempotencyMismatch, Invalid, NotFound, Stale
from contracts.wire import Change, Page, Record
from kit.chain import About
from kit.command import Stamp, time_ordered_id
from kit.database import Collection, Database, Document, connect, database_of, index, insert_all, stones, translated
from kit.metrics import REPEATS
from kit.pages import PAGE_LIMIT, Walk, among, check_size, milestone, page_of
from kit.riding import entered, told
from kit.telemetry import log

__all__ = (
    "COMMANDS_KEPT",
    "IDS_LIMIT",
    "PAGE_LIMIT",
    "Aggregates",
    "Collection",
    "Database",
    "Document",
    "Stored",
    "connect",
    "database_of",
    "index",
    "insert_all",
    "stones",
    "translated",
)

COMMANDS_KEPT = 64
IDS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Stored[R: Record]:
    """An aggregate as it was read, with the commands it remembers."""

    record: R
    commands: tuple[Mapping[str, str], ...] = ()


class Aggregates[R: Record]:
    """All aggregates of one kind. Every reading and writing names the organisation."""

    def __init__(
        self,
        database: Database,
        name: str,
        kind: type[R],
        *,
        by: Sequence[str] = (),
        unique: Sequence[str] = (),
        queues: Sequence[str] = (),
        long: Sequence[str] = (),
        about: About | None = About(),  # noqa: B008 - frozen
        expires: str | None = None,
        source: str,
        on_saved: Callable[[], None] = lambda: None,
    ) -> None:
        """`by`: fields (as on the wire) that pages are asked for by; `unique`: fields that no two may share.

        `queues`: fields that say what is still to be done, which a worker asks for across organisations. `about`: which
        fields the audit takes for the person, mentorship and programme that a change is about; None for what belongs to
        no organisation and is not audited. `expires`: the moment after which the database forgets by itself. `long`:
        those of `by` and `queues` with lists of more than some hundreds, and "" where an organisation has more.
        """
        self.collection: Collection = database[name]
        self.name = name
        self._kind = kind
        self._about = about
        self._source = source
        self._on_saved = on_saved
        self.has_news = False  # whether something was saved here that the relay has not looked for yet
        self._indexes = [
            IndexModel([("outbox_at", ASCENDING)], sparse=True),
            stones(last="outbox_at"),
            IndexModel([("org_id", ASCENDING), ("order", ASCENDING)], unique=True),
            *(IndexModel([("org_id", 1), (f"state.{field}", 1), ("order", 1)]) for field in by),
            *(IndexModel([(f"state.{field}", 1)], unique=True) for field in unique),
            *(IndexModel([(f"state.{field}", 1), ("order", 1)]) for field in queues),
            *([IndexModel([(f"state.{expires}", 1)], expireAfterSeconds=0)] if expires else ()),
            *(
                stones("org_id", *([f"state.{each}"] if each else []), last="order")
                for each in long
                if each not in queues
            ),
            *(stones(f"state.{each}", last="order") for each in long if each in queues),
        ]
        self._long = frozenset(long)

    async def prepare(self) -> None:
        """Create the indexes; harmless where they are."""
        with translated():
            await self.collection.create_indexes(self._indexes)

    async def find(self, org_id: str, object_id: str) -> R | None:
        """The aggregate, or None."""
        stored = await self._load(org_id, object_id)
        return stored.record if stored else None

    async def get(self, org_id: str, object_id: str) -> R:
        """The aggregate. Raises NotFound."""
        return (await self.load(org_id, object_id)).record

    async def load(self, org_id: str, object_id: str) -> Stored[R]:
        """The aggregate, ready to be changed. Raises NotFound."""
        stored = await self._load(org_id, object_id)
        if stored is None:
            raise NotFound.of(self._kind.__name__.lower(), object_id)
        return stored

    async def get_many(self, org_id: str, ids: Sequence[str]) -> tuple[R, ...]:
        """Those of the ids that exist in this organisation."""
        if len(ids) > IDS_LIMIT:
            raise Invalid(f"Ask for at most {IDS_LIMIT} ids at once, not {len(ids)}.", field="ids")
        with translated():
            cursor = self.collection.find({"_id": {"$in": list(dict.fromkeys(ids))}, "org_id": org_id})
            return tuple([self._read(document).record async for document in cursor])

    async def find_by(self, field: str, value: str) -> R | None:
        """The aggregate with this unique value, in whichever organisation: only for those who are not yet signed in."""
        with translated():
            document = await self.collection.find_one({f"state.{field}": value})
        return self._read(document).record if document else None

    async def all(self, org_id: str, where: Mapping[str, object], *, limit: int) -> tuple[R, ...]:
        """All whose fields have these values, oldest first, in one read. Raises Invalid above the limit."""
        query, rest = _of(org_id, where)
        documents = await self.select(query, ("order", 1), limit + 1, rest=rest)
        if len(documents) > limit:
            raise Invalid(f"There are more than {limit} of these; they cannot be read at once.")
        return tuple(self._read(document).record for document in documents)

    async def queue(self, field: str, value: str, limit: int) -> list[Stored[R]]:
        """The oldest with this value, of all organisations: for a worker of the part itself, never for a caller."""
        query: Document = {f"state.{field}": value}
        if field in self._long:
            documents = await Walk(self.select, among(query), "order").first(limit)
        else:
            documents = await self.select(query, ("order", 1), limit)
        return [self._read(document) for document in documents]

    async def since(self, field: str, moment: datetime, limit: int) -> tuple[R, ...]:
        """The latest whose `field` is later than that, of all organisations: for the platform, never for a caller."""
        with translated():
            cursor = self.collection.find({f"state.{field}": {"$gt": moment}}).sort(f"state.{field}", -1).limit(limit)
            return tuple([self._read(document).record async for document in cursor])

    async def page(
        self, org_id: str, where: Mapping[str, object], *, first: int, after: str | None, newest: bool = False
    ) -> Page[R]:
        """One page of those whose fields have these values, oldest first or `newest` first."""
        check_size(first)
        query, rest = _of(org_id, where)
        begin = {"$lt" if newest else "$gt": after} if after is not None else {}
        if next(iter(where), "") in self._long and not rest:
            walk = Walk(self.select, among(query), "order", begin=begin, backwards=newest)
            documents = await walk.first(first + 1)
        else:
            query |= {"order": begin} if begin else {}
            documents = await self.select(query, ("order", -1 if newest else 1), first + 1, rest=rest)
        return page_of(documents, first, "order", lambda document: self._read(document).record)

    async def select(
        self,
        query: Document,
        order: tuple[str, int],
        limit: int,
        *,
        rest: Document | None = None,
        keys_only: bool = False,
    ) -> list[Document]:
        """The first documents in this order: `query` is answered by an index, `rest` is looked for in what it gives.

        A planner that cannot answer both by one index might take any other, and read an organisation.
        """
        key, direction = order
        with translated():
            if not rest:
                found = self.collection.find(query, {key: 1} if keys_only else None)
                return [document async for document in found.sort(key, direction).limit(limit)]
            stages: list[Document] = [
                {"$match": query},
                {"$match": rest},
                {"$sort": {key: direction}},
                {"$limit": limit},
            ]
            stages += [{"$project": {key: 1}}] if keys_only else []
            return [document async for document in self.collection.aggregate(stages)]

    async def create(self, by: Stamp, make: Callable[[str], Change[R]], *, new_id: str | None = None) -> R:
        """Save a new aggregate with its events. A repeat of the same command gets what the first one made.

        `new_id` is for an aggregate with a natural identity: whoever comes second gets what is there.
        """
        object_id = new_id or by.new_id(self._kind.__name__)
        if (by.key or new_id) and (stored := await self._load(by.org_id, object_id)):
            return _answer_again(stored, by)
        try:
            return await self._insert(object_id, by, make(object_id))
        except DuplicateKeyError as error:
            stored = await self._load(by.org_id, object_id)
            if stored is None:
                raise Conflict(
                    f"Another {self._kind.__name__.lower()} has this value already. Choose another."
                ) from error
            return _answer_again(stored, by)

    async def put(self, object_id: str, by: Stamp, decide: Callable[[R | None], Change[R]]) -> R:
        """Create the aggregate of this natural id, or change the one that is there."""
        stored = await self._load(by.org_id, object_id)
        if stored is not None:
            return await self.amend(stored, by, decide)
        try:
            return await self._insert(object_id, by, decide(None))
        except DuplicateKeyError as error:
            raise Stale("Somebody else set this at the same moment. Read it again and retry.") from error

    async def amend(self, stored: Stored[R], by: Stamp, decide: Callable[[R], Change[R]]) -> R:
        """Decide, and save state and events in one write. Raises Stale when another writer was first."""
        if repeated := _remembered(stored, by):
            return repeated
        before = stored.record
        by.check_version(_version(before))
        change = decide(before)
        if change.state == before and not change.events:
            return before
        update: Document = {"$set": {**self._written(change), "outbox_at": datetime.now(UTC)}}
        push: Document = {"audit": {"$each": entered(self._source, change, by, self._about)}}
        if by.key:
            push["commands"] = {"$each": [{"key": by.key, "hash": by.body_hash}], "$slice": -COMMANDS_KEPT}
        if change.events:
            push["outbox"] = {"$each": told(self._source, change, by)}
        update["$push"] = push
        with translated():
            query = {"_id": _id(before), "org_id": by.org_id, "version": _version(before)}
            result = await self.collection.update_one(query, update)
        if not result.matched_count:
            raise Stale("Somebody else changed this at the same moment. Read it again and retry.")
        self._saved()
        return change.state

    async def create_all(self, by: Stamp, changes: Sequence[Change[R]]) -> tuple[R, ...]:
        """Save many new aggregates, each in the one write of its own; those whose id or unique value is taken are left.

        For a worker that can begin again: give natural ids, and a repeat creates nothing twice. Those without events do
        not wait for the relay, which would write each of them a second time: their worker lets the relay `hand_on` the
        entries, and what a crash leaves behind when it begins again. Gives what was saved.
        """
        documents = [
            {"_id": _id(change.state), "org_id": by.org_id, **self._document(by, change)} for change in changes
        ]
        for document in documents:
            if not document["outbox"]:
                del document["outbox_at"]
        taken: set[int] = set()
        try:
            with translated():
                await self.collection.insert_many(documents, ordered=False)
        except DuplicateKeyError as error:
            details = cast(BulkWriteError, error.__cause__).details or {}
            taken = {each["index"] for each in details["writeErrors"]}
        self._saved()
        return tuple(change.state for number, change in enumerate(changes) if number not in taken)

    async def _insert(self, object_id: str, by: Stamp, change: Change[R]) -> R:
        document = {"_id": object_id, "org_id": by.org_id, **self._document(by, change)}
        with translated():
            await self.collection.insert_one(document)
        self._saved()
        return change.state

    def _saved(self) -> None:
        self.has_news = True
        self._on_saved()

    def _document(self, by: Stamp, change: Change[R]) -> Document:
        document: Document = {"order": time_ordered_id(), **milestone(_id(change.state)), **self._written(change)}
        document["commands"] = [{"key": by.key, "hash": by.body_hash}] if by.key else []
        document |= {"outbox": told(self._source, change, by), "audit": entered(self._source, change, by, self._about)}
        document["outbox_at"] = datetime.now(UTC)
        return document

    def _written(self, change: Change[R]) -> Document:
        """What is set with each change; a store may add what it finds its aggregates by."""
        state = msgspec.to_builtins(change.state, builtin_types=(datetime,))
        return {"version": _version(change.state), "state": state}

    async def _load(self, org_id: str, object_id: str) -> Stored[R] | None:
        with translated():
            document = await self.collection.find_one({"_id": object_id, "org_id": org_id})
        return self._read(document) if document else None

    def _read(self, document: Document) -> Stored[R]:
        record = msgspec.convert(document["state"], self._kind)
        return Stored(record, tuple(document.get("commands", ())))


def _of(org_id: str, where: Mapping[str, object]) -> tuple[Document, Document]:
    """Those of an organisation by the first of these fields, and what the others must be; a tuple means any of it."""
    values = {f"state.{field}": {"$in": list(it)} if isinstance(it, tuple) else it for field, it in where.items()}
    first = dict(list(values.items())[:1])
    return {"org_id": org_id, **first}, {field: it for field, it in values.items() if field not in first}


def _id(record: Record) -> str:
    return str(cast(Any, record).id)


def _version(record: Record) -> int:
    return int(cast(Any, record).version)


def _remembered[R: Record](stored: Stored[R], by: Stamp) -> R | None:
    for command in stored.commands:
        if by.key and command["key"] == by.key:
            return _answer_again(stored, by)
    return None


def _answer_again[R: Record](stored: Stored[R], by: Stamp) -> R:
    hashes = {command["key"]: command["hash"] for command in stored.commands}
    if hashes.get(by.key, by.body_hash) != by.body_hash:
        raise IdempotencyMismatch(
            "This idempotency key was used with another body. Use a new key for a new command.", field="idempotencyKey"
        )
    REPEATS.labels("event" if by.key and by.key.startswith("event|") else "command").inc()
    log.info("duplicate_suppressed", object_id=_id(stored.record))  # never the key: a client may put words into it
    return stored.record
