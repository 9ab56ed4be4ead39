"""Where sessions live: the only file of this service that knows MongoDB."""

from collections.abc import Callable

from contracts.identity import MentorshipCard
from contracts.sessions import Cadence, CheckIn, Note, Pulse, Review, TimeEntry, TimeKind, TimeTotal
from kit.mongo import Aggregates, Ask, Database, Projection, translated


class Store:
    """This service's aggregates, and the card that it keeps of each mentorship."""

    def __init__(self, database: Database, ask_card: Ask[MentorshipCard], on_saved: Callable[[], None]) -> None:
        by, source = ("mentorshipId",), "sessions"
        self.cadences = Aggregates(database, "cadences", Cadence, source=source, on_saved=on_saved)
        self.check_ins = Aggregates(database, "check_ins", CheckIn, by=by, source=source, on_saved=on_saved)
        self.notes = Aggregates(database, "notes", Note, by=by, source=source, on_saved=on_saved)
        self.time_entries = Aggregates(database, "time_entries", TimeEntry, by=by, source=source, on_saved=on_saved)
        self.reviews = Aggregates(database, "reviews", Review, by=by, source=source, on_saved=on_saved)
        self.pulses = Aggregates(
            database, "pulses", Pulse, by=("mentorshipId", "programmeId"), source=source, on_saved=on_saved
        )
        self.mentorships = Projection(database, "mentorships", MentorshipCard, ask_card)
        self.aggregates = (self.cadences, self.check_ins, self.notes, self.time_entries, self.reviews, self.pulses)

    async def time_totals(self, org_id: str, mentorship_id: str) -> tuple[TimeTotal, ...]:
        """Minutes by person and kind: always the sum of the entries."""
        pipeline: list[dict[str, object]] = [
            {"$match": {"org_id": org_id, "state.mentorshipId": mentorship_id}},
            {
                "$group": {
                    "_id": {"person": "$state.personId", "kind": "$state.kind"},
                    "minutes": {"$sum": "$state.minutes"},
                }
            },
        ]
        with translated():
            groups = [group async for group in self.time_entries.collection.aggregate(pipeline)]
        totals = (
            TimeTotal(person_id=group["_id"]["person"], kind=TimeKind(group["_id"]["kind"]), minutes=group["minutes"])
            for group in groups
        )
        return tuple(sorted(totals, key=lambda total: (total.person_id, total.kind)))
