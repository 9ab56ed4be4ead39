"""What the two look at before they meet: what is open, and what has moved since a moment."""

from datetime import datetime

from contracts.goals.action import ActionItem
from contracts.goals.challenges import Challenge
from contracts.goals.feedback import Feedback
from contracts.goals.ledger import Commitment
from contracts.wire import Operation, Record


class Moved(Record, frozen=True, kw_only=True):
    """A metric of a goal that got entries: where it stood before them, and where it stands now."""

    goal_id: str
    title: str
    metric: str
    unit: str
    before: float
    now: float
    entries: int


class Reached(Record, frozen=True, kw_only=True):
    """A milestone that was reached."""

    goal_id: str
    milestone_id: str
    title: str
    reached_at: datetime


class Brief(Record, frozen=True, kw_only=True):
    """What is open on both sides now, and what has moved since; at most 100 of each kind, the latest of what moved.

    `carried_over` are open items whose day has passed. `draft` says in words what was closed; it is empty if nothing
    was.
    """

    mentorship_id: str
    since: datetime | None = None
    commitments: tuple[Commitment, ...] = ()
    carried_over: tuple[ActionItem, ...] = ()
    blocked: tuple[ActionItem, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    completed: tuple[ActionItem, ...] = ()
    milestones: tuple[Reached, ...] = ()
    progress: tuple[Moved, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    draft: str = ""


class BriefOf(Record, frozen=True, kw_only=True):
    """A mentorship, for one of its parties; `since` is None before the two have ever met."""

    mentorship_id: str
    since: datetime | None = None


BRIEF_OF = Operation("goals.brief_of", BriefOf, Brief, safe=True)
