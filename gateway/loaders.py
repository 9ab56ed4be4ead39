"""Batching: what a request asks of one part about many objects becomes one call. Knows no GraphQL type."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import batched
from typing import Any, NamedTuple, Protocol

from strawberry.dataloader import DataLoader

from contracts import goals, identity, notifications, sessions, simulation
from contracts.errors import NotFound, Refusal
from contracts.identity import GetOrganisation
from contracts.wire import ByIds, Operation, Page, Record

MAX_IDS = 200  # what one GET_* operation takes
MAX_MENTORSHIPS = 100  # what one LIST_* operation takes


class Identified(Protocol):
    """A record that has an id of its own."""

    @property
    def id(self) -> str:
        """Unique among the records of its kind."""


class Call(Protocol):
    """Asks the part that owns an operation, as the viewer."""

    async def __call__[Q: Record, A](self, operation: Operation[Q, A], request: Q) -> A:
        """Raises Refusal."""


class Loader[K, V]:
    """A DataLoader of which each waiter has its own future.

    graphql-core cancels the siblings of a field that failed; with a shared future that would cancel everybody's load.
    """

    def __init__(self, fetch: Callable[[list[K]], Awaitable[Sequence[V | BaseException]]], most: int) -> None:
        self._loader: DataLoader[K, V] = DataLoader(fetch, max_batch_size=most)

    async def load(self, key: K) -> V:
        """The value, fetched together with what else is asked for in this turn of the event loop."""
        return await asyncio.shield(asyncio.ensure_future(self._loader.load(key)))


class ById[R: Identified](Loader[str, R | None]):
    """Records by id; None for those that the viewer may not see."""

    def __init__(self, call: Call, operation: Operation[ByIds, tuple[R, ...]]) -> None:
        async def fetch(ids: list[str]) -> Sequence[R | None]:
            return _in_order(ids, await call(operation, ByIds(ids=tuple(ids))))

        super().__init__(fetch, MAX_IDS)


class OwnOrganisation(Loader[str, identity.Organisation | None]):
    """The viewer's own organisation by its id; there is no other that it could see."""

    def __init__(self, call: Call) -> None:
        async def fetch(ids: list[str]) -> Sequence[identity.Organisation | None]:
            return _in_order(ids, [await call(identity.GET_ORGANISATION, GetOrganisation())])

        super().__init__(fetch, MAX_IDS)


def _in_order[R: Identified](ids: list[str], records: Iterable[R]) -> list[R | None]:
    known = {record.id: record for record in records}
    return [known.get(object_id) for object_id in ids]


class PageKey(NamedTuple):
    """One page of the list of one mentorship or goal."""

    owner_id: str
    first: int
    after: str | None
    more: tuple[tuple[str, object], ...] = ()  # what else the list is narrowed by


class Listed[R](Loader[PageKey, Page[R]]):
    """Pages of the lists of a mentorship (or, by `owners`, a goal): equal first pages of many are one call."""

    def __init__(
        self, call: Call, operation: Operation[Any, tuple[Page[R] | None, ...]], owners: str = "mentorship_ids"
    ) -> None:
        async def fetch(keys: list[PageKey]) -> Sequence[Page[R] | BaseException]:
            answers = await asyncio.gather(*(together(group, ask) for group in _groups(keys)))
            found = dict(pair for pairs in answers for pair in pairs)
            return [found[key] for key in keys]

        async def ask(group: Sequence[PageKey]) -> Sequence[Page[R] | None]:
            ids = tuple(key.owner_id for key in group)
            place = {"first": group[0].first, "after": group[0].after, **dict(group[0].more)}
            return await call(operation, operation.request(**{owners: ids}, **place))

        super().__init__(fetch, MAX_IDS)


async def together[K, V](
    keys: Sequence[K], ask: Callable[[Sequence[K]], Awaitable[Sequence[V | None]]]
) -> list[tuple[K, V | BaseException]]:
    """Ask for all keys in one call. What the viewer sees nothing of does not take the others with it."""
    try:
        found = await ask(keys)
    except Refusal as refusal:
        return [(key, refusal) for key in keys]
    hidden = NotFound("There is nothing here that you can see.")
    return [(key, hidden if value is None else value) for key, value in zip(keys, found, strict=True)]


