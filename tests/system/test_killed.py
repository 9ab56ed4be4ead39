"""A season lived twice: once in peace, and once while every component is killed as time moves over its timers.

What is left of both is the same: the bytes of the ledger, the notifications, the check-ins, the phases and the cases.
"""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.person import Person
from deploy.local.running import Notice
from deploy.local.stack import Stack
from tests.system.polling import until
from tests.system.quiet import Log, quiet_of
from tests.system.season import Season, Steady

HOUR = timedelta(hours=1)
PEOPLE = ("Priya", "Maria", "Sofia")
COMMITMENTS = """id party promise kind size due originalDue grace state openedAt doneAt missedAt excuse disputedAt
  resolvedAt owner { name }"""
CHECK_INS = "id index startsAt state attendance"
TERMS = "party promise kind state size due doneAt commitmentId"
NOTIFICATIONS = """query($after: String) { notifications(first: 100, after: $after) {
  edges { node { template about cause rule createdAt } } pageInfo { hasNextPage endCursor } } }"""
type Kills = Mapping[str, tuple[tuple[str, int], ...]]
# parts that die by themselves at an exact point: an effect has happened, and nobody was told so
CRASHES = {
    "notifications!": "tests.system.dies_before_acknowledging",
    "goals!": "tests.system.dies_before_publishing",
}
# at which moment of the story what is killed, and after how many effects of the cycle
KILLS: Kills = {
    "the signature is overdue": (("temporal", 1),),
    "they meet": (("sessions", 1), ("notifications!", 1)),
    "nobody comes": (("workflows", 1),),
    "nobody comes again": (("amqp", 1), ("notifications", 2)),
    "they go on leave": (("amqp", 0),),
    "the leave ends": (("temporal", 1), ("goals!", 1)),
    "weeks go by": (("goals", 2), ("sessions", 4)),
    "the end comes near": (("identity", 1),),
    "the end is here": (("goals", 0),),
    "a season later": (("temporal", 0),),
}


@dataclass
class Killer:
    """Ends components with SIGKILL once the cycle has delivered some effects of a moment, and starts them again."""

    stack: Stack
    plan: Kills
    killed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._log = Log(self.stack, "workflows")

    async def __call__(self, moment: str) -> None:
        """What is planned for this moment of the story."""
        before = self._delivered()
        for name, effects in self.plan.get(moment, ()):

            async def is_awkward(wanted: int = before + effects) -> bool:
                return self._delivered() >= wanted

            await until(is_awkward, f"{effects} effects while {moment}", seconds=60)
            self.killed.append(name)
            part = name.removesuffix("!")
            if name in CRASHES:
                self.stack.overrides[part] = CRASHES[name]
                await self.stack.restart(part)
                del self.stack.overrides[part]
            elif name in self.stack.running:
                self.stack.kill(name)
                await self.stack.restart(name)
            else:
                await self.stack.backends[name].restart()  # kills it first

    def _delivered(self) -> int:
        self._log.read()
        return self._log.delivered


@dataclass(frozen=True)
class Lived:
    """What is left of a season."""

    ledger: bytes
    terms: bytes
    scores: tuple[int | None, ...]
    notifications: Counter[str]
    check_ins: list[Any]
    phases: list[Any]
    cases: list[Any]
    killed: list[str]
    died: set[str]


async def lived(stack: Stack, begins: datetime, plan: Kills, died: set[str]) -> Lived:
    """Live the season on this platform."""
    async with AsyncExitStack() as entered:
        endpoint, killer = f"{stack.gateway_url}/graphql", Killer(stack, plan)
        quiet = await entered.enter_async_context(quiet_of(stack))
        priya, maria, sofia = [await entered.enter_async_context(Steady(name, endpoint)) for name in PEOPLE]
        season = Season((priya, maria, sofia), stack, quiet, killer)
        await season.live(begins)
        return await _looked_back_at(season, killer, died)


