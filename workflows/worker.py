"""The connection to Temporal and the worker on it: tried until the server is there, watched while it is."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.converter import DataConverter
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from contracts.errors import Unavailable
from kit.telemetry import log
from workflows.core import runtime
from workflows.cycle import MentorshipCycle
from workflows.hindsight import HindsightRun
from workflows.reconciling import Reconciliation
from workflows.settings import Settings
from workflows.simulating import SIMULATIONS, SimulationRun, play_beside

QUEUE = "mentorships"
_PURE = (
    "contracts",
    "dateutil",
    "kit.recurrence",
    "msgspec",
    "six",
    "workflows.calendar",
    "workflows.commands",
    "workflows.differences",
    "workflows.facts",
    "workflows.ladder",
    "workflows.leaves",
    "workflows.lifecycle",
    "workflows.machine",
    "workflows.promises",
    "workflows.rhythm",
    "workflows.simulation",
    "workflows.slots",
    "workflows.state",
)
PROCESSES = 2  # beside one worker; more workers play more
_RETRY = 1.0  # seconds between tries to connect, and between looks at the server
_LOOK = timedelta(seconds=2)


def sandbox() -> SandboxedWorkflowRunner:
    """Runs workflow code; what is pure is loaded once and not once per run, a third of the memory of a cached cycle."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PURE))


def make_worker(client: Client, activities: Sequence[Callable[..., Any]], *, build: str | None = None) -> Worker:
    """A worker for the cycles. With a build id, cycles move to the current release at their next step."""
    return Worker(
        client,
        task_queue=QUEUE,
        workflows=[MentorshipCycle, Reconciliation],
        activities=activities,
        workflow_runner=sandbox(),
        max_concurrent_workflow_tasks=8,  # more would starve each other into the two-second deadlock detector
        graceful_shutdown_timeout=timedelta(seconds=4),
        deployment_config=_deployment(build),
    )


def make_simulator(client: Client, activities: Sequence[Callable[..., Any]], *, build: str | None = None) -> Worker:
    """A worker for simulations, on a queue of their own: they never keep a cycle waiting."""
    return Worker(
        client,
        task_queue=SIMULATIONS,
        workflows=[SimulationRun, HindsightRun],
        activities=activities,
        workflow_runner=sandbox(),
        max_concurrent_activities=PROCESSES,
        max_concurrent_workflow_tasks=2,
        graceful_shutdown_timeout=timedelta(seconds=4),
        deployment_config=_deployment(build),
    )


def _deployment(build: str | None) -> WorkerDeploymentConfig | None:
    if build is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name="inzpireu-workflows", build_id=build),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


class Engine:
    """Keeps a worker running from entering to leaving, whatever the server does meanwhile."""

    def __init__(
        self,
        settings: Settings,
        converter: DataConverter,
        activities: Sequence[Callable[..., Any]],
        beside: Sequence[Callable[..., Any]] = (),
    ) -> None:
        """`activities` are those of cycles, `beside` those of what is worked out beside them."""
        self._settings = settings
        self._converter = converter
        self._activities = list(activities)
        self._beside = [play_beside, *beside]
        self._client: Client | None = None
        self._worker: Worker | None = None
        self._healthy = False
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Engine":
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._watch())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._client = None
        await asyncio.sleep(0.2)  # the SDK's own threads may crash the process that ends at once (sdk-python#300)

    def take_on(self, *activities: Callable[..., Any]) -> None:
        """Do these too: those that need the client themselves. Call before it is entered."""
        self._activities += activities

    def client(self) -> Client:
        """The connected client. Raises Unavailable before the first connection."""
        if self._client is None:
            raise Unavailable("The workflow engine cannot be reached right now. Try again in a moment.")
        return self._client

    def is_ready(self) -> bool:
        """Whether the server answered the last time it was looked at, and a worker runs if one should."""
        works = self._worker is not None and self._worker.is_running
        return self._healthy and (works or not self._settings.handles_events)

    async def _work(self) -> None:
        while True:
            try:
                client = await Client.connect(
                    self._settings.temporal_address,
                    namespace=self._settings.temporal_namespace,
                    data_converter=self._converter,
                    runtime=runtime(),
                )
                self._client = client
                log.info("engine_connected", address=self._settings.temporal_address)
                if not self._settings.handles_events:
                    return
                self._worker = make_worker(client, self._activities, build=self._settings.worker_build)
                async with make_simulator(client, self._beside, build=self._settings.worker_build):
                    await self._worker.run()
            except Exception as error:  # whatever it was, a part without a worker would sleep for ever
                log.warning("engine_awaited", address=self._settings.temporal_address, why=type(error).__name__)
            await asyncio.sleep(_RETRY)

    async def _watch(self) -> None:
        while True:
            self._healthy = self._client is not None and await _answers(self._client)
            await asyncio.sleep(_RETRY)


async def _answers(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=_LOOK)
    except (RPCError, RuntimeError):
        return False
