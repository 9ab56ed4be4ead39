"""What is measured for a goal: metrics, entries, series, milestones."""

from datetime import date, datetime

import strawberry

from contracts.goals import MetricKind
from gateway.types.identity import User
from gateway.types.relay import View, field, id_of, optional, reference, viewed


@strawberry.type(description="What is measured.")
class Metric:
    """Shows goals.Metric."""

    name: str = field("What is counted or measured.")
    unit: str = field("In which unit.")
    kind: MetricKind = field("How entries make the current value.")
    baseline: float = field("Where it started.")
    target: float = field("Where it shall get; below the baseline if less is better.")
    needs_feedback: bool = field("Whether an entry counts only once there is feedback on it.")


@strawberry.input(description="What is measured.")
class MetricInput:
    """Makes goals.Metric."""

    name: str = field("What is counted or measured.")
    unit: str = field("In which unit.")
    kind: MetricKind = field("How entries make the current value.")
    baseline: float = field("Where it starts.")
    target: float = field("Where it shall get; below the baseline if less is better.")
    needs_feedback: bool | None = optional("Whether an entry counts only once there is feedback on it; no if left out.")


@strawberry.type(description="One dated value of one of a goal's metrics.")
class ProgressEntry(View):
    """Shows goals.ProgressEntry."""

    id: strawberry.ID = field("Tells the entries of one goal apart.")
    value: float = field("The value.")
    on: date = field("The day that it is about.")
    note: str = field("The mentee's words about it.")
    logged_at: datetime = field("When it was entered.")
    logged_by = reference(User, "logged_by", "Who entered it.")
    metric_id: strawberry.ID | None = field("Which metric it is about; null for the goal's main one.")
    feedback_id = id_of("Feedback", "feedback_id", "The feedback on it, if there is any.")


@strawberry.type(description="Where a metric stood at the end of a day.")
class Point(View):
    """Shows goals.Point."""

    on: date = field("The day.")
    value: float = field("The metric's value by the end of it: for counts and sums everything so far.")


@strawberry.type(description="One metric of a goal as it stands now.")
class MetricProgress(View):
    """Shows goals.MetricProgress."""

    metric_id: strawberry.ID | None = field("Tells the metrics of one goal apart; null for the main one.")
    metric: Metric = field("What is measured.")
    current: float = field("The value that the entries make.")
    attainment: float = field("How much of the way from baseline to target is done, 0 to 1.")
    series = viewed(Point, "series", "One point for each day with an entry, oldest first.")
    elapsed: float | None = field(
        "The share of the days from the agreement to the due date that have passed, 0 to 1; null before the agreement."
    )
    on_track: bool | None = field("Whether attainment keeps up with the elapsed share; null before the agreement.")


@strawberry.type(description="A step on the way to a goal.")
class Milestone(View):
    """Shows goals.Milestone."""

    id: strawberry.ID = field("Tells the milestones of one goal apart.")
    title: str = field("The step in one line.")
    due: date = field("The day by which it shall be reached.")
    reached_at: datetime | None = field("When it was reached.")
    added_at: datetime = field("When it was added.")
