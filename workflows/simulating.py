"""A simulation on the engine: split into parts, each played in a process beside the worker, and added up.

So it goes on after any process died, is kept like everything else that the engine keeps, and holds up nobody's cycle.
"""

import asyncio
import sys
from datetime import datetime, timedelta

import msgspec
from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from contracts.identity import ProgrammePolicy
    from contracts.simulation import Figures, Simulation
    from workflows.simulation import tally
    from workflows.simulation.figures import figures
    from workflows.simulation.life import Plan
    from workflows.simulation.tally import Tally

NAME = "simulation"
SIMULATIONS = "simulations"
PLAY = "play"
PROGRESS = "progress"
PROGRAM = ("-m", "workflows.simulation")
_PARTS = 20  # of one simulation: each is a step of its progress
_SMALLEST = 10  # pairs: less would mostly start processes
_PATIENCE = timedelta(minutes=10)  # for one part; the largest takes a minute
_TRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=4)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A simulation with the policy that it is about. `offset`: how far ahead of the real time this installation is."""

    simulation: Simulation
    policy: ProgrammePolicy
    offset: timedelta = timedelta()

    def parts(self) -> list[Plan]:
        """The same pairs however they are split: each is known by its number."""
        asked = self.simulation
        size = max(_SMALLEST, -(-asked.pairs // _PARTS))
        return [
            Plan(
                policy=self.policy,
                months=asked.months,
                mix={each.profile: each.share for each in asked.behaviour},
                seed=asked.seed,
                first=first,
                pairs=min(size, asked.pairs - first),
            )
            for first in range(0, asked.pairs, size)
        ]


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What it came to, and when."""

    figures: Figures
    finished_at: datetime


@workflow.defn(name=NAME)
class SimulationRun:
    """One simulation."""

    @workflow.run
    async def run(self, asked: Asked) -> Answered:
        """Play all parts, as many at a time as there are processes."""
        parts = asked.parts()
        weeks, played = parts[0].weeks, 0
        total = tally.empty(weeks)

        async def play(plan: Plan) -> None:
            nonlocal played
            part: Tally = await workflow.execute_activity(
                PLAY, plan, result_type=Tally, start_to_close_timeout=_PATIENCE, retry_policy=_TRIES
            )
            tally.add(total, part)
            played += plan.pairs
            workflow.upsert_memo({PROGRESS: played * 100 // asked.simulation.pairs})

        async with asyncio.TaskGroup() as group:
            for plan in parts:
                group.create_task(play(plan))
        return Answered(figures=figures(total), finished_at=workflow.now() + asked.offset)


@activity.defn(name=PLAY)
async def play_beside(plan: Plan) -> Tally:
    """Play a part in a process of its own."""
    return msgspec.json.decode(await beside(PROGRAM, plan), type=Tally)


async def beside(program: tuple[str, ...], plan: msgspec.Struct) -> bytes:
    """What a program of ours writes about this plan; it ends with whoever waits for it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *program, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        written, _ = await process.communicate(msgspec.json.encode(plan))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"The simulation ended with {process.returncode}")
    return written
