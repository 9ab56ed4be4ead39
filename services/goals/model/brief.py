"""What has moved since the two last met, and the words for it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.goals import Feedback, FeedbackState, Goal, Metric, Moved, ProgressEntry, Reached
from contracts.goals.brief import Brief
from services.goals.model import measures

LONGEST_DRAFT = 4_500  # of the 5,000 letters that a summary has; the rest is for what its author wants to add
LONGEST_QUOTE = 120


def moved(goals: Sequence[Goal], since: datetime | None) -> tuple[Moved, ...]:
    """Each metric that got entries, in the order of the goals."""
    found = (_moved(goal, metric_id, metric, since) for goal in goals for metric_id, metric in _metrics(goal))
    return tuple(each for each in found if each is not None)


def _metrics(goal: Goal) -> Iterator[tuple[str | None, Metric]]:
    yield None, goal.metric
    yield from ((each.id, each.metric) for each in goal.more_metrics)


def _moved(goal: Goal, metric_id: str | None, metric: Metric, since: datetime | None) -> Moved | None:
    entries = measures.entries_of(goal, metric_id)
    before = tuple(entry for entry in entries if not _is_new(entry, since))
    if len(before) == len(entries):
        return None
    return Moved(
        goal_id=goal.id,
        title=goal.title,
        metric=metric.name,
        unit=metric.unit,
        before=measures.current_value(metric, before),
        now=measures.current_value(metric, entries),
        entries=len(entries) - len(before),
    )


def _is_new(entry: ProgressEntry, since: datetime | None) -> bool:
    return since is None or entry.logged_at >= since


def reached(goals: Sequence[Goal], since: datetime | None) -> tuple[Reached, ...]:
    """The milestones that were reached, oldest first."""
    found = [
        Reached(goal_id=goal.id, milestone_id=each.id, title=each.title, reached_at=each.reached_at)
        for goal in goals
        for each in goal.milestones
        if each.reached_at is not None and (since is None or each.reached_at >= since)
    ]
    return tuple(sorted(found, key=lambda each: each.reached_at))


def draft(brief: Brief) -> str:
    """What was closed, for the mentee to begin a summary with: one line for each thing, none where nothing was."""
    lines: list[str] = []
    left, size = 0, 0
    for line in _lines(brief):
        size += len(line) + 1
        if size > LONGEST_DRAFT:
            left += 1
        else:
            lines.append(line)
    return "\n".join([*lines, f"And {left} more."] if left else lines)


def _lines(brief: Brief) -> Iterator[str]:
    yield from (f"Done: {item.title}" for item in brief.completed)
    yield from (f"Reached: {milestone.title}" for milestone in brief.milestones)
    yield from (
        f"{each.metric}: from {_number(each.before)} to {_number(each.now)} {each.unit}" for each in brief.progress
    )
    yield from (_of_feedback(each) for each in brief.feedback)


def _of_feedback(feedback: Feedback) -> str:
    about = ", ".join(feedback.tags) or _quoted(feedback.behaviour)
    if feedback.state is FeedbackState.ACCEPTED and feedback.action is not None:
        return f"Feedback ({about}): I act on it, {feedback.action.title}"
    words = {FeedbackState.DECLINED: "considered, and not followed"}
    return f"Feedback ({about}): {words.get(feedback.state, 'taken in')}"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"


def _number(value: float) -> str:
    return f"{value:.10g}"
