"""How the goals of a programme do: counts, and nothing about any one of them."""

from contracts.wire import Operation, Record


class GoalReport(Record, frozen=True, kw_only=True):
    """How many goals of a programme are in which state. None hides a number about so few that it could tell who.

    `on_track` and `behind` are the agreed ones, by their attainment against the time that has passed. `with_goal` is
    how many running mentorships have agreed to one.
    """

    programme_id: str
    drafted: int | None
    proposed: int | None
    agreed: int | None
    achieved: int | None
    abandoned: int | None
    on_track: int | None
    behind: int | None
    with_goal: int | None


class ReportGoals(Record, frozen=True, kw_only=True):
    """The counts of a programme: all for its manager; for an HR analyst those about at least five people."""

    programme_id: str


REPORT_GOALS = Operation("goals.report_goals", ReportGoals, GoalReport, safe=True)
