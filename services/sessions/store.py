"""Where sessions live: the only file of this service that knows MongoDB."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from itertools import batched, chain
from typing import Any

from contracts.identity import MentorshipCard
from contracts.sessions import Agenda, Cadence, CheckIn, CheckInState, Note, Pulse, Review, TimeEntry, TimeShare
from contracts.sessions.time_off import TimeOff
from kit.mongo import IDS_LIMIT, Aggregates, Database, translated
from kit.projection import Ask, Projection
from services.sessions.model import times
from services.sessions.model.calendar import KeptFeed
from services.sessions.model.timesheets import Timesheet

PARTIES = ("mentorId", "menteeId")
MOST_MENTORSHIPS = 200  # of one person that one answer is about
MOST_CHECK_INS = 1_000  # in one calendar


class Store:
    """This service's aggregates, and the card that it keeps of each mentorship."""

    def __init__(self, database: Database, ask_card: Ask[MentorshipCard], on_saved: Callable[[], None]) -> None:
        by, source = ("mentorshipId",), "sessions"
        self.cadences = Aggregates(database, "cadences", Cadence, source=source, on_saved=on_saved)
        self.check_ins = Aggregates(
            database, "check_ins", CheckIn, by=("mentorshipId", "state"), source=source, on_saved=on_saved
        )
        self.times_off = Aggregates(database, "times_off", TimeOff, by=by, source=source, on_saved=on_saved)
        self.notes = Aggregates(database, "notes", Note, by=by, source=source, on_saved=on_saved)
        self.time_entries = Aggregates(
            database, "time_entries", TimeEntry, by=("mentorshipId", "personId", "state"), source=source,
            on_saved=on_saved,
        )  # fmt: skip
        self.timesheets = Aggregates(database, "timesheets", Timesheet, source=source, on_saved=on_saved)
        self.reviews = Aggregates(database, "reviews", Review, by=by, source=source, on_saved=on_saved)
        self.pulses = Aggregates(
            database, "pulses", Pulse, by=("mentorshipId", "programmeId"), source=source, on_saved=on_saved
        )
        self.calendar_feeds = Aggregates(
            database, "calendar_feeds", KeptFeed, unique=("secretHash",), source=source, on_saved=on_saved
        )
        self.agendas = Aggregates(database, "agendas", Agenda, by=by, source=source, on_saved=on_saved)
        self.mentorships = Projection(database, "mentorships", MentorshipCard, ask_card, by=(*PARTIES, "programmeId"))
        self.aggregates: tuple[Aggregates[Any], ...] = (
            self.cadences,
            self.check_ins,
            self.times_off,
            self.notes,
            self.time_entries,
            self.timesheets,
            self.reviews,
            self.pulses,
            self.calendar_feeds,
            self.agendas,
        )
        self.kept = (*self.aggregates, self.mentorships)

    async def cards_of(self, org_id: str, person_id: str) -> tuple[MentorshipCard, ...]:
        """The mentorships that a person is a party of."""
        return await self.mentorships.having(org_id, PARTIES, person_id, limit=MOST_MENTORSHIPS)

    async def check_ins_since(
        self, org_id: str, mentorship_ids: tuple[str, ...], since: datetime
    ) -> tuple[CheckIn, ...]:
        """Those of these mentorships that start after an instant, the latest of very many, in the order of time."""
        query = {"org_id": org_id, "state.mentorshipId": {"$in": list(mentorship_ids)}}
        later, order = {"state.startsAt": {"$gte": since}}, ("state.startsAt", -1)
        found = await self.check_ins.select(query, order, MOST_CHECK_INS, rest=later, keys_only=True)
        ids = [document["_id"] for document in found]
        some = [await self.check_ins.get_many(org_id, part) for part in batched(ids, IDS_LIMIT, strict=False)]
        return tuple(sorted(chain.from_iterable(some), key=lambda each: (each.starts_at, each.id)))

    async def check_in_before(self, check_in: CheckIn) -> CheckIn | None:
        """The one with the next lower index in its mentorship."""
        return await self._neighbour(check_in, {"$lt": check_in.index}, -1)

    async def check_in_after(self, check_in: CheckIn) -> CheckIn | None:
        """The one with the next higher index in its mentorship that is still scheduled."""
        return await self._neighbour(check_in, {"$gt": check_in.index}, 1, {"state.state": CheckInState.SCHEDULED})

    async def _neighbour(
        self, check_in: CheckIn, index: dict[str, int], order: int, where: Mapping[str, object] | None = None
    ) -> CheckIn | None:
        of = {"org_id": check_in.org_id, "state.mentorshipId": check_in.mentorship_id}
        rest = {"state.index": index, **(where or {})}
        found = await self.check_ins.select(of, ("state.index", order), 1, rest=rest, keys_only=True)
        return await self.check_ins.find(check_in.org_id, found[0]["_id"]) if found else None

    async def last_met(self, org_id: str, mentorship_id: str, before: datetime) -> datetime | None:
        """When the latest check-in that was held before an instant had started."""
        query = {"org_id": org_id, "state.mentorshipId": mentorship_id}
        held = {"state.state": CheckInState.HELD, "state.startsAt": {"$lt": before}}
        found = await self.check_ins.select(query, ("state.startsAt", -1), 1, rest=held)
        return found[0]["state"]["startsAt"] if found else None

    async def met_since(self, org_id: str, mentorship_ids: Collection[str], since: datetime) -> frozenset[str]:
        """Which of these mentorships held a check-in that started after an instant."""
        held = {"state.state": CheckInState.HELD, "state.startsAt": {"$gte": since}}
        pipeline: list[dict[str, object]] = [
            {"$match": {"org_id": org_id, "state.mentorshipId": {"$in": list(mentorship_ids)}, **held}},
            {"$group": {"_id": "$state.mentorshipId"}},
        ]
        with translated():
            return frozenset([group["_id"] async for group in self.check_ins.collection.aggregate(pipeline)])

    async def time_totals(self, org_id: str, field: str, value: str) -> tuple[TimeShare, ...]:
        """Minutes of the entries whose `field` has this value, by mentorship, person, kind and month."""
        of = {name: f"$state.{name}" for name in ("mentorshipId", "personId", "kind", "month", "state")}
        pipeline: list[dict[str, object]] = [
            {"$match": {"org_id": org_id, f"state.{field}": value}},
            {"$group": {"_id": of, "minutes": {"$sum": "$state.minutes"}}},
        ]
        with translated():
            groups = [group async for group in self.time_entries.collection.aggregate(pipeline)]
        return times.shares({**group["_id"], "minutes": group["minutes"]} for group in groups)
