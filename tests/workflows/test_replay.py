"""Every recorded history replays: what runs in the world goes on with this code."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from tests.workflows.record import HISTORIES, STORIES
from workflows.codec import PLAIN
from workflows.cycle import NAME, MentorshipCycle
from workflows.facts import Told
from workflows.state import Cycle
from workflows.worker import sandbox

FILES = sorted(HISTORIES.glob("*.json"))


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_recorded_history_replays(file: Path) -> None:
    replayer = Replayer(workflows=[MentorshipCycle], data_converter=PLAIN, workflow_runner=sandbox())
    await replayer.replay_workflow(history(file))


def test_every_story_has_been_recorded() -> None:
    assert {file.stem.rpartition("-")[0] for file in FILES} == {story.__name__ for story in STORIES}


@workflow.defn(name=NAME, sandboxed=False)
class Hasty(MentorshipCycle):
    """The workflow as somebody might break it: it arms its timer before it delivers."""

    @workflow.init
    def __init__(self, cycle: Cycle) -> None:
        super().__init__(cycle)

    @workflow.run
    async def run(self, cycle: Cycle) -> None:
        await workflow.sleep(timedelta(seconds=1))
        await super().run(cycle)

    @workflow.signal
    def tell(self, told: Told) -> None:
        super().tell(told)


@workflow.defn(name=NAME, sandboxed=False)
class Showy(MentorshipCycle):
    """Another way to break it: it shows where it stands before it delivers, and not after."""

    @workflow.init
    def __init__(self, cycle: Cycle) -> None:
        super().__init__(cycle)

    @workflow.run
    async def run(self, cycle: Cycle) -> None:
        await super().run(cycle)

    @workflow.signal
    def tell(self, told: Told) -> None:
        super().tell(told)

    async def _deliver(self) -> None:
        self._show()
        await super()._deliver()


@pytest.mark.parametrize("broken", [Hasty, Showy])
@pytest.mark.parametrize("story", [story.__name__ for story in STORIES])
async def test_a_workflow_that_changed_its_order_is_found_out(broken: type[MentorshipCycle], story: str) -> None:
    replayer = Replayer(workflows=[broken], data_converter=PLAIN, workflow_runner=UnsandboxedWorkflowRunner())
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(history(HISTORIES / f"{story}-1.json"))
