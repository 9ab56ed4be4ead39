"""Goals, progress, action items and feedback."""

from datetime import date, datetime

import strawberry

from contracts import goals
from contracts.goals import ActionState, FeedbackKind, GoalState, MetricKind
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import Id, Node, View, field, find, id_of, optional, reference, resolved, viewed


@strawberry.type(description="One answer for each SMART criterion (Doran 1981), in the mentee's words.")
class Smart:
    """Shows goals.Smart."""

    specific: str = field("What exactly.")
    measurable: str = field("How anyone can tell.")
    achievable: str = field("Why it can be done.")
    relevant: str = field("Why it matters.")
    time_bound: str = field("By when.")


@strawberry.type(description="What is measured.")
class Metric:
    """Shows goals.Metric."""

    name: str = field("What is counted or measured.")
    unit: str = field("In which unit.")
    kind: MetricKind = field("How entries make the current value.")
    baseline: float = field("Where it started.")
    target: float = field("Where it shall get.")


@strawberry.type(description="One dated value of a goal's metric.")
class ProgressEntry(View):
    """Shows goals.ProgressEntry."""

    id: strawberry.ID = field("Tells the entries of one goal apart.")
    value: float = field("The value.")
    on: date = field("The day that it is about.")
    note: str = field("The mentee's words about it.")
    logged_at: datetime = field("When it was entered.")
    logged_by = reference(User, "logged_by", "Who entered it.")


@strawberry.type(description="A SMART goal of the mentee.")
class Goal(Node):
    """Shows goals.Goal."""

    loader = staticmethod(lambda loaders: loaders.goals)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    owner = reference(User, "owner_id", "Whose goal it is.")
    title: str = field("The goal in one line.")
    smart: Smart = field("Why it is a good goal.")
    metric: Metric = field("What is measured.")
    due: date = field("The day by which it shall be reached.")
    state: GoalState = field("A goal counts from AGREED on.")
    entries = viewed(ProgressEntry, "entries", "Every value so far, in the order of entry.")
    current: float = field("The value that the entries make.")
    attainment: float = field("How much of the way from baseline to target is done, 0 to 1.")
    agreed_at: datetime | None = field("When the mentor agreed.")
    achieved_at: datetime | None = field("When the target was reached.")
    created_at: datetime = field("When it was written down.")
    version: int = field("Counts its changes.")


@strawberry.type(description="One thing that exactly one of the two does by a day.")
class ActionItem(Node):
    """Shows goals.ActionItem."""

    loader = staticmethod(lambda loaders: loaders.action_items)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    owner = reference(User, "owner_id", "Who does it.")
    title: str = field("What is to be done.")
    due: date = field("By which day.")
    size: int = field("How large it is, 1 to 3, as the two agreed.")
    goal_id = id_of("Goal", "goal_id", "The goal that it serves, if it serves one.")
    state: ActionState = field("Whether it is done.")
    completed_at: datetime | None = field("When its owner completed it.")
    added_by = reference(User, "added_by", "Who added it.")
    created_at: datetime = field("When it was added.")
    version: int = field("Counts its changes.")


@strawberry.type(description="Feedback as situation, behaviour and impact; only the two parties can read it.")
class Feedback(Node):
    """Shows goals.Feedback."""

    loader = staticmethod(lambda loaders: loaders.feedback)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    author = reference(User, "author_id", "Who gave it.")
    recipient = reference(User, "recipient_id", "Who got it.")
    kind: FeedbackKind = field("Something to keep doing, or something to change.")
    situation: str = field("When and where.")
    behaviour: str = field("What was seen.")
    impact: str = field("What it led to.")
    given_at: datetime = field("When it was given.")
    acknowledged_at: datetime | None = field("When its recipient took it in.")
    version: int = field("Counts its changes.")


@strawberry.input(description="One answer for each SMART criterion.")
class SmartInput:
    """Makes goals.Smart."""

    specific: str = field("What exactly.")
    measurable: str = field("How anyone can tell.")
    achievable: str = field("Why it can be done.")
    relevant: str = field("Why it matters.")
    time_bound: str = field("By when.")


@strawberry.input(description="What is measured.")
class MetricInput:
    """Makes goals.Metric."""

    name: str = field("What is counted or measured.")
    unit: str = field("In which unit.")
    kind: MetricKind = field("How entries make the current value.")
    baseline: float = field("Where it starts.")
    target: float = field("Where it shall get.")


@strawberry.input(description="A goal that only the pair sees yet.")
class DraftGoalInput(Input):
    """Makes goals.DraftGoal."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    title: str = field("The goal in one line.")
    smart: SmartInput = field("Why it is a good goal.")
    metric: MetricInput = field("What is measured.")
    due: date = field("The day by which it shall be reached.")


@strawberry.input(description="A goal that is to be proposed or agreed.")
class GoalInput(Edit):
    """Makes goals.ProposeGoal and goals.AgreeGoal."""

    goal_id: strawberry.ID = field("The goal.")


@strawberry.input(description="One value of an agreed goal's metric.")
class LogProgressInput(Edit):
    """Makes goals.LogProgress."""

    goal_id: strawberry.ID = field("The goal.")
    value: float = field("The value.")
    on: date = field("The day that it is about.")
    note: str | None = optional("Your words about it.")


@strawberry.input(description="Something that one of the two shall do.")
class AddActionItemInput(Input):
    """Makes goals.AddActionItem."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    owner_id: strawberry.ID = field("Who shall do it: one of the two.")
    title: str = field("What is to be done.")
    due: date = field("By which day.")
    size: int | None = optional("How large it is, 1 to 3; 1 if left out.")
    goal_id: strawberry.ID | None = optional("The goal that it serves.")


@strawberry.input(description="An item that is done.")
class CompleteActionItemInput(Edit):
    """Makes goals.CompleteActionItem."""

    action_item_id: strawberry.ID = field("The item.")


@strawberry.input(description="What you saw and what it led to. The other party reads it.")
class GiveFeedbackInput(Input):
    """Makes goals.GiveFeedback."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    kind: FeedbackKind = field("Something to keep doing, or something to change.")
    situation: str = field("When and where.")
    behaviour: str = field("What you saw.")
    impact: str = field("What it led to.")


@strawberry.input(description="Feedback that you have taken in.")
class AcknowledgeFeedbackInput(Edit):
    """Makes goals.AcknowledgeFeedback."""

    feedback_id: strawberry.ID = field("The feedback.")


@strawberry.type
class GoalQueries:
    """Reads of the goals part."""

    @resolved("One goal.")
    async def goal(self, info: Info, id: Id) -> Goal | None:
        """By its global id."""
        return await find(info.context, Goal, id)


@strawberry.type
class GoalMutations:
    """Changes that the goals part makes."""

    draft_goal = mutation(goals.DRAFT_GOAL, DraftGoalInput, Goal)
    propose_goal = mutation(goals.PROPOSE_GOAL, GoalInput, Goal)
    approve_goal = mutation(goals.AGREE_GOAL, GoalInput, Goal)
    log_progress = mutation(goals.LOG_PROGRESS, LogProgressInput, Goal)
    add_action_item = mutation(goals.ADD_ACTION_ITEM, AddActionItemInput, ActionItem)
    complete_action_item = mutation(goals.COMPLETE_ACTION_ITEM, CompleteActionItemInput, ActionItem)
    give_feedback = mutation(goals.GIVE_FEEDBACK, GiveFeedbackInput, Feedback)
    acknowledge_feedback = mutation(goals.ACKNOWLEDGE_FEEDBACK, AcknowledgeFeedbackInput, Feedback)
