"""Cycles from outside, as the engine has them: look at one, list those that run, let one go on that was ended."""

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import msgspec
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryReverseRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from workflows.census import OPEN
from workflows.cycle import ORG, PHASE
from workflows.differences import Life, Seen
from workflows.engine import unavailable

_PATIENCE = timedelta(seconds=10)
_EVENTS = 100  # of a history at once
_LIVES = {WorkflowExecutionStatus.RUNNING: Life.RUNNING, WorkflowExecutionStatus.COMPLETED: Life.OVER}
_STEP_DONE = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_CANCELLED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """An open cycle in the engine's list."""

    mentorship_id: str
    org_id: str
    seen: Seen


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a cycle's history that it can go on from."""

    run_id: str
    event_id: int


class Surgery:
    """What is done to cycles that they do not do themselves. `client` is asked each time."""

    def __init__(self, client: Callable[[], Client]) -> None:
        self._client = client

    async def look(self, mentorship_id: str) -> Seen | None:
        """The latest run of a cycle; None where the engine knows of none."""
        try:
            found = await self._client().get_workflow_handle(mentorship_id).describe(rpc_timeout=_PATIENCE)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise unavailable(error) from error
        life = _LIVES.get(found.status or WorkflowExecutionStatus.RUNNING, Life.BROKEN)
        return Seen(life=life, phase=found.typed_search_attributes.get(PHASE, ""))

    async def running(self, org_id: str, limit: int, token: bytes) -> tuple[list[Running], bytes]:
        """One page of the open cycles, of one organisation or ("") of all, and how to ask for the next one."""
        query = f'{OPEN} AND Org = "{org_id}"' if org_id else OPEN
        listed = self._client().list_workflows(
            query, page_size=limit, next_page_token=token or None, rpc_timeout=_PATIENCE
        )
        try:
            await listed.fetch_next_page()
        except RPCError as error:
            raise unavailable(error) from error
        found = [
            Running(
                mentorship_id=each.id,
                org_id=each.typed_search_attributes.get(ORG, ""),
                seen=Seen(life=Life.RUNNING, phase=each.typed_search_attributes.get(PHASE, "")),
            )
            for each in listed.current_page or ()
        ]
        return [each for each in found if each.org_id], listed.next_page_token or b""

    async def revive(self, mentorship_id: str) -> bool:
        """Let a cycle that was ended from outside go on from its last step; what it was told since is told again.

        False where the engine has nothing of it that could go on.
        """
        client = self._client()
        try:
            step = await self._last_step(mentorship_id)
            if step is None:
                return False
            await client.workflow_service.reset_workflow_execution(
                ResetWorkflowExecutionRequest(
                    namespace=client.namespace,
                    workflow_execution=WorkflowExecution(workflow_id=mentorship_id, run_id=step.run_id),
                    reason="the mentorship goes on",
                    workflow_task_finish_event_id=step.event_id,
                    request_id=str(uuid.uuid4()),
                    reset_reapply_exclude_types=[ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST],
                ),
                timeout=_PATIENCE,
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise unavailable(error) from error
        return True

    async def _last_step(self, mentorship_id: str) -> Step | None:
        """The last step that the cycle did by itself, before anybody asked it to end.

        A run that was ended before its first step has none; it goes on from the last one of the run before it.
        """
        run_id = ""
        while True:
            last, begun = None, None
            async for event in self._backwards(mentorship_id, run_id):
                begun = event
                if event.event_type == _CANCELLED:
                    last = None
                elif event.event_type == _STEP_DONE and last is None:
                    last = event.event_id
            if begun is None:
                return None
            started = begun.workflow_execution_started_event_attributes
            run_id = run_id or started.original_execution_run_id
            if last is not None:
                return Step(run_id=run_id, event_id=last)
            run_id = started.continued_execution_run_id
            if not run_id:
                return None

    async def _backwards(self, mentorship_id: str, run_id: str) -> AsyncIterator[HistoryEvent]:
        """What happened in a run, or ("") in the latest one, the last first."""
        client, token = self._client(), b""
        while True:
            page = await client.workflow_service.get_workflow_execution_history_reverse(
                GetWorkflowExecutionHistoryReverseRequest(
                    namespace=client.namespace,
                    execution=WorkflowExecution(workflow_id=mentorship_id, run_id=run_id),
                    maximum_page_size=_EVENTS,
                    next_page_token=token,
                ),
                timeout=_PATIENCE,
            )
            for event in page.history.events:
                yield event
            if not (token := page.next_page_token):
                return
