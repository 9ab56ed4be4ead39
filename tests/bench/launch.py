"""`make bench-launch`: a programme launched at once on the embedded servers, and what each open cycle costs.

The pairs are put into identity's database as a matching leaves them; from their confirmation on everything is the
platform's own: events, proposals, cycles. It takes minutes, so it is no part of `make bench`.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from contracts.identity import (
    ConfirmMatches,
    CreateProgramme,
    MatchPair,
    MatchReason,
    MatchRun,
    PairState,
    ReasonKind,
    Role,
    RunState,
)
from contracts.wire import Caller, Change
from deploy.local.parts import IDENTITY, WORKFLOWS
from deploy.local.stack import Stack
from kit.clock import Clock
from kit.command import Stamp
from kit.mongo import connect
from services.identity.actions import Context
from services.identity.actions.matching import confirm_matches
from services.identity.actions.programmes import create_programme
from services.identity.model.match_runs import MatchResult
from services.identity.store import Store
from workflows.census import OPEN

CYCLES = 2_000
PATIENCE = 1_200.0  # seconds
PRIYA = Caller(org_id="acme", user_id="priya", roles=(Role.PROGRAMME_MANAGER,))
MIB = 1 << 20
REASONS = tuple(MatchReason(kind=kind, weight=20, fit=90) for kind in ReasonKind)


@dataclass
class Costs:
    """What the platform takes at a moment."""

    worker: int
    engine: int
    database: int
    busy: Counter[str]

    @classmethod
    def now(cls, stack: Stack) -> "Costs":
        """Memory of the workflows part and the engine, the engine's file with its log, and who worked for how long."""
        engine = stack.backends["temporal"]
        files = (stack.state / "temporal").glob("temporal.db*")
        size = sum(file.stat().st_size for file in files)
        return cls(stack.running["workflows"].rss(), engine.rss(), size, _busy(stack))


def _busy(stack: Stack) -> Counter[str]:
    """Processor milliseconds of each part and server so far."""
    parts = {part.pid: name for name, part in stack.running.items()}
    busy: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            times = process.cpu_times()
            busy[parts.get(process.pid) or process.name()] += int((times.user + times.system) * 1_000)
    return busy


async def main(cycles: int = CYCLES) -> None:
    """Launch, wait and print."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        async with Stack(Path(folder), parts=(IDENTITY, WORKFLOWS), environ={}, disposable=True) as stack:
            client = await Client.connect(stack.backends["temporal"].url)
            async with _identity(stack) as context:
                await _launch(context, client, "warm", 20)
                await _started(console, client, 20)
                await asyncio.sleep(5)  # what the first cycles made the processes load is no part of the figures
                before, began = Costs.now(stack), time.perf_counter()
                run_id = await _launch(context, client, "launch", cycles)
                proposed = asyncio.create_task(_proposed(console, context, run_id, began, cycles))
                await _started(console, client, cycles + 20)
                took = time.perf_counter() - began
                await asyncio.sleep(5)
                after = Costs.now(stack)
                console.print(f"{await proposed:6.1f} s  all proposed")
                console.print(figures(cycles, took, before, after))
                await _repeat(console, context, client, run_id, cycles + 20)
            del client
            await asyncio.sleep(0.2)


def figures(cycles: int, took: float, before: Costs, after: Costs) -> Table:
    """The table."""
    table = Table("figure", "value", title=f"{cycles:,} proposals confirmed at once")
    table.add_row("seconds until all cycles ran", f"{took:.1f}")
    table.add_row("starts per second", f"{cycles / took:.1f}")
    table.add_row("worker KiB per open cycle", f"{(after.worker - before.worker) / cycles / 1024:.1f}")
    table.add_row("worker MiB before, after", f"{before.worker / MIB:.0f}, {after.worker / MIB:.0f}")
    table.add_row("engine MiB before, after", f"{before.engine / MIB:.0f}, {after.engine / MIB:.0f}")
    table.add_row("database bytes per cycle", f"{(after.database - before.database) / cycles:,.0f}")
    for name, milliseconds in (after.busy - before.busy).most_common(4):
        table.add_row(f"processor ms per cycle: {name}", f"{milliseconds / cycles:.1f}")
    table.add_row("load of the machine", f"{psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores")
    return table


@asynccontextmanager
async def _identity(stack: Stack) -> AsyncIterator[Context]:
    """The identity service's actions on its own database; its process does what follows from them."""
    client, database = connect(stack.backends["mongodb"].url, "inzpireu_identity", timeout_ms=60_000)
    nothing: Any = None
    rest = dict.fromkeys(("passwords", "keys", "limiter", "providers", "seal", "trail"), nothing)
    yield Context(store=Store(database, lambda: None), clock=Clock(), open_registration=False, **rest)
    client.close()


