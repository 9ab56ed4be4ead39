"""What is measured for a goal, and the dated values that make it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import Line, Record

Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
Remark = Annotated[str, msgspec.Meta(max_length=2_000)]


class MetricKind(StrEnum):
    """How entries make the current value."""

    COUNT = "count"
    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"


class Metric(Record, frozen=True, kw_only=True):
    """What is measured: from `baseline` to `target`, in `unit`; perhaps only entries with feedback count."""

    name: Line
    unit: Line
    kind: MetricKind
    baseline: Number
    target: Number
    needs_feedback: bool = False


class GoalMetric(Record, frozen=True, kw_only=True):
    """A further metric of a goal; it accompanies the main one, which alone decides when the goal is achieved."""

    id: str
    metric: Metric
    current: float
    attainment: float = 0.0
    added_at: datetime


class ProgressEntry(Record, frozen=True, kw_only=True):
    """One dated value of one of the goal's metrics; `metric_id` is None for the main one."""

    id: str
    value: float
    on: date
    note: str
    logged_by: str
    logged_at: datetime
    metric_id: str | None = None
    feedback_id: str | None = None
