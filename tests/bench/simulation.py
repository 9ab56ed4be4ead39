"""What it takes to play a large programme, and to live a past one once more: as the platform does it, in parts.

As many parts at a time as there are processes beside one worker, each in a process of its own; twice, to see that the
seed says all.
"""

import asyncio
import resource
import time
from datetime import UTC, datetime

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from contracts.identity import ProgrammePolicy
from contracts.simulation import ProfileShare, Simulation
from tests.workflows.past import lived
from workflows.simulating import PROGRAM, Asked, beside
from workflows.simulation import tally
from workflows.simulation.behaviour import USUAL
from workflows.simulation.figures import figures
from workflows.simulation.life import Plan
from workflows.simulation.past import PastPlan
from workflows.simulation.tally import Tally
from workflows.worker import PROCESSES

MONTHS, SEED = 12, 2026
SIZES = (100, 1_000)
PASTS = 100  # a cohort; told by simulated people


def main(console: Console) -> None:
    """Print the table."""
    asyncio.run(_run(console))


async def _run(console: Console) -> None:
    table = Table("what", "pairs", "parts", "seconds", "pairs / s", "bytes as before", "largest process MiB")
    for pairs in SIZES:
        table.add_row("a programme", *await _played(pairs))
    table.add_row("a past, twice", *await _relived(PASTS))
    load = f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores"
    console.print(f"{MONTHS} months simulated in {PROCESSES} processes at a time, their start included; {load}")
    console.print(table)


async def _played(pairs: int) -> list[str]:
    plans = _asked(pairs).parts()
    began = time.perf_counter()
    first = await _all(PROGRAM, plans)
    took = time.perf_counter() - began
    same = _written(first) == _written(await _all(PROGRAM, plans))
    return _row(pairs, len(plans), took, same=same)


async def _relived(pairs: int) -> list[str]:
    plans = _asked(pairs).parts()
    past = [
        PastPlan(
            policy=ProgrammePolicy(missed_escalated=3), weeks=plan.weeks,
            lives=[lived(plan, number)[1] for number in range(plan.first, plan.first + plan.pairs)],
        )
        for plan in plans
    ]  # fmt: skip
    program = (*PROGRAM, "past")
    began = time.perf_counter()
    first = await _all(program, past)
    took = time.perf_counter() - began
    return _row(pairs, len(plans), took, same=first == await _all(program, past))


def _asked(pairs: int) -> Asked:
    behaviour = tuple(ProfileShare(profile=profile, share=share) for profile, share in USUAL.items())
    simulation = Simulation(
        id="s", org_id="o", programme_id="p", policy_version=1, pairs=pairs, months=MONTHS, behaviour=behaviour,
        seed=SEED, requested_by="priya", created_at=datetime.now(UTC),
    )  # fmt: skip
    return Asked(simulation=simulation, policy=ProgrammePolicy())


async def _all(program: tuple[str, ...], plans: list[Plan] | list[PastPlan]) -> list[bytes]:
    gate = asyncio.Semaphore(PROCESSES)

    async def one(plan: msgspec.Struct) -> bytes:
        async with gate:
            return await beside(program, plan)

    return list(await asyncio.gather(*map(one, plans)))


def _written(parts: list[bytes]) -> bytes:
    counted = [msgspec.json.decode(part, type=Tally) for part in parts]
    total = tally.empty(len(counted[0].weeks))
    for part in counted:
        tally.add(total, part)
    return msgspec.json.encode(figures(total))


def _row(pairs: int, parts: int, took: float, *, same: bool) -> list[str]:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [f"{pairs:,}", f"{parts}", f"{took:.1f}", f"{pairs / took:.0f}", "yes" if same else "NO", f"{peak:.0f}"]


if __name__ == "__main__":
    main(Console())
