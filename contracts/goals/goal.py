"""Goals: SMART, measured, agreed by both."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.goals.metric import GoalMetric, Metric, ProgressEntry
from contracts.goals.milestone import Milestone
from contracts.goals.smart import Smart
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, Text, topic

Place = Annotated[int, msgspec.Meta(ge=1, le=20)]  # an agreement has up to 20 challenges
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000, pattern=r"\S")]


class GoalState(StrEnum):
    """A goal counts from AGREED on. What was agreed and then revised is PROPOSED again."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"
    ACHIEVED = "achieved"
    ABANDONED = "abandoned"


class GoalCategory(StrEnum):
    """Which part of life a goal is about."""

    PROFESSIONAL = "professional"
    PERSONAL = "personal"


class GoalBefore(Record, frozen=True, kw_only=True):
    """What a revision replaced: the state, and each field that it changed, as they were before."""

    state: GoalState
    title: str | None = None
    smart: Smart | None = None
    metric: Metric | None = None
    due: date | None = None
    category: GoalCategory | None = None
    challenge: int | None = None


class GoalRevision(Record, frozen=True, kw_only=True):
    """Who changed a goal, when, why, which fields, and what they said before."""

    number: int
    by: str
    at: datetime
    reason: str
    changed: tuple[str, ...]
    before: GoalBefore


class GoalChangeRequest(Record, frozen=True, kw_only=True):
    """What the mentor would like to be different before agreeing."""

    by: str
    at: datetime
    text: str


class Goal(Record, frozen=True, kw_only=True):
    """A SMART goal of the mentee. `current` and `attainment` (0 to 1) follow from the entries of its main metric.

    `challenge` is the place, from 1 on, of the agreement's challenge that it addresses.
    """

    id: str
    org_id: str
    mentorship_id: str
    owner_id: str
    title: str
    smart: Smart
    metric: Metric
    due: date
    category: GoalCategory = GoalCategory.PROFESSIONAL
    challenge: int | None = None
    state: GoalState = GoalState.DRAFT
    entries: tuple[ProgressEntry, ...] = ()
    current: float = 0.0
    attainment: float = 0.0
    more_metrics: tuple[GoalMetric, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    revisions: tuple[GoalRevision, ...] = ()
    change_requests: tuple[GoalChangeRequest, ...] = ()
    proposed_at: datetime | None = None
    agreed_at: datetime | None = None
    achieved_at: datetime | None = None
    abandoned_at: datetime | None = None
    abandoned_because: str | None = None
    created_at: datetime
    version: int = 1


class DraftGoal(Command, frozen=True, kw_only=True):
    """The mentee writes a goal down; only the pair sees it."""

    mentorship_id: str
    title: Line
    smart: Smart
    metric: Metric
    due: date
    category: GoalCategory = GoalCategory.PROFESSIONAL
    challenge: Place | None = None


class ProposeGoal(Command, frozen=True, kw_only=True):
    """The mentee asks the mentor to agree to the goal."""

    goal_id: str


class AgreeGoal(Command, frozen=True, kw_only=True):
    """The mentor agrees to the goal."""

    goal_id: str


class RequestGoalChange(Command, frozen=True, kw_only=True):
    """The mentor says what should be different; the proposed goal is a draft again."""

    goal_id: str
    text: Text


class ReviseGoal(Command, frozen=True, kw_only=True):
    """The mentee changes a goal and says why. An agreed one is proposed again and keeps its entries."""

    goal_id: str
    reason: Reason
    title: Line | None = None
    smart: Smart | None = None
    metric: Metric | None = None
    due: date | None = None
    category: GoalCategory | None = None
    challenge: Place | None = None


class AbandonGoal(Command, frozen=True, kw_only=True):
    """The mentee lets a goal go and says why."""

    goal_id: str
    reason: Reason


DRAFT_GOAL = Operation("goals.draft_goal", DraftGoal, Goal)
PROPOSE_GOAL = Operation("goals.propose_goal", ProposeGoal, Goal)
AGREE_GOAL = Operation("goals.agree_goal", AgreeGoal, Goal)
REQUEST_GOAL_CHANGE = Operation("goals.request_goal_change", RequestGoalChange, Goal)
REVISE_GOAL = Operation("goals.revise_goal", ReviseGoal, Goal)
ABANDON_GOAL = Operation("goals.abandon_goal", AbandonGoal, Goal)
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


@topic("goals.goal_change_requested.v1")
class GoalChangeRequested(GoalFact, frozen=True, kw_only=True):
    """The mentor would like something to be different; the goal is a draft again."""


@topic("goals.goal_revised.v1")
class GoalRevised(GoalFact, frozen=True, kw_only=True):
    """A goal was changed; `was` tells whether it had been agreed."""

    revision: int
    was: GoalState


@topic("goals.goal_achieved.v1")
class GoalAchieved(GoalFact, frozen=True, kw_only=True):
    """A goal reached its target."""


@topic("goals.goal_abandoned.v1")
class GoalAbandoned(GoalFact, frozen=True, kw_only=True):
    """A goal was let go."""

    was: GoalState
