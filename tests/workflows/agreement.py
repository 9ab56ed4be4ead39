"""The same pairs once simulated and once on a real engine: `make simulation-check` compares what they come to.

On the engine the people are the very same; what they do is told as signals, and the cycle's activities ask them. Time
is moved week by week, and to every moment at which somebody does something in the simulation: what they do there, and
whether they do it, the engine's own cycle decides.
"""

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.testing import TimeSkipper

from contracts.identity import Mentorship, ProgrammePolicy
from contracts.sessions import CheckIn, CheckInState
from contracts.wire import Operation
from deploy.local.backends import Backends
from kit.clock import Clock
from tests.workflows.engine import CIPHER
from workflows.activities import Deliveries
from workflows.codec import converter
from workflows.cycle import MentorshipCycle
from workflows.engine import Cycles
from workflows.facts import Fact, Scheduled, Settled, Told
from workflows.simulation import tally
from workflows.simulation.behaviour import USUAL
from workflows.simulation.life import Life, Plan, a_mentorship, play
from workflows.simulation.owed import Deed
from workflows.simulation.tally import Tally
from workflows.state import Cycle
from workflows.worker import make_worker

WITHIN = 0.02
_AT_ONCE = 8  # pairs: as many as the worker thinks about at once
_STEP, _BLINK = timedelta(weeks=1), timedelta(microseconds=1)


class People:
    """Stands in for the services: whatever a cycle wants, the two people of its pair get to know."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self._answers: dict[str, Any] = {}

    async def call(self, operation: Operation[Any, Any], token: str, request: Any) -> Any:
        """Each command once, however often it is delivered."""
        key = request.idempotency_key
        if key not in self._answers:
            life = self.lives[key.rpartition(":")[0]]
            life.record.wanted(request)
            life.plan(life.pair.react(request))
            answers = life.pair.answer(request)
            for answer in answers:
                life.record.heard(answer, request.at)
            self._answers[key] = _check_in(answers, life) if answers else None
        return self._answers[key]

    def token(self, org_id: str) -> str:
        """No token is needed here."""
        return org_id


def _check_in(answers: list[Fact], life: Life) -> CheckIn:
    (answer,) = answers
    assert isinstance(answer, Scheduled | Settled)
    state = CheckInState(answer.outcome) if isinstance(answer, Settled) else CheckInState.SCHEDULED
    at = answer.starts_at if isinstance(answer, Scheduled) and answer.starts_at else life.record.begins
    return CheckIn(
        id=answer.check_in_id, org_id="o", mentorship_id=life.cycle.mentorship_id, index=answer.index, starts_at=at,
        zone="UTC", minutes=60, state=state, created_at=at,
    )  # fmt: skip


class Watched(Life):
    """A simulated pair that remembers when somebody did something."""

    acted: list[datetime]

    def do(self, deed: Deed) -> None:
        """Remember the moment."""
        self.acted.append(deed.at)
        super().do(deed)


def acted(plan: Plan, number: int) -> list[datetime]:
    """The moments at which one of the pair does something in the simulation."""
    watched = Watched.of(plan, number)
    watched.acted = []
    watched.run(plan.ends)
    return watched.acted


class Walk:
    """One pair on the engine."""

    def __init__(self, client: Client, people: People, plan: Plan, number: int) -> None:
        self._plan, self._life = plan, Life.of(plan, number)
        self._mentorship: Mentorship = a_mentorship(plan, number)
        self._cycles = Cycles(lambda: client, Clock())
        self._skipper = TimeSkipper(client)
        self._moved = timedelta()
        self._looks = acted(plan, number)
        self._handle = client.get_workflow_handle_for(MentorshipCycle.run, self._mentorship.id)
        people.lives[self._mentorship.id] = self._life

    async def run(self) -> Tally:
        """From the proposal to the end of the plan, or of the mentorship."""
        assert await self._cycles.start(Cycle.of(self._mentorship))
        life, at = self._life, self._plan.begins
        life.plan(life.pair.propose())
        while at < self._plan.ends:
            at = min(at + _STEP, self._plan.ends, *(each for each in (life.coming, self._next_look(at)) if each))
            if not await self._live_until(at):
                break
            await self._act(at)
        return life.counted()

    def _next_look(self, at: datetime) -> datetime | None:
        return next((each for each in self._looks if each > at), None)

    async def _act(self, at: datetime) -> None:
        """Whatever is to be done until then. At the very end nothing may be under way any more."""
        last = at >= self._plan.ends
        if last:
            await self._idle()
        while (deed := self._life.due(at - _BLINK if last else at)) is not None:
            if self._life.record.closed_at is None:
                self._life.do(deed)
                told = Told(event_id=f"{deed.at}:{type(deed.fact).__name__}:{deed.keeps}", fact=deed.fact)
                await self._cycles.tell(self._mentorship.id, told)
            if last:
                await self._idle()

    async def _idle(self) -> None:
        """Wait until the engine has nothing to do for the cycle but to wait."""
        async with asyncio.timeout(60):
            while await self._is_busy():  # noqa: ASYNC110 -- what is waited for happens in another process
                await asyncio.sleep(0.05)

    async def _is_busy(self) -> bool:
        found = (await self._handle.describe()).raw_description
        return bool(found.pending_activities) or found.HasField("pending_workflow_task")

    async def _live_until(self, at: datetime) -> bool:
        """False if it is over. The cycle's clock is the real one and all that it was moved by."""
        behind = at - datetime.now(UTC) - self._moved
        if behind <= timedelta():
            return True
        self._moved += behind
        return await self._skipper.fast_forward(self._handle, behind)


