"""Goals, what was done for them, and the feedback between the two parties. Owner: services.goals."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, Text, topic

Number = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
Size = Annotated[int, msgspec.Meta(ge=1, le=3)]


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


class ActionState(StrEnum):
    """An action item is open until its owner completes it."""

    OPEN = "open"
    DONE = "done"


class ActionItem(Record, frozen=True, kw_only=True):
    """One thing that exactly one of the two parties does by a day."""

    id: str
    org_id: str
    mentorship_id: str
    owner_id: str
    title: str
    due: date
    size: int = 1
    goal_id: str | None = None
    state: ActionState = ActionState.OPEN
    completed_at: datetime | None = None
    added_by: str
    created_at: datetime
    version: int = 1


class FeedbackKind(StrEnum):
    """Something to keep doing, or something to change."""

    STRENGTH = "strength"
    IMPROVE = "improve"


class Feedback(Record, frozen=True, kw_only=True):
    """Situation, behaviour and impact (Center for Creative Leadership's SBI), readable by the two parties only."""

    id: str
    org_id: str
    mentorship_id: str
    author_id: str
    recipient_id: str
    kind: FeedbackKind
    situation: str
    behaviour: str
    impact: str
    given_at: datetime
    acknowledged_at: datetime | None = None
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


class AddActionItem(Command, frozen=True, kw_only=True):
    """A party adds an item for itself or for the other."""

    mentorship_id: str
    owner_id: str
    title: Line
    due: date
    size: Size = 1
    goal_id: str | None = None


class CompleteActionItem(Command, frozen=True, kw_only=True):
    """The owner of an item says it is done."""

    action_item_id: str


class GiveFeedback(Command, frozen=True, kw_only=True):
    """A party tells the other what it saw and what that led to."""

    mentorship_id: str
    kind: FeedbackKind
    situation: Text
    behaviour: Text
    impact: Text


class AcknowledgeFeedback(Command, frozen=True, kw_only=True):
    """The recipient says that the feedback has been read and taken in."""

    feedback_id: str


class OfMentorships(Record, frozen=True, kw_only=True):
    """One page for each of up to 100 mentorships, in their order; a cursor makes sense for one alone.

    The answer has None for a mentorship that the caller sees nothing of, so that it does not take the others with it.
    """

    mentorship_ids: tuple[str, ...]
    first: int = 20
    after: str | None = None


DRAFT_GOAL = Operation("goals.draft_goal", DraftGoal, Goal)
PROPOSE_GOAL = Operation("goals.propose_goal", ProposeGoal, Goal)
AGREE_GOAL = Operation("goals.agree_goal", AgreeGoal, Goal)
LOG_PROGRESS = Operation("goals.log_progress", LogProgress, Goal)
ADD_ACTION_ITEM = Operation("goals.add_action_item", AddActionItem, ActionItem)
COMPLETE_ACTION_ITEM = Operation("goals.complete_action_item", CompleteActionItem, ActionItem)
GIVE_FEEDBACK = Operation("goals.give_feedback", GiveFeedback, Feedback)
ACKNOWLEDGE_FEEDBACK = Operation("goals.acknowledge_feedback", AcknowledgeFeedback, Feedback)
GET_GOALS = Operation("goals.get_goals", ByIds, tuple[Goal, ...], safe=True)
GET_ACTION_ITEMS = Operation("goals.get_action_items", ByIds, tuple[ActionItem, ...], safe=True)
GET_FEEDBACK = Operation("goals.get_feedback", ByIds, tuple[Feedback, ...], safe=True)
LIST_GOALS = Operation("goals.list_goals", OfMentorships, tuple[Page[Goal] | None, ...], safe=True)
LIST_ACTION_ITEMS = Operation("goals.list_action_items", OfMentorships, tuple[Page[ActionItem] | None, ...], safe=True)
LIST_FEEDBACK = Operation("goals.list_feedback", OfMentorships, tuple[Page[Feedback] | None, ...], safe=True)


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


class ActionFact(Event, frozen=True, kw_only=True):
    """Any fact about an action item."""

    action_item_id: str
    owner_id: str


@topic("goals.action_created.v1")
class ActionCreated(ActionFact, frozen=True, kw_only=True):
    """An action item has an owner and a day."""

    added_by: str


@topic("goals.action_completed.v1")
class ActionCompleted(ActionFact, frozen=True, kw_only=True):
    """An action item is done."""


class FeedbackFact(Event, frozen=True, kw_only=True):
    """Any fact about feedback; never its words."""

    feedback_id: str
    author_id: str
    recipient_id: str


@topic("goals.feedback_given.v1")
class FeedbackGiven(FeedbackFact, frozen=True, kw_only=True):
    """Feedback waits for its recipient."""


@topic("goals.feedback_acknowledged.v1")
class FeedbackAcknowledged(FeedbackFact, frozen=True, kw_only=True):
    """The recipient has taken the feedback in."""


EVENTS: tuple[type[Event], ...] = (
    GoalDrafted,
    GoalProposed,
    GoalAgreed,
    ProgressLogged,
    GoalAchieved,
    ActionCreated,
    ActionCompleted,
    FeedbackGiven,
    FeedbackAcknowledged,
)
