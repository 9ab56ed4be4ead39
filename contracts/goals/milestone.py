"""Milestones: steps on the way to a goal, each with its day."""

from datetime import date, datetime

from contracts.wire import Record


class Milestone(Record, frozen=True, kw_only=True):
    """A step on the way to a goal."""

    id: str
    title: str
    due: date
    added_at: datetime
    reached_at: datetime | None = None