async def walked(client: Client, plan: Plan) -> Tally:
    """All pairs of the plan on the engine."""
    people, gate, total = People(), asyncio.Semaphore(_AT_ONCE), tally.empty(plan.weeks)
    deliveries = Deliveries(dict.fromkeys(("identity", "goals", "sessions", "notifications"), people), people)

    async def walk(number: int) -> Tally:
        async with gate:
            return await Walk(client, people, plan, number).run()

    async with make_worker(client, [deliveries.deliver]):
        for part in await asyncio.gather(*map(walk, range(plan.first, plan.first + plan.pairs))):
            tally.add(total, part)
    return total


def compared(one: Tally) -> Mapping[str, float]:
    """The figures that have to agree."""
    cases = sum(sum(week.cases.values()) for week in one.weeks)
    last = one.weeks[-1]
    return {
        "notifications": sum(one.sent.values()),
        "mentor minutes": one.minutes,
        "check-ins held": one.held,
        "check-ins missed": one.missed,
        "escalations": cases,
        "settled": last.settled,
        "due": last.due,
        "coverage": last.settled / max(last.due, 1),
        "open at the end": one.open_at_end,
    }


def a_plan(*, pairs: int, months: int) -> Plan:
    """Pairs that begin now, for the engine's clock begins now."""
    return Plan(
        policy=ProgrammePolicy(), months=months, mix=dict(USUAL), seed=2026, pairs=pairs,
        begins=datetime.now(UTC).replace(microsecond=0),
    )  # fmt: skip


async def main(pairs: int, months: int) -> int:
    """Print both; 1 if they disagree."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as state:
        async with Backends(state=Path(state), only={"temporal"}, disposable=True) as backends:
            client = await Client.connect(backends["temporal"].url, data_converter=converter(CIPHER))
            plan, began = a_plan(pairs=pairs, months=months), time.perf_counter()
            engine = compared(await walked(client, plan))
            took = time.perf_counter() - began
    simulated = compared(play(plan))
    table = Table("figure", "simulated", "on the engine", "apart")
    worst = 0.0
    for name, value in simulated.items():
        apart = abs(value - engine[name]) / max(value, engine[name], 1e-9)
        worst = max(worst, apart)
        table.add_row(name, f"{value:,.3f}", f"{engine[name]:,.3f}", f"{apart:.2%}")
    console = Console()
    console.print(f"{pairs} pairs over {months} months, {took:.0f} s on the engine")
    console.print(table)
    return int(worst > WITHIN)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*map(int, sys.argv[1:] or ("20", "12")))))
