"""From what was counted to what is shown: means and percentiles, each rounded once. Pure."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from contracts.identity import CaseKind, Closure
from contracts.simulation import CaseCount, ClosureCount, Figures, Spread, TemplateCount, WeekFigures
from workflows.simulation.behaviour import STAFF_MINUTES
from workflows.simulation.tally import Tally, WeekTally

_NOTHING = Spread(mean=0.0, p10=0.0, p50=0.0, p90=0.0)
_HOUR, _PERMILLE = 60, 1000


def figures(tally: Tally) -> Figures:
    """Everything that a tally says."""
    staff = Counter(_staff_minutes(week.cases) for week in tally.weeks)
    cases = _sum([week.cases for week in tally.weeks])
    return Figures(
        pairs=tally.pairs,
        weeks=len(tally.weeks),
        notifications_sent=sum(tally.sent.values()),
        notifications=spread(_sum([week.notifications for week in tally.weeks])),
        notifications_by_template=tuple(
            TemplateCount(template=template, count=count) for template, count in sorted(tally.sent.items())
        ),
        mentor_hours_given=_number(Fraction(tally.minutes, _HOUR)),
        mentor_hours=spread(_sum([week.minutes for week in tally.weeks]), scale=_HOUR),
        check_ins_held=tally.held,
        check_ins_missed=tally.missed,
        escalations=sum(cases.values()),
        escalations_by_kind=tuple(CaseCount(kind=kind, count=count) for kind, count in sorted(cases.items())),
        staff_hours_needed=_number(Fraction(_staff_minutes(cases), _HOUR)),
        staff_hours=spread(staff, scale=_HOUR),
        coverage=spread(tally.coverage, scale=_PERMILLE) if tally.coverage else None,
        kept=spread(tally.kept, scale=_PERMILLE) if tally.kept else None,
        open_at_end=tally.open_at_end,
        closures=tuple(
            ClosureCount(closure=Closure(name) if name else None, count=count)
            for name, count in sorted(tally.closures.items())
        ),
        series=tuple(_week(number, week) for number, week in enumerate(tally.weeks, start=1)),
    )


def _week(number: int, week: WeekTally) -> WeekFigures:
    return WeekFigures(
        week=number,
        open_pairs=week.open_pairs,
        notifications=spread(week.notifications),
        mentor_hours=spread(week.minutes, scale=_HOUR),
        escalations=sum(week.cases.values()),
        staff_hours=_number(Fraction(_staff_minutes(week.cases), _HOUR)),
        coverage=_number(Fraction(week.settled, week.due)) if week.due else None,
    )


def spread(counted: Mapping[int, int], *, scale: int = 1) -> Spread:
    """How these values lie, by nearest rank: `counted` says how often each occurs."""
    times = sum(counted.values())
    if not times:
        return _NOTHING
    mean = Fraction(sum(value * count for value, count in counted.items()), times * scale)
    p10, p50, p90 = (_number(Fraction(_rank(counted, times, percent), scale)) for percent in (10, 50, 90))
    return Spread(mean=_number(mean), p10=p10, p50=p50, p90=p90)


def _rank(counted: Mapping[int, int], times: int, percent: int) -> int:
    """The least value that so many in a hundred do not exceed."""
    passed, wanted = 0, -(-times * percent // 100)
    for value in sorted(counted):
        passed += counted[value]
        if passed >= wanted:
            return value
    return max(counted)


def _staff_minutes(cases: Mapping[CaseKind, int]) -> int:
    return sum(STAFF_MINUTES[kind] * count for kind, count in cases.items())


def _sum[K](parts: list[dict[K, int]]) -> Counter[K]:
    total: Counter[K] = Counter()
    for part in parts:
        total.update(part)
    return total


def _number(value: Fraction) -> float:
    """Half up to a thousandth."""
    return float(Fraction((value * 1000 + Fraction(1, 2)) // 1, 1000))
