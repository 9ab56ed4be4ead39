"""The trail: what a service did for each organisation, entry after entry in one chain, in its own collection."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contracts.audit import AuditCheckpoint, AuditEntry
from contracts.errors import Invalid, Unavailable
from contracts.wire import Caller, Page
from kit.audit_policy import PROGRAMMES
from kit.chain import looked_at, sealed
from kit.mongo import Collection, Database, Document, index, insert_all, stones, translated
from kit.pages import Walk, among, check_size, milestone, page_of
from kit.turns import Turns

COLLECTION = "audit"
TRIES = 20  # of several processes that append to one chain
HEADS_KEPT = 1_000
LOOKS_KEPT = 100_000


def tags_of(entry: AuditEntry) -> list[str]:
    """What an entry can be asked for by: one index serves all of it."""
    tags = {f"person:{each}" for each in (*entry.people, entry.who)} | {f"object:{entry.object_id}"}
    if entry.mentorship_id:
        tags.add(f"mentorship:{entry.mentorship_id}")
    if entry.programme_id:
        tags.add(f"programme:{entry.programme_id}")
    if entry.mentorship_id or entry.programme_id:
        tags.add(PROGRAMMES)
    return sorted(tags)


class Trail:
    """All chains of one service. Only ever appends.

    An entry's id is its document's `_id`, so a repeat appends nothing; organisation and number are unique together, so
    two who append at once cannot fork a chain: the second one reads the end anew.
    """

    def __init__(self, database: Database, service: str) -> None:
        self.collection: Collection = database[COLLECTION]
        self.service = service
        self._turns = Turns()
        self._heads: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._looks: OrderedDict[tuple[str, ...], None] = OrderedDict()

    async def prepare(self) -> None:
        """Create the indexes; harmless where they are."""
        with translated():
            lists = [index("org_id", "seq", unique=True), index("org_id", "tags", "seq")]
            milestones = [stones("org_id", last="seq"), stones("org_id", "tags", last="seq")]
            await self.collection.create_indexes([*lists, *milestones])

    async def append(self, drafts: Iterable[AuditEntry]) -> None:
        """Give each a place at the end of its organisation's chain, unless it has one."""
        chains: dict[str, list[AuditEntry]] = defaultdict(list)
        for draft in drafts:
            chains[draft.org_id].append(draft)
        await asyncio.gather(*(self._extend(org_id, each) for org_id, each in chains.items()))

    async def _extend(self, org_id: str, drafts: Sequence[AuditEntry]) -> None:
        async with self._turns.at(org_id):
            for _ in range(TRIES):
                entries = sealed(drafts, *(self._heads.get(org_id) or await self._head(org_id)))
                if await insert_all(self.collection, [_document(entry) for entry in entries]):
                    self._keep_head(org_id, entries[-1])
                    return
                self._heads.pop(org_id, None)
                there = await self._present(org_id, drafts)
                drafts = [draft for draft in drafts if draft.id not in there]
                if not drafts:
                    return
        raise Unavailable("The audit chain is being written by many at once. Nothing was lost; try again.")

    def _keep_head(self, org_id: str, entry: AuditEntry) -> None:
        self._heads[org_id] = (entry.seq, entry.hash)
        self._heads.move_to_end(org_id)
        if len(self._heads) > HEADS_KEPT:
            self._heads.popitem(last=False)

    async def _head(self, org_id: str) -> tuple[int, str]:
        end = await self.checkpoint(org_id)
        return end.seq, end.hash

    async def _present(self, org_id: str, drafts: Sequence[AuditEntry]) -> set[str]:
        with translated():
            query = {"_id": {"$in": [draft.id for draft in drafts]}, "org_id": org_id}
            return {document["_id"] async for document in self.collection.find(query, {"_id": 1})}

    async def checkpoint(self, org_id: str) -> AuditCheckpoint:
        """Where the chain ends; number 0 where there is none."""
        ends = await self._walk(org_id, None, {}, backwards=True).first(1)
        entries = [document["entry"] for document in ends]
        seq, last = (entries[0]["seq"], entries[0]["hash"]) if entries else (0, "")
        return AuditCheckpoint(org_id=org_id, service=self.service, seq=seq, hash=last)

    async def saw(self, caller: Caller, people: Sequence[str], at: datetime, **what: Any) -> None:
        """Leave a trace, before they are shown, that a person looked at private data of `people`.

        `what` gives kind and object_id, and mentorship_id or programme_id where there is one. Nobody leaves a trace on
        the own data; the same look at the same person is told once an hour, so that a page read often is one entry.
        """
        hour = at.strftime("%Y-%m-%dT%H")
        looks = {each: (caller.name, str(what["kind"]), each, hour) for each in people if each != caller.user_id}
        fresh = [each for each, look in looks.items() if look not in self._looks]
        if caller.part or not fresh:
            return
        await self.append([looked_at(self.service, caller, {**what, "people": tuple(fresh), "at": at})])
        for each in fresh:
            self._looks[looks[each]] = None
        while len(self._looks) > LOOKS_KEPT:
            self._looks.popitem(last=False)

    async def page(self, org_id: str, tag: str | None, *, first: int, after: str | None) -> Page[AuditEntry]:
        """One page of an organisation's entries, newest first; those with a tag where one is given."""
        check_size(first)
        begin: Document = {}
        if after is not None:
            if not (after.isascii() and after.isdigit() and len(after) < 16):
                raise Invalid("This cursor is none of this list. Give the `endCursor` of a page.", field="after")
            begin = {"$lt": int(after)}
        documents = await self._walk(org_id, tag, begin, backwards=True).first(first + 1)
        return page_of(documents, first, "seq", lambda document: msgspec.convert(document["entry"], AuditEntry))

    async def stretch(self, org_id: str, after_seq: int, first: int) -> list[Mapping[str, Any]]:
        """Entries in their order, as they were hashed."""
        entries = await self._walk(org_id, None, {"$gt": after_seq}).first(first)
        return [_as_written(each) for each in entries]

    def _walk(self, org_id: str, tag: str | None, begin: Document, *, backwards: bool = False) -> Walk:
        entries: Document = {"org_id": org_id} | ({"tags": tag} if tag else {})
        return Walk(self._select, among(entries), "seq", begin=begin, backwards=backwards)

    async def _select(
        self, query: Document, order: tuple[str, int], limit: int, *, keys_only: bool = False
    ) -> list[Document]:
        with translated():
            found = self.collection.find(query, {"seq": 1} if keys_only else None)
            return [document async for document in found.sort(*order).limit(limit)]


async def whole_trail(database: Database) -> AsyncIterator[Mapping[str, Any]]:
    """Every entry of every organisation in this database, chain by chain: for the operator's own verifying."""
    collection: Collection = database[COLLECTION]
    with translated():
        async for document in collection.find({"org_id": {"$gt": ""}}).sort([("org_id", 1), ("seq", 1)]):
            yield _as_written(document)


def _document(entry: AuditEntry) -> Document:
    body = msgspec.to_builtins(entry)
    found_by = {"org_id": entry.org_id, "seq": entry.seq, "tags": tags_of(entry)}
    return {"_id": entry.id, **found_by, **milestone(entry.id), "entry": body}


def _as_written(document: Document) -> Mapping[str, Any]:
    """The entry; where what it is found by does not fit it, that is shown in it too, and so the hash does not fit."""
    entry: dict[str, Any] = dict(document["entry"])
    try:
        fits = tags_of(msgspec.convert(entry, AuditEntry)) == document["tags"]
    except msgspec.ValidationError:
        fits = False
    found_by = {} if fits else {"tags": document["tags"]}
    return entry | {"id": document["_id"], "orgId": document["org_id"], "seq": document["seq"]} | found_by
