"""What happened in a mentorship, in the order in which it happened: the two read it together."""

from datetime import datetime

from contracts.identity import OfMentorships, Phase
from contracts.wire import Operation, Page, Record


class TimelineEntry(Record, frozen=True, kw_only=True):
    """One event worth looking back at: its `topic`, its moment and what it happened to, never anybody's words.

    It has the event's own id. `phase` is the one that was entered, where that is what happened.
    """

    id: str
    org_id: str
    mentorship_id: str
    topic: str
    subject_id: str
    at: datetime
    phase: Phase | None = None
    version: int = 1


LIST_TIMELINE = Operation("goals.list_timeline", OfMentorships, tuple[Page[TimelineEntry] | None, ...], safe=True)
