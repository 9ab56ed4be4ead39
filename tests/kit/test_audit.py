"""The trail on the real server: what is saved leaves an entry, once, in one chain, whoever appends."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from contracts.audit import AuditEntry, AuditFault, AuditProblem, ReadAuditLog
from contracts.errors import Invalid
from contracts.identity import Role
from contracts.wire import Caller, Change
from kit.audit import Trail
from kit.audit_log import read_audit_log
from kit.chain import About, Inspection
from kit.clock import Clock
from kit.mongo import Aggregates, Database
from kit.outbox import Relay
from kit.telemetry import attached
from tests.kit.test_chain import an_entry
from tests.kit.things import NOW, Thing, a_stamp, a_thing, adding

MARIA = Caller(org_id="acme", user_id="maria")
PRIYA = Caller(org_id="acme", user_id="priya", roles=(Role.PROGRAMME_MANAGER,))
PAULA = Caller(org_id="acme", user_id="paula", programme_ids=("p",))
ADA = Caller(org_id="acme", user_id="ada", roles=(Role.ORG_ADMIN,))


@pytest.fixture
async def trail(database: Database) -> Trail:
    trail = Trail(database, "test")
    await trail.prepare()
    return trail


@pytest.fixture
async def things(database: Database) -> Aggregates[Thing]:
    things = Aggregates(database, "things", Thing, about=About(person="name"), source="test")
    await things.prepare()
    return things


class _Nowhere:
    """A broker that takes nothing."""

    part = "things"

    async def publish(self, _topic: str, _id: str, _body: bytes) -> None:
        raise ConnectionError("away")


class _Everywhere:
    """A broker that takes everything."""

    part = "things"

    async def publish(self, _topic: str, _id: str, _body: bytes) -> None:
        """Taken."""


def relay(trail: Trail, bus: Any = None) -> Relay:
    there: Any = bus or _Everywhere()
    return Relay(there, trail)


async def chain(trail: Trail, org_id: str = "acme") -> list[Mapping[str, Any]]:
    return await trail.stretch(org_id, 0, 1_000)


async def faults(trail: Trail, org_id: str = "acme") -> tuple[AuditFault, ...]:
    inspection = Inspection()
    for entry in await chain(trail, org_id):
        inspection.look(entry)
    return inspection.faults()


async def test_a_change_leaves_its_entry_in_the_same_write(things: Aggregates[Thing]) -> None:
    with attached("testing.add_to_thing", correlation="request-7"):
        thing = await things.create(a_stamp(roles=("org_admin",)), a_thing("sofia"))
    document = await things.collection.find_one({"_id": thing.id})
    assert document is not None
    (kept,) = document["audit"]
    entry = msgspec.json.decode(kept["body"], type=AuditEntry)
    assert (entry.who, entry.roles, entry.what) == ("maria", ("org_admin",), "testing.add_to_thing")
    assert (entry.kind, entry.object_id, entry.version) == ("Thing", thing.id, 1)
    assert (entry.at, entry.correlation_id, entry.people) == (NOW, "request-7", ("sofia",))


async def test_a_decision_that_changes_nothing_leaves_no_entry(things: Aggregates[Thing], trail: Trail) -> None:
    thing = await things.create(a_stamp(), a_thing())
    await things.amend(await things.load("acme", thing.id), a_stamp(), Change)
    await relay(trail).empty(things.collection)
    assert len(await chain(trail)) == 1


async def test_every_change_is_in_the_chain_of_its_organisation_once(things: Aggregates[Thing], trail: Trail) -> None:
    for org_id in ("acme", "umbrella"):
        thing = await things.create(a_stamp(org_id=org_id), a_thing(org_id=org_id))
        for _ in range(3):
            await things.amend(await things.load(org_id, thing.id), a_stamp(org_id=org_id), adding())
    await relay(trail).empty(things.collection)
    for org_id in ("acme", "umbrella"):
        entries = await chain(trail, org_id)
        assert [(entry["seq"], entry["version"]) for entry in entries] == [(1, 1), (2, 2), (3, 3), (4, 4)]
        assert await faults(trail, org_id) == ()
    assert await things.collection.count_documents({"outbox_at": {"$exists": True}}) == 0


async def test_a_crash_between_appending_and_clearing_leaves_one_entry(
    things: Aggregates[Thing], trail: Trail, database: Database
) -> None:
    thing = await things.create(a_stamp(), a_thing())
    document = await things.collection.find_one({"_id": thing.id})
    assert document is not None
    entries = [msgspec.json.decode(each["body"], type=AuditEntry) for each in document["audit"]]
    await trail.append(entries)  # and here it dies: nothing was cleared
    await things.amend(await things.load("acme", thing.id), a_stamp(), adding())
    again = Trail(database, "test")
    await relay(again).empty(things.collection)
    assert [(entry["seq"], entry["version"]) for entry in await chain(trail)] == [(1, 1), (2, 2)]
    assert await faults(trail) == ()


async def test_what_was_saved_together_is_handed_on_by_its_worker_and_once(
    things: Aggregates[Thing], trail: Trail
) -> None:
    saved = await things.create_all(
        a_stamp(), [Change(Thing(id=f"t-{n}", org_id="acme", name=f"{n}")) for n in range(3)]
    )
    await relay(trail).empty(things.collection)
    assert await chain(trail) == [], "without events they do not wait for the relay"
    ids = [thing.id for thing in saved]
    for some in (ids[:2], ids, ids):
        await relay(trail).hand_on(things.collection, "acme", some)
    await relay(trail).hand_on(things.collection, "umbrella", ids)
    await things.amend(await things.load("acme", "t-1"), a_stamp(), adding())
    await relay(trail).empty(things.collection)
    told = [(entry["objectId"], entry["version"]) for entry in await chain(trail)]
    assert told == [("t-0", 1), ("t-1", 1), ("t-2", 1), ("t-1", 2)]
    assert await faults(trail) == ()


async def test_those_who_append_at_once_fork_nothing_and_lose_nothing(database: Database, trail: Trail) -> None:
    others = [Trail(database, "test") for _ in range(4)]
    shared = [an_entry(number) for number in range(30)]
    await asyncio.gather(
        *(each.append(shared[start : start + 7]) for each in (trail, *others) for start in range(0, 28, 7)),
        *(each.append([an_entry(100 + number)]) for number, each in enumerate(others)),
    )
    entries = await chain(trail)
    assert sorted(entry["id"] for entry in entries) == sorted([f"e-{n}" for n in (*range(28), 100, 101, 102, 103)])
    assert await faults(trail) == ()


async def test_the_trail_does_not_wait_for_the_broker(things: Aggregates[Thing], trail: Trail) -> None:
    thing = await things.create(a_stamp(), a_thing())
    with pytest.raises(ConnectionError):
        await relay(trail, _Nowhere()).empty(things.collection)
    assert len(await chain(trail)) == 1
    document = await things.collection.find_one({"_id": thing.id})
    assert document is not None
    assert (document["audit"], len(document["outbox"]), "outbox_at" in document) == ([], 1, True)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"$set": {"entry.who": "tom"}}, AuditProblem.ALTERED),
        ({"$set": {"tags": ["person:tom"]}}, AuditProblem.ALTERED),
        ({"$set": {"seq": 99}}, AuditProblem.MISSING),
        ({"$set": {"org_id": "umbrella"}}, AuditProblem.MISSING),
    ],
)
async def test_a_document_that_was_changed_is_found(
    trail: Trail, change: dict[str, Any], problem: AuditProblem
) -> None:
    await trail.append(an_entry(number) for number in range(6))
    await trail.collection.update_one({"_id": "e-2", "org_id": "acme"}, change)
    assert AuditFault(seq=3, problem=problem) in await faults(trail)


async def test_looking_at_ones_own_data_leaves_no_trace_and_at_others_one_an_hour(trail: Trail) -> None:
    with attached("identity.get_users"):
        await trail.saw(MARIA, ["maria"], NOW, kind="Account", object_id="maria")
        for _ in range(3):
            await trail.saw(PRIYA, ["maria", "priya"], NOW, kind="Account", object_id="maria")
        await trail.saw(PRIYA, ["maria", "sofia"], NOW, kind="Account", object_id="sofia")
        await trail.saw(Caller(org_id="acme", part="goals"), ["maria"], NOW, kind="Account", object_id="maria")
    page = await read_audit_log(trail, Clock(), MARIA, ReadAuditLog())
    assert [(entry.who, entry.what, entry.people) for entry in page.items] == [
        ("priya", "identity.get_users", ("maria",))
    ]
    assert len(await chain(trail)) == 2


async def test_a_page_goes_on_where_the_one_before_ended(trail: Trail) -> None:
    await trail.append(an_entry(number) for number in range(1, 8))
    first = await trail.page("acme", None, first=4, after=None)
    rest = await trail.page("acme", None, first=4, after=first.end_cursor)
    assert [entry.seq for entry in (*first.items, *rest.items)] == [7, 6, 5, 4, 3, 2, 1]
    assert (first.has_next, rest.has_next) == (True, False)
    with pytest.raises(Invalid):
        await trail.page("acme", None, first=4, after="²")


async def test_reading_what_somebody_did_leaves_a_trace_for_them_once_an_hour(trail: Trail) -> None:
    await trail.append([an_entry(1)])
    of_maria = ReadAuditLog(person_id="maria")
    await read_audit_log(trail, Clock(), MARIA, of_maria)
    await read_audit_log(trail, Clock(), ADA, ReadAuditLog(person_id="nobody has this id"))
    assert (await trail.checkpoint("acme")).seq == 1
    for _ in range(2):
        await read_audit_log(trail, Clock(), ADA, of_maria)
    look = (await read_audit_log(trail, Clock(), MARIA, of_maria)).items[0]
    assert (look.seq, look.who, look.kind, look.people) == (2, "ada", "AuditLog", ("maria",))
