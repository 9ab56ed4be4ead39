"""What is worked out in the background on the engine, at somebody's request: begun once, found again, read there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec.structs import asdict, replace
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from contracts.errors import Conflict, IdempotencyMismatch
from contracts.identity import RunState
from contracts.policy import Act
from contracts.wire import ByIds, Caller
from kit.command import Stamp
from workflows.cycle import ORG, PROGRAMME
from workflows.engine import unavailable
from workflows.policy import Kind, can
from workflows.simulating import PROGRESS, SIMULATIONS

MOST_AT_ONCE = 4  # of one organisation
_ABOUT, _BODY = "simulation", "body"  # the memo's keys beside the progress
_LOOK = timedelta(seconds=5)
_READS = 8  # at the same time


@dataclass(frozen=True)
class Runs[R: Any]:
    """Those of one kind: workflows of this `name`, each with its record and, once it is done, more of its fields."""

    client: Callable[[], Client]
    name: str
    kind: type[R]
    run: Any

    async def begin(self, record: R, asked: Any, by: Stamp) -> R:
        """Have it worked out. A repeat with the same key gets what was begun before."""
        if await self._start(record, asked, by):
            return record
        found = await self._described(record.id)
        assert found is not None, "it was begun before"
        if await found.memo_value(_BODY, type_hint=str) != by.body_hash:
            raise IdempotencyMismatch("This idempotency key was used for another request. Use a new one.")
        return await self._shown(found)

    async def get(self, caller: Caller, request: ByIds) -> tuple[R, ...]:
        """Those of the caller's own programmes."""
        gate = asyncio.Semaphore(_READS)

        async def read(run_id: str) -> R | None:
            async with gate:
                found = await self._described(run_id)
                return await self._shown(found) if found else None

        found = await asyncio.gather(*map(read, dict.fromkeys(request.ids)))
        return tuple(
            each
            for each in found
            if each and each.org_id == caller.org_id and can(caller, Act.READ, Kind.SIMULATION, each.programme_id)
        )

    async def _start(self, record: R, asked: Any, by: Stamp) -> bool:
        """False where it was begun before."""
        try:
            if await self._described(record.id) is not None:
                return False
            await self._check_room(record.org_id)
            await self.client().start_workflow(
                self.run,
                asked,
                id=self._workflow_id(record.id),
                task_queue=SIMULATIONS,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                memo={_ABOUT: record, _BODY: by.body_hash, PROGRESS: 0},
                search_attributes=_shown_as(record.org_id, record.programme_id),
                rpc_timeout=_LOOK,
            )
        except WorkflowAlreadyStartedError:
            return False
        except RPCError as error:
            raise unavailable(error) from error
        return True

    async def _check_room(self, org_id: str) -> None:
        running = await self.client().count_workflows(
            f'TaskQueue = "{SIMULATIONS}" AND ExecutionStatus = "Running" AND Org = "{org_id}"', rpc_timeout=_LOOK
        )
        if running.count >= MOST_AT_ONCE:
            raise Conflict(f"Your organisation has {running.count} simulations running. Wait until one is done.")

    async def _described(self, run_id: str) -> WorkflowExecutionDescription | None:
        handle = self.client().get_workflow_handle(self._workflow_id(run_id))
        try:
            return await handle.describe(rpc_timeout=_LOOK)
        except RPCError as error:
            if error.status in {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}:
                return None
            raise unavailable(error) from error

    async def _shown(self, found: WorkflowExecutionDescription) -> R:
        about = await found.memo_value(_ABOUT, type_hint=self.kind)
        progress = await found.memo_value(PROGRESS, 0, type_hint=int)
        if found.status is WorkflowExecutionStatus.RUNNING:
            return self._with(about, state=RunState.RUNNING if progress else RunState.QUEUED, progress=progress)
        if found.status is not WorkflowExecutionStatus.COMPLETED:
            return self._with(about, state=RunState.FAILED, progress=progress, finished_at=found.close_time)
        handle = self.client().get_workflow_handle_for(self.run, found.id)
        answered = await handle.result(rpc_timeout=_LOOK)
        return self._with(about, state=RunState.DONE, progress=100, **asdict(answered))

    def _with(self, about: R, **fields: Any) -> R:
        changed: R = replace(about, **fields)
        return changed

    def _workflow_id(self, run_id: str) -> str:
        return f"{self.name}:{run_id}"  # a namespace of its own: the id of a mentorship finds nothing here


def _shown_as(org_id: str, programme_id: str) -> TypedSearchAttributes:
    return TypedSearchAttributes([SearchAttributePair(ORG, org_id), SearchAttributePair(PROGRAMME, programme_id)])
