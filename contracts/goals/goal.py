"""Goals: SMART, measured, agreed by both."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, Text, topic

Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]


class GoalState(StrEnum):
    """A goal counts from AGREED on."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"
    ACHIEVED = "achieved"


class MetricKind(StrEnum):
    """How entries make the current value."""

    COUNT = "count"
    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"


class Smart(Record, frozen=True, kw_only=True):
    """One answer for each SMART criterion (Doran 1981), in the mentee's words."""

    specific: Text
    measurable: Text
    achievable: Text
    relevant: Text
    time_bound: Text


class Metric(Record, frozen=True, kw_only=True):
    """What is measured: from `baseline` to `target`, in `unit`."""

    name: Line
    unit: Line
    kind: MetricKind
    baseline: Number
    target: Number


class ProgressEntry(Record, frozen=True, kw_only=True):
    """One dated value of the goal's metric."""

    id: str
    value: float
    on: date
    note: str
    logged_by: str
    logged_at: datetime


class Goal(Record, frozen=True, kw_only=True):
    """A SMART goal of the mentee. `current` and `attainment` (0 to 1) follow from its entries."""

    id: str
    org_id: str
    mentorship_id: str
    owner_id: str
    title: str
    smart: Smart
    metric: Metric
    due: date
    state: GoalState = GoalState.DRAFT
    entries: tuple[ProgressEntry, ...] = ()
    current: float = 0.0
    attainment: float = 0.0
    agreed_at: datetime | None = None
    achieved_at: datetime | None = None
    created_at: datetime
    version: int = 1


class DraftGoal(Command, frozen=True, kw_only=True):
    """The mentee writes a goal down; only the pair sees it."""

    mentorship_id: str
    title: Line
    smart: Smart
    metric: Metric
    due: date


class ProposeGoal(Command, frozen=True, kw_only=True):
    """The mentee asks the mentor to agree to the goal."""

    goal_id: str


class AgreeGoal(Command, frozen=True, kw_only=True):
    """The mentor agrees to the goal."""

    goal_id: str


class LogProgress(Command, frozen=True, kw_only=True):
    """The mentee enters a value for an agreed goal. Reaching the target achieves the goal."""

    goal_id: str
    value: Number
    on: date
    note: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


DRAFT_GOAL = Operation("goals.draft_goal", DraftGoal, Goal)
PROPOSE_GOAL = Operation("goals.propose_goal", ProposeGoal, Goal)
AGREE_GOAL = Operation("goals.agree_goal", AgreeGoal, Goal)
LOG_PROGRESS = Operation("goals.log_progress", LogProgress, Goal)
GET_GOALS = Operation("goals.get_goals", ByIds, tuple[Goal, ...], safe=True)
LIST_GOALS = Operation("goals.list_goals", OfMentorships, tuple[Page[Goal] | None, ...], safe=True)


class GoalFact(Event, frozen=True, kw_only=True):
    """Any fact about a goal."""

    goal_id: str
    owner_id: str


@topic("goals.goal_drafted.v1")
class GoalDrafted(GoalFact, frozen=True, kw_only=True):
    """A goal was written down."""


@topic("goals.goal_proposed.v1")
class GoalProposed(GoalFact, frozen=True, kw_only=True):
    """A goal waits for the mentor."""


@topic("goals.goal_agreed.v1")
class GoalAgreed(GoalFact, frozen=True, kw_only=True):
    """The mentor agreed to a goal."""


@topic("goals.progress_logged.v1")
class ProgressLogged(GoalFact, frozen=True, kw_only=True):
    """A value was entered for a goal."""

    entry_id: str


@topic("goals.goal_achieved.v1")
class GoalAchieved(GoalFact, frozen=True, kw_only=True):
    """A goal reached its target."""
