"""How often the mentor gives feedback: a rhythm of its own, apart from the meetings."""

from datetime import datetime

from contracts.wire import Event, topic


@topic("goals.feedback_cadence_set.v1")
class FeedbackCadenceSet(Event, frozen=True, kw_only=True):
    """Feedback is due by this rule from now on; `starts_at` is a wall time in the zone."""

    rule: str
    starts_at: datetime
    zone: str
    cadence_version: int
