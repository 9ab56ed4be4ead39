"""Records the histories that test_replay.py replays: `python -m tests.workflows.record [folder]`.

Histories in the folder are what running cycles in the world look like. Add new ones when the workflow learns something;
never replace old ones, for they stand for the cycles that are half way. They are not encrypted: people read them.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import Client

from contracts.identity import ProgrammePolicy
from contracts.sessions import ReviewKind
from deploy.local.backends import Backends
from tests.workflows.engine import Driven, Services, a_new_mentorship, working
from tests.workflows.play import BOTH
from workflows.codec import PLAIN
from workflows.cycle import NAME
from workflows.facts import Accepted, Declined, Outcome, Reviewed, Settled, Signed

HISTORIES = Path(__file__).parent / "histories"


async def completed(driven: Driven) -> None:
    """From the proposal to both final reviews."""
    await driven.become_active()
    await driven.wait(days=8)
    await driven.tell(Settled(check_in_id=f"{driven.id}/c1", index=1, outcome=Outcome.HELD))
    await driven.wait(days=150)
    await driven.tell(*(Reviewed(kind=ReviewKind.FINAL, index=1, party=party) for party in BOTH))


async def hard_closed(driven: Driven) -> None:
    """Nobody answers the final review."""
    await driven.become_active()
    await driven.wait(days=200)


async def declined(driven: Driven) -> None:
    """One says no."""
    await driven.wait(days=4)
    await driven.tell(Declined(party=BOTH[0]))


async def expired(driven: Driven) -> None:
    """Nobody answers the proposal."""
    await driven.wait(days=15)


async def not_started(driven: Driven) -> None:
    """Only one signs."""
    await driven.tell(*(Accepted(party=party) for party in BOTH))
    await driven.tell(Signed(party=BOTH[0], version=1))
    await driven.wait(days=29)


STORIES: tuple[Callable[[Driven], Awaitable[None]], ...] = (completed, hard_closed, declined, expired, not_started)


async def record(folder: Path) -> None:
    """Live each story and write down the history of each of its runs."""
    services = Services()
    with tempfile.TemporaryDirectory() as state:
        async with Backends(state=Path(state), only={"temporal"}, disposable=True) as backends:
            client = await Client.connect(backends["temporal"].url, data_converter=PLAIN, identity="recorder")
            async with working(client, services):
                for story in STORIES:
                    driven = Driven(client, services, a_new_mentorship(policy=ProgrammePolicy()))
                    await driven.start()
                    await story(driven)
                    await driven.handle.result()
                    await _write(client, driven, folder / story.__name__)


async def _write(client: Client, driven: Driven, file: Path) -> None:
    found = client.list_workflows(f'WorkflowType = "{NAME}" AND WorkflowId = "{driven.id}"')
    runs = sorted([run async for run in found], key=lambda run: run.start_time)
    for number, run in enumerate(runs, start=1):
        history = await client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
        file.with_name(f"{file.name}-{number}.json").write_text(f"{json.dumps(history.to_json_dict())}\n")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else HISTORIES
    chosen.mkdir(exist_ok=True)
    asyncio.run(record(chosen))
