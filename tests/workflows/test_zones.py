"""Six zones, four changes of the clocks, a new cadence and a leave over one of them: check-ins where calendars say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client

from contracts.identity import ChangePhase, Phase
from contracts.sessions import MoveCheckIn, ScheduleCheckIn, SkipCheckIn
from contracts.wire import CycleCommand
from tests.workflows.engine import Driven, Services, a_new_mentorship, eventually, working
from tests.workflows.play import BOTH, Play, a_cycle
from tests.workflows.zones import DAY, POLICY, Year
from workflows.facts import Accepted, Fact, GoalAgreed, Paused, Scheduled, Signed

# no zone of Brazil or India has changed its clocks lately, so one of the years is of before
BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)
YEARS = [
    ("Europe/Berlin", "America/New_York", 2026, 4),
    ("America/New_York", "Australia/Lord_Howe", 2026, 4),
    ("Australia/Lord_Howe", "Pacific/Auckland", 2026, 4),
    ("Pacific/Auckland", "Europe/Berlin", 2026, 4),
    ("America/Sao_Paulo", "Europe/Berlin", 2018, 4),
    ("Asia/Kolkata", "America/New_York", 2026, 2),
    ("Australia/Lord_Howe", "Asia/Kolkata", 2026, 2),
]


class Moving(Play):
    """Sessions moves what it is asked to move."""

    def _answers(self, command: CycleCommand) -> list[Fact]:
        if isinstance(command, MoveCheckIn):
            index = int(command.check_in_id[1:])
            moved = Scheduled(
                check_in_id=command.check_in_id, index=index, starts_at=command.starts_at, minutes=60, sequence=2
            )
            return [moved]
        return super()._answers(command)

    def live_until(self, moment: datetime) -> None:
        """Let time pass."""
        self.wait(seconds=(moment - self.now).total_seconds())


def where(commands: list[CycleCommand]) -> list[datetime]:
    """Where each check-in came to lie, by index, without those that were left out."""
    starts: dict[int, datetime] = {}
    for command in commands:
        match command:
            case ScheduleCheckIn(index=index, starts_at=starts_at):
                assert index not in starts
                starts[index] = starts_at
            case MoveCheckIn(check_in_id=check_in_id, starts_at=starts_at):
                starts[int(check_in_id.rpartition("c")[2])] = starts_at
            case SkipCheckIn(check_in_id=check_in_id):
                del starts[int(check_in_id.rpartition("c")[2])]
    return list(starts.values())


@pytest.mark.parametrize(("mentors", "mentees", "in_year", "changes"), YEARS)
def test_check_ins_are_where_both_calendars_have_them(mentors: str, mentees: str, in_year: int, changes: int) -> None:
    year = Year(mentors, mentees, datetime(in_year, 1, 5, 9, tzinfo=UTC))
    play = Moving(a_cycle(policy=POLICY, created_at=year.begins))
    play.accept()
    play.sign()
    play.tell(GoalAgreed(goal_id="g1"), year.cadence(version=1))
    play.live_until(year.rests_at)
    play.tell(Paused(started_at=year.rests_at, until=year.rests_until))
    play.live_until(year.turns_at)
    play.tell(year.cadence(version=2))
    play.live_until(year.ends + DAY)
    assert len(year.changes) == changes
    assert where(play.commands) == year.check_ins()
    assert play.cycle.phase is Phase.CLOSING


@pytest.mark.parametrize(
    ("mentors", "mentees", "utc"),
    [
        # nine in Berlin until July, with the leave in March; then half past five in New York
        (
            "Europe/Berlin", "America/New_York",
            "02-24 08:00, 03-24 08:00, 04-07 07:00, 07-14 07:00, 07-20 21:30, 10-26 21:30, 11-09 22:30",
        ),
        # nine on Lord Howe Island, which moves by half an hour; then half past five in Auckland
        (
            "Australia/Lord_Howe", "Pacific/Auckland",
            "03-23 22:00, 04-20 22:30, 07-13 22:30, 07-19 05:30, 09-13 05:30, 09-27 04:30, 12-20 04:30",
        ),
    ],
)  # fmt: skip
def test_the_calendars_are_those_that_one_works_out_by_hand(mentors: str, mentees: str, utc: str) -> None:
    found = [f"{each:%m-%d %H:%M}" for each in Year(mentors, mentees, BEGINS).check_ins()]
    assert len(found) == 27
    assert [each for each in found if each in utc] == utc.split(", ")


@pytest.fixture(scope="module")
async def services(client: Client) -> AsyncIterator[Services]:
    found = Services()
    async with working(client, found):
        yield found


async def test_a_real_engine_finds_the_same_places(client: Client, services: Services) -> None:
    mentorship = a_new_mentorship(policy=POLICY)
    year = Year("America/New_York", "Australia/Lord_Howe", mentorship.created_at)
    driven = Driven(client, services, mentorship)
    await driven.start()
    await driven.tell(*(Accepted(party=party) for party in BOTH), *(Signed(party=party, version=1) for party in BOTH))
    await driven.tell(GoalAgreed(goal_id="g1"), year.cadence(version=1))
    await eventually(lambda: driven.of(ScheduleCheckIn))
    await _live_until(driven, year.rests_at)
    await driven.tell(Paused(started_at=year.rests_at, until=year.rests_until))
    await eventually(lambda: driven.of(ChangePhase)[-1].phase is Phase.PAUSED)
    await _live_until(driven, year.turns_at)
    await driven.tell(year.cadence(version=2))
    await eventually(lambda: driven.of(MoveCheckIn))
    await _live_until(driven, year.ends + DAY)
    assert len(year.changes) == 4
    assert where([each for each in services.commands if driven.id in repr(each)]) == year.check_ins()


async def _live_until(driven: Driven, moment: datetime) -> None:
    """In steps that the engine takes exactly."""
    while (left := moment - await driven.now()) > timedelta():
        await driven.wait(seconds=min(left, 20 * DAY).total_seconds())
