"""What the cycles have heard, kept for as long as the mentorships are: so that a past one can be lived again."""

from datetime import datetime
from typing import Any

from contracts.identity import OfMentorships
from contracts.wire import Operation, Page, Record


class HeardEvent(Record, frozen=True, kw_only=True):
    """One event that a cycle heard: what it was, when, and its body, which has ids, enumerations and moments alone.

    It has the event's own id, and the `sequence` that it travelled with. `by_cycle`: it came of what the cycle itself
    wanted, such as a check-in that was put on the calendar.
    """

    id: str
    org_id: str
    mentorship_id: str
    topic: str
    at: datetime
    sequence: int
    by_cycle: bool
    body: dict[str, Any]
    version: int = 1


LIST_HEARD_EVENTS = Operation("goals.list_heard_events", OfMentorships, tuple[Page[HeardEvent] | None, ...], safe=True)
