"""Goals, from the first draft to the end."""

from datetime import date, datetime

import strawberry

from contracts import goals
from contracts.goals import GoalCategory, GoalState, SmartLetter
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.items import ActionItem
from gateway.types.measures import Metric, MetricInput, MetricProgress, Milestone, ProgressEntry
from gateway.types.mutation import Edit, Input, Payload, mutation
from gateway.types.relay import Id, Node, View, field, find, id_of, optional, pages, reference, resolved, viewed, views


@strawberry.type(description="One answer for each SMART criterion (Doran 1981), in the mentee's words.")
class Smart:
    """Shows goals.Smart."""

    specific: str = field("What exactly.")
    measurable: str = field("How anyone can tell.")
    achievable: str = field("Why it can be done.")
    relevant: str = field("Why it matters.")
    time_bound: str = field("By when.")


@strawberry.type(description="What was found for one letter of SMART. It is advice: nothing is refused because of it.")
class LetterLint(View):
    """Shows goals.LetterLint."""

    letter: SmartLetter = field("The letter.")
    passed: bool = field("Whether the words answer it.")
    why: str = field("What was found or missed.")
    suggestion: str | None = field("How to mend what was missed, or make it better still.")


@strawberry.type(description="What a revision replaced; a field that it did not change is null.")
class GoalBefore(View):
    """Shows goals.GoalBefore."""

    state: GoalState = field("The state before.")
    title: str | None = field("The title before.")
    smart: Smart | None = field("The answers before.")
    metric: Metric | None = field("The metric before.")
    due: date | None = field("The due date before.")
    category: GoalCategory | None = field("The category before.")
    challenge: int | None = field("The challenge before; null also if it addressed none.")


@strawberry.type(description="One change of a goal: who, when, why, and what it said before.")
class GoalRevision(View):
    """Shows goals.GoalRevision."""

    number: int = field("Counts the goal's revisions, from 1 on.")
    by = reference(User, "by", "Who revised it.")
    at: datetime = field("When.")
    reason: str = field("Why, in the mentee's words.")
    changed: list[str] = field("The fields that it changed.")

    @resolved("What they said before.")
    def before(self) -> GoalBefore:
        """The replaced values."""
        return GoalBefore.of(self.record.before)


@strawberry.type(description="What the mentor would like to be different.")
class GoalChangeRequest(View):
    """Shows goals.GoalChangeRequest."""

    by = reference(User, "by", "Who asked.")
    at: datetime = field("When.")
    text: str = field("In the mentor's words.")


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
    category: GoalCategory = field("Which part of life it is about.")
    challenge: int | None = field("The place, from 1 on, of the agreement's challenge that it addresses.")
    state: GoalState = field("A goal counts from AGREED on.")
    entries = viewed(ProgressEntry, "entries", "Every value so far, in the order of entry.")
    current: float = field("The value of the main metric that the entries make.")
    attainment: float = field("How much of the way from baseline to target is done, 0 to 1.")
    milestones = viewed(Milestone, "milestones", "Steps on the way, in the order of their days; at most 50.")
    revisions = viewed(GoalRevision, "revisions", "Every change since it was written down, oldest first; at most 50.")
    actions = pages(ActionItem, lambda loaders: loaders.actions_of_goals, "What is done for it, by whom and by when.")
    change_requests = viewed(GoalChangeRequest, "change_requests", "What the mentor asked for; at most 50.")
    agreed_at: datetime | None = field("When the mentor first agreed.")
    achieved_at: datetime | None = field("When the target was reached.")
    abandoned_at: datetime | None = field("When the mentee let it go.")
    abandoned_because: str | None = field("Why, in the mentee's words.")
    created_at: datetime = field("When it was written down.")
    version: int = field("Counts its changes.")

    @resolved("What a machine says about each letter of SMART, in order. Null, with an error, if it cannot tell now.")
    async def lint(self, info: Info) -> list[LetterLint] | None:
        """Found anew each time."""
        found = await info.context.loaders.goal_lints.load(self.record.id)
        return views(LetterLint, found.lint) if found else None

    @resolved("Every metric as it stands now, the main one first; at most 11.")
    async def metrics(self, info: Info) -> list[MetricProgress] | None:
        """Computed at the moment of asking."""
        found = await info.context.loaders.goal_progress.load(self.record.id)
        return views(MetricProgress, found.metrics) if found else None


