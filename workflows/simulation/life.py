"""Lives simulated pairs: from instant to instant, as an engine would, and as fast as arithmetic goes. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Protocol, Self

import msgspec

from contracts.identity import Closure, Mentorship, Party, ProgrammePolicy
from contracts.simulation import Profile
from contracts.wire import CycleCommand
from workflows import machine
from workflows.facts import Fact
from workflows.simulation import tally
from workflows.simulation.behaviour import HABITS, HOURS_A_MONTH, Chance, profile_of
from workflows.simulation.owed import Book, Deed
from workflows.simulation.people import Pair, Person
from workflows.simulation.tally import WEEK, Record, Tally
from workflows.state import Cycle

BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday: every simulation begins there, or its figures would differ
_WEEKS_A_YEAR, _MONTHS_A_YEAR = 52, 12


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to play: pairs `first` to `first + pairs - 1` of all of a seed."""

    policy: ProgrammePolicy
    months: int
    mix: dict[Profile, int]
    seed: int
    pairs: int
    first: int = 0
    begins: datetime = BEGINS

    @property
    def weeks(self) -> int:
        """For how many weeks, the last one begun counted."""
        return -(-self.months * _WEEKS_A_YEAR // _MONTHS_A_YEAR)

    @property
    def ends(self) -> datetime:
        """Until when."""
        return self.begins + self.weeks * WEEK


def play(plan: Plan) -> Tally:
    """All pairs of the plan, one after the other: they know nothing of each other."""
    total = tally.empty(plan.weeks)
    for number in range(plan.first, plan.first + plan.pairs):
        tally.add(total, Life.of(plan, number).run(plan.ends))
    return total


def a_mentorship(plan: Plan, number: int) -> Mentorship:
    """The match as it is proposed."""
    pair_id = f"simulated-{number}"
    return Mentorship(
        id=pair_id,
        org_id="simulated",
        programme_id="simulated",
        mentor_id=f"{pair_id}/mentor",
        mentee_id=f"{pair_id}/mentee",
        policy=plan.policy,
        created_at=plan.begins,
    )


def a_pair(plan: Plan, mentorship: Mentorship, number: int) -> Pair:
    """Two people of this seed."""
    chance = Chance(plan.seed, number)
    people = {party: _person(plan, chance, party) for party in (Party.MENTEE, Party.MENTOR)}
    return Pair(
        mentorship_id=mentorship.id,
        mentee_id=mentorship.mentee_id,
        chance=chance,
        begins=plan.begins,
        policy=plan.policy,
        people=people,
        book=Book(policy=plan.policy),
    )


def _person(plan: Plan, chance: Chance, party: Party) -> Person:
    habit = HABITS[profile_of(chance, plan.mix, party)]
    gone_at = None
    if chance.happens(habit.leaving, f"leaves:{party}"):
        gone_at = plan.begins + timedelta(hours=HOURS_A_MONTH * chance.hours(habit.leaves, f"leaves-at:{party}"))
    return Person(party=party, habit=habit, gone_at=gone_at)


class People(Protocol):
    """The two people of a pair, and what the services would answer."""

    book: Book

    def propose(self) -> Iterable[Deed]:
        """What they do of themselves, from the proposal on."""

    def react(self, command: CycleCommand) -> Iterable[Deed]:
        """What they do because of this."""

    def answer(self, command: CycleCommand) -> list[Fact]:
        """What the services say to it at once."""


class Life:
    """One pair with its cycle, and what it is about to do."""

    def __init__(self, cycle: Cycle, pair: People, record: Record) -> None:
        self.cycle, self.pair, self.record = cycle, pair, record
        self._coming: list[tuple[datetime, int, Deed]] = []
        self._planned = 0

    @classmethod
    def of(cls, plan: Plan, number: int) -> Self:
        """The pair of this number, just proposed."""
        mentorship = a_mentorship(plan, number)
        record = Record(begins=plan.begins, weeks=plan.weeks)
        return cls(Cycle.of(mentorship), a_pair(plan, mentorship, number), record)

    def run(self, ends: datetime) -> Tally:
        """Until the end, or until nothing can happen any more."""
        machine.begin(self.cycle)
        self.plan(self.pair.propose())
        while (at := self._next()) is not None and at < ends and not self.cycle.is_over:
            deed = self.due(at)
            if deed is None:
                machine.step(self.cycle, [], at)
            elif not self.cycle.has_closed:
                self.do(deed)
                machine.step(self.cycle, [deed.fact], at)
            self._deliver()
        return self.counted()

    def plan(self, deeds: Iterable[Deed]) -> None:
        """These will be done, each at its moment; those of one moment in the order in which they were planned."""
        for deed in deeds:
            self._planned += 1
            heappush(self._coming, (deed.at, self._planned, deed))

    def due(self, at: datetime) -> Deed | None:
        """The next thing to do until then."""
        return heappop(self._coming)[2] if self._coming and self._coming[0][0] <= at else None

    def do(self, deed: Deed) -> None:
        """Count it, before the cycle hears of it."""
        self.pair.book.take(deed)
        self.record.gave(deed.minutes, deed.at)
        self.record.heard(deed.fact, deed.at)

    def counted(self) -> Tally:
        """The pair as it stands."""
        return tally.count(self.record, (self.cycle.mentor_id, self.cycle.mentee_id), self.pair.book.owed.values())

    @property
    def ending(self) -> tuple[bool, Closure | None]:
        """Whether it has closed, and how."""
        return self.record.closed_at is not None, self.record.closure

    @property
    def coming(self) -> datetime | None:
        """When somebody does something next."""
        return self._coming[0][0] if self._coming else None

    def _next(self) -> datetime | None:
        return min((at for at in (self.cycle.next_due, self.coming) if at is not None), default=None)

    def _deliver(self) -> None:
        """Give what the cycle wants to the two, and their answers back to it."""
        while self.cycle.pending:
            wanted, self.cycle.pending = [effect.command for effect in self.cycle.pending], []
            answers = []
            for command in wanted:
                self.record.wanted(command)
                self.plan(self.pair.react(command))
                answers += self.pair.answer(command)
            for answer in answers:
                self.record.heard(answer, self.cycle.clock)
            machine.step(self.cycle, answers, self.cycle.clock)
