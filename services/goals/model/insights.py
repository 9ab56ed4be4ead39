"""Insights: plain counting over one mentorship, said only where there is enough to count. Pure, and free of order.

What is excused, disputed or still open says nothing. Nothing is said of one of the two against the other.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction
from statistics import median

from contracts.goals import (
    ActionItem,
    Commitment,
    Feedback,
    Figure,
    Goal,
    GoalState,
    Insight,
    InsightKind,
    Metric,
    Point,
    Promise,
)
from services.goals.model.ledger import TICK, as_of, fulfilment, latest
from services.goals.model.measures import entries_of, exact, series
from services.goals.model.score import SETTLED, rounded

LEAST_OF_A_TIME = 5  # promises that fell due on a weekday, or at an hour, before anything is said of it
LEAST_OF_A_TAG = 3
LEAST_OF_A_CADENCE = 4
LEAST_POINTS = 3
TAGS = 10  # at most; the most frequent ones
CONTRAST = Fraction(1, 5)  # a smaller difference between two shares may be chance
LOOK_BACK = timedelta(weeks=4)
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)
WHOLE_DAY = {Promise.COMPLETE_ACTION, Promise.ANSWER_HELP}  # due by the end of a day, so their hour says nothing
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RECURRING = {
    Promise.ATTEND: "Coming to a check-in",
    Promise.GIVE_FEEDBACK: "Feedback",
    Promise.LOG_PROGRESS: "Progress",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one mentorship has to look at."""

    commitments: Iterable[Commitment] = ()
    goals: Iterable[Goal] = ()
    feedback: Iterable[Feedback] = ()
    items: Iterable[ActionItem] = ()


def insights(seen: Seen, zone: tzinfo, at: datetime) -> tuple[Insight, ...]:
    """Everything that can be said at this moment; nothing while there is too little to go by."""
    settled = [each for each in (as_of(each, at) for each in latest(seen.commitments)) if each.state in SETTLED]
    timed = [each for each in settled if each.promise not in WHOLE_DAY]
    found = [
        *_contrast(InsightKind.WEEKDAY, settled, lambda each: _day(each, zone), _on_a_day),
        *_contrast(InsightKind.HOUR, timed, lambda each: each.due.astimezone(zone).hour, _at_an_hour),
        *_tags(seen.feedback, seen.items, at),
        *(each for goal in seen.goals for each in _trends(goal, at)),
        *_cadences(settled),
    ]
    order = list(InsightKind)
    return tuple(sorted(found, key=lambda each: (order.index(each.kind), each.text)))


def _day(commitment: Commitment, zone: tzinfo) -> int:
    """The ISO weekday on which it was due: of whole days the day that was named, else as a clock on the wall shows."""
    return commitment.due.astimezone(UTC if commitment.promise in WHOLE_DAY else zone).isoweekday()


def _on_a_day(day: int) -> str:
    return f"on a {DAYS[day - 1]}"


def _at_an_hour(hour: int) -> str:
    return f"between {hour}:00 and {hour}:59"


def _contrast(
    kind: InsightKind, settled: Iterable[Commitment], time_of: Callable[[Commitment], int], named: Callable[[int], str]
) -> Iterator[Insight]:
    """The time at which most was done in time beside the one at which least was, if they are far enough apart."""
    counted = {
        time: (sum(map(_in_time, due)), len(due))
        for time, due in _grouped(settled, time_of).items()
        if len(due) >= LEAST_OF_A_TIME
    }
    if len(counted) < 2:
        return
    shares = {time: Fraction(kept, due) for time, (kept, due) in counted.items()}
    most = max(shares, key=lambda time: (shares[time], counted[time][1], -time))
    least = min(shares, key=lambda time: (shares[time], -counted[time][1], time))
    if shares[most] - shares[least] < CONTRAST:
        return
    (kept, due), (kept_least, due_least) = counted[most], counted[least]
    yield _insight(
        kind,
        f"Of what was due {named(most)}, {kept} of {due} was done in time; {named(least)}, {kept_least} of {due_least}."
        " You can choose due moments that suit you both.",
        {f"most_{kind}": most, "most_in_time": kept, "most_due": due}
        | {f"least_{kind}": least, "least_in_time": kept_least, "least_due": due_least},
    )


def _grouped(settled: Iterable[Commitment], time_of: Callable[[Commitment], int]) -> dict[int, list[Commitment]]:
    by_time: defaultdict[int, list[Commitment]] = defaultdict(list)
    for each in settled:
        by_time[time_of(each)].append(each)
    return by_time