@strawberry.input(description="One answer for each SMART criterion.")
class SmartInput:
    """Makes goals.Smart."""

    specific: str = field("What exactly.")
    measurable: str = field("How anyone can tell.")
    achievable: str = field("Why it can be done.")
    relevant: str = field("Why it matters.")
    time_bound: str = field("By when.")


@strawberry.input(description="A goal that only the pair sees yet.")
class DraftGoalInput(Input):
    """Makes goals.DraftGoal."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    title: str = field("The goal in one line.")
    smart: SmartInput = field("Why it is a good goal.")
    metric: MetricInput = field("What is measured.")
    due: date = field("The day by which it shall be reached.")
    category: GoalCategory | None = optional("Which part of life it is about; PROFESSIONAL if left out.")
    challenge: int | None = optional("The place, from 1 on, of the agreement's challenge that it addresses.")


@strawberry.input(description="A goal before it is written down. Only the title is needed.")
class LintGoalInput(Input):
    """Makes goals.LintGoal."""

    title: str = field("The goal in one line.")
    mentorship_id: strawberry.ID | None = optional("The mentorship, to compare with the challenges of its agreement.")
    smart: SmartInput | None = optional("Why it is a good goal.")
    metric: MetricInput | None = optional("What would be measured.")
    due: date | None = optional("The day by which it shall be reached.")
    challenge: int | None = optional("The place, from 1 on, of the agreement's challenge that it addresses.")


@strawberry.type(description="What was found, or why nothing could be.")
class LintGoalPayload(Payload):
    """Shows goals.GoalLint."""

    lint: list[LetterLint] | None = field("One finding for each letter of SMART, in order.", default=None)

    @classmethod
    def of(cls, record: goals.GoalLint) -> "LintGoalPayload":
        """The five findings."""
        return cls(lint=views(LetterLint, record.lint))


@strawberry.input(description="What you would like to be different before you agree.")
class RequestGoalChangeInput(Edit):
    """Makes goals.RequestGoalChange."""

    goal_id: strawberry.ID = field("The proposed goal.")
    text: str = field("What should be different, and why.")


@strawberry.input(description="Other words, another metric or another day for a goal. What you leave out stays.")
class ReviseGoalInput(Edit):
    """Makes goals.ReviseGoal."""

    goal_id: strawberry.ID = field("The goal.")
    reason: str = field("Why you change it.")
    title: str | None = optional("The goal in one line.")
    smart: SmartInput | None = optional("All five answers.")
    metric: MetricInput | None = optional("The whole main metric.")
    due: date | None = optional("The day by which it shall be reached.")
    category: GoalCategory | None = optional("Which part of life it is about.")
    challenge: int | None = optional("The place, from 1 on, of the agreement's challenge that it addresses.")


@strawberry.input(description="A goal that you let go.")
class AbandonGoalInput(Edit):
    """Makes goals.AbandonGoal."""

    goal_id: strawberry.ID = field("The goal.")
    reason: str = field("Why. It stays readable for the two of you.")


@strawberry.input(description="A goal that your mentor shall agree to.")
class ProposeGoalInput(Edit):
    """Makes goals.ProposeGoal."""

    goal_id: strawberry.ID = field("The goal.")


@strawberry.input(description="A goal that you agree to as mentor.")
class ApproveGoalInput(Edit):
    """Makes goals.AgreeGoal."""

    goal_id: strawberry.ID = field("The goal.")


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
    propose_goal = mutation(goals.PROPOSE_GOAL, ProposeGoalInput, Goal)
    approve_goal = mutation(goals.AGREE_GOAL, ApproveGoalInput, Goal)
    lint_goal = mutation(goals.LINT_GOAL, LintGoalInput, LintGoalPayload)
    request_goal_change = mutation(goals.REQUEST_GOAL_CHANGE, RequestGoalChangeInput, Goal)
    revise_goal = mutation(goals.REVISE_GOAL, ReviseGoalInput, Goal)
    abandon_goal = mutation(goals.ABANDON_GOAL, AbandonGoalInput, Goal)
