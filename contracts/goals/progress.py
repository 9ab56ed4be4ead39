"""Progress on a goal: entries, further metrics, and milestones on the way."""

from datetime import date
from typing import Annotated

import msgspec

from contracts.goals.goal import Goal, GoalFact
from contracts.goals.metric import Metric, Number, Remark
from contracts.wire import ByIds, Command, Line, Operation, Record, topic

Csv = Annotated[str, msgspec.Meta(min_length=1, max_length=90_000)]  # the endpoint takes requests of 100,000 bytes


class LogProgress(Command, frozen=True, kw_only=True):
    """The mentee enters a value for an agreed goal. Reaching the target achieves the goal."""

    goal_id: str
    value: Number
    on: date
    note: Remark = ""
    metric_id: str | None = None
    feedback_id: str | None = None


class AttachFeedback(Command, frozen=True, kw_only=True):
    """The mentee says which feedback an entry got. Where the metric needs feedback, the entry counts from now on."""

    goal_id: str
    entry_id: str
    feedback_id: str


class AddMetric(Command, frozen=True, kw_only=True):
    """The mentee measures something more; it accompanies the goal's main metric and changes nothing that was agreed."""

    goal_id: str
    metric: Metric


class AddMilestone(Command, frozen=True, kw_only=True):
    """The mentee adds a step on the way to the goal, due by the goal's own day."""

    goal_id: str
    title: Line
    due: date


class ReachMilestone(Command, frozen=True, kw_only=True):
    """The mentee says that a step on the way to an agreed goal is done."""

    goal_id: str
    milestone_id: str


class ImportProgress(Command, frozen=True, kw_only=True):
    """The mentee enters many values at once, as CSV with the columns on, value, note and metric.

    Where a row is wrong nothing is stored, unless `partly`: then the others are.
    """

    goal_id: str
    csv: Csv
    partly: bool = False


class ImportedRow(Record, frozen=True, kw_only=True):
    """What became of one row. The header is row 1, as in a spreadsheet."""

    row: int
    stored: bool
    field: str | None = None
    problem: str | None = None


class ProgressImport(Record, frozen=True, kw_only=True):
    """The goal afterwards, and a word about every row."""

    goal: Goal
    stored: int
    rows: tuple[ImportedRow, ...]


class ExportProgress(Record, frozen=True, kw_only=True):
    """A goal's entries as CSV."""

    goal_id: str


class ProgressTable(Record, frozen=True, kw_only=True):
    """Entries as CSV (RFC 4180): every cell quoted, and nothing that a spreadsheet would take for a formula."""

    csv: str


class Point(Record, frozen=True, kw_only=True):
    """Where a metric stood at the end of a day."""

    on: date
    value: float


class MetricProgress(Record, frozen=True, kw_only=True):
    """One metric with its series, ready to plot; `metric_id` is None for the goal's main metric.

    `elapsed` (0 to 1) is the share of the days from the agreement to the due date that have passed; the metric is
    `on_track` while its attainment is no smaller. Both are None before the goal was agreed.
    """

    metric_id: str | None = None
    metric: Metric
    current: float
    attainment: float
    series: tuple[Point, ...]
    elapsed: float | None = None
    on_track: bool | None = None


class GoalProgress(Record, frozen=True, kw_only=True):
    """All metrics of the goal with this id, the main one first, as they stand at the moment of asking."""

    id: str
    metrics: tuple[MetricProgress, ...]


LOG_PROGRESS = Operation("goals.log_progress", LogProgress, Goal)
ATTACH_FEEDBACK = Operation("goals.attach_feedback", AttachFeedback, Goal)
ADD_METRIC = Operation("goals.add_metric", AddMetric, Goal)
ADD_MILESTONE = Operation("goals.add_milestone", AddMilestone, Goal)
REACH_MILESTONE = Operation("goals.reach_milestone", ReachMilestone, Goal)
IMPORT_PROGRESS = Operation("goals.import_progress", ImportProgress, ProgressImport)
EXPORT_PROGRESS = Operation("goals.export_progress", ExportProgress, ProgressTable, safe=True)
GET_GOAL_PROGRESS = Operation("goals.get_goal_progress", ByIds, tuple[GoalProgress, ...], safe=True)


@topic("goals.progress_logged.v1")
class ProgressLogged(GoalFact, frozen=True, kw_only=True):
    """A value was entered for a goal, or a whole table: then `entry_id` is the last of so many `entries`.

    `progress_update_id`: the update that it was entered with, which is one thing done with all its values.
    """

    entry_id: str
    entries: int = 1
    progress_update_id: str | None = None


@topic("goals.feedback_attached.v1")
class FeedbackAttached(GoalFact, frozen=True, kw_only=True):
    """An entry has the feedback that it needed."""

    entry_id: str
    feedback_id: str


@topic("goals.milestone_reached.v1")
class MilestoneReached(GoalFact, frozen=True, kw_only=True):
    """A step on the way to a goal is done."""

    milestone_id: str
