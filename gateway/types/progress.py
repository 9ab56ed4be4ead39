"""Progress on goals: entries one by one or as a table, metrics, milestones."""

from datetime import date
from typing import Annotated

import strawberry

from contracts import goals
from contracts.goals import ExportProgress
from gateway.context import Info
from gateway.types.goals import Goal
from gateway.types.measures import MetricInput
from gateway.types.mutation import Edit, Payload, mutation
from gateway.types.relay import View, field, local_id, optional, resolved, views


@strawberry.input(description="One value of an agreed goal's metric.")
class LogProgressInput(Edit):
    """Makes goals.LogProgress."""

    goal_id: strawberry.ID = field("The goal.")
    value: float = field("The value.")
    on: date = field("The day that it is about.")
    note: str | None = optional("Your words about it.")
    metric_id: strawberry.ID | None = optional("Which metric it is about; the main one if left out.")
    feedback_id: strawberry.ID | None = optional("The feedback that you got on it.")


@strawberry.input(description="The feedback that you got on an entry.")
class AttachFeedbackInput(Edit):
    """Makes goals.AttachFeedback."""

    goal_id: strawberry.ID = field("The goal.")
    entry_id: strawberry.ID = field("The entry, by its id among those of the goal.")
    feedback_id: strawberry.ID = field("Feedback to you, of the same mentorship; it vouches for one entry of a metric.")


@strawberry.input(description="Something more that is measured for a goal.")
class AddMetricInput(Edit):
    """Makes goals.AddMetric."""

    goal_id: strawberry.ID = field("The goal.")
    metric: MetricInput = field("What is measured, under a name of its own.")


@strawberry.input(description="A step on the way to a goal.")
class AddMilestoneInput(Edit):
    """Makes goals.AddMilestone."""

    goal_id: strawberry.ID = field("The goal.")
    title: str = field("The step in one line.")
    due: date = field("The day by which it shall be reached; no later than the goal's.")


@strawberry.input(description="A milestone that is reached.")
class ReachMilestoneInput(Edit):
    """Makes goals.ReachMilestone."""

    goal_id: strawberry.ID = field("The goal.")
    milestone_id: strawberry.ID = field("The milestone, by its id among those of the goal.")


@strawberry.input(description="Many values at once, as a spreadsheet saves them.")
class ImportProgressInput(Edit):
    """Makes goals.ImportProgress."""

    goal_id: strawberry.ID = field("The goal.")
    csv: str = field(
        "CSV with a heading: the columns `on` (2027-03-01) and `value` (3.5), and if you like `note` and `metric` (its"
        " name). At most 500 rows."
    )
    partly: bool | None = optional("Store the rows that are right even if others are wrong; no if left out.")


@strawberry.type(description="What became of one row.")
class ImportedRow(View):
    """Shows goals.ImportedRow."""

    row: int = field("Its number in a spreadsheet: the heading is row 1.")
    stored: bool = field("Whether it is an entry now.")
    field: str | None = strawberry.field(description="The column that is wrong, if one is.")
    problem: str | None = strawberry.field(description="What is wrong and what to do.")


@strawberry.type(description="What became of an import, row by row.")
class ImportProgressPayload(Payload):
    """Shows goals.ProgressImport."""

    goal: Goal | None = field("The goal afterwards.", default=None)
    stored: int = field("How many entries were made; none if a row was wrong, unless `partly`.", default=0)
    rows: list[ImportedRow] = field("A word about every row.", default_factory=list)

    @classmethod
    def of(cls, record: goals.ProgressImport) -> "ImportProgressPayload":
        """The report with the goal."""
        return cls(goal=Goal.of(record.goal), stored=record.stored, rows=views(ImportedRow, record.rows))


GoalId = Annotated[strawberry.ID, strawberry.argument(description="The goal.")]


@strawberry.type
class ProgressQueries:
    """Reads of progress."""

    @resolved("A goal's entries as CSV that `importProgress` takes back, safe to open in a spreadsheet.")
    async def export_progress(self, info: Info, goal_id: GoalId) -> str | None:
        """For either of the two."""
        request = ExportProgress(goal_id=local_id(info.context, "Goal", goal_id))
        return (await info.context.call(goals.EXPORT_PROGRESS, request)).csv


@strawberry.type
class ProgressMutations:
    """Changes of progress."""

    log_progress = mutation(goals.LOG_PROGRESS, LogProgressInput, Goal)
    attach_feedback = mutation(goals.ATTACH_FEEDBACK, AttachFeedbackInput, Goal)
    add_metric = mutation(goals.ADD_METRIC, AddMetricInput, Goal)
    add_milestone = mutation(goals.ADD_MILESTONE, AddMilestoneInput, Goal)
    reach_milestone = mutation(goals.REACH_MILESTONE, ReachMilestoneInput, Goal)
    import_progress = mutation(goals.IMPORT_PROGRESS, ImportProgressInput, ImportProgressPayload)