async def _looked_back_at(season: Season, killer: Killer, died: set[str]) -> Lived:
    of = {"id": season.mentorship_id}
    ledger = await _all(season.maria, _of_mentorship("commitments", COMMITMENTS), "mentorship", "commitments", **of)
    check_ins = await _all(season.maria, _of_mentorship("checkIns", CHECK_INS), "mentorship", "checkIns", **of)
    sides = "pair mentee { score } mentor { score }"
    score = (await season.mentorship(f"score {{ {sides} explain {{ {TERMS} }} }}"))["score"]
    told: Counter[str] = Counter()
    for person in (season.maria, season.sofia, season.priya):
        for each in await _told(person):
            told[json.dumps([person.name, *_rounded(each).values()])] += 1
    phases = await season.mentorship("closure phases { phase at }")
    document = """query($id: ID!) {
      escalations(programmeId: $id, first: 50) { edges { node { id kind rule openedAt } } } }"""
    cases = (await season.priya.ask(document, id=season.programme_id))["escalations"]["edges"]
    return Lived(
        ledger=_canonical(ledger),
        terms=_canonical(score.pop("explain")),
        scores=(score["pair"], score["mentee"]["score"], score["mentor"]["score"]),
        notifications=told,
        check_ins=_rounded(check_ins),
        phases=_rounded(phases["phases"]),
        cases=sorted(map(json.dumps, _rounded(cases))),
        killed=killer.killed,
        died=died,
    )


async def _all(person: Person, document: str, *path: str, **variables: Any) -> list[dict[str, Any]]:
    """Every page of the connection at the end of the path."""
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = await person.ask(document, after=after, **variables)
        for name in path:
            page = page[name]
        found += [edge["node"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


def _of_mentorship(connection: str, fields: str) -> str:
    return f"""query($id: ID!, $after: String) {{ mentorship(id: $id) {{ {connection}(first: 50, after: $after) {{
      edges {{ node {{ {fields} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""


async def _told(person: Person) -> list[dict[str, Any]]:
    found = await _all(person, NOTIFICATIONS, "notifications")
    for each in found:
        if each["cause"][14:15] == "7":  # an event led to it, and each telling has events of its own
            each["cause"] = ""
    return found


def _canonical(found: list[dict[str, Any]]) -> bytes:
    rounded = sorted(json.dumps(each, sort_keys=True) for each in _rounded(found))
    return "\n".join(rounded).encode()


def _rounded(value: Any) -> Any:
    """Every instant to the hour that it is nearest to: people act at full hours, and take a moment to do so."""
    match value:
        case dict():
            return {name: _rounded(each) for name, each in value.items()}
        case list():
            return [_rounded(each) for each in value]
        case str() if len(value) > 18 and value[10:11] == "T":
            moment = datetime.fromisoformat(value).astimezone(UTC) + HOUR / 2
            return moment.replace(minute=0, second=0, microsecond=0).isoformat()
    return value


@pytest.fixture(scope="module")
async def seasons(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lived, Lived]:
    """In peace, and under fire: each on a platform of its own, servers too."""
    now = datetime.now(UTC) + timedelta(days=1)
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=8, minute=0, second=0, microsecond=0)

    async def one(name: str, plan: Kills) -> Lived:
        died: set[str] = set()

        def notice(each: Notice) -> None:
            if each.what == "died":
                died.add(f"{each.name}!")

        state = tmp_path_factory.mktemp(name)
        async with Stack(state, sandbox=True, disposable=True, on_notice=notice) as stack:
            return await lived(stack, monday, plan, died)

    return await one("peace", {}), await one("fire", KILLS)


def test_every_component_was_killed(seasons: tuple[Lived, Lived]) -> None:
    peace, fire = seasons
    assert peace.killed == []
    assert fire.died >= set(CRASHES)
    assert set(fire.killed) > {"workflows", "temporal", "amqp", "goals", "sessions", "notifications", "identity"}


def test_the_ledger_has_the_same_bytes(seasons: tuple[Lived, Lived]) -> None:
    peace, fire = seasons
    assert len(peace.ledger.splitlines()) > 40
    assert fire.ledger.decode().splitlines() == peace.ledger.decode().splitlines()
    assert fire.terms == peace.terms
    assert fire.scores == peace.scores
    assert None not in peace.scores


def test_everybody_was_told_everything_once(seasons: tuple[Lived, Lived]) -> None:
    peace, fire = seasons
    assert fire.notifications - peace.notifications == Counter()
    assert peace.notifications - fire.notifications == Counter()


def test_no_timer_was_lost_or_doubled(seasons: tuple[Lived, Lived]) -> None:
    peace, fire = seasons
    assert fire.check_ins == peace.check_ins
    assert fire.phases == peace.phases
    assert fire.cases == peace.cases