async def _launch(context: Context, client: Client, name: str, pairs: int) -> str:
    programme = await create_programme(context, PRIYA, CreateProgramme(name=name))
    now, run_id = datetime.now(UTC), f"run-{name}"
    by = Stamp(PRIYA.org_id, PRIYA.user_id, now)
    run = MatchRun(
        id=run_id, org_id=PRIYA.org_id, programme_id=programme.id, state=RunState.DONE, progress=100, matched=pairs,
        requested_by=PRIYA.user_id, created_at=now,
    )  # fmt: skip
    found = tuple(
        MatchPair(
            mentee_id=f"{name}-mentee-{number:05}", mentor_id=f"{name}-mentor-{number:05}", score=9_000, reasons=REASONS
        )
        for number in range(pairs)
    )
    result = MatchResult(id=run_id, org_id=PRIYA.org_id, programme_id=programme.id, pairs=found, unmatched=())
    await context.store.match_runs.create(by, lambda _: Change(run), new_id=run_id)
    await context.store.match_results.put(run_id, by, lambda _: Change(result))
    await confirm_matches(context, PRIYA, ConfirmMatches(match_run_id=run_id))
    return run_id


async def _proposed(console: Console, context: Context, run_id: str, began: float, pairs: int) -> float:
    """How long it took until all were proposed; says so meanwhile."""
    told = 0
    while (run := await context.store.match_runs.get(PRIYA.org_id, run_id)).proposed < pairs:
        if run.proposed >= told + pairs // 10:
            told = run.proposed
            console.print(f"{time.perf_counter() - began:6.1f} s  {run.proposed:,} proposed, {run.confirmed:,} to go")
        await asyncio.sleep(0.5)
    return time.perf_counter() - began


async def _started(console: Console, client: Client, wanted: int) -> None:
    began, told = time.perf_counter(), 0
    while (running := (await client.count_workflows(OPEN)).count) < wanted:
        assert time.perf_counter() - began < PATIENCE, f"{running} of {wanted} cycles run"
        if running >= told + wanted // 10:
            told = running
            console.print(f"{time.perf_counter() - began:6.1f} s  {running:,} cycles run")
        await asyncio.sleep(0.5)


async def _repeat(console: Console, context: Context, client: Client, run_id: str, wanted: int) -> None:
    """Everything is confirmed and told once more: nothing is begun twice."""
    stored = await context.store.match_results.load(PRIYA.org_id, run_id)
    by = Stamp(PRIYA.org_id, PRIYA.user_id, datetime.now(UTC))
    await context.store.match_results.amend(stored, by, _as_before)
    await confirm_matches(context, PRIYA, ConfirmMatches(match_run_id=run_id))
    await asyncio.sleep(1)
    async with asyncio.timeout(PATIENCE):
        while await _waits(context, run_id):  # noqa: ASYNC110 -- another process does it
            await asyncio.sleep(0.5)
    await asyncio.sleep(5)
    running = (await client.count_workflows(OPEN)).count
    console.print(f"all confirmed once more: {running:,} cycles run, {running - wanted} more than before")


def _as_before(result: MatchResult) -> Change[MatchResult]:
    """As if nobody had confirmed anything yet."""
    pairs = tuple(
        MatchPair(mentee_id=p.mentee_id, mentor_id=p.mentor_id, score=p.score, reasons=p.reasons) for p in result.pairs
    )
    changed = MatchResult(
        id=result.id, org_id=result.org_id, programme_id=result.programme_id, pairs=pairs, unmatched=(),
        version=result.version + 1,
    )  # fmt: skip
    return Change(changed)


async def _waits(context: Context, run_id: str) -> bool:
    """Whether a pair is still to be proposed."""
    result = await context.store.match_results.get(PRIYA.org_id, run_id)
    return any(pair.state in {PairState.SUGGESTED, PairState.CONFIRMED} for pair in result.pairs)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
