"""What the ledger and the progress of one mentorship show: patterns, with the numbers that they rest on."""

from enum import StrEnum

from contracts.wire import Operation, Record


class InsightKind(StrEnum):
    """What is looked at: days and hours of due moments, tags of feedback, a metric's way, promises that recur."""

    WEEKDAY = "weekday"
    HOUR = "hour"
    TAG = "tag"
    TREND = "trend"
    CADENCE = "cadence"


class Figure(Record, frozen=True, kw_only=True):
    """One of the numbers that a sentence rests on."""

    name: str
    value: float


class Insight(Record, frozen=True, kw_only=True):
    """One sentence and the numbers that it rests on. It is said of the two together, never of one against the other."""

    kind: InsightKind
    text: str
    numbers: tuple[Figure, ...]


class GetInsights(Record, frozen=True, kw_only=True):
    """What can be said of one mentorship now; days and hours are those of the IANA `zone`."""

    mentorship_id: str
    zone: str = "UTC"


GET_INSIGHTS = Operation("goals.get_insights", GetInsights, tuple[Insight, ...], safe=True)