def _groups(keys: list[PageKey]) -> list[Sequence[PageKey]]:
    """What can be asked together: the same first page of many, but a cursor belongs to one mentorship."""
    alike: dict[tuple[Any, ...], list[PageKey]] = defaultdict(list)
    for key in keys:
        alike[key if key.after else (key.first, key.more)].append(key)
    return [chunk for group in alike.values() for chunk in batched(group, MAX_MENTORSHIPS, strict=False)]


class OfMany[R](Loader[str, tuple[R, ...]]):
    """Several records for each mentorship by its id, asked for by `mentorship_ids`."""

    def __init__(self, call: Call, operation: Operation[Any, tuple[tuple[R, ...] | None, ...]]) -> None:
        async def fetch(ids: list[str]) -> Sequence[tuple[R, ...] | BaseException]:
            return [found for _, found in await together(ids, ask)]

        async def ask(ids: Sequence[str]) -> Sequence[tuple[R, ...] | None]:
            return await call(operation, operation.request(mentorship_ids=tuple(ids)))

        super().__init__(fetch, MAX_MENTORSHIPS)


class Briefs(Loader[goals.BriefOf, goals.Brief]):
    """What is open and has moved, asked once for all fields of one check-in's brief."""

    def __init__(self, call: Call) -> None:
        async def fetch(asked: list[goals.BriefOf]) -> Sequence[goals.Brief | BaseException]:
            return await asyncio.gather(*(call(goals.BRIEF_OF, each) for each in asked), return_exceptions=True)

        super().__init__(fetch, MAX_IDS)


class Each[R](Loader[str, R]):
    """One record for each mentorship by its id."""

    def __init__(self, call: Call, operation: Operation[ByIds, tuple[R | None, ...]]) -> None:
        async def fetch(ids: list[str]) -> Sequence[R | BaseException]:
            return [found for _, found in await together(ids, ask)]

        async def ask(ids: Sequence[str]) -> Sequence[R | None]:
            return await call(operation, ByIds(ids=tuple(ids)))

        super().__init__(fetch, MAX_MENTORSHIPS)


class Reports[R](Loader[str, R]):
    """The numbers of a programme by its id, asked for once in a request."""

    def __init__(self, call: Call, operation: Operation[Any, R]) -> None:
        async def fetch(ids: list[str]) -> Sequence[R | BaseException]:
            return await asyncio.gather(*(ask(each) for each in ids), return_exceptions=True)

        async def ask(programme_id: str) -> R:
            return await call(operation, operation.request(programme_id=programme_id))

        super().__init__(fetch, MAX_IDS)


