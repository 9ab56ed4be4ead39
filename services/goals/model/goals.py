"""Goals: SMART, measured, agreed by both."""

import math
from datetime import date, datetime
from statistics import fmean

from contracts.errors import Conflict, Invalid
from contracts.goals import (
    DraftGoal,
    Goal,
    GoalAchieved,
    GoalAgreed,
    GoalDrafted,
    GoalFact,
    GoalProposed,
    GoalState,
    LogProgress,
    Metric,
    MetricKind,
    ProgressEntry,
    ProgressLogged,
)
from contracts.identity import MentorshipCard
from contracts.wire import Change, evolve

ENTRIES_LIMIT = 2_000  # five a day for a year; keeps a goal one document of moderate size


def draft_goal(goal_id: str, card: MentorshipCard, request: DraftGoal, at: datetime) -> Change[Goal]:
    """The mentee's goal, not yet shown to anybody but the pair."""
    not_past(request.due, at)
    if request.metric.target == request.metric.baseline:
        raise Invalid("Target and baseline are the same, so nothing could be reached. Change one.", field="target")
    goal = Goal(
        id=goal_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        owner_id=card.mentee_id,
        title=request.title.strip(),
        smart=request.smart,
        metric=request.metric,
        due=request.due,
        current=request.metric.baseline,
        created_at=at,
    )
    return Change(goal, (_fact(GoalDrafted, goal),))


def propose_goal(goal: Goal) -> Change[Goal]:
    """The mentee asks for the mentor's agreement."""
    _in_state(goal, GoalState.DRAFT)
    return Change(evolve(goal, state=GoalState.PROPOSED), (_fact(GoalProposed, goal),))


def agree_goal(goal: Goal, at: datetime) -> Change[Goal]:
    """The mentor agrees; from now on progress counts."""
    _in_state(goal, GoalState.PROPOSED)
    return Change(evolve(goal, state=GoalState.AGREED, agreed_at=at), (_fact(GoalAgreed, goal),))


def log_progress(goal: Goal, entry_id: str, request: LogProgress, by: str, at: datetime) -> Change[Goal]:
    """One more entry; the first that reaches the target achieves the goal."""
    _in_state(goal, GoalState.AGREED, GoalState.ACHIEVED)
    if (request.on - at.date()).days > 1:  # one day of grace: it is tomorrow already somewhere
        raise Invalid("Progress lies in the past. Give the day on which it was made.", field="on")
    if len(goal.entries) >= ENTRIES_LIMIT:
        raise Invalid(f"A goal holds at most {ENTRIES_LIMIT} entries. Set a new goal for what follows.")
    entry = ProgressEntry(
        id=entry_id, value=request.value, on=request.on, note=request.note, logged_by=by, logged_at=at
    )
    entries = (*goal.entries, entry)
    current = current_value(goal.metric, entries)
    reached = attainment(goal.metric, current)
    facts: tuple[GoalFact, ...] = (
        ProgressLogged(mentorship_id=goal.mentorship_id, goal_id=goal.id, owner_id=goal.owner_id, entry_id=entry_id),
    )
    fields: dict[str, object] = {"entries": entries, "current": current, "attainment": reached}
    if reached >= 1 and goal.state is GoalState.AGREED:
        fields |= {"state": GoalState.ACHIEVED, "achieved_at": at}
        facts = (*facts, _fact(GoalAchieved, goal))
    return Change(evolve(goal, **fields), facts)


def current_value(metric: Metric, entries: tuple[ProgressEntry, ...]) -> float:
    """Where the metric stands: counts and sums build on the baseline, the last entry is the last by day."""
    if not entries:
        return metric.baseline
    match metric.kind:
        case MetricKind.COUNT:
            return metric.baseline + len(entries)
        case MetricKind.SUM:
            return metric.baseline + math.fsum(entry.value for entry in entries)
        case MetricKind.LAST:
            latest_first = reversed(entries)  # of two entered in the same millisecond the later one counts
            return max(latest_first, key=lambda entry: (entry.on, entry.logged_at)).value
        case MetricKind.AVERAGE:
            return fmean(entry.value for entry in entries)


def attainment(metric: Metric, current: float) -> float:
    """The share of the way from baseline to target, 0 to 1; works downwards too."""
    return min(1.0, max(0.0, (current - metric.baseline) / (metric.target - metric.baseline)))


def _fact[F: GoalFact](kind: type[F], goal: Goal) -> F:
    return kind(mentorship_id=goal.mentorship_id, goal_id=goal.id, owner_id=goal.owner_id)


def _in_state(goal: Goal, *states: GoalState) -> None:
    if goal.state not in states:
        wanted = " or ".join(states)
        raise Conflict(f"The goal {goal.id} is {goal.state}; this can be done while it is {wanted} only.")


def not_past(due: date, at: datetime) -> None:
    """Refuse a day that is over."""
    if due < at.date():
        raise Invalid(f"The due date {due} has passed. Choose today ({at.date()}) or a later day.", field="due")
