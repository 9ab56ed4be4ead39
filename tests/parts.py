"""The parts of a running platform as another part calls them, and an organisation with a pair to call them for."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
from joserfc.jwk import KeySet, OKPKey

from contracts.goals import AGREE_GOAL, DRAFT_GOAL, PROPOSE_GOAL, AgreeGoal, ProposeGoal
from contracts.identity import (
    ADD_USER,
    CREATE_PROGRAMME,
    DRAFT_AGREEMENT,
    GET_MENTORSHIPS,
    PROPOSE_MENTORSHIP,
    REGISTER_ORGANISATION,
    RESPOND_TO_MATCH,
    SIGN_AGREEMENT,
    AddUser,
    CreateProgramme,
    DraftAgreement,
    Mentorship,
    Phase,
    ProposeMentorship,
    RegisterOrganisation,
    RespondToMatch,
    Role,
    SignAgreement,
)
from contracts.sessions import SET_CADENCE, SetCadence
from contracts.wire import ByIds, Operation, Record
from deploy.local.parts import PARTS
from deploy.local.stack import Stack
from kit.auth import PartSigner, signed
from kit.clock import Clock
from kit.rpc import Client
from tests.builders import a_goal_draft
from tests.system.polling import until

PASSWORD = "a long phrase for tests"
MINUTES = 600.0
PATIENCE = 30.0  # seconds for one call: on a busy machine everything takes long


@dataclass(frozen=True)
class Parts:
    """Every part of a running platform, by the operation that is called."""

    stack: Stack
    http: aiohttp.ClientSession

    async def call[Q: Record, A](self, operation: Operation[Q, A], token: str, request: Q) -> A:
        """What the operation's owner answers."""
        owner = {"cycles": "workflows"}.get(name := operation.name.partition(".")[0], name)
        (part,) = [each for each in PARTS if each.name == owner]
        client = Client(owner, self.stack.site.url(part), self.http, deadline=PATIENCE)
        return await client.call(operation, token, request)

    def part_token(self, part: str, org_id: str) -> str:
        """The token of a part."""
        return PartSigner(str(self.stack.site.secrets.part_key(part))).token(org_id)

    def person_token(self, user_id: str, org_id: str, *roles: Role) -> str:
        """The token of a person, as identity signs it."""
        keys = KeySet.import_key_set(msgspec.json.decode(self.stack.site.secrets.token_keys.read_bytes()))
        assert isinstance(keys.keys[0], OKPKey)
        return signed({"sub": user_id, "org": org_id, "roles": list(roles)}, keys.keys[0], MINUTES)

    def now(self) -> datetime:
        """The moment that the platform lives at."""
        return Clock(str(self.stack.sandbox_clock)).now()


@dataclass
class Organisation:
    """A tenant with its administrator, who also manages programmes."""

    parts: Parts
    id: str
    admin_id: str
    admin: str
    people: dict[str, str] = field(default_factory=dict)

    async def add(self, name: str) -> str:
        """A person; gives the token. The id is among `people`."""
        request = AddUser(name=name, email=an_address(name), password=PASSWORD, zone="Europe/Berlin")
        user = await self.parts.call(ADD_USER, self.admin, request)
        self.people[name] = user.id
        return self.parts.person_token(user.id, self.id)


def an_address(name: str = "somebody") -> str:
    """One that nobody else has."""
    return f"{name}@{uuid.uuid4().hex[:12]}.example"


async def an_organisation(parts: Parts) -> Organisation:
    """A new tenant."""
    request = RegisterOrganisation(name="Acme", admin_name="Priya", admin_email=an_address("priya"), password=PASSWORD)
    made = await parts.call(REGISTER_ORGANISATION, "", request)
    roles = Role.ORG_ADMIN, Role.PROGRAMME_MANAGER
    token = parts.person_token(made.admin.id, made.organisation.id, *roles)
    return Organisation(parts, made.organisation.id, made.admin.id, token)


