"""The calls this part answers: what time it is here and, in a sandbox, the moving of it."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from contracts.cycles import COUNT_CYCLES, MOVE_TIME, READ_CLOCK, CountCycles, CycleCount, MoveTime, ReadClock
from contracts.cycles import Clock as Reading
from contracts.errors import Forbidden, IdempotencyMismatch, Invalid, Unauthenticated
from contracts.policy import Act, forbidden
from contracts.wire import Caller
from kit.clock import Clock
from kit.rpc import Answer
from workflows.engine import Cycles
from workflows.policy import TABLE, Kind, need

FARTHEST = timedelta(days=366)  # in one step: every cycle is carried through it deadline by deadline
_ID = re.compile(r"[\w-]{1,64}")  # what stands in a question to the engine must not be one itself
_REMEMBERED = 1_000  # moves; a caller that repeats one does so within seconds


class TimeKeeper:
    """Answers for the clock. Remembers what it moved, so that a repeated command does not move time twice."""

    def __init__(self, cycles: Cycles, clock: Clock) -> None:
        self._cycles = cycles
        self._clock = clock
        self._moves: dict[tuple[str, str, str], tuple[timedelta, asyncio.Task[None]]] = {}

    async def read_clock(self, caller: Caller, _: ReadClock) -> Reading:
        """The moment this installation lives at."""
        need(caller, Act.READ, Kind.CLOCK, hidden=Unauthenticated("Sign in first."))
        return Reading(now=self._clock.now(), sandbox=self._clock.sandbox)

    async def move_time(self, caller: Caller, request: MoveTime) -> Reading:
        """Let the whole sandbox live later. A caller that loses patience and repeats the command waits for the same."""
        self._check(caller, request.by)
        if request.idempotency_key is None:
            await self._cycles.move(request.by)
        else:
            await self._move_once((caller.org_id, caller.name, request.idempotency_key), request.by)
        return Reading(now=self._clock.now(), sandbox=True)

    async def _move_once(self, key: tuple[str, str, str], by: timedelta) -> None:
        before, move = self._moves.get(key, (by, None))
        if before != by:
            raise IdempotencyMismatch("This idempotency key was used to move time by another step.")
        if move is None:
            move = asyncio.create_task(self._cycles.move(by))
            self._moves = dict([*self._moves.items(), (key, (by, move))][-_REMEMBERED:])
        try:
            await asyncio.shield(move)
        except Exception:
            self._moves.pop(key, None)  # what failed may be tried again under its key
            raise

    def _check(self, caller: Caller, by: timedelta) -> None:
        if not self._clock.sandbox:
            raise Forbidden("Time can be moved in a sandbox only; this installation lives in real time.")
        need(caller, Act.WRITE, Kind.TIME)
        if not timedelta() < by <= FARTHEST:
            raise Invalid(f"Move time forward, by at most {FARTHEST.days} days at once.", field="by")


class Counter:
    """Answers how far a launch has come."""

    def __init__(self, cycles: Cycles) -> None:
        self._cycles = cycles

    async def count_cycles(self, caller: Caller, request: CountCycles) -> CycleCount:
        """A programme manager asks. A programme that is not of the organisation has no cycles."""
        need(caller, Act.READ, Kind.LAUNCH, request.programme_id)
        if not _ID.fullmatch(request.programme_id):
            raise forbidden(TABLE, Kind.LAUNCH, Act.READ)
        running = await self._cycles.count(caller.org_id, request.programme_id)
        return CycleCount(programme_id=request.programme_id, running=running)


def answers(keeper: TimeKeeper, counter: Counter) -> list[Answer[Any, Any]]:
    """Each operation with the action that answers it."""
    return [
        Answer(READ_CLOCK, keeper.read_clock),
        Answer(MOVE_TIME, keeper.move_time),
        Answer(COUNT_CYCLES, counter.count_cycles),
    ]
