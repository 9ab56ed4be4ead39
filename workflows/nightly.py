"""When cycles and records are compared: every night, by the engine's own schedule, and whenever an operator asks."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleRange,
    ScheduleSpec,
    WorkflowFailureError,
)
from temporalio.service import RPCError, RPCStatusCode

from contracts.errors import Unavailable
from kit.telemetry import log
from workflows.codec import Cipher, converter
from workflows.reconciling import NAME, Asked, Place, Reconciliation, Report
from workflows.worker import QUEUE

SCHEDULE = "nightly-reconciliation"
NIGHTLY = ScheduleSpec(
    calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(2)], minute=[ScheduleRange(30)])], jitter=timedelta(minutes=30)
)
_LONGEST = timedelta(hours=12)  # before the next night
_RETRY = 2.0  # seconds


async def make_schedule(client: Callable[[], Client]) -> None:
    """Once the engine answers. Where the schedule is already, it stays as an operator may have changed it."""
    while True:
        try:
            await client().create_schedule(SCHEDULE, _schedule())
            return
        except ScheduleAlreadyRunningError:
            return
        except (Unavailable, RPCError) as error:
            log.info("schedule_awaited", why=type(error).__name__)
        await asyncio.sleep(_RETRY)


def _schedule() -> Schedule:
    action = ScheduleActionStartWorkflow(
        Reconciliation.run, Asked(), id=NAME, task_queue=QUEUE, execution_timeout=_LONGEST
    )
    return Schedule(action=action, spec=NIGHTLY)


async def reconcile(address: str, namespace: str, keys_file: str, asked: Asked, patience: timedelta) -> Report | None:
    """Compare now; None where it takes longer than that. Raises Unavailable."""
    try:
        client = await Client.connect(address, namespace=namespace, data_converter=converter(Cipher.read(keys_file)))
        handle = await client.start_workflow(
            Reconciliation.run,
            asked,
            id=f"{NAME}-{uuid.uuid4()}",
            task_queue=QUEUE,
            execution_timeout=_LONGEST,
        )
        async with asyncio.timeout(patience.total_seconds()):
            return await handle.result()
    except RuntimeError as error:
        raise Unavailable(f"The workflow engine at {address} cannot be reached.") from error
    except RPCError as error:
        if error.status is RPCStatusCode.CANCELLED:
            return None
        raise Unavailable(f"The workflow engine does not answer: {error.status.name}.") from error
    except WorkflowFailureError as error:
        raise Unavailable("The comparison came to no end. Look for lines of the workflows part.") from error
    except TimeoutError:
        return None


def asked_for(org_id: str, *, repair: bool, settle: float) -> Asked:
    """A comparison of one organisation, or ("") of all."""
    return Asked(repair=repair, settle=timedelta(seconds=settle), place=Place(only=org_id))
