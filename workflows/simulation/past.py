"""A past mentorship lived once more: what people did is known, what follows from it the machine decides. Pure.

People do what they really did at the very moments at which they did it, whatever they are reminded of. A check-in comes
to what it really came to; one that was never planned in the past is of unknown outcome and counts as nothing.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from contracts.goals import OpenCommitment, Promise
from contracts.identity import Closure, Mentorship, Party, Phase, ProgrammePolicy
from contracts.sessions import MoveCheckIn, MoveReason, ScheduleCheckIn, SettleAttendance, SkipCheckIn
from contracts.wire import CycleCommand
from workflows.commands import BOTH
from workflows.facts import (
    CadenceSet,
    Fact,
    HelpAsked,
    HelpGiven,
    ItemDone,
    ItemMoved,
    ItemPromised,
    Outcome,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
)
from workflows.simulation import tally
from workflows.simulation.life import Life
from workflows.simulation.owed import Book, Deed, Owed
from workflows.simulation.tally import Record, Tally
from workflows.state import Cycle

_BLINK = timedelta(milliseconds=1)
_AGAIN_AND_AGAIN = (Promise.LOG_PROGRESS, Promise.GIVE_FEEDBACK)


class Happened(Deed, frozen=True, kw_only=True):
    """Something that somebody did, as the cycle heard of it.

    `meeting` is the past check-in that it is about, and `around` what it does for that: `prepares` or `reads` it.
    `renews`: the promise of a series that it may keep. `thanks`: the name of the promise to acknowledge it.
    """

    meeting: str = ""
    around: str = ""
    renews: Promise | None = None
    thanks: str = ""


class PastMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in as it was planned first, and what it came to: None where nobody knows, as if it was cancelled."""

    check_in_id: str
    planned_for: datetime
    outcome: Outcome | None = None
    present: tuple[Party, ...] = ()


