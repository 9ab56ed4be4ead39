"""Counts the open cycles for the metrics: by phase, and those that cannot go on."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from temporalio.client import Client
from temporalio.service import RPCError

from contracts.errors import Unavailable
from contracts.identity import Phase
from kit.metrics import CYCLES, STUCK
from kit.telemetry import log
from workflows.cycle import NAME
from workflows.state import TERMINAL

EVERY = 30.0  # seconds: the engine counts in its own index, which is not free
OPEN = f'WorkflowType = "{NAME}" AND ExecutionStatus = "Running"'
CANNOT_GO_ON = f"{OPEN} AND TemporalReportedProblems IS NOT NULL"


class Census:
    """Counts from entering to leaving."""

    def __init__(self, client: Callable[[], Client]) -> None:
        self._client = client
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Census":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.count()
            except (Unavailable, RPCError) as error:
                log.info("census_awaited", why=type(error).__name__)
            await asyncio.sleep(EVERY)

    async def count(self) -> None:
        """Ask the engine once, and let the metrics say it. Raises Unavailable, RPCError."""
        client = self._client()
        for phase in Phase:
            if phase not in TERMINAL:
                found = await client.count_workflows(f'{OPEN} AND Phase = "{phase.value}"')
                CYCLES.labels(phase.value).set(found.count)
        STUCK.set((await client.count_workflows(CANNOT_GO_ON)).count)
