"""Reads who takes part in a matching, and what has to be known of them."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from zoneinfo import ZoneInfo

from contracts.identity import (
    Availability,
    Enrolment,
    EnrolmentState,
    ListEnrolments,
    Obstacle,
    Party,
    Programme,
    Unmatched,
)
from contracts.wire import Record
from kit.mongo import IDS_LIMIT, PAGE_LIMIT, Aggregates
from services.identity.actions import Context
from services.identity.model import enrolments
from services.identity.model.matching import Offer, Wish
from services.identity.model.mentors import ENDED, Mentor, spoken
from services.identity.model.people import Account

LEVELS = 20  # of a reporting line; what is longer goes round in a circle


@dataclass(frozen=True)
class Gathered:
    """Who can be matched, and who takes part but cannot be, with the reason."""

    wishes: tuple[Wish, ...]
    offers: tuple[Offer, ...]
    left_out: tuple[Unmatched, ...]


@dataclass(frozen=True)
class History:
    """Every pair that ever was proposed, who has a mentor in the programme, and how many mentees each mentor has."""

    past: Mapping[str, frozenset[str]]
    settled: frozenset[str]
    open_of: Mapping[str, int]


async def gather(context: Context, programme: Programme, cohort_id: str | None, at: datetime) -> Gathered:
    """Everybody who takes part in the programme, or in the cohort; mentors without a cohort are there for all."""
    mentees = await participants(context, programme, Party.MENTEE, cohort_id)
    mentors = await participants(context, programme, Party.MENTOR, None)
    mentors = [each for each in mentors if cohort_id is None or each.cohort_id in {None, cohort_id}]
    history = await history_of(context, programme)
    known = await People.read(context, programme.org_id, [*mentees, *mentors])
    left_out: list[Unmatched] = []
    wishes = [
        known.wish(each, history, at)
        for each in mentees
        if each.user_id not in history.settled and _may(each, programme, left_out)
    ]
    offers = []
    for each in mentors:
        if _may(each, programme, left_out):
            offer, why = known.offer(each, history, at)
            offers += [offer] if offer else []
            left_out += [Unmatched(user_id=each.user_id, party=Party.MENTOR, why=(why,))] if why else []
    return Gathered(tuple(wishes), tuple(offers), tuple(left_out))


def _may(enrolment: Enrolment, programme: Programme, left_out: list[Unmatched]) -> bool:
    if enrolments.is_trained(enrolment, programme):
        return True
    left_out.append(Unmatched(user_id=enrolment.user_id, party=enrolment.party, why=(Obstacle.UNTRAINED,)))
    return False


async def participants(
    context: Context, programme: Programme, party: Party, cohort_id: str | None
) -> list[enrolments.Enrolled]:
    """Everybody who was let in on one side."""
    wanted = ListEnrolments(cohort_id=cohort_id, party=party, state=EnrolmentState.APPROVED)
    where = {"keys": enrolments.list_key(programme.id, wanted)}
    return [each async for each in every(context.store.enrolments, programme.org_id, where)]


async def history_of(context: Context, programme: Programme) -> History:
    """What the organisation's mentorships say about who has had whom, and who has room."""
    past: dict[str, set[str]] = {}
    settled: set[str] = set()
    open_of: Counter[str] = Counter()
    async for each in every(context.store.mentorships, programme.org_id, {}):
        past.setdefault(each.mentee_id, set()).add(each.mentor_id)
        if each.phase not in ENDED:
            open_of[each.mentor_id] += 1
            settled |= {each.mentee_id} if each.programme_id == programme.id else set()
    return History({user: frozenset(had) for user, had in past.items()}, frozenset(settled), open_of)


@dataclass(frozen=True)
class People:
    """Accounts with everybody above them, and mentor profiles, by user id."""

    accounts: Mapping[str, Account]
    mentors: Mapping[str, Mentor]

    @classmethod
    async def read(cls, context: Context, org_id: str, of: Iterable[Enrolment]) -> "People":
        """The people of these enrolments."""
        users = {each.user_id for each in of}
        accounts: dict[str, Account] = {}
        missing = users
        for _ in range(LEVELS):
            accounts |= await by_id(context.store.accounts, org_id, missing, lambda account: account.id)
            above = {account.manager_id for account in accounts.values() if account.manager_id}
            if not (missing := above - accounts.keys()):
                break
        mentors = await by_id(context.store.mentors, org_id, users, lambda mentor: mentor.id)
        return cls(accounts, mentors)

    def wish(self, enrolment: Enrolment, history: History, at: datetime) -> Wish:
        """What a mentee looks for."""
        return Wish(
            user_id=enrolment.user_id,
            fields=enrolment.fields,
            seniority=enrolment.seniority,
            languages=_spoken(enrolment.languages),
            offset=self._offset(enrolment.user_id, at),
            above=self._above(enrolment.user_id),
            past=tuple(sorted(history.past.get(enrolment.user_id, ()))),
        )

    def offer(self, enrolment: Enrolment, history: History, at: datetime) -> tuple[Offer | None, Obstacle | None]:
        """What a mentor offers, or why not. Proposals nobody has answered count too: they may all be accepted."""
        mentor = self.mentors.get(enrolment.user_id)
        if mentor is None or mentor.availability is not Availability.OPEN:
            return None, Obstacle.PAUSED
        room = mentor.capacity - max(len(mentor.seats), history.open_of.get(mentor.id, 0))
        if room <= 0:
            return None, Obstacle.NO_ROOM
        offer = Offer(
            user_id=mentor.id,
            fields=mentor.fields,
            seniority=mentor.seniority,
            languages=_spoken(mentor.languages),
            offset=self._offset(mentor.id, at),
            above=self._above(mentor.id),
            room=room,
            capacity=mentor.capacity,
        )
        return offer, None

    def _offset(self, user_id: str, at: datetime) -> int:
        account = self.accounts.get(user_id)
        offset = at.astimezone(ZoneInfo(account.zone)).utcoffset() if account else None
        return int(offset.total_seconds() // 60) if offset else 0

    def _above(self, user_id: str) -> tuple[str, ...]:
        above: list[str] = []
        account = self.accounts.get(user_id)
        while account and account.manager_id and account.manager_id not in above and len(above) < LEVELS:
            above.append(account.manager_id)
            account = self.accounts.get(account.manager_id)
        return tuple(above)


async def every[R: Record](aggregates: Aggregates[R], org_id: str, where: Mapping[str, object]) -> AsyncIterator[R]:
    """All of a list, read page by page, so that no single read is large."""
    after: str | None = None
    while True:
        page = await aggregates.page(org_id, where, first=PAGE_LIMIT, after=after)
        for item in page.items:
            yield item
        if not page.has_next:
            return
        after = page.end_cursor


async def by_id[R: Record](
    aggregates: Aggregates[R], org_id: str, ids: Iterable[str], id_of: Callable[[R], str]
) -> dict[str, R]:
    """Those that exist, however many are asked for."""
    found: dict[str, R] = {}
    for some in batched(sorted(ids), IDS_LIMIT, strict=False):
        found |= {id_of(each): each for each in await aggregates.get_many(org_id, some)}
    return found


def _spoken(languages: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spoken(tag) for tag in languages))
