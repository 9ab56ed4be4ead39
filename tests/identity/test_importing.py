"""The worker of imports on the real server: whatever dies and whoever else works, every row is stored and told once."""

import asyncio
import signal
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contracts.errors import Stale
from contracts.identity import ImportState, ImportUsers
from deploy.local.backends import Backends
from kit.clock import Clock
from kit.mongo import Database
from services.identity.actions.importing import CHUNK, Importer
from services.identity.actions.imports import import_users
from services.identity.model.imports import LEASE, PATIENCE, Import
from services.identity.store import Store
from tests.identity.dies_while_importing import CHUNKS
from tests.identity.importing import ADA, a_context, a_relay

ROWS = 4 * CHUNK + 7
DEADLINE = 60


class Later(Clock):
    """The clock of a worker to whom a lease of now has run out."""

    def real_now(self) -> datetime:
        """Behind every lease."""
        return super().real_now() + LEASE + timedelta(seconds=1)


@pytest.fixture
async def store(database: Database) -> Store:
    """The store of this test alone, with its trail."""
    store = Store(database, lambda: None)
    kept = (store.accounts, store.imports, store.import_parts, store.units)
    await asyncio.gather(a_relay(database).trail.prepare(), *(each.prepare() for each in kept))
    return store


def a_worker(store: Store, database: Database, clock: Clock | None = None) -> Importer:
    return Importer(store, clock or Clock(), a_relay(database).hand_on)


async def arrived(store: Store, *, rows: int = ROWS, more: bool = False, clock: Clock | None = None) -> str:
    people = "".join(f"Person {number},p{number}@acme.example\n" for number in range(rows))
    request = ImportUsers(csv="name,email\n" + people, more=more)
    return (await import_users(a_context(store, clock or Clock()), ADA, request)).id


async def check_all_once(store: Store, database: Database, import_id: str) -> None:
    """Every row is one person, whose beginning is in the trail once."""
    table = await store.imports.get("acme", import_id)
    assert (table.state, table.created, table.done) == (ImportState.DONE, ROWS, ROWS)
    accounts = [each async for each in store.accounts.collection.find({"org_id": "acme"})]
    assert Counter(each["state"]["email"] for each in accounts) == {f"p{n}@acme.example": 1 for n in range(ROWS)}
    entries = await a_relay(database).trail.stretch("acme", 0, 10 * ROWS)
    told = Counter(entry["objectId"] for entry in entries if entry["kind"] == "Account")
    assert told == {each["_id"]: 1 for each in accounts}


async def words_of(store: Store, table: Import) -> set[str]:
    return {part.csv for part in await store.import_parts.get_many("acme", table.part_ids)}


async def test_it_goes_on_where_a_killed_worker_left_off(store: Store, database: Database, backends: Backends) -> None:
    import_id = await arrived(store)
    module = "tests.identity.dies_while_importing"
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, backends["mongodb"].url, database.name, cwd=Path(__file__).parents[2]
    )
    async with asyncio.timeout(DEADLINE):
        assert await worker.wait() == -signal.SIGKILL
    saved = len([each async for each in store.accounts.collection.find({"org_id": "acme"})])
    assert saved == CHUNKS * CHUNK
    assert not await a_worker(store, database).work(), "the lease of the dead worker still holds"

    assert await a_worker(store, database, Later()).work()
    await check_all_once(store, database, import_id)
    assert await words_of(store, await store.imports.get("acme", import_id)) == {""}


async def test_two_workers_at_once_store_every_row_once(store: Store, database: Database) -> None:
    import_id = await arrived(store)
    ends = await asyncio.gather(
        a_worker(store, database).work(), a_worker(store, database, Later()).work(), return_exceptions=True
    )
    assert all(end is True or isinstance(end, Stale) for end in ends)
    while await a_worker(store, database, Later()).work():
        pass
    await check_all_once(store, database, import_id)


async def test_a_table_whose_rest_never_comes_is_forgotten_after_a_day(
    store: Store, database: Database, tmp_path: Path
) -> None:
    clock = Clock(str(tmp_path / "clock"))
    import_id = await arrived(store, rows=2, more=True, clock=clock)
    await a_worker(store, database, clock).forget()
    waiting = await store.imports.get("acme", import_id)
    assert (waiting.state, await words_of(store, waiting) == {""}) == (ImportState.RECEIVING, False)

    clock.move(PATIENCE + timedelta(seconds=1))
    await a_worker(store, database, clock).forget()
    forgotten = await store.imports.get("acme", import_id)
    assert (forgotten.state, forgotten.created) == (ImportState.REFUSED, 0)
    assert [(each.row, each.field, each.code) for each in forgotten.problems] == [(4, "csv", "INVALID")]
    assert await words_of(store, forgotten) == {""}
