"""Counts the goals of a programme, and hides what is about too few people. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from contracts.cells import large, split
from contracts.goals import GoalReport, GoalState
from contracts.identity import RUNNING, MentorshipCard
from contracts.wire import Record
from services.goals.model.measures import elapsed

STATES = {
    GoalState.DRAFT: "drafted",
    GoalState.PROPOSED: "proposed",
    GoalState.AGREED: "agreed",
    GoalState.ACHIEVED: "achieved",
    GoalState.ABANDONED: "abandoned",
}
HELD_BY_BOTH = frozenset({GoalState.AGREED, GoalState.ACHIEVED})


class Outline(Record, frozen=True, kw_only=True):
    """What of a goal is counted: no words."""

    mentorship_id: str
    owner_id: str
    state: GoalState
    due: date
    agreed_at: datetime | None = None
    attainment: float = 0.0


def report(
    programme_id: str, cards: Iterable[MentorshipCard], goals: Sequence[Outline], at: datetime, *, whole: bool
) -> GoalReport:
    """The counts: `whole` for who runs the programme, otherwise only those about at least five people."""
    owners: dict[str, list[str]] = defaultdict(list)
    for goal in goals:
        for cell in _cells(goal, at):
            owners[cell].append(goal.owner_id)
    found = {
        cell: len(owners[cell]) if whole or large(len(set(owners[cell]))) is not None else None
        for cell in (*STATES.values(), "on_track", "behind")
    }
    if None in (found["on_track"], found["behind"]):  # with the agreed ones beside it, one would say what the other is
        found |= {"on_track": None, "behind": None}
    running = {card.id for card in cards if card.phase in RUNNING}
    agreed = len(running & {goal.mentorship_id for goal in goals if goal.state in HELD_BY_BOTH})
    return GoalReport(programme_id=programme_id, **found, with_goal=agreed if whole else split(agreed, len(running)))


def _cells(goal: Outline, at: datetime) -> list[str]:
    share = elapsed(goal.agreed_at, goal.due, at) if goal.state is GoalState.AGREED else None
    if share is None:
        return [STATES[goal.state]]
    return [STATES[goal.state], "on_track" if goal.attainment >= share else "behind"]
