"""Counts what came of a mentorship. Pure."""

from collections.abc import Sequence

from contracts.goals import Goal, GoalState, Outcome, Results


def results(mentorship_id: str, goals: Sequence[Goal], outcomes: Sequence[Outcome]) -> Results:
    """A milestone that was reached stays so, whatever became of its goal."""
    return Results(
        id=mentorship_id,
        goals_achieved=sum(goal.state is GoalState.ACHIEVED for goal in goals),
        milestones_reached=sum(each.reached_at is not None for goal in goals for each in goal.milestones),
        outcomes=len(outcomes),
    )
