"""The activities of a comparison: read pages of cycles and records, look again at what differs, and mend it."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

from temporalio import activity
from temporalio.client import Client

from contracts.errors import Refusal, Unavailable
from contracts.identity import (
    CHANGE_PHASE,
    GET_MENTORSHIPS,
    GET_STANDINGS,
    KEPT_CARDS,
    LIST_ORGANISATION_IDS,
    LIST_STANDINGS,
    RETELL_MENTORSHIP,
    ChangePhase,
    ListOrganisationIds,
    ListStandings,
    MentorshipCard,
    Phase,
    RetellMentorship,
    Standing,
)
from contracts.wire import ByIds, Operation, Record
from kit.clock import Clock
from kit.metrics import DIFFERENCES, RECONCILED
from kit.revocations import EVERYWHERE
from kit.telemetry import log
from workflows.activities import Caller, Signer
from workflows.differences import Difference, Kind, Life, Outcome, Seen, differences, unknown
from workflows.engine import Cycles
from workflows.facts import Accepted, Compared, Told
from workflows.reconciling import COMPARE, EXAMINE, TALLY, Page, Place, Report, Work
from workflows.state import ENDED, Cycle
from workflows.surgery import Surgery

PAGE = 100
_ASKED = 8  # cycles that the engine is asked about at the same time


class Comparison:
    """Compares what the engine, identity and the other parts say, and lets them agree."""

    def __init__(
        self,
        client: Callable[[], Client],
        clock: Clock,
        services: Mapping[str, Caller],
        signer: Signer,
        *,
        page: int = PAGE,
    ) -> None:
        """`page`: mentorships or cycles in hand at once."""
        self._page = page
        self._cycles = Cycles(client, clock)
        self._surgery = Surgery(client)
        self._clock = clock
        self._services = services
        self._signer = signer
        for kind in Kind:  # a series that begins with its first difference would hide it from `increase`
            for outcome in Outcome:
                DIFFERENCES.labels(kind, outcome)

    @property
    def activities(self) -> tuple[Callable[..., Any], ...]:
        """What a worker does of it."""
        return (self.compare, self.examine, self.tally)

    @activity.defn(name=COMPARE)
    async def compare(self, place: Place) -> Page:
        """One page of records against their cycles and cards, and after the last one the open cycles."""
        if place.in_engine:
            return await self._open_cycles(place)
        if not place.org_id:
            return await self._next_organisation(place)
        request = ListStandings(first=self._page, after=place.after)
        page = await self._call(LIST_STANDINGS, place.org_id, request)
        found = await self._differ(place.org_id, page.items)
        then = Place(only=place.only, org_id=place.org_id, after=page.end_cursor)
        if not page.has_next:
            then = await self._after(place)
        return Page(looked=len(page.items), differences=found, then=then)

    async def _next_organisation(self, place: Place) -> Page:
        """The first one of all."""
        return Page(looked=0, differences=[], then=await self._after(place))

    async def _after(self, place: Place) -> Place:
        """Where to go on after an organisation: in the next one, or among the open cycles."""
        if place.only:
            done = bool(place.org_id)
            return Place(only=place.only, in_engine=done, org_id="" if done else place.only)
        request = ListOrganisationIds(after=place.org_id, first=1)
        found = await self._call(LIST_ORGANISATION_IDS, EVERYWHERE, request)
        return Place(org_id=found.ids[0]) if found.ids else Place(in_engine=True)

    async def _open_cycles(self, place: Place) -> Page:
        """Cycles that run although their mentorship is over, or unknown; the others were compared before."""
        running, token = await self._surgery.running(place.only, self._page, b64decode(place.token))
        found: list[Difference] = []
        for org_id in {each.org_id for each in running}:
            ids = tuple(each.mentorship_id for each in running if each.org_id == org_id)
            standings = await self._call(GET_STANDINGS, org_id, ByIds(ids=ids))
            found += await self._differ(org_id, [each for each in standings if each.card.phase in ENDED], cards=False)
            known = {each.card.id for each in standings}
            found += [
                unknown(org_id, each.mentorship_id, each.seen)
                for each in running
                if each.org_id == org_id and each.mentorship_id not in known
            ]
        then = Place(only=place.only, in_engine=True, token=b64encode(token).decode()) if token else None
        return Page(looked=len(running), differences=found, then=then)

    @activity.defn(name=EXAMINE)
    async def examine(self, work: Work) -> list[Difference]:
        """Which of these are still there; with `repair`, something is done about each of them."""
        wanted = {each.key for each in work.differences}
        there: list[Difference] = []
        for org_id in {each.org_id for each in work.differences}:
            ids = tuple(dict.fromkeys(each.mentorship_id for each in work.differences if each.org_id == org_id))
            for some in batched(ids, self._page, strict=False):
                standings = {
                    each.card.id: each for each in await self._call(GET_STANDINGS, org_id, ByIds(ids=tuple(some)))
                }
                found = await self._differ(org_id, standings.values())
                found += await self._still_unknown(org_id, [each for each in some if each not in standings])
                still = [each for each in found if each.key in wanted]
                there += still
                if work.repair:
                    await self._repair(still, standings)
        return there

    async def _still_unknown(self, org_id: str, ids: Iterable[str]) -> list[Difference]:
        seen = {each: await self._surgery.look(each) for each in ids}
        return [unknown(org_id, each, cycle) for each, cycle in seen.items() if cycle and cycle.life is Life.RUNNING]

    @activity.defn(name=TALLY)
    async def tally(self, report: Report) -> None:
        """Say what came of it, once it is over."""
        for kind, outcomes in report.counts.items():
            for outcome, count in outcomes.items():
                DIFFERENCES.labels(kind, outcome).inc(count)
        RECONCILED.inc()
        log.info("reconciled", compared=report.compared, **{each: report.count(each) for each in Outcome})

    async def _differ(self, org_id: str, standings: Iterable[Standing], *, cards: bool = True) -> list[Difference]:
        given = list(standings)
        if not given:
            return []
        kept = await self._kept(org_id, given) if cards else {}
        gate = asyncio.Semaphore(_ASKED)

        async def look(standing: Standing) -> Seen | None:
            async with gate:
                return await self._surgery.look(standing.card.id)

        seen = await asyncio.gather(*map(look, given))
        return [
            each
            for standing, cycle in zip(given, seen, strict=True)
            for each in differences(standing, cycle, {part: of.get(standing.card.id) for part, of in kept.items()})
        ]

    async def _kept(self, org_id: str, standings: Sequence[Standing]) -> dict[str, dict[str, MentorshipCard]]:
        request = ByIds(ids=tuple(each.card.id for each in standings))
        return {
            part: {card.id: card for card in await self._call(operation, org_id, request)}
            for part, operation in KEPT_CARDS.items()
        }

    async def _repair(self, found: Sequence[Difference], standings: Mapping[str, Standing]) -> None:
        """By what the parts do anyway; a mentorship whose card differs in several parts is told anew once."""
        retold: set[str] = set()
        for each in found:
            log.warning("difference_found", kind=each.kind, mentorship_id=each.mentorship_id, about=each.part)
            standing = standings.get(each.mentorship_id)
            if standing is None:
                continue
            try:
                if each.kind is Kind.CARD and each.mentorship_id not in retold:
                    retold.add(each.mentorship_id)
                    await self._retell(standing)
                elif each.kind is Kind.NO_CYCLE:
                    await self._begin(standing)
                elif each.kind is Kind.PHASE:
                    await self._compare_phase(standing, each)
            except Unavailable:
                raise
            except Refusal as refusal:
                log.error("repair_refused", code=refusal.code, kind=each.kind, mentorship_id=each.mentorship_id)

    async def _retell(self, standing: Standing) -> None:
        """Every part takes what is newer than what it has."""
        card = standing.card
        kept = await self._kept(card.org_id, [standing])
        above = max([of[card.id].version for of in kept.values() if card.id in of], default=0)
        request = RetellMentorship(at=self._clock.now(), mentorship_id=card.id, above=above)
        await self._call(RETELL_MENTORSHIP, card.org_id, request)

    async def _begin(self, standing: Standing) -> None:
        """One that was ended from outside goes on where it was; one that never was begins with what is known."""
        card = standing.card
        if await self._surgery.revive(card.id):
            return
        if card.phase is not Phase.PROPOSED:
            log.error("cycle_lost", mentorship_id=card.id, phase=card.phase)
            return
        (mentorship,) = await self._call(GET_MENTORSHIPS, card.org_id, ByIds(ids=(card.id,)))
        await self._cycles.start(Cycle.of(mentorship))
        for party in mentorship.accepted:
            await self._cycles.tell(card.id, Told(event_id=f"accepted:{party}", fact=Accepted(party=party)))

    async def _compare_phase(self, standing: Standing, difference: Difference) -> None:
        """A cycle that runs says itself where it stands; one that is over is spoken for."""
        card = standing.card
        fact = Compared(phase=card.phase, phase_version=standing.phase_version)
        told = Told(event_id=f"compared:{activity.info().workflow_run_id}", fact=fact)
        if await self._cycles.tell(card.id, told):
            return
        request = ChangePhase(
            at=self._clock.now(),
            mentorship_id=card.id,
            phase=Phase(difference.found),
            phase_version=standing.phase_version + 1,
            closure=standing.ending,
            again=True,
        )
        await self._call(CHANGE_PHASE, card.org_id, request)

    async def _call[Q: Record, A](self, operation: Operation[Q, A], org_id: str, request: Q) -> A:
        owner = self._services[operation.name.partition(".")[0]]
        answer: A = await owner.call(operation, self._signer.token(org_id), request)
        return answer