class Loaders:
    """Every loader of one request."""

    def __init__(self, call: Call) -> None:
        self._of_identity(call)
        self._of_goals(call)
        self._of_sessions(call)
        self.notifications = ById(call, notifications.GET_NOTIFICATIONS)
        self.simulations = ById(call, simulation.GET_SIMULATIONS)
        self.hindsights = ById(call, simulation.GET_HINDSIGHTS)

    def _of_identity(self, call: Call) -> None:
        self.organisations = OwnOrganisation(call)
        self.api_tokens = ById(call, identity.GET_API_TOKENS)
        self.users = ById(call, identity.GET_USERS)
        self.user_imports = ById(call, identity.GET_USER_IMPORTS)
        self.units = ById(call, identity.GET_UNITS)
        self.programmes = ById(call, identity.GET_PROGRAMMES)
        self.mentorships = ById(call, identity.GET_MENTORSHIPS)
        self.cohorts = ById(call, identity.GET_COHORTS)
        self.enrolments = ById(call, identity.GET_ENROLMENTS)
        self.match_runs = ById(call, identity.GET_MATCH_RUNS)
        self.programme_reports = Reports(call, identity.REPORT_PROGRAMME)
        self.mentor_profiles = ById(call, identity.GET_MENTOR_PROFILES)

    def _of_goals(self, call: Call) -> None:
        self.cases = ById(call, identity.GET_CASES)
        self.conduct_reports = ById(call, identity.GET_CONDUCT_REPORTS)
        self.goals = ById(call, goals.GET_GOALS)
        self.goal_lints = ById(call, goals.GET_GOAL_LINTS)
        self.goal_progress = ById(call, goals.GET_GOAL_PROGRESS)
        self.action_items = ById(call, goals.GET_ACTION_ITEMS)
        self.feedback = ById(call, goals.GET_FEEDBACK)
        self.feedback_cadences = ById(call, goals.GET_FEEDBACK_CADENCES)
        self.help_requests = ById(call, goals.GET_HELP_REQUESTS)
        self.third_party_feedback = ById(call, goals.GET_THIRD_PARTY_FEEDBACK)
        self.wins = ById(call, goals.GET_WINS)
        self.skills = ById(call, goals.GET_SKILLS)
        self.outcomes = ById(call, goals.GET_OUTCOMES)
        self.journal = ById(call, goals.GET_JOURNAL)
        self.progress_updates = ById(call, goals.GET_PROGRESS_UPDATES)
        self.note_actions = ById(call, goals.GET_NOTE_ACTIONS)
        self.results = Each(call, goals.GET_RESULTS)
        self.goal_reports = Reports(call, goals.REPORT_GOALS)
        self.goals_of = Listed(call, goals.LIST_GOALS)
        self.action_items_of = Listed(call, goals.LIST_ACTION_ITEMS)
        self.actions_of_goals = Listed(call, goals.LIST_GOAL_ACTIONS, "goal_ids")
        self.feedback_of = Listed(call, goals.LIST_FEEDBACK)
        self.help_requests_of = Listed(call, goals.LIST_HELP_REQUESTS)
        self.third_party_feedback_of = Listed(call, goals.LIST_THIRD_PARTY_FEEDBACK)
        self.wins_of = Listed(call, goals.LIST_WINS)
        self.skills_of = Listed(call, goals.LIST_SKILLS)
        self.outcomes_of = Listed(call, goals.LIST_OUTCOMES)
        self.journal_of = Listed(call, goals.LIST_JOURNAL)
        self.timeline_of = Listed(call, goals.LIST_TIMELINE)
        self.progress_updates_of = Listed(call, goals.LIST_PROGRESS_UPDATES)
        self.commitments = ById(call, goals.GET_COMMITMENTS)
        self.commitments_of = Listed(call, goals.LIST_COMMITMENTS)
        self.due_soon = Each(call, goals.GET_DUE_SOON)
        self.awaited_replies = Each(call, goals.GET_AWAITED_REPLIES)
        self.briefs = Briefs(call)
        self.scores = Each(call, goals.EXPLAIN_SCORES)
        self.resources = ById(call, goals.GET_RESOURCES)
        self.resources_of = Listed(call, goals.LIST_RESOURCES)
        self.encouragements = ById(call, goals.GET_ENCOURAGEMENTS)
        self.encouragements_of = Listed(call, goals.LIST_ENCOURAGEMENTS)
        self.unaddressed_challenges = Each(call, goals.GET_UNADDRESSED_CHALLENGES)

    def _of_sessions(self, call: Call) -> None:
        self.cadences = ById(call, sessions.GET_CADENCES)
        self.agendas = ById(call, sessions.GET_AGENDAS)
        self.calendar_feeds = ById(call, sessions.GET_CALENDAR_FEEDS)
        self.check_ins = ById(call, sessions.GET_CHECK_INS)
        self.times_off = ById(call, sessions.GET_TIMES_OFF)
        self.times_off_of = Listed(call, sessions.LIST_TIMES_OFF)
        self.notes = ById(call, sessions.GET_NOTES)
        self.time_entries = ById(call, sessions.GET_TIME_ENTRIES)
        self.reviews = ById(call, sessions.GET_REVIEWS)
        self.pulses = ById(call, sessions.GET_PULSES)
        self.check_ins_of = Listed(call, sessions.LIST_CHECK_INS)
        self.notes_of = Listed(call, sessions.LIST_NOTES)
        self.time_entries_of = Listed(call, sessions.LIST_TIME_ENTRIES)
        self.reviews_of = Listed(call, sessions.LIST_REVIEWS)
        self.pulses_of = Listed(call, sessions.LIST_PULSES)
        self.contact_reports = Reports(call, sessions.REPORT_CONTACT)
        self.pulse_trends = Each(call, sessions.GET_PULSE_TRENDS)
        self.time_totals = OfMany(call, sessions.TIME_SUMMARY)
        self.efforts = Each(call, sessions.GET_EFFORTS)
        self.time_by_month = OfMany(call, sessions.TIME_BY_MONTH)
