"""Where goals live: the only file of this service that knows MongoDB."""

from collections.abc import Callable

from contracts.goals import ActionItem, Feedback, Goal
from contracts.identity import MentorshipCard
from kit.mongo import Aggregates, Ask, Database, Projection


class Store:
    """This service's aggregates, and the card that it keeps of each mentorship."""

    def __init__(self, database: Database, ask_card: Ask[MentorshipCard], on_saved: Callable[[], None]) -> None:
        by = ("mentorshipId",)
        self.goals = Aggregates(database, "goals", Goal, by=by, source="goals", on_saved=on_saved)
        self.action_items = Aggregates(database, "action_items", ActionItem, by=by, source="goals", on_saved=on_saved)
        self.feedback = Aggregates(database, "feedback", Feedback, by=by, source="goals", on_saved=on_saved)
        self.mentorships = Projection(database, "mentorships", MentorshipCard, ask_card)
        self.aggregates = (self.goals, self.action_items, self.feedback)
