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
from kit.pages import Walk, among, value_at
from services.identity.actions import Context
from services.identity.actions.directory import create_unit, unit_id_of
from services.identity.actions.importing import Importer
from services.identity.actions.imports import get_user_imports, import_users
from services.identity.actions.people import list_users
from services.identity.model.directory import END, facet
from services.identity.store import Store, stone

FEW, MANY = 1_000, 5_000  # 100,000 by argument: python -m tests.bench.people 100000
ROWS_A_PART = 1_000
PAGE = 50
REPEATS = 21
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
            importer = Importer(store, context.clock, relay.hand_on)
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
    console.print(imports)
    late = await _pages(context)
    places = ("first", "middle", "last", "middle / first", "last / first", f"first / first of {FEW:,}")
    found = Table(f"page of {PAGE}", *places, title=f"Found among {many:,}: ms, median of {REPEATS}")
    for name, times in late.items():
        first, middle, last = times
        ratios = (middle / first, last / first, first / early[name][0])
        found.add_row(name, *(f"{each:.1f}" for each in times), *(f"{each:.2f}" for each in ratios))
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


async def _pages(context: Context) -> dict[str, tuple[float, ...]]:
    """What the first page of each list, one in the middle and the last one cost."""
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
        pages = [ListUsers(first=PAGE, after=after, **given) for after in (None, *await _cursors(context, given))]
        times[name] = await _medians(context, pages)
    return times


async def _cursors(context: Context, given: dict[str, Any]) -> tuple[str, str]:
    """A place about the middle of a list, found by its milestones, and the one from which its last page is left."""
    key = "found_by.email" if "email" in given else "found_by.name" if given else "order"
    begins = given.get("email") or given.get("name")
    ends: tuple[dict[str, Any], dict[str, Any]] = ({"$lt": begins + END}, {"$gte": begins}) if begins else ({}, {})
    chosen = facet(**{name: given[name] for name in ("state", "role", "unit_id") if name in given})

    def entries(level: int) -> dict[str, Any]:
        return {"org_id": "acme", "found_by.facets": stone(level, chosen)}

    select = context.store.accounts.select
    for level in (2, 1, 0):
        reach: dict[str, Any] = {key: ends[0] | ends[1]} if begins else {}
        some = await select(entries(level) | reach, (key, 1), 5_000, keys_only=True)
        if some:
            break
    walk = Walk(select, entries, key, begin=ends[0], end=ends[1], backwards=True)
    if not given:
        walk = Walk(select, among({"org_id": "acme"}), key)
    rest = await walk.first(PAGE + 1)
    return value_at(some[len(some) // 2], key), value_at(rest[-1], key)


async def _medians(context: Context, requests: list[ListUsers]) -> tuple[float, ...]:
    """What each costs, measured by turns, so that what else the machine does meets them alike."""
    times: list[list[float]] = [[] for _ in requests]
    for _ in range(REPEATS):
        for request, taken in zip(requests, times, strict=True):
            began = time.perf_counter()
            await list_users(context, ADA, request)
            taken.append(time.perf_counter() - began)
    return tuple(sorted(taken)[REPEATS // 2] * 1000 for taken in times)


if __name__ == "__main__":
    main(Console(), *map(int, sys.argv[1:2]))
