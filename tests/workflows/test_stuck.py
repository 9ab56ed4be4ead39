"""What operators see of cycles, on the real engine and through the command, as they would."""

import asyncio
import json
import sys
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from contracts.sessions import ScheduleCheckIn
from tests.workflows.engine import Driven, Services, a_new_mentorship, working
from tests.workflows.play import PATIENT
from workflows.cycle import NAME
from workflows.state import Cycle
from workflows.worker import QUEUE


@workflow.defn(name=NAME, sandboxed=False)
class Broken:
    """A release that cannot read what runs."""

    @workflow.run
    async def run(self, _: Cycle) -> None:
        """Fail at every step."""
        raise RuntimeError("this release does not fit")


async def inzpireu(address: str, *words: str) -> tuple[int, str]:
    """How the command ends, and what it says."""
    command = (sys.executable, "-c", "from deploy.local.cli import app; app()", "cycles", *words)
    process = await asyncio.create_subprocess_exec(
        *command, "--temporal-address", address, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_an_operator_sees_where_a_cycle_stands_and_needs_no_key(client: Client, temporal: str) -> None:
    services = Services()
    driven = Driven(client, services, a_new_mentorship(policy=PATIENT))
    shown: dict[str, Any] = {}
    async with working(client, services), asyncio.timeout(30):
        await driven.start()
        await driven.become_active()
        while not shown.get("nextCheckIn"):  # the engine's index follows in a moment
            code, said = await inzpireu(temporal, "show", driven.id)
            assert code == 0, said
            shown = json.loads(said)
    assert (shown["mentorshipId"], shown["orgId"], shown["isOpen"]) == (driven.id, "o1", True)
    assert datetime.fromisoformat(shown["nextCheckIn"]) == driven.of(ScheduleCheckIn)[0].starts_at
    assert "u-ment" not in said


async def test_a_cycle_that_nobody_knows_is_refused_with_a_word(temporal: str) -> None:
    code, said = await inzpireu(temporal, "show", "nobody")
    assert code == 1
    assert "There is no cycle nobody" in said


async def test_a_cycle_that_a_release_does_not_fit_is_listed_with_its_reason(client: Client, temporal: str) -> None:
    driven = Driven(client, Services(), a_new_mentorship())
    await driven.start()
    broken = Worker(client, task_queue=QUEUE, workflows=[Broken], workflow_runner=UnsandboxedWorkflowRunner())
    async with broken, asyncio.timeout(50):
        listed: list[dict[str, Any]] = []
        while driven.id not in {each["mentorshipId"] for each in listed}:
            code, said = await inzpireu(temporal, "stuck", "--json")
            assert code == 0, said
            listed = json.loads(said)
    (found,) = [each for each in listed if each["mentorshipId"] == driven.id]
    assert any("WorkflowTaskFailed" in problem for problem in found["problems"])
    await driven.handle.terminate()
