"""What an organisation of very many people costs: importing them, and finding them at the start and at the end."""

import asyncio
import resource
import sys
import tempfile
import time
from itertools import batched
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from contracts.identity import CreateUnit, ImportState, ImportUsers, ListUsers, Role, UserState
from contracts.subscriptions import SUBSCRIPTIONS
from contracts.wire import ByIds, Caller
from deploy.local.backends import Backends
from kit.audit import Trail
from kit.bus import Bus
from kit.clock import Clock
from kit.mongo import connect
from kit.outbox import Relay
from services.identity.actions import Context
from services.identity.actions.directory import create_unit, found_accounts, unit_id_of
from services.identity.actions.importing import Importer
from services.identity.actions.imports import get_user_imports, import_users
from services.identity.actions.people import list_users
from services.identity.store import Store

FEW, MANY = 1_000, 5_000  # 100,000 by argument: python -m tests.bench.people 100000
ROWS_A_PART = 1_000
REPEATS = 5
UNITS = 20
ADA = Caller(org_id="acme", user_id="ada", roles=(Role.ORG_ADMIN,))
GIVEN = ("Zoë", "Maria", "Émile", "Łukasz", "Priya", "Tom", "Sofia", "Øyvind", "Ada", "Noor")


def main(console: Console, many: int = MANY) -> None:
    """Print two tables."""
    asyncio.run(_run(console, many))


async def _run(console: Console, many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Backends(state=Path(folder), environ={}, disposable=True) as backends:
            client, database = connect(backends["mongodb"].url, "bench_people", timeout_ms=60_000)
            trail, nothing = Trail(database, "identity"), _nothing()
            relay = Relay(Bus(backends["amqp"].url, "identity", SUBSCRIPTIONS), trail)
            store = Store(database, relay.wake)
            await asyncio.gather(trail.prepare(), *(each.prepare() for each in store.aggregates))
            rest = dict.fromkeys(("passwords", "keys", "limiter", "providers", "seal"), nothing)
            context = Context(store=store, trail=trail, clock=Clock(), open_registration=False, **rest)
            importer = Importer(store, context.clock, relay.empty)
            await _measure(console, context, importer, many)
            client.close()


def _nothing() -> Any:
    """What no import and no list asks for."""
    return None


async def _measure(console: Console, context: Context, importer: Importer, many: int) -> None:
    for number in range(UNITS):
        await create_unit(context, ADA, CreateUnit(name=f"Unit {number}"))
    imports = Table("people", "seconds", "people / s", "peak MiB of the process", title="Imported in the background")
    imports.add_row(*await _imported(context, importer, 0, FEW))
    early = await _pages(context)
    imports.add_row(*await _imported(context, importer, FEW, many))
    late = await _pages(context)
    found = Table("page of 50", f"ms of {FEW:,}", f"ms of {many:,}", "ratio", title="Found, median of 5")
    for name, before in early.items():
        found.add_row(name, f"{before:.1f}", f"{late[name]:.1f}", f"{late[name] / before:.2f}")
    console.print(imports)
    console.print(found)


async def _imported(context: Context, importer: Importer, start: int, end: int) -> list[str]:
    began, import_id = time.perf_counter(), None
    lines = (_line(number) for number in range(start, end))
    left = end - start
    for part in batched(lines, ROWS_A_PART, strict=False):
        left -= len(part)
        heading = "" if import_id else "name,email,zone,unit,manager,roles\n"
        request = ImportUsers(csv=heading + "".join(part), import_id=import_id, more=left > 0)
        import_id = (await import_users(context, ADA, request)).id
    while await importer.work():
        pass
    took = time.perf_counter() - began
    (ended,) = await get_user_imports(context, ADA, ByIds(ids=(str(import_id),)))
    assert (ended.state, ended.created) == (ImportState.DONE, end - start), ended.problems[:3]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [f"{end - start:,}", f"{took:.1f}", f"{(end - start) / took:,.0f}", f"{peak:.0f}"]


def _line(number: int) -> str:
    name = f"{GIVEN[number % len(GIVEN)]} Family{number * 7919 % 100_003:06}"
    manager = f"p{number // 10}@acme.example" if number else ""
    role = "auditor" if number % 500 == 0 else ""
    return f"{name},p{number}@acme.example,Europe/Berlin,Unit {number % UNITS},{manager},{role}\n"


async def _pages(context: Context) -> dict[str, float]:
    unit_id = unit_id_of("acme", "Unit 7")
    wanted: dict[str, dict[str, Any]] = {
        "newest first": {},
        "by state": {"state": UserState.INVITED},
        "by unit": {"unit_id": unit_id},
        "by role and state": {"role": Role.AUDITOR, "state": UserState.INVITED},
        "by unit, name begins": {"unit_id": unit_id, "name": "oyv"},
        "name begins": {"name": "zoe family0"},
        "address begins": {"email": "p99"},
    }
    times = {}
    for name, given in wanted.items():
        times[name] = await _median(context, ListUsers(first=50, **given))
        last = await _last(context, given)
        times[f"{name}, the last page"] = await _median(context, ListUsers(first=50, after=last, **given))
    return times


async def _last(context: Context, given: dict[str, Any]) -> str | None:
    """A cursor from which at most a page is left, found by walking in the store without showing anybody."""
    accounts, after, before = context.store.accounts, None, None
    if not given:
        oldest = await accounts.page("acme", {}, first=51, after=None)
        return oldest.end_cursor
    while True:
        page = await found_accounts(context, "acme", ListUsers(first=100, after=after, **given))
        if not page.has_next:
            return page.cursors[-51] if len(page.cursors) > 50 else before
        before, after = after, page.end_cursor


async def _median(context: Context, request: ListUsers) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        await list_users(context, ADA, request)
        times.append(time.perf_counter() - began)
    return sorted(times)[REPEATS // 2] * 1000


if __name__ == "__main__":
    main(Console(), *map(int, sys.argv[1:2]))
