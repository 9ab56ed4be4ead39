"""Structured progress updates."""

from datetime import datetime

import strawberry

from contracts import goals
from contracts.identity import Party
from gateway.types.identity import User
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import Node, View, field, id_of, optional, reference, viewed


@strawberry.type(description="A value that an update gave for one of a goal's metrics.")
class ReportedValue(View):
    """Shows goals.ReportedValue."""

    goal_id = id_of("Goal", "goal_id", "The goal.")
    metric_id: strawberry.ID | None = field("Which metric it is about; null for the goal's main one.")
    value: float = field("The value.")
    note: str = field("The mentee's words about it.")
    entry_id: strawberry.ID = field("The entry that it became, by its id among those of the goal.")


@strawberry.type(description="How a week went, as one of the two says it; only the two parties can read it.")
class ProgressUpdate(Node):
    """Shows goals.ProgressUpdate."""

    loader = staticmethod(lambda loaders: loaders.progress_updates)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    author = reference(User, "author_id", "Whose update it is.")
    party: Party = field("On which side its author is.")
    period: str = field("The ISO week that it is about, as in 2027-W09.")
    done: str = field("What was done.")
    next: str = field("What is next.")
    blocked: str = field("What is in the way, if anything is.")
    metrics = viewed(ReportedValue, "metrics", "What was measured.")
    submitted_at: datetime = field("When it was submitted.")
    edited_at: datetime | None = field("When it was last changed; null if it never was.")
    version: int = field("Counts its changes.")


@strawberry.input(description="A value for one of a goal's metrics; it becomes an entry of the goal.")
class MetricValueInput:
    """Makes goals.MetricValue."""

    goal_id: strawberry.ID = field("The goal.")
    metric_id: strawberry.ID | None = optional("Which metric it is about; the main one if left out.")
    value: float = field("The value.")
    note: str | None = optional("Your words about it.")


@strawberry.input(description="How your week went. Submitting again changes it, until the week is over.")
class SubmitProgressUpdateInput(Edit):
    """Makes goals.SubmitProgressUpdate."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    period: str = field("The ISO week that it is about, as in 2027-W09.")
    done: str = field("What was done.")
    next: str = field("What is next.")
    blocked: str | None = optional("What is in the way.")
    metrics: list[MetricValueInput] | None = optional("At most ten values; for the mentee only.")


@strawberry.type
class UpdateMutations:
    """Changes of progress updates."""

    submit_progress_update = mutation(goals.SUBMIT_PROGRESS_UPDATE, SubmitProgressUpdateInput, ProgressUpdate)
