"""Structured progress updates: what was done in a week, what is next, what is in the way, and values for metrics."""

from datetime import datetime
from typing import Annotated

import msgspec

from contracts.goals.metric import Number, Remark
from contracts.identity import OfMentorships, Party
from contracts.wire import ByIds, Command, Event, Operation, Page, Record, Text, topic

Week = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-W\d{2}$")]  # ISO 8601, as in 2027-W09


class MetricValue(Record, frozen=True, kw_only=True):
    """A value for one of a goal's metrics, the main one where none is named; it becomes an entry of the goal."""

    goal_id: str
    metric_id: str | None = None
    value: Number
    note: Remark = ""


class ReportedValue(MetricValue, frozen=True, kw_only=True):
    """The same with the id of its entry."""

    entry_id: str


class ProgressUpdate(Record, frozen=True, kw_only=True):
    """One party's update of one week (ISO 8601). Only the two parties read it."""

    id: str
    org_id: str
    mentorship_id: str
    author_id: str
    party: Party
    period: str
    done: str
    next: str
    blocked: str = ""
    metrics: tuple[ReportedValue, ...] = ()
    submitted_at: datetime
    edited_at: datetime | None = None
    version: int = 1


class SubmitProgressUpdate(Command, frozen=True, kw_only=True):
    """A party says how a week went. Submitting again changes it, until the week is over everywhere.

    The mentee's values become entries of the goals. A value that was entered stays; another one for the same metric is
    logged by itself.
    """

    mentorship_id: str
    period: Week
    done: Text
    next: Text
    blocked: Remark = ""
    metrics: Annotated[tuple[MetricValue, ...], msgspec.Meta(max_length=10)] = ()


SUBMIT_PROGRESS_UPDATE = Operation("goals.submit_progress_update", SubmitProgressUpdate, ProgressUpdate)
GET_PROGRESS_UPDATES = Operation("goals.get_progress_updates", ByIds, tuple[ProgressUpdate, ...], safe=True)
LIST_PROGRESS_UPDATES = Operation(
    "goals.list_progress_updates", OfMentorships, tuple[Page[ProgressUpdate] | None, ...], safe=True
)


@topic("goals.progress_reported.v1")
class ProgressReported(Event, frozen=True, kw_only=True):
    """A party said how a week went, or said it better."""

    progress_update_id: str
    author_id: str
    party: Party