class PastLife(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of one mentorship until a moment, and where it stood then."""

    mentorship: Mentorship
    until: datetime
    phase: Phase
    closure: Closure | None = None
    meetings: list[PastMeeting] = msgspec.field(default_factory=list)
    happened: list[Happened] = msgspec.field(default_factory=list)


class Past(msgspec.Struct, kw_only=True):
    """Stands in for the two people and the services: it answers with what was."""

    mentorship_id: str
    mentee_id: str
    happened: list[Happened]
    planned: dict[datetime, list[PastMeeting]]
    book: Book
    index_of: dict[str, int] = msgspec.field(default_factory=dict)
    starts: dict[str, datetime] = msgspec.field(default_factory=dict)
    came_to: dict[str, Outcome] = msgspec.field(default_factory=dict)
    agreed: set[str] = msgspec.field(default_factory=set)
    series: dict[Promise, list[str]] = msgspec.field(default_factory=dict)
    minutes: int = 0
    unknown: int = 0

    @classmethod
    def of(cls, life: PastLife, policy: ProgrammePolicy) -> "Past":
        """All that is known, under a policy."""
        planned: dict[datetime, list[PastMeeting]] = {}
        for meeting in life.meetings:
            planned.setdefault(meeting.planned_for, []).append(meeting)
        return cls(
            mentorship_id=life.mentorship.id,
            mentee_id=life.mentorship.mentee_id,
            happened=life.happened,
            planned=planned,
            book=Book(policy=policy),
            series={promise: [] for promise in _AGAIN_AND_AGAIN},
        )

    def propose(self) -> Iterator[Deed]:
        """Everything that people did, and nothing else ever."""
        yield from self.happened

    def react(self, command: CycleCommand) -> Iterator[Deed]:
        """Nobody is moved by what they did not get in their time; only what is promised is entered."""
        self.book.hear(command)
        if isinstance(command, OpenCommitment) and command.promise in self.series:
            self.series[command.promise].append(command.cause_id)
        yield from ()

    def answer(self, command: CycleCommand) -> list[Fact]:
        """What sessions would answer at once."""
        match command:
            case ScheduleCheckIn(index=index, starts_at=start):
                return [self._plan(index, start)]
            case MoveCheckIn():
                return [self._move(command)]
            case SkipCheckIn(check_in_id=check_in_id):
                self.book.release(self.index_of[check_in_id])
                return [self._settled(check_in_id, Outcome.CANCELLED)]
            case SettleAttendance(check_in_id=check_in_id):
                self.unknown += check_in_id not in self.came_to
                return [self._settled(check_in_id, self.came_to.get(check_in_id, Outcome.CANCELLED))]
        return []

    def resolved(self, deed: Deed) -> Deed | None:
        """What it means in this life; None where it is about a check-in that is not planned in it."""
        if not isinstance(deed, Happened):
            return deed
        fact, keeps = deed.fact, deed.keeps
        if isinstance(fact, CadenceSet):
            self.minutes = fact.minutes
        if deed.meeting:
            index = self.index_of.get(deed.meeting)
            if index is not None and deed.around:
                keeps = f"{deed.around}:{index}"
            elif index is None and isinstance(fact, Scheduled | Settled):
                return None
            elif index is not None:
                fact = self._here(deed.meeting, index, fact)
        if deed.renews is not None:
            keeps = keeps or self._renewed(deed.renews, deed.at)
        return Deed(
            at=deed.at, fact=fact, minutes=deed.minutes, keeps=keeps or _kept_by(fact), opens=self._opened(deed)
        )

    def _opened(self, deed: Happened) -> tuple[str, Owed] | None:
        match deed.fact:
            case _ if deed.thanks:
                return self.book.thanks(deed.thanks, deed.at)
            case ItemPromised(item_id=name) | ItemMoved(item_id=name):
                return self.book.opens(deed.fact, name)
            case HelpAsked(help_request_id=name, asked_by=self.mentee_id):
                return self.book.opens(deed.fact, name)
        return None

    def _plan(self, index: int, start: datetime) -> Scheduled:
        same_time = self.planned.get(start)
        known = same_time.pop(0) if same_time else None
        check_in_id = known.check_in_id if known else f"{self.mentorship_id}/c{index}"
        self.index_of[check_in_id], self.starts[check_in_id] = index, start
        if known is not None and known.outcome is not None:
            self.came_to[check_in_id] = known.outcome
        if known is None or known.outcome not in {Outcome.HELD, Outcome.MISSED}:
            self.book.release(index)
        else:
            for party in BOTH:
                done_at = start if party in known.present else None
                self.book.owed[f"attends:{index}:{party}"] = Owed(due=start, grace=timedelta(), done_at=done_at)
        return Scheduled(check_in_id=check_in_id, index=index, starts_at=start)

    def _move(self, command: MoveCheckIn) -> Scheduled:
        """As sessions does it: what both agreed on a new cadence does not undo."""
        check_in_id, by_cadence = command.check_in_id, command.reason is MoveReason.CADENCE
        index = self.index_of[check_in_id]
        start = self.starts[check_in_id] if by_cadence and check_in_id in self.agreed else command.starts_at
        self._restart(check_in_id, index, start)
        minutes = self.minutes if by_cadence else 0
        return Scheduled(check_in_id=check_in_id, index=index, starts_at=start, minutes=minutes)

    def _here(self, meeting: str, index: int, fact: Fact) -> Fact:
        """A fact about a check-in, which may have another number in this life."""
        if isinstance(fact, Settled):
            return replace(fact, index=index)
        if isinstance(fact, Scheduled) and fact.starts_at is not None:
            self.agreed.add(meeting)
            self._restart(meeting, index, fact.starts_at)
            return replace(fact, index=index, sequence=0)
        return fact

    def _restart(self, check_in_id: str, index: int, start: datetime) -> None:
        self.book.move(index, start, self.starts[check_in_id])
        self.starts[check_in_id] = start

    def _settled(self, check_in_id: str, outcome: Outcome) -> Settled:
        return Settled(check_in_id=check_in_id, index=self.index_of[check_in_id], outcome=outcome)

    def _renewed(self, promise: Promise, at: datetime) -> str:
        """Nobody said which of a series it was: the first that waits and has not lapsed."""
        waiting = [name for name in self.series[promise] if name in self.book.owed]
        for name in sorted(waiting, key=lambda each: self.book.owed[each].due):
            owed = self.book.owed[name]
            if owed.done_at is None and owed.due + owed.grace >= at:
                return name
        return ""


def _kept_by(fact: Fact) -> str:
    """The name of the promise that a fact by itself keeps."""
    match fact:
        case Signed(party=party):
            return f"signs:{party}"
        case Reviewed(kind=kind, index=index, party=party):
            return f"review:{kind}:{index}:{party}"
        case ItemDone(item_id=name) | HelpGiven(help_request_id=name):
            return name
    return ""


class Relived(Life):
    """One past mentorship under a policy."""

    def __init__(self, life: PastLife, policy: ProgrammePolicy, weeks: int) -> None:
        mentorship = replace(life.mentorship, policy=policy)
        self.past = Past.of(life, policy)
        self.ends = life.until + _BLINK
        record = Record(begins=mentorship.created_at, weeks=weeks, ends=life.until)
        super().__init__(Cycle.of(mentorship), self.past, record)

    def due(self, at: datetime) -> Deed | None:
        """The next thing that was done until then, as it is to be understood in this life."""
        deed = super().due(at)
        return None if deed is None else self.past.resolved(deed)

    def lived(self) -> Tally:
        """From the proposal until nothing more is known."""
        return self.run(self.ends)

    def counted(self) -> Tally:
        """Whoever was the mentor at the time, one mentor was told."""
        cycle, told = self.cycle, Counter[tuple[str, int]]()
        for (user_id, week), times in self.record.notified.items():
            told[cycle.mentee_id if user_id == cycle.mentee_id else cycle.mentor_id, week] += times
        self.record.notified = told
        return super().counted()

    def stands_as(self, life: PastLife) -> bool:
        """Whether it came to where it really came to."""
        return (_before_alumni(self.cycle.phase), self.cycle.closure) == (_before_alumni(life.phase), life.closure)


def _before_alumni(phase: Phase) -> Phase:
    """What follows on the closing is of its own accord, whatever anybody did."""
    return Phase.CLOSED if phase in {Phase.ALUMNI, Phase.ARCHIVED} else phase


class PastPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to live once more: each mentorship under the policy it had, and under another one."""

    policy: ProgrammePolicy
    weeks: int
    lives: list[PastLife]


class BothSides(msgspec.Struct, kw_only=True):
    """Both sides. `left_out`: what is known of them does not lead to where they really came."""

    as_was: Tally
    would_be: Tally
    left_out: int = 0
    ended_otherwise: int = 0
    unknown_check_ins: int = 0


def nothing(weeks: int) -> BothSides:
    """Nothing compared yet."""
    return BothSides(as_was=tally.empty(weeks), would_be=tally.empty(weeks))


def include(total: BothSides, part: BothSides) -> None:
    """Count a part as well."""
    tally.add(total.as_was, part.as_was)
    tally.add(total.would_be, part.would_be)
    for name in ("left_out", "ended_otherwise", "unknown_check_ins"):
        setattr(total, name, getattr(total, name) + getattr(part, name))


def compare(plan: PastPlan) -> BothSides:
    """All lives of the plan, twice each."""
    total = nothing(plan.weeks)
    for life in plan.lives:
        was, would = Relived(life, life.mentorship.policy, plan.weeks), Relived(life, plan.policy, plan.weeks)
        counted, otherwise = was.lived(), would.lived()
        if not was.stands_as(life):
            total.left_out += 1
            continue
        tally.add(total.as_was, counted)
        tally.add(total.would_be, otherwise)
        total.ended_otherwise += was.ending != would.ending
        total.unknown_check_ins += would.past.unknown
    return total
