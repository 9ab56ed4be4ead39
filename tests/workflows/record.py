"""Records the histories that test_replay.py replays: `python -m tests.workflows.record [folder [stories]]`.

Histories in the folder are what running cycles in the world look like. Add new ones when the workflow learns something;
never replace old ones, for they stand for the cycles that are half way. They are not encrypted: people read them.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client, WorkflowExecutionStatus

from contracts.identity import Closure, ProgrammePolicy
from contracts.sessions import MoveCheckIn, ReviewKind, SkipCheckIn
from deploy.local.backends import Backends
from tests.workflows.engine import Driven, Services, a_new_mentorship, eventually, working
from tests.workflows.play import BOTH, PATIENT, a_cadence
from workflows.codec import PLAIN
from workflows.cycle import NAME
from workflows.facts import (
    Accepted,
    ChangeAsked,
    Declined,
    EndAsked,
    Extended,
    FeedbackRhythm,
    GoalMet,
    HelpAsked,
    HelpGiven,
    ItemBlocked,
    ItemDone,
    ItemPromised,
    ItemUnblocked,
    Lived,
    Outcome,
    Paused,
    Progressed,
    Replaced,
    Resumed,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
    TimeOffHeard,
    Told,
)

DEFAULT = ProgrammePolicy()
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


async def paused(driven: Driven) -> None:
    """Two leaves: one ends by itself, from the other one comes back; then one of the two ends it."""
    await driven.become_active()
    for days, back in ((20, None), (30, 5)):
        await driven.wait(days=3)
        at = await driven.now()
        await driven.tell(Paused(started_at=at, until=at + timedelta(days=days)))
        await driven.wait(days=back or days + 1)
        if back:
            await driven.tell(Resumed(started_at=at, ended_at=await driven.now()))
    await driven.tell(EndAsked(closure=Closure.EARLY_BY_MENTEE), EndAsked(closure=Closure.EARLY_BY_AGREEMENT))
    await driven.wait(days=20)


async def drifted(driven: Driven) -> None:
    """They agree, and then nothing happens."""
    await driven.become_active()
    for _ in range(6):
        await driven.wait(days=20)


async def replaced(driven: Driven) -> None:
    """The mentor leaves, another one takes over, and it ends for conduct."""
    await driven.become_active()
    await driven.tell(Progressed(goal_id="g1"), Lived(evidence=True))
    await driven.wait(days=10)
    await driven.tell(ChangeAsked())
    await driven.wait(days=22)
    await driven.tell(Replaced(mentor_id="u-other", agreement_version=2))
    await driven.tell(*(Signed(party=party, version=2) for party in BOTH))
    await driven.wait(days=10)
    await driven.tell(EndAsked(closure=Closure.CONDUCT))


async def worked(driven: Driven) -> None:
    """Feedback by its rhythm, help, items, more time, and all goals met."""
    await driven.become_active()
    anchor = (await driven.now()).replace(tzinfo=None)
    await driven.tell(FeedbackRhythm(rule="FREQ=WEEKLY", starts_at=anchor, zone="Europe/Berlin", version=1))
    due = (anchor + timedelta(days=5)).date()
    await driven.tell(HelpAsked(help_request_id="h1", asked_by="u-mentee", due=due))
    await driven.tell(ItemPromised(item_id="i1", owner_id="u-mentee", due=due), ItemBlocked(item_id="i1"))
    await driven.wait(days=9)
    await driven.tell(HelpGiven(help_request_id="h1"), ItemUnblocked(item_id="i1"), ItemDone(item_id="i1"))
    await driven.tell(Extended(extended_by=timedelta(days=7)), GoalMet(goal_id="g1"))
    await driven.wait(days=80)


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


async def rearranged(driven: Driven) -> None:
    """Check-ins are moved by both, by a new cadence and by time off, and one is cancelled."""
    await driven.become_active()
    start = driven.mentorship.created_at
    moved = start + timedelta(days=9)
    await driven.tell(Scheduled(check_in_id=f"{driven.id}/c1", index=1, starts_at=moved, minutes=60, sequence=2))
    await driven.wait(days=10)
    await driven.tell(Settled(check_in_id=f"{driven.id}/c1", index=1, outcome=Outcome.HELD))
    await driven.wait(days=2)
    anchor = (start + timedelta(days=40)).replace(tzinfo=None)
    await driven.tell(a_cadence(rule="FREQ=WEEKLY;INTERVAL=2", starts_at=anchor, version=2, moves=True))
    await eventually(lambda: driven.of(MoveCheckIn))
    await driven.wait(days=1)
    day = (start + timedelta(days=40)).date()
    last = day + timedelta(days=3)
    await driven.tell(TimeOffHeard(time_off_id="off-1", first_day=day - timedelta(days=3), last_day=last, sequence=1))
    await eventually(lambda: driven.of(SkipCheckIn))
    await driven.tell(Settled(check_in_id=f"{driven.id}/c3", index=3, outcome=Outcome.CANCELLED))
    await driven.wait(days=200)


async def heard_late(driven: Driven) -> None:
    """What was said before a leave reaches the cycle in it, and is held."""
    await driven.become_active()
    said_at = await driven.now()
    await driven.wait(hours=1)
    at = await driven.now()
    await driven.tell(Paused(started_at=at, until=at + timedelta(days=20)))
    due = (at + timedelta(days=8)).date()
    for fact in (
        ItemPromised(item_id="i1", owner_id="u-mentee", due=due),
        HelpAsked(help_request_id="h1", asked_by="u-mentee", due=due),
    ):
        assert await driven.cycles.tell(driven.id, Told(event_id=repr(fact), fact=fact, at=said_at))
    await driven.wait(days=40)
    await driven.tell(EndAsked(closure=Closure.BY_PROGRAMME))
    await driven.wait(days=20)


STORIES: tuple[Callable[[Driven], Awaitable[None]], ...] = (
    completed,
    hard_closed,
    declined,
    expired,
    not_started,
    paused,
    drifted,
    replaced,
    worked,
    rearranged,
    heard_late,
)


async def record(folder: Path, names: Collection[str] = ()) -> None:
    """Live each story, or those of these names, and write down the history of each of its runs."""
    services = Services()
    with tempfile.TemporaryDirectory() as state:
        async with Backends(state=Path(state), only={"temporal"}, disposable=True) as backends:
            client = await Client.connect(backends["temporal"].url, data_converter=PLAIN, identity="recorder")
            async with working(client, services):
                for story in [each for each in STORIES if not names or each.__name__ in names]:
                    driven = Driven(
                        client,
                        services,
                        a_new_mentorship(policy=PATIENT if story in {completed, hard_closed} else DEFAULT),
                    )
                    await driven.start()
                    await story(driven)
                    while (await driven.handle.describe()).status is WorkflowExecutionStatus.RUNNING:
                        await driven.wait(days=60)  # both are asked twice what came of it, and it is put away
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
    asyncio.run(record(chosen, sys.argv[2:]))
