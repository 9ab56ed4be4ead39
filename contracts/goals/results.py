"""What came of a mentorship so far, counted."""

from contracts.wire import ByIds, Operation, Record


class Results(Record, frozen=True, kw_only=True):
    """Of the mentorship with this id: goals achieved, milestones reached, and outcomes that were recorded."""

    id: str
    goals_achieved: int
    milestones_reached: int
    outcomes: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.goals_achieved + self.milestones_reached + self.outcomes


GET_RESULTS = Operation("goals.get_results", ByIds, tuple[Results | None, ...], safe=True)
