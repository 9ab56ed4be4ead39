"""The workflow on a real engine whose time is moved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from contracts.cycles import MoveTime
from contracts.errors import Forbidden, IdempotencyMismatch, Invalid, Unavailable
from contracts.identity import ChangePhase, Closure, Party, Phase
from contracts.notifications import Prompt, Template
from contracts.sessions import OpenReview, ReviewKind, ScheduleCheckIn, SettleAttendance
from contracts.wire import Caller, CycleCommand
from kit.clock import Clock
from tests.workflows.engine import Driven, Services, a_new_mentorship, eventually, working
from tests.workflows.play import BOTH, PATIENT
from workflows.cycle import MISSED_STREAK, NEXT_CHECK_IN, ORG, PHASE
from workflows.engine import Cycles
from workflows.facts import Accepted, Declined, Outcome, Reviewed, Settled, Told
from workflows.routes import TimeKeeper
from workflows.state import Cycle

MANAGER = Caller(org_id="o1", user_id="u-pm", roles=("programme_manager",))
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
async def services(client: Client) -> AsyncIterator[Services]:
    found = Services()
    async with working(client, found):
        yield found


@pytest.fixture
async def driven(client: Client, services: Services) -> Driven:
    services.refuse = lambda _: None
    cycle = Driven(client, services, a_new_mentorship(policy=PATIENT))
    await cycle.start()
    return cycle


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(str(tmp_path / "clock"))


def phases(driven: Driven) -> list[Phase]:
    return [command.phase for command in driven.of(ChangePhase)]


async def test_a_whole_cycle_is_lived_in_seconds(driven: Driven) -> None:
    await driven.become_active()
    await driven.wait(days=8)
    await driven.tell(Settled(check_in_id=f"{driven.id}/c1", index=1, outcome=Outcome.HELD))
    await driven.wait(days=150)
    await eventually(lambda: Phase.CLOSING in phases(driven))
    await driven.tell(*(Reviewed(kind=ReviewKind.FINAL, index=1, party=party) for party in BOTH))
    await eventually(lambda: Phase.CLOSED in phases(driven))
    assert phases(driven) == [Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED]
    assert driven.of(ChangePhase)[-1].closure is Closure.COMPLETED
    assert [review.kind for review in driven.of(OpenReview)] == [ReviewKind.MILESTONE, ReviewKind.FINAL]
    assert [command.index for command in driven.of(ScheduleCheckIn)] == [1, 2, 3, 4, 5, 6, 7]
    assert [command.check_in_id[-2:] for command in driven.of(SettleAttendance)] == ["c2", "c3", "c4", "c5", "c6"]
    missed = [prompt for prompt in driven.of(Prompt) if prompt.template is Template.CHECK_IN_MISSED]
    assert [prompt.cause[-2:] for prompt in missed] == ["c2", "c3", "c4", "c5", "c6"]
    await driven.wait(days=300)
    async with asyncio.timeout(20):
        await driven.handle.result()
    assert phases(driven)[-2:] == [Phase.ALUMNI, Phase.ARCHIVED]


async def test_prompts_come_at_their_instants_however_far_time_jumps(driven: Driven) -> None:
    await driven.become_active()
    start = driven.of(ScheduleCheckIn)[0].starts_at
    await driven.wait(days=12)
    about_it = [prompt for prompt in driven.of(Prompt) if prompt.about == start]
    assert [prompt.step for prompt in about_it] == ["preparation", "brief", "attendance", "missed"]
    wanted = [timedelta(hours=-72), timedelta(hours=-2), timedelta(hours=3), timedelta(hours=72)]
    assert all(timedelta() <= p.at - start - at <= 11 * MINUTE for p, at in zip(about_it, wanted, strict=True))


async def test_a_cycle_can_be_found_by_where_it_stands(driven: Driven) -> None:
    await driven.become_active()
    await driven.wait(days=11)
    shown = (await driven.handle.describe()).typed_search_attributes
    assert (shown[ORG], shown[PHASE], shown[MISSED_STREAK]) == ("o1", "active", 1)
    assert shown[NEXT_CHECK_IN] == driven.of(ScheduleCheckIn)[-1].starts_at


async def test_there_is_one_cycle_for_each_mentorship_and_none_after_it(driven: Driven) -> None:
    assert not await driven.cycles.start(Cycle.of(driven.mentorship))
    await driven.tell(Declined(party=Party.MENTOR))
    await driven.handle.result()
    assert not await driven.cycles.start(Cycle.of(driven.mentorship))
    assert not await driven.cycles.tell(driven.id, Told(event_id="late", fact=Accepted(party=Party.MENTOR)))
    assert phases(driven) == [Phase.DECLINED]


async def test_a_service_that_is_down_delays_a_command_and_does_not_double_it(
    driven: Driven, services: Services
) -> None:
    failures = iter([Unavailable("down"), Unavailable("down")])
    services.refuse = lambda command: next(failures, None) if isinstance(command, ChangePhase) else None
    await driven.tell(Declined(party=Party.MENTOR))
    await driven.handle.result()
    assert phases(driven) == [Phase.DECLINED]


async def test_a_command_that_can_never_succeed_does_not_wedge_the_cycle(driven: Driven, services: Services) -> None:
    def refuse(command: CycleCommand) -> Exception | None:
        return Invalid("no such day") if isinstance(command, ScheduleCheckIn) and command.index == 1 else None

    services.refuse = refuse
    await driven.become_active()
    await driven.wait(days=40)
    assert [command.index for command in driven.of(ScheduleCheckIn)] == [2, 3]


async def test_nothing_in_a_history_is_readable(driven: Driven) -> None:
    await driven.become_active()
    history = await driven.handle.fetch_history()
    written = b"".join(event.SerializeToString() for event in history.events)
    assert b"binary/encrypted" in written
    assert not any(word in written for word in (b"u-mentee", b"u-mentor", b"agreed", b"Berlin"))


async def test_moving_time_moves_every_cycle_and_then_the_installation(
    client: Client, services: Services, clock: Clock
) -> None:
    old = Driven(client, services, a_new_mentorship(), clock=clock)
    await old.start()
    await old.cycles.move(timedelta(days=10))
    young = Driven(client, services, a_new_mentorship(created_at=clock.now()), clock=clock)
    await young.start()
    for driven in (old, young):
        await driven.tell(*(Accepted(party=party) for party in BOTH))
    await eventually(lambda: phases(old) and phases(young))
    assert clock.offset == timedelta(days=10)
    for driven in (old, young):
        assert abs(driven.of(ChangePhase)[0].at - clock.now()) < MINUTE
    await old.cycles.move(timedelta(days=14))
    await eventually(lambda: told_of_delay(old) and told_of_delay(young))


def told_of_delay(driven: Driven) -> list[datetime]:
    return [prompt.at for prompt in driven.of(Prompt) if prompt.template is Template.AGREEMENT_OVERDUE]


async def test_a_cycle_that_was_left_behind_catches_up(client: Client, services: Services, clock: Clock) -> None:
    driven = Driven(client, services, a_new_mentorship(), clock=clock)
    await driven.start()
    clock.move(timedelta(days=3))  # as after a move that failed half way
    keeper = TimeKeeper(driven.cycles, clock)
    for _ in range(2):  # a repeated command moves time once
        reading = await keeper.move_time(MANAGER, MoveTime(by=timedelta(days=2), idempotency_key="k"))
    assert clock.offset == timedelta(days=5)
    assert abs(reading.now - driven.mentorship.created_at - timedelta(days=5)) < MINUTE
    await driven.tell(Declined(party=Party.MENTEE))
    await driven.handle.result()
    assert abs(driven.of(ChangePhase)[0].at - reading.now) < MINUTE
    with pytest.raises(IdempotencyMismatch):
        await keeper.move_time(MANAGER, MoveTime(by=timedelta(days=9), idempotency_key="k"))


@pytest.mark.parametrize("by", [timedelta(), timedelta(days=-1), timedelta(days=367)])
async def test_time_moves_forward_only_and_not_too_far(client: Client, clock: Clock, by: timedelta) -> None:
    with pytest.raises(Invalid):
        await TimeKeeper(Cycles(lambda: client, clock), clock).move_time(MANAGER, MoveTime(by=by))
    assert clock.offset == timedelta()


@pytest.mark.parametrize("roles", [(), ("auditor", "hr_analyst")])
async def test_not_everybody_moves_time(client: Client, clock: Clock, roles: tuple[str, ...]) -> None:
    caller = Caller(org_id="o1", user_id="u1", roles=roles)
    with pytest.raises(Forbidden):
        await TimeKeeper(Cycles(lambda: client, clock), clock).move_time(caller, MoveTime(by=MINUTE))


async def test_nobody_moves_time_where_it_is_real(client: Client) -> None:
    with pytest.raises(Forbidden):
        await TimeKeeper(Cycles(lambda: client, Clock()), Clock()).move_time(MANAGER, MoveTime(by=MINUTE))


async def test_a_long_move_over_the_ends_of_runs_fires_every_timer_at_its_instant(
    client: Client, services: Services, clock: Clock
) -> None:
    driven = Driven(client, services, a_new_mentorship(policy=PATIENT), clock=clock)
    await driven.start()
    await driven.become_active()
    await driven.cycles.move(timedelta(days=300))
    surveys = [prompt.at for prompt in driven.of(Prompt) if prompt.template is Template.ALUMNI_SURVEY]
    changed = {command.phase: command.at for command in driven.of(ChangePhase)}
    assert changed[Phase.CLOSED] - changed[Phase.ACTIVE] - timedelta(days=196) < MINUTE
    assert abs(surveys[0] - changed[Phase.CLOSED] - timedelta(days=90)) < MINUTE
