"""What counts as a result."""

from datetime import date

from msgspec.structs import replace

from contracts.goals import GoalState, Milestone, Outcome, OutcomeKind
from services.goals.model.results import results
from tests.builders import NOW, a_goal


def test_achieved_goals_reached_milestones_and_outcomes_are_results() -> None:
    open_one = Milestone(id="s", title="First talk", due=date(2027, 4, 1), added_at=NOW)
    reached = replace(open_one, id="t", reached_at=NOW)
    goals = [a_goal(state=GoalState.ACHIEVED, milestones=(reached, open_one)), a_goal(milestones=(reached,))]
    outcome = Outcome(
        id="o", org_id="acme", mentorship_id="mentorship-1", recorded_by="maria", kind=OutcomeKind.PROJECT,
        title="The launch", evidence="The page", attribution=2, on=date(2027, 3, 1), recorded_at=NOW,
    )  # fmt: skip
    found = results("mentorship-1", goals, [outcome])
    assert (found.goals_achieved, found.milestones_reached, found.outcomes, found.total) == (1, 2, 1, 4)