def _in_time(commitment: Commitment) -> bool:
    return fulfilment(commitment) == 1


def _tags(feedback: Iterable[Feedback], items: Iterable[ActionItem], at: datetime) -> Iterator[Insight]:
    """What became of the action items that feedback on one skill led to."""
    of_id = {item.id: item for item in items}
    done_of: defaultdict[str, list[bool]] = defaultdict(list)
    for word in feedback:
        item = of_id.get(word.action_item_id or "")
        if item is not None and (item.completed_at is not None or item.due < at.date()):
            for tag in {each.casefold() for each in word.tags}:
                done_of[tag].append(item.completed_at is not None)
    enough = [tag for tag, done in done_of.items() if len(done) >= LEAST_OF_A_TAG]
    for tag in sorted(enough, key=lambda tag: (-len(done_of[tag]), tag))[:TAGS]:
        done = done_of[tag]
        text = f"Feedback on “{tag}” led to {len(done)} action items that are done or were due; {sum(done)} are done."
        yield _insight(InsightKind.TAG, text, {"action_items": len(done), "done": sum(done)})


def _trends(goal: Goal, at: datetime) -> Iterator[Insight]:
    """Where each metric of a goal that counts is moving."""
    if goal.state is GoalState.AGREED:
        for metric_id, metric in ((None, goal.metric), *((each.id, each.metric) for each in goal.more_metrics)):
            points = series(metric, entries_of(goal, metric_id))
            if len(points) >= LEAST_POINTS:
                yield from _trend(metric, points, goal, at)


def _trend(metric: Metric, points: tuple[Point, ...], goal: Goal, at: datetime) -> Iterator[Insight]:
    since = (at - LOOK_BACK).date()
    before = [point for point in points if point.on <= since]
    first, last = before[-1] if before else points[0], points[-1]
    weeks = Fraction((last.on - first.on).days, WEEK.days)
    if weeks < 1:
        return
    slope = (exact(last.value) - exact(first.value)) / weeks
    numbers = {"from": exact(first.value), "to": exact(last.value), "weeks": weeks, "per_week": slope}
    text = (
        f"“{metric.name}” went from {_said(first.value)} on {first.on} to {_said(last.value)} on {last.on}:"
        f" {_said(slope)} {metric.unit} a week."
    )
    left = Fraction((goal.due - at.date()).days, WEEK.days)
    if left > 0 and last.value != metric.target:
        needed = (exact(metric.target) - exact(last.value)) / left
        numbers["needed_per_week"] = needed
        text += f" From here, {_said(needed)} a week lead to {_said(metric.target)} by {goal.due}."
    yield _insight(InsightKind.TREND, text, numbers)


def _cadences(settled: Iterable[Commitment]) -> Iterator[Insight]:
    """How what recurs was delivered beside how it was agreed."""
    of_promise: defaultdict[Promise, list[Commitment]] = defaultdict(list)
    for each in settled:
        of_promise[each.promise].append(each)
    for promise, name in RECURRING.items():
        due = of_promise[promise]
        if len(due) < LEAST_OF_A_CADENCE:
            continue
        kept = sum(map(_in_time, due))
        numbers: dict[str, float | Fraction] = {"due": len(due), "in_time": kept}
        text = f"{name} was due {len(due)} times and came in time {kept} times."
        leads = [Fraction((each.due - each.done_at) // TICK, HOUR // TICK) for each in due if each.done_at is not None]
        if leads and promise is not Promise.ATTEND:  # nobody comes to a meeting early
            hours = median(leads)
            numbers["median_lead_hours"] = hours
            text += (
                f" What was done came typically {_said(abs(hours))} hours {'before' if hours >= 0 else 'after'} that."
            )
        yield _insight(InsightKind.CADENCE, text, numbers)


def _said(value: float | Fraction) -> str:
    """A number as people write it: at most one digit after the point."""
    number = exact(value) if isinstance(value, float) else value
    return f"{float(rounded(number, digits=1)):.1f}".removesuffix(".0")


def _insight(kind: InsightKind, text: str, numbers: Mapping[str, float | Fraction]) -> Insight:
    figures = (Figure(name=name, value=float(rounded(Fraction(value), digits=3))) for name, value in numbers.items())
    return Insight(kind=kind, text=text, numbers=tuple(figures))
