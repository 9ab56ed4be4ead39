"""The running cycles, as the rest of the part sees them: start one, tell one, move all in time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from time import monotonic

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from contracts.errors import Unavailable
from kit.clock import Clock
from kit.telemetry import log
from workflows.cycle import NAME, MentorshipCycle
from workflows.facts import Told
from workflows.state import Cycle
from workflows.worker import QUEUE

_PATIENCE = timedelta(seconds=5)  # for one call; the bus tries again
_STARTS = 8  # cycles started at the same time: more would make the engine late for those that run
_AT_ONCE = 8  # cycles moved at the same time: as many as the worker thinks about at once
_LAG = 30.0  # seconds in which the engine's own list may not show a cycle yet
_LONGEST = 60.0  # seconds for one move: a service that is down holds its cycles, and must not hold new ones
_IN_HAND = 5.0  # seconds that a cycle may finish in; one whose service is down is moved as it is
_ON_ITS_WAY = 20.0  # seconds that an earlier move may still take
_LOOK_AGAIN = 0.02  # seconds
_STEP = timedelta(days=20)  # a longer jump over the end of a run has fired timers of the next one months too late
_OFFSET = "offset"  # the memo's only key: how far ahead of the real time a cycle began, in seconds


class Cycles:
    """All cycles of this installation. `client` is asked each time, for the connection may not be there yet."""

    def __init__(self, client: Callable[[], Client], clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._moving = asyncio.Lock()
        self._starts = asyncio.Semaphore(_STARTS)
        self._started: dict[str, float] = {}

    async def tell(self, mentorship_id: str, told: Told) -> bool:
        """Signal an open cycle; False if there is none."""
        handle = self._client().get_workflow_handle(mentorship_id)
        try:
            await handle.signal(MentorshipCycle.tell, told, rpc_timeout=_PATIENCE)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise unavailable(error) from error
        return True

    async def start(self, cycle: Cycle, told: Told | None = None) -> bool:
        """Start the one cycle of a mentorship and tell it something; False if it has lived already."""
        async with self._starts:  # a launch begins thousands; and none begins before time is moved and lives after
            offset = self._clock.offset
            cycle.offset = offset
            try:
                await self._client().start_workflow(
                    MentorshipCycle.run,
                    cycle,
                    id=cycle.mentorship_id,
                    task_queue=QUEUE,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    start_signal="tell" if told else None,
                    start_signal_args=[told] if told else [],
                    memo={_OFFSET: offset.total_seconds()},
                    rpc_timeout=_PATIENCE,
                )
            except WorkflowAlreadyStartedError:
                return False
            except RPCError as error:
                raise unavailable(error) from error
            self._started[cycle.mentorship_id] = monotonic()
        return True

    async def move(self, by: timedelta) -> None:
        """Let every open cycle, and then the installation, live `by` later.

        Each cycle is moved to the moment that all shall live at, so that one left behind by a failure catches up.
        """
        async with self._moving, self._nothing_starts():
            client = self._client()
            moment = self._clock.now() + by
            skipper, gate = TimeSkipper(client), asyncio.Semaphore(_AT_ONCE)
            try:
                async with asyncio.timeout(_LONGEST), asyncio.TaskGroup() as group:
                    for cycle_id in await self._open(client):
                        group.create_task(_move_one(skipper, gate, client.get_workflow_handle(cycle_id), moment))
            except* (RPCError, TimeoutError) as errors:
                raise unavailable(errors.exceptions[0]) from errors
            self._clock.move(by)
            log.info("time_moved", by_seconds=by.total_seconds())

    @asynccontextmanager
    async def _nothing_starts(self) -> AsyncIterator[None]:
        """Every place among those that start is taken."""
        async with AsyncExitStack() as places:
            for _ in range(_STARTS):
                await places.enter_async_context(self._starts)
            yield

    async def count(self, org_id: str, programme_id: str) -> int:
        """How many cycles of a programme run, as far as the engine's list shows them yet."""
        ours = f'Org = "{org_id}" AND Programme = "{programme_id}"'
        running = f'WorkflowType = "{NAME}" AND ExecutionStatus = "Running" AND {ours}'
        try:
            return (await self._client().count_workflows(running, rpc_timeout=_PATIENCE)).count
        except RPCError as error:
            raise unavailable(error) from error

    async def _open(self, client: Client) -> Iterable[str]:
        """The engine's list lags by a moment, so those started here lately are added; closed ones do no harm."""
        now = monotonic()
        self._started = {cycle_id: at for cycle_id, at in self._started.items() if now - at < _LAG}
        listed = client.list_workflows(f'WorkflowType = "{NAME}" AND ExecutionStatus = "Running"')
        return {cycle.id async for cycle in listed} | self._started.keys()


async def _move_one(
    skipper: TimeSkipper, gate: asyncio.Semaphore, handle: WorkflowHandle[MentorshipCycle, None], moment: datetime
) -> None:
    async with gate:
        found = await handle.describe()
        if found.status is WorkflowExecutionStatus.RUNNING:
            ahead = timedelta(seconds=await found.memo_value(_OFFSET, 0.0, type_hint=float))
            await _has_arrived(skipper, handle)
            await carry(skipper, handle, moment - (await skipper.get_current_time(handle) + ahead))


async def _has_arrived(skipper: TimeSkipper, handle: WorkflowHandle[MentorshipCycle, None]) -> None:
    """Wait for a move that the engine goes on with although whoever asked for it is dead: a second one would add up."""
    deadline = monotonic() + _ON_ITS_WAY
    while (info := await skipper.get_time_skipping_info(handle)) is not None:
        is_moving = info.HasField("fast_forward_info") and not info.fast_forward_info.has_completed
        if not is_moving or monotonic() > deadline:
            return
        await asyncio.sleep(_LOOK_AGAIN)


async def carry(skipper: TimeSkipper, handle: WorkflowHandle[MentorshipCycle, None], by: timedelta) -> None:
    """Let one cycle live so much later, or to its end; returns when it has done what was due on the way."""
    try:
        while by > timedelta():
            await _rest(handle)
            await skipper.fast_forward(handle, min(by, _STEP))
            by -= _STEP
        await _rest(handle)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:  # else it has lived to its end on the way
            raise


async def _rest(handle: WorkflowHandle[MentorshipCycle, None]) -> None:
    """Wait until it has nothing in hand: one that is just about to arm its next timer would be moved beyond it."""
    deadline = monotonic() + _IN_HAND
    while monotonic() < deadline:
        raw = (await handle.describe()).raw_description
        if not raw.pending_activities and not raw.HasField("pending_workflow_task"):
            return
        await asyncio.sleep(_LOOK_AGAIN)


def unavailable(error: BaseException) -> Unavailable:
    """What a caller is told when the engine fails it."""
    log.warning("engine_failed", why=str(error))
    return Unavailable("The workflow engine does not answer right now. Try again in a moment.")
