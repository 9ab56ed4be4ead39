"""Where goals live: the only file of this service that knows MongoDB."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from contracts.goals import (
    ActionItem,
    Commitment,
    Encouragement,
    Feedback,
    FeedbackCadence,
    Goal,
    HeardEvent,
    HelpRequest,
    JournalEntry,
    Outcome,
    ProgressUpdate,
    Resource,
    Skill,
    TimelineEntry,
    Win,
)
from contracts.identity import MentorshipCard
from contracts.wire import Change, Record
from kit.mongo import PAGE_LIMIT, Aggregates, Database, Document, translated
from kit.projection import Ask, Projection
from services.goals.model.help import Invitation
from services.goals.model.leaves import Leaves
from services.goals.model.report import Outline
from services.goals.model.rhythm import Doings
from services.goals.model.timeline import place_of

MOST = 5_000  # of one kind in one mentorship; three years of everything are fewer
MOST_OF_A_PROGRAMME = 20_000  # mentorships


class Ordered[R: TimelineEntry | HeardEvent](Aggregates[R]):
    """Read in the order in which things happened, not in that in which they were heard of."""

    def _written(self, change: Change[R]) -> Document:
        return super()._written(change) | {"order": place_of(change.state)}


class Store:
    """This service's aggregates, and the card that it keeps of each mentorship."""

    def __init__(self, database: Database, ask_card: Ask[MentorshipCard], on_saved: Callable[[], None]) -> None:
        def kept[R: Record](
            name: str, kind: type[R], *, by: tuple[str, ...] = (), unique: tuple[str, ...] = ()
        ) -> Aggregates[R]:
            by = ("mentorshipId", *by)
            return Aggregates(database, name, kind, by=by, unique=unique, source="goals", on_saved=on_saved)

        self.goals = kept("goals", Goal)
        self.action_items = kept("action_items", ActionItem, by=("goalId", "noteId"))
        self.feedback = kept("feedback", Feedback)
        self.commitments = kept("commitments", Commitment)
        self.help_requests = kept("help_requests", HelpRequest)
        self.invitations = kept("invitations", Invitation, unique=("tokenHash",))
        self.wins = kept("wins", Win)
        self.skills = kept("skills", Skill)
        self.outcomes = kept("outcomes", Outcome)
        self.journal = kept("journal", JournalEntry)
        self.feedback_cadences = kept("feedback_cadences", FeedbackCadence)
        self.resources = kept("resources", Resource)
        self.encouragements = kept("encouragements", Encouragement)
        self.progress_updates = kept("progress_updates", ProgressUpdate)
        self.doings = kept("doings", Doings)
        self.leaves = kept("leaves", Leaves)
        more: dict[str, Any] = {"by": ("mentorshipId",), "about": None, "source": "goals", "on_saved": on_saved}
        self.timeline = Ordered(database, "timeline", TimelineEntry, **more)
        self.heard = Ordered(database, "heard", HeardEvent, **more)
        self.mentorships = Projection(database, "mentorships", MentorshipCard, ask_card, by=("programmeId",))
        self.aggregates: tuple[Aggregates[Any], ...] = tuple(
            each for each in vars(self).values() if isinstance(each, Aggregates)
        )
        self.kept: tuple[Aggregates[Any] | Projection[Any], ...] = (*self.aggregates, self.mentorships)

    async def cards_of(self, org_id: str, programme_id: str) -> tuple[MentorshipCard, ...]:
        """The mentorships of a programme."""
        return await self.mentorships.having(org_id, ("programmeId",), programme_id, limit=MOST_OF_A_PROGRAMME)

    async def outlines(self, org_id: str, mentorship_ids: Sequence[str]) -> tuple[Outline, ...]:
        """What is counted of the goals of these mentorships, and no word of them."""
        query = {"org_id": org_id, "state.mentorshipId": {"$in": list(mentorship_ids)}}
        fields = [f"state.{field}" for field in Outline.__struct_encode_fields__]
        with translated():
            found = [document async for document in self.goals.collection.find(query, fields)]
        return tuple(msgspec.convert(document["state"], Outline) for document in found)

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

    async def latest[R: Record](
        self, kept: Aggregates[R], org_id: str, mentorship_id: str, where: Mapping[str, object]
    ) -> tuple[R, ...]:
        """The latest of one kind in a mentorship whose fields have these values: one page, the earliest first."""
        where = {"mentorshipId": mentorship_id, **where}
        page = await kept.page(org_id, where, first=PAGE_LIMIT, after=None, newest=True)
        return page.items[::-1]

    async def since[R: Record](
        self, kept: Aggregates[R], org_id: str, mentorship_id: str, field: str, since: datetime | None
    ) -> tuple[R, ...]:
        """The latest of one kind in a mentorship to which something happened at or after a moment, or ever."""
        return await self.latest(kept, org_id, mentorship_id, {field: {"$gte": since} if since else {"$ne": None}})

    async def helped(self, org_id: str, mentorship_id: str) -> list[str]:
        """Who asked for help in this mentorship, once for each time."""
        requests = await self.help_requests.all(org_id, {"mentorshipId": mentorship_id}, limit=MOST)
        return [each.asked_by for each in requests]
