"""What operators ask the engine about cycles: which cannot go on, and where one stands. Needs no key: ids and times."""

from datetime import datetime

import msgspec
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from contracts.errors import NotFound, Unavailable
from workflows.census import CANNOT_GO_ON
from workflows.cycle import MISSED_STREAK, NEXT_CHECK_IN, ORG, PHASE, PROGRAMME

PROBLEMS = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")


class CycleShown(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One cycle as the engine's own index has it. `problems` say why its next step fails; `tries` how often a
    delivery to a service has been tried.
    """

    mentorship_id: str
    org_id: str
    programme_id: str
    phase: str
    is_open: bool
    run_id: str
    run_since: datetime
    events: int
    next_check_in: datetime | None
    missed_streak: int
    problems: tuple[str, ...] = ()
    tries: int = 0


async def stuck(address: str, namespace: str) -> list[CycleShown]:
    """The open cycles whose next step fails, the oldest first. Raises Unavailable."""
    client = await _connected(address, namespace)
    try:
        found = [_shown(each) async for each in client.list_workflows(CANNOT_GO_ON)]
    except RPCError as error:
        raise Unavailable(f"The workflow engine does not answer: {error.status.name}.") from error
    return sorted(found, key=lambda each: each.run_since)


async def show(address: str, namespace: str, mentorship_id: str) -> CycleShown:
    """The latest run of one cycle. Raises NotFound, Unavailable."""
    client = await _connected(address, namespace)
    try:
        found = await client.get_workflow_handle(mentorship_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NotFound.of("cycle", mentorship_id) from error
        raise Unavailable(f"The workflow engine does not answer: {error.status.name}.") from error
    tries = max((each.attempt for each in found.raw_description.pending_activities), default=0)
    return msgspec.structs.replace(_shown(found), tries=tries)


async def _connected(address: str, namespace: str) -> Client:
    try:
        return await Client.connect(address, namespace=namespace)
    except RuntimeError as error:
        raise Unavailable(f"The workflow engine at {address} cannot be reached.") from error


def _shown(found: WorkflowExecution) -> CycleShown:
    shown = found.typed_search_attributes
    return CycleShown(
        mentorship_id=found.id,
        org_id=shown.get(ORG, ""),
        programme_id=shown.get(PROGRAMME, ""),
        phase=shown.get(PHASE, ""),
        is_open=found.status is WorkflowExecutionStatus.RUNNING,
        run_id=found.run_id,
        run_since=found.start_time,
        events=found.history_length,
        next_check_in=shown.get(NEXT_CHECK_IN),
        missed_streak=shown.get(MISSED_STREAK, 0),
        problems=tuple(shown.get(PROBLEMS, ())),
    )
