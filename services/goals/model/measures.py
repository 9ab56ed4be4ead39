"""What entries make of a metric: where it stands, how it got there, and whether it is on track."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from statistics import fmean

import msgspec

from contracts.goals import (
    Goal,
    GoalMetric,
    GoalProgress,
    Metric,
    MetricKind,
    MetricProgress,
    Point,
    ProgressEntry,
)


def current_value(metric: Metric, entries: tuple[ProgressEntry, ...]) -> float:
    """Where the metric stands: counts and sums build on the baseline, the last entry is the last by day.

    A count goes one step towards the target for each entry; what a sum adds may be negative.
    """
    counted = tuple(entry for entry in entries if counts(metric, entry))
    if not counted:
        return metric.baseline
    match metric.kind:
        case MetricKind.COUNT:
            return metric.baseline + math.copysign(len(counted), metric.target - metric.baseline)
        case MetricKind.SUM:
            return metric.baseline + math.fsum(entry.value for entry in counted)
        case MetricKind.LAST:
            latest_first = reversed(counted)  # of two entered in the same millisecond the later one counts
            return max(latest_first, key=lambda entry: (entry.on, entry.logged_at)).value
        case MetricKind.AVERAGE:
            return fmean(entry.value for entry in counted)


def counts(metric: Metric, entry: ProgressEntry) -> bool:
    """Whether an entry counts already, or waits for the feedback that the metric needs."""
    return entry.feedback_id is not None or not metric.needs_feedback


def exact(value: float) -> Fraction:
    """The number as somebody entered it: 3.8 is 19/5."""
    return Fraction(str(value))


def share(start: Fraction, now: Fraction, end: Fraction) -> Fraction:
    """How much of the way from start to end is done, 0 to 1; works downwards too."""
    return min(Fraction(1), max(Fraction(0), (now - start) / (end - start)))


def attainment(metric: Metric, current: float) -> float:
    """The share of the way from baseline to target."""
    return float(share(exact(metric.baseline), exact(current), exact(metric.target)))


def measured(goal: Goal) -> dict[str, object]:
    """The fields of the goal that follow from its metrics and entries."""
    current = current_value(goal.metric, entries_of(goal, None))
    more = tuple(_measured(each, entries_of(goal, each.id)) for each in goal.more_metrics)
    return {"current": current, "attainment": attainment(goal.metric, current), "more_metrics": more}


def _measured(each: GoalMetric, entries: tuple[ProgressEntry, ...]) -> GoalMetric:
    current = current_value(each.metric, entries)
    return msgspec.structs.replace(each, current=current, attainment=attainment(each.metric, current))


def entries_of(goal: Goal, metric_id: str | None) -> tuple[ProgressEntry, ...]:
    """The entries of one metric, in the order of entry."""
    return tuple(entry for entry in goal.entries if entry.metric_id == metric_id)


def series(metric: Metric, entries: Iterable[ProgressEntry]) -> tuple[Point, ...]:
    """Where the metric stood at the end of each day that has an entry, oldest first: the last point is where it is."""
    by_day = sorted((entry for entry in entries if counts(metric, entry)), key=lambda entry: entry.on)
    points, number, total = [], 0, Fraction()
    for day, same_day in groupby(by_day, key=lambda entry: entry.on):
        of_day = tuple(same_day)
        number += len(of_day)
        total += sum(Fraction(entry.value) for entry in of_day)  # exact: the last point is the current value to the bit
        match metric.kind:
            case MetricKind.COUNT:
                value = metric.baseline + math.copysign(number, metric.target - metric.baseline)
            case MetricKind.SUM:
                value = metric.baseline + float(total)
            case MetricKind.LAST:
                value = current_value(metric, of_day)
            case MetricKind.AVERAGE:
                value = float(total) / number
        points.append(Point(on=day, value=value))
    return tuple(points)


def elapsed(agreed_at: datetime | None, due: date, at: datetime) -> float | None:
    """The share of the days from the agreement to the due date that have passed, 0 to 1; None before the agreement."""
    if agreed_at is None:
        return None
    first = agreed_at.date()
    passed, whole = (at.date() - first).days, max(1, (due - first).days)
    return float(share(Fraction(0), Fraction(passed), Fraction(whole)))


def progress(goal: Goal, at: datetime) -> GoalProgress:
    """Every metric of the goal as it stands at this moment, the main one first."""
    share = elapsed(goal.agreed_at, goal.due, at)
    main = _progress(None, goal.metric, goal, share)
    return GoalProgress(
        id=goal.id, metrics=(main, *(_progress(each.id, each.metric, goal, share) for each in goal.more_metrics))
    )


def _progress(metric_id: str | None, metric: Metric, goal: Goal, share: float | None) -> MetricProgress:
    entries = entries_of(goal, metric_id)
    current = current_value(metric, entries)
    attained = attainment(metric, current)
    return MetricProgress(
        metric_id=metric_id,
        metric=metric,
        current=current,
        attainment=attained,
        series=series(metric, entries),
        elapsed=share,
        on_track=None if share is None else attained >= share,
    )
