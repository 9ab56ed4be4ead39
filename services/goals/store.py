"""Where goals live: the only file of this service that knows MongoDB."""

from collections.abc import Callable
from datetime import datetime

from contracts.goals import ActionItem, Commitment, Feedback, Goal
from contracts.identity import MentorshipCard
from kit.mongo import Aggregates, Ask, Database, Projection, translated

MOST = 5_000  # of one kind in one mentorship; three years of everything are fewer


class Store:
    """This service's aggregates, and the card that it keeps of each mentorship."""

    def __init__(self, database: Database, ask_card: Ask[MentorshipCard], on_saved: Callable[[], None]) -> None:
        by = ("mentorshipId",)
        self.goals = Aggregates(database, "goals", Goal, by=by, source="goals", on_saved=on_saved)
        self.action_items = Aggregates(
            database, "action_items", ActionItem, by=(*by, "goalId"), source="goals", on_saved=on_saved
        )
        self.feedback = Aggregates(database, "feedback", Feedback, by=by, source="goals", on_saved=on_saved)
        self.commitments = Aggregates(
            database, "commitments", Commitment, by=("mentorshipId",), source="goals", on_saved=on_saved
        )
        self.mentorships = Projection(database, "mentorships", MentorshipCard, ask_card)
        self.aggregates = (self.goals, self.action_items, self.feedback, self.commitments)

    async def ledger_version(self, org_id: str, mentorship_id: str) -> tuple[int, int]:
        """Changes with every change of the mentorship's commitments: how many there are, and all their versions."""
        pipeline: list[dict[str, object]] = [
            {"$match": {"org_id": org_id, "state.mentorshipId": mentorship_id}},
            {"$group": {"_id": None, "count": {"$sum": 1}, "versions": {"$sum": "$version"}}},
        ]
        with translated():
            async for group in self.commitments.collection.aggregate(pipeline):
                return group["count"], group["versions"]
        return 0, 0

    async def feedback_times(self, org_id: str, mentorship_id: str, author_id: str) -> list[datetime]:
        """When this person gave feedback in this mentorship."""
        given = await self.feedback.all(org_id, {"mentorshipId": mentorship_id}, limit=MOST)
        return [each.given_at for each in given if each.author_id == author_id]

    async def progress_times(self, org_id: str, mentorship_id: str) -> list[datetime]:
        """When progress was entered for any goal of this mentorship."""
        goals = await self.goals.all(org_id, {"mentorshipId": mentorship_id}, limit=MOST)
        return [entry.logged_at for goal in goals for entry in goal.entries]
