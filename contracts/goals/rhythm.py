"""How often the mentor gives feedback: a rhythm of its own, apart from the meetings."""

from datetime import datetime

from contracts.sessions import WallTime
from contracts.wire import ByIds, Command, Event, Line, Operation, Record, topic


class FeedbackCadence(Record, frozen=True, kw_only=True):
    """When feedback is due: an RFC 5545 rule from `starts_at` (wall time) in an IANA zone. Its id is the mentorship's.

    Each occurrence is the instant by which the mentor has promised one piece of feedback.
    """

    id: str
    org_id: str
    mentorship_id: str
    rule: str
    starts_at: WallTime
    zone: str
    set_by: str
    set_at: datetime
    version: int = 1


class SetFeedbackCadence(Command, frozen=True, kw_only=True):
    """A party sets how often the mentor gives feedback. `starts_at` is the wall time at which it is due first."""

    mentorship_id: str
    rule: Line
    starts_at: WallTime
    zone: Line


SET_FEEDBACK_CADENCE = Operation("goals.set_feedback_cadence", SetFeedbackCadence, FeedbackCadence)
GET_FEEDBACK_CADENCES = Operation("goals.get_feedback_cadences", ByIds, tuple[FeedbackCadence, ...], safe=True)


@topic("goals.feedback_cadence_set.v1")
class FeedbackCadenceSet(Event, frozen=True, kw_only=True):
    """Feedback is due by this rule from now on; `starts_at` is a wall time in the zone."""

    rule: str
    starts_at: datetime
    zone: str
    cadence_version: int
