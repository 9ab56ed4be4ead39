"""The workflow on a real engine whose time is moved."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from contracts.errors import Conflict, Invalid, Unavailable
from contracts.identity import ChangePhase, Closure, Party, Phase
from contracts.notifications import Prompt, Template
from contracts.sessions import OpenReview, ReviewKind, ScheduleCheckIn, SettleAttendance
from tests.workflows.engine import Driven, Services, a_new_mentorship, eventually, working
from tests.workflows.play import BOTH
from workflows.cycle import MISSED_STREAK, NEXT_CHECK_IN, ORG, PHASE
from workflows.facts import Accepted, CadenceSet, GoalAgreed, Outcome, Reviewed, Settled, Signed


@pytest.fixture(scope="module")
async def services(client: Client) -> AsyncIterator[Services]:
    found = Services()
    async with working(client, found):
        yield found


@pytest.fixture
async def driven(client: Client, services: Services) -> Driven:
    cycle = Driven(client, services, a_new_mentorship())
    services.refuse = lambda _: None
    await cycle.start()
    return cycle


async def become_active(driven: Driven) -> None:
    await driven.tell(*(Accepted(party=party) for party in BOTH))
    await driven.tell(*(Signed(party=party, version=1) for party in BOTH))
    anchor = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(days=7)
    cadence = CadenceSet(rule="FREQ=WEEKLY;INTERVAL=2", starts_at=anchor, zone="Europe/London", minutes=60, version=1)
    await driven.tell(GoalAgreed(goal_id="g1"), cadence)
    await eventually(lambda: driven.of(ScheduleCheckIn))


def phases(driven: Driven) -> list[Phase]:
    return [command.phase for command in driven.of(ChangePhase)]


async def test_a_whole_cycle_is_lived_in_seconds(driven: Driven) -> None:
    await become_active(driven)
    assert phases(driven) == [Phase.EXPECTATION_SETTING, Phase.ACTIVE]
    await driven.wait(days=8)
    await driven.tell(Settled(check_in_id=f"{driven.id}/c1", index=1, outcome=Outcome.HELD))
    await driven.wait(days=150)
    await eventually(lambda: Phase.CLOSING in phases(driven))
    assert [review.kind for review in driven.of(OpenReview)] == [ReviewKind.MILESTONE, ReviewKind.FINAL]
    await driven.tell(*(Reviewed(kind=ReviewKind.FINAL, index=1, party=party) for party in BOTH))
    await driven.handle.result()
    assert driven.of(ChangePhase)[-1].closure is Closure.COMPLETED
    assert [command.index for command in driven.of(ScheduleCheckIn)] == list(range(1, 13))
    assert [command.check_in_id[-2:] for command in driven.of(SettleAttendance)][:2] == ["c2", "c3"]
