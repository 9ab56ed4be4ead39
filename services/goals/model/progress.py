"""Progress on a goal: entries, the feedback that some of them need, further metrics, and milestones on the way."""

from dataclasses import dataclass
from datetime import date, datetime

from msgspec.structs import replace

from contracts.errors import Conflict, Invalid, NotFound
from contracts.goals import (
    AddMetric,
    AddMilestone,
    AttachFeedback,
    Feedback,
    FeedbackAttached,
    Goal,
    GoalMetric,
    GoalState,
    LogProgress,
    Metric,
    Milestone,
    MilestoneReached,
    ProgressEntry,
    ProgressLogged,
    ReachMilestone,
)
from contracts.wire import Change, evolve
from services.goals.model.goals import OPEN, check_metric, check_name, in_state, not_past, settled

ENTRIES_LIMIT = 2_000  # five a day for a year; keeps a goal one document of moderate size
METRICS_LIMIT = 10
MILESTONES_LIMIT = 50
COUNTING = (GoalState.AGREED, GoalState.ACHIEVED)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One value that is about to be entered."""

    id: str
    value: float
    on: date
    note: str = ""
    metric_id: str | None = None
    feedback_id: str | None = None


def log_progress(
    goal: Goal, entry_id: str, request: LogProgress, by: str, at: datetime, *, given: Feedback | None = None
) -> Change[Goal]:
    """One more entry, with the feedback `given` on it if there is one; the first at the target achieves the goal."""
    if given is not None:
        _check_feedback(goal, given, request.metric_id)
    entry = NewEntry(entry_id, request.value, request.on, request.note, request.metric_id, request.feedback_id)
    return log_entries(goal, (entry,), by, at)


def log_entries(
    goal: Goal, entries: tuple[NewEntry, ...], by: str, at: datetime, *, update_id: str | None = None
) -> Change[Goal]:
    """All of these entries, or a refusal; none at all changes nothing. `update_id`: what they were entered with."""
    in_state(goal, *COUNTING)
    if not entries:
        return Change(goal)
    if len(goal.entries) + len(entries) > ENTRIES_LIMIT:
        raise Invalid(f"A goal holds at most {ENTRIES_LIMIT} entries. Set a new goal for what follows.")
    for entry in entries:
        check_day(entry.on, at)
        metric_of(goal, entry.metric_id)
    told = ProgressLogged(  # one for a whole table: whoever listens looks at the goal once, not once for each row
        mentorship_id=goal.mentorship_id,
        goal_id=goal.id,
        owner_id=goal.owner_id,
        entry_id=entries[-1].id,
        entries=len(entries),
        progress_update_id=update_id,
    )
    kept = tuple(_kept(entry, by, at) for entry in entries)
    return settled(evolve(goal, entries=(*goal.entries, *kept)), (told,), at)


def _kept(entry: NewEntry, by: str, at: datetime) -> ProgressEntry:
    return ProgressEntry(
        id=entry.id,
        value=entry.value,
        on=entry.on,
        note=entry.note,
        logged_by=by,
        logged_at=at,
        metric_id=entry.metric_id,
        feedback_id=entry.feedback_id,
    )


def check_day(on: date, at: datetime) -> None:
    """Refuse a day that has not begun anywhere."""
    if (on - at.date()).days > 1:  # one day of grace: it is tomorrow already somewhere
        raise Invalid("Progress lies in the past. Give the day on which it was made.", field="on")


def metric_of(goal: Goal, metric_id: str | None) -> Metric:
    """The goal's metric with this id; the main one for None."""
    if metric_id is None:
        return goal.metric
    for each in goal.more_metrics:
        if each.id == metric_id:
            return each.metric
    raise Invalid(f"The goal {goal.id} has no metric {metric_id}. Leave it out for the main one.", field="metricId")


def attach_feedback(goal: Goal, request: AttachFeedback, given: Feedback, at: datetime) -> Change[Goal]:
    """An entry gets the feedback that was given on it, and counts from now on."""
    in_state(goal, *COUNTING)
    entry = next((entry for entry in goal.entries if entry.id == request.entry_id), None)
    if entry is None:
        raise Invalid(f"The goal {goal.id} has no entry {request.entry_id}.", field="entryId")
    if entry.feedback_id is not None:
        raise Conflict(f"The entry {entry.id} has its feedback already.")
    _check_feedback(goal, given, entry.metric_id)
    entries = tuple(replace(each, feedback_id=given.id) if each is entry else each for each in goal.entries)
    told = FeedbackAttached(
        mentorship_id=goal.mentorship_id,
        goal_id=goal.id,
        owner_id=goal.owner_id,
        entry_id=entry.id,
        feedback_id=given.id,
    )
    return settled(evolve(goal, entries=entries), (told,), at)


def _check_feedback(goal: Goal, given: Feedback, metric_id: str | None) -> None:
    """Feedback of this mentorship, given to the goal's owner, vouches for one entry of a metric."""
    if given.mentorship_id != goal.mentorship_id:
        raise NotFound.of("feedback", given.id)
    if given.recipient_id != goal.owner_id:
        raise Invalid("Feedback that you gave does not vouch for your own progress.", field="feedbackId")
    if any(entry.feedback_id == given.id and entry.metric_id == metric_id for entry in goal.entries):
        raise Invalid(
            "This feedback vouches for another entry already. Ask for feedback on this one too.", field="feedbackId"
        )


def add_metric(goal: Goal, metric_id: str, request: AddMetric, at: datetime) -> Change[Goal]:
    """Something more is measured."""
    in_state(goal, *OPEN)
    check_metric(request.metric)
    if len(goal.more_metrics) >= METRICS_LIMIT:
        raise Invalid(f"A goal has at most {METRICS_LIMIT} further metrics. Set a goal of its own for this.")
    check_name(request.metric, goal.metric, *(each.metric for each in goal.more_metrics))
    added = GoalMetric(id=metric_id, metric=request.metric, current=request.metric.baseline, added_at=at)
    return Change(evolve(goal, more_metrics=(*goal.more_metrics, added)))


def add_milestone(goal: Goal, milestone_id: str, request: AddMilestone, at: datetime) -> Change[Goal]:
    """A step on the way; the steps stand in the order of their days."""
    in_state(goal, *OPEN)
    not_past(request.due, at)
    if request.due > goal.due:
        raise Invalid(f"A milestone is due by the goal's own day, {goal.due}. Choose an earlier day.", field="due")
    if len(goal.milestones) >= MILESTONES_LIMIT:
        raise Invalid(f"A goal has at most {MILESTONES_LIMIT} milestones. Set a goal of its own for what follows.")
    added = Milestone(id=milestone_id, title=request.title.strip(), due=request.due, added_at=at)
    in_order = sorted((*goal.milestones, added), key=lambda milestone: milestone.due)
    return Change(evolve(goal, milestones=tuple(in_order)))


def reach_milestone(goal: Goal, request: ReachMilestone, at: datetime) -> Change[Goal]:
    """A step is done."""
    in_state(goal, *COUNTING)
    found = next((each for each in goal.milestones if each.id == request.milestone_id), None)
    if found is None:
        raise Invalid(f"The goal {goal.id} has no milestone {request.milestone_id}.", field="milestoneId")
    if found.reached_at is not None:
        raise Conflict(f"The milestone {found.id} is reached already.")
    milestones = tuple(replace(each, reached_at=at) if each is found else each for each in goal.milestones)
    told = MilestoneReached(
        mentorship_id=goal.mentorship_id, goal_id=goal.id, owner_id=goal.owner_id, milestone_id=found.id
    )
    return Change(evolve(goal, milestones=milestones), (told,))
