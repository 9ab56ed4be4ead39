"""What is counted while pairs are played: whole numbers alone, so that parts add up the same in any order. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contracts.identity import CaseKind, ChangePhase, Closure, OpenCase, Phase
from contracts.notifications import Prompt, Template
from contracts.wire import CycleCommand
from workflows.facts import CadenceSet, Fact, Outcome, Settled
from workflows.simulation.owed import Owed
from workflows.simulation.people import MEETING_MINUTES
from workflows.state import TERMINAL

WEEK = timedelta(weeks=1)


class WeekTally(msgspec.Struct, kw_only=True):
    """One week: how many people got how many notifications, how many mentors gave how many minutes, and so on."""

    open_pairs: int = 0
    notifications: dict[int, int] = msgspec.field(default_factory=dict)
    minutes: dict[int, int] = msgspec.field(default_factory=dict)
    cases: dict[CaseKind, int] = msgspec.field(default_factory=dict)
    settled: int = 0
    due: int = 0


class Tally(msgspec.Struct, kw_only=True):
    """Any number of pairs. Shares are in a thousand. The closure of a match that came to nothing is ''."""

    weeks: list[WeekTally]
    pairs: int = 0
    sent: dict[Template, int] = msgspec.field(default_factory=dict)
    minutes: int = 0
    held: int = 0
    missed: int = 0
    open_at_end: int = 0
    closures: dict[str, int] = msgspec.field(default_factory=dict)
    coverage: dict[int, int] = msgspec.field(default_factory=dict)
    kept: dict[int, int] = msgspec.field(default_factory=dict)


def empty(weeks: int) -> Tally:
    """Nothing counted yet."""
    return Tally(weeks=[WeekTally() for _ in range(weeks)])


def add(total: Tally, part: Tally) -> None:
    """Count a part as well; in which order parts come makes no difference."""
    for name in ("pairs", "minutes", "held", "missed", "open_at_end"):
        setattr(total, name, getattr(total, name) + getattr(part, name))
    for name in ("sent", "closures", "coverage", "kept"):
        _count_all(getattr(total, name), getattr(part, name))
    for week, more in zip(total.weeks, part.weeks, strict=True):
        for name in ("open_pairs", "settled", "due"):
            setattr(week, name, getattr(week, name) + getattr(more, name))
        for name in ("notifications", "minutes", "cases"):
            _count_all(getattr(week, name), getattr(more, name))


def _count_all(into: dict[Any, int], counted: Mapping[Any, int]) -> None:
    for what, times in counted.items():
        into[what] = into.get(what, 0) + times


class Record(msgspec.Struct, kw_only=True):
    """What one pair came to, while it is played; `ends` where less is known of it than of all weeks."""

    begins: datetime
    weeks: int
    ends: datetime | None = None
    meeting_minutes: int = MEETING_MINUTES
    notified: Counter[tuple[str, int]] = msgspec.field(default_factory=Counter)
    sent: Counter[Template] = msgspec.field(default_factory=Counter)
    minutes: Counter[int] = msgspec.field(default_factory=Counter)
    cases: Counter[tuple[CaseKind, int]] = msgspec.field(default_factory=Counter)
    outcomes: dict[int, Outcome] = msgspec.field(default_factory=dict)
    closed_at: datetime | None = None
    closure: Closure | None = None

    def week(self, at: datetime) -> int:
        """In which week a moment lies."""
        return min(self.weeks - 1, max(0, (at - self.begins) // WEEK))

    def wanted(self, command: CycleCommand) -> None:
        """Count what the cycle wanted."""
        match command:
            case Prompt():
                for user_id in command.recipient_ids:
                    self.notified[user_id, self.week(command.at)] += 1
                self.sent[command.template] += len(command.recipient_ids)
            case OpenCase():
                self.cases[command.kind, self.week(command.at)] += 1
            case ChangePhase(phase=phase) if phase in TERMINAL and phase is not Phase.ARCHIVED:
                self.closed_at, self.closure = command.at, command.closure

    def heard(self, fact: Fact, at: datetime) -> None:
        """Count a meeting, once."""
        if isinstance(fact, CadenceSet):
            self.meeting_minutes = fact.minutes
        if isinstance(fact, Settled) and fact.index not in self.outcomes and fact.outcome is not Outcome.CANCELLED:
            self.outcomes[fact.index] = fact.outcome
            if fact.outcome is Outcome.HELD:
                self.gave(self.meeting_minutes, at)

    def gave(self, minutes: int, at: datetime) -> None:
        """The mentor gave this much time."""
        if minutes:
            self.minutes[self.week(at)] += minutes


def count(record: Record, people: Iterable[str], owed: Iterable[Owed]) -> Tally:
    """A single pair as a tally."""
    tally = empty(record.weeks)
    outcomes = list(record.outcomes.values())
    tally.pairs, tally.sent, tally.minutes = 1, dict(record.sent), sum(record.minutes.values())
    tally.held, tally.missed = outcomes.count(Outcome.HELD), outcomes.count(Outcome.MISSED)
    last = record.weeks - 1 if (ended := record.closed_at or record.ends) is None else record.week(ended)
    people = sorted(people)
    for number, week in enumerate(tally.weeks[: last + 1]):
        week.open_pairs = 1
        week.notifications = dict(Counter(record.notified[person, number] for person in people))
        week.minutes = {record.minutes[number]: 1}
    for (kind, number), times in record.cases.items():
        tally.weeks[number].cases[kind] = times
    if record.closed_at is None:
        tally.open_at_end = 1
    else:
        tally.closures = {record.closure or "": 1}
    _cover(tally, record, list(owed))
    return tally


def _cover(tally: Tally, record: Record, owed: list[Owed]) -> None:
    """How much of what came due was settled, week by week; and at the end, of the pair itself."""
    settled = due = kept = 0
    for number, week in enumerate(tally.weeks, start=1):
        at = record.begins + number * WEEK
        at = at if record.ends is None else min(at, record.ends)
        settled, due, kept = _standing(owed, at)
        week.settled, week.due = settled, due
    if due:
        tally.coverage = {settled * 1000 // due: 1}
    if settled:
        tally.kept = {kept * 1000 // settled: 1}


def _standing(owed: list[Owed], at: datetime) -> tuple[int, int, int]:
    """Settled, settled or overdue, and kept by then."""
    settled = due = kept = 0
    for each in owed:
        if each.done_at is not None and each.done_at <= at:
            kept, settled, due = kept + 1, settled + 1, due + 1
        elif each.due < at:
            due += 1
            settled += each.due + each.grace < at
    return settled, due, kept