@dataclass
class Pair:
    """Sofia mentors Maria in an organisation; Tom belongs to it too, and Olga administers another one."""

    parts: Parts
    home: Organisation
    abroad: Organisation
    mentorship_id: str
    maria: str
    sofia: str
    tom: str

    @property
    def priya(self) -> str:
        """The programme manager's token."""
        return self.home.admin

    @property
    def olga(self) -> str:
        """The token of another organisation's administrator."""
        return self.abroad.admin

    @property
    def cycle(self) -> str:
        """The token of the part that drives cycles."""
        return self.parts.part_token("workflows", self.home.id)

    def id_of(self, name: str) -> str:
        """A person's id."""
        return self.home.people[name]

    async def call[Q: Record, A](self, operation: Operation[Q, A], token: str, request: Q) -> A:
        """What the operation's owner answers."""
        return await self.parts.call(operation, token, request)

    async def mentorship(self) -> Mentorship:
        """As it is now."""
        (found,) = await self.call(GET_MENTORSHIPS, self.maria, ByIds(ids=(self.mentorship_id,)))
        return found

    async def reaches(self, phase: Phase) -> None:
        """Return when its cycle has come to that phase."""

        async def look() -> bool:
            return (await self.mentorship()).phase is phase

        await until(look, f"phase {phase}")


async def a_proposed_pair(parts: Parts, *, beside: Pair | None = None) -> Pair:
    """Two people who may become a pair; in an organisation of their own, or in that of another pair."""
    home = replace(beside.home, people={}) if beside else await an_organisation(parts)
    abroad = beside.abroad if beside else await an_organisation(parts)
    maria, sofia, tom = [await home.add(name) for name in ("maria", "sofia", "tom")]
    programme = await parts.call(CREATE_PROGRAMME, home.admin, CreateProgramme(name="Leaders"))
    request = ProposeMentorship(
        programme_id=programme.id, mentor_id=home.people["sofia"], mentee_id=home.people["maria"]
    )
    proposed = await parts.call(PROPOSE_MENTORSHIP, home.admin, request)
    return Pair(parts, home, abroad, proposed.id, maria, sofia, tom)


async def a_pair(parts: Parts, *, beside: Pair | None = None) -> Pair:
    """Both said yes, and now say what they expect."""
    pair = await a_proposed_pair(parts, beside=beside)
    for token in (pair.maria, pair.sofia):
        await pair.call(RESPOND_TO_MATCH, token, RespondToMatch(mentorship_id=pair.mentorship_id, accept=True))
    await pair.reaches(Phase.EXPECTATION_SETTING)
    return pair


async def an_active_pair(parts: Parts, *, beside: Pair | None = None) -> Pair:
    """They agreed on everything."""
    pair = await a_pair(parts, beside=beside)
    of: dict[str, Any] = {"mentorship_id": pair.mentorship_id}
    goal = await pair.call(DRAFT_GOAL, pair.maria, a_goal_draft(**of, due=(parts.now() + timedelta(days=80)).date()))
    await pair.call(PROPOSE_GOAL, pair.maria, ProposeGoal(goal_id=goal.id))
    await pair.call(AGREE_GOAL, pair.sofia, AgreeGoal(goal_id=goal.id))
    starts_at = (parts.now().astimezone(UTC) + timedelta(days=10)).strftime("%Y-%m-%dT09:00")
    cadence = SetCadence(**of, rule="FREQ=WEEKLY;INTERVAL=2", starts_at=starts_at, zone="Europe/Berlin")
    await pair.call(SET_CADENCE, pair.maria, cadence)
    draft = DraftAgreement(**of, challenges=("Speak up",), mentee_expectations="Honesty", mentor_expectations="Work")
    await pair.call(DRAFT_AGREEMENT, pair.maria, draft)
    for token in (pair.maria, pair.sofia):
        await pair.call(SIGN_AGREEMENT, token, SignAgreement(**of, agreement_version=1))
    await pair.reaches(Phase.ACTIVE)
    return pair
