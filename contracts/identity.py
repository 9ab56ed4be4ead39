"""Who is who, which programme they are in, and what mentor and mentee agreed. Owner: services.identity."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.errors import Conflict, Forbidden, NotFound
from contracts.wire import (
    ByIds,
    Caller,
    Command,
    CycleCommand,
    Event,
    Line,
    Lines,
    Operation,
    Page,
    Record,
    Text,
    topic,
)

# NIST SP 800-63B-4, section 3.1.1: length counts, composition rules do not help; long phrases must fit
Password = Annotated[str, msgspec.Meta(min_length=12, max_length=200)]


class Role(StrEnum):
    """What a person may do in an organisation. Being mentor or mentee is not a role but a place in a mentorship."""

    ORG_ADMIN = "org_admin"
    PROGRAMME_MANAGER = "programme_manager"
    HR_ANALYST = "hr_analyst"
    AUDITOR = "auditor"


class Party(StrEnum):
    """One of the two sides of a mentorship."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class Phase(StrEnum):
    """Where a mentorship stands. Only its cycle changes it."""

    PROPOSED = "proposed"
    EXPECTATION_SETTING = "expectation_setting"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    DECLINED = "declined"
    EXPIRED = "expired"


class Closure(StrEnum):
    """How a mentorship came to CLOSED."""

    COMPLETED = "completed"
    NOT_STARTED = "not_started"


class Organisation(Record, frozen=True, kw_only=True):
    """A tenant: everything else belongs to exactly one."""

    id: str
    name: str
    created_at: datetime
    version: int = 1


class User(Record, frozen=True, kw_only=True):
    """A person in an organisation. `zone` is an IANA time zone."""

    id: str
    org_id: str
    name: str
    email: str
    zone: str
    roles: tuple[Role, ...] = ()
    created_at: datetime
    version: int = 1


class ProgrammePolicy(Record, frozen=True, kw_only=True):
    """Every duration and limit that a cycle runs by. A mentorship keeps the version it was signed under."""

    version: int = 1
    length: timedelta = timedelta(days=182)
    match_response: timedelta = timedelta(days=14)
    match_nudges: tuple[timedelta, ...] = (timedelta(days=3), timedelta(days=7))
    signature_deadline: timedelta = timedelta(days=14)
    signature_nudges: tuple[timedelta, ...] = (timedelta(days=7), timedelta(days=12))
    not_started_after: timedelta = timedelta(days=28)
    preparation_asked: timedelta = timedelta(hours=72)
    preparation_due: timedelta = timedelta(hours=24)
    brief_before: timedelta = timedelta(hours=2)
    log_prompt_after: timedelta = timedelta(hours=2)
    attendance_tacit_after: timedelta = timedelta(hours=72)
    milestone_every: timedelta = timedelta(days=91)
    review_opens_before: timedelta = timedelta(days=7)
    closing_lead: timedelta = timedelta(days=28)
    hard_close_after: timedelta = timedelta(days=14)


class Programme(Record, frozen=True, kw_only=True):
    """A mentoring programme of an organisation, with the policy that new mentorships start under."""

    id: str
    org_id: str
    name: str
    policy: ProgrammePolicy
    created_at: datetime
    version: int = 1


class Signature(Record, frozen=True, kw_only=True):
    """One party's name under one version of the agreement."""

    party: Party
    user_id: str
    at: datetime


class Agreement(Record, frozen=True, kw_only=True):
    """What both sides expect of each other and which challenges they take on. A new version starts unsigned."""

    version: int
    challenges: tuple[str, ...]
    mentee_expectations: str
    mentor_expectations: str
    drafted_by: str
    drafted_at: datetime
    signatures: tuple[Signature, ...] = ()


class PhaseChange(Record, frozen=True, kw_only=True):
    """When a mentorship entered a phase."""

    phase: Phase
    at: datetime


class Mentorship(Record, frozen=True, kw_only=True):
    """One mentor and one mentee for the length of a cycle."""

    id: str
    org_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    party_ids: tuple[str, ...] = ()
    policy: ProgrammePolicy
    phase: Phase = Phase.PROPOSED
    phase_version: int = 0
    phases: tuple[PhaseChange, ...] = ()
    accepted: tuple[Party, ...] = ()
    agreement: Agreement | None = None
    closure: Closure | None = None
    created_at: datetime
    version: int = 1


class MentorshipCard(Record, frozen=True, kw_only=True):
    """What the other parts keep of a mentorship: who the two are and where it stands. Ids only."""

    id: str
    org_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    phase: Phase
    version: int

    def party_of(self, user_id: str) -> Party | None:
        """Which side this person is on; None for everybody else."""
        return {self.mentor_id: Party.MENTOR, self.mentee_id: Party.MENTEE}.get(user_id)

    def user_of(self, party: Party) -> str:
        """The id of the person on that side."""
        return self.mentor_id if party is Party.MENTOR else self.mentee_id

    def seat_of(self, caller: Caller, *, only: Party | None = None) -> Party:
        """The caller's side, `only` this one where given. Everybody else is told that there is no such mentorship."""
        party = self.party_of(caller.user_id)
        if party is None or caller.org_id != self.org_id:
            raise NotFound.of("mentorship", self.id)
        if only is not None and party is not only:
            raise Forbidden(f"This is for the {only} to do; you are the {party} here.")
        return party

    def need(self, *phases: Phase) -> None:
        """Refuse what does not belong into the present phase."""
        if self.phase not in phases:
            wanted = " or ".join(phases)
            raise Conflict(
                f"The mentorship {self.id} is in phase {self.phase}; this can be done in phase {wanted} only."
            )


class Tokens(Record, frozen=True, kw_only=True):
    """A signed-in person's two tokens. The access token lives `expires_in` seconds, the refresh token is used once."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: User


class Contact(Record, frozen=True, kw_only=True):
    """How to reach a person. Given to parts only, at the moment of sending, and never stored by them."""

    user_id: str
    name: str
    email: str
    zone: str


class RegisterOrganisation(Command, frozen=True, kw_only=True):
    """Start a tenant with its first administrator. Refused where the installation keeps registration closed."""

    name: Line
    admin_name: Line
    admin_email: Line
    password: Password
    zone: Line = "UTC"


class Registered(Record, frozen=True, kw_only=True):
    """A new tenant and the person who runs it."""

    organisation: Organisation
    admin: User


class SignIn(Record, frozen=True, kw_only=True):
    """Exchange mail address and password for tokens."""

    email: str
    password: str


class Refresh(Record, frozen=True, kw_only=True):
    """Exchange a refresh token for the next pair. Using an old one again ends the whole family."""

    refresh_token: str


class SignOut(Record, frozen=True, kw_only=True):
    """End the family of this refresh token."""

    refresh_token: str


class Done(Record, frozen=True, kw_only=True):
    """It is done and there is nothing to show."""


class AddUser(Command, frozen=True, kw_only=True):
    """An organisation admin adds a person with a first password."""

    name: Line
    email: Line
    password: Password
    zone: Line = "UTC"
    roles: tuple[Role, ...] = ()


class GetOrganisation(Record, frozen=True, kw_only=True):
    """The caller's own organisation."""


class OfMentorships(Record, frozen=True, kw_only=True):
    """One page for each of up to 100 mentorships, in their order; a cursor makes sense for one alone.

    The answer has None for a mentorship that the caller sees nothing of, so that it does not take the others with it.
    """

    mentorship_ids: tuple[str, ...]
    first: int = 20
    after: str | None = None


class ListUsers(Record, frozen=True, kw_only=True):
    """People of the organisation, newest first."""

    first: int = 20
    after: str | None = None


class CreateProgramme(Command, frozen=True, kw_only=True):
    """A programme manager opens a programme under a policy; what is not given takes the default."""

    name: Line
    policy: ProgrammePolicy = ProgrammePolicy()


class ListProgrammes(Record, frozen=True, kw_only=True):
    """Programmes of the organisation, newest first."""

    first: int = 20
    after: str | None = None


class ProposeMentorship(Command, frozen=True, kw_only=True):
    """A programme manager proposes a pair; its cycle starts with this."""

    programme_id: str
    mentor_id: str
    mentee_id: str


class RespondToMatch(Command, frozen=True, kw_only=True):
    """A party accepts or declines the proposal."""

    mentorship_id: str
    accept: bool


class DraftAgreement(Command, frozen=True, kw_only=True):
    """A party writes the next version of the agreement; nobody has signed it yet."""

    mentorship_id: str
    challenges: Lines
    mentee_expectations: Text
    mentor_expectations: Text


class SignAgreement(Command, frozen=True, kw_only=True):
    """A party signs exactly this version of the agreement."""

    mentorship_id: str
    agreement_version: int


class ListMentorships(Record, frozen=True, kw_only=True):
    """The caller's own mentorships, or all of a programme for its manager; newest first."""

    programme_id: str | None = None
    first: int = 20
    after: str | None = None


class ChangePhase(CycleCommand, frozen=True, kw_only=True):
    """The cycle moves a mentorship to its next phase; `phase_version` is one more than the last."""

    mentorship_id: str
    phase: Phase
    phase_version: int
    closure: Closure | None = None


REGISTER_ORGANISATION = Operation("identity.register_organisation", RegisterOrganisation, Registered)
SIGN_IN = Operation("identity.sign_in", SignIn, Tokens)
REFRESH = Operation("identity.refresh", Refresh, Tokens)
SIGN_OUT = Operation("identity.sign_out", SignOut, Done)
ADD_USER = Operation("identity.add_user", AddUser, User)
GET_ORGANISATION = Operation("identity.get_organisation", GetOrganisation, Organisation, safe=True)
GET_USERS = Operation("identity.get_users", ByIds, tuple[User, ...], safe=True)
LIST_USERS = Operation("identity.list_users", ListUsers, Page[User], safe=True)
CREATE_PROGRAMME = Operation("identity.create_programme", CreateProgramme, Programme)
GET_PROGRAMMES = Operation("identity.get_programmes", ByIds, tuple[Programme, ...], safe=True)
LIST_PROGRAMMES = Operation("identity.list_programmes", ListProgrammes, Page[Programme], safe=True)
PROPOSE_MENTORSHIP = Operation("identity.propose_mentorship", ProposeMentorship, Mentorship)
RESPOND_TO_MATCH = Operation("identity.respond_to_match", RespondToMatch, Mentorship)
DRAFT_AGREEMENT = Operation("identity.draft_agreement", DraftAgreement, Mentorship)
SIGN_AGREEMENT = Operation("identity.sign_agreement", SignAgreement, Mentorship)
GET_MENTORSHIPS = Operation("identity.get_mentorships", ByIds, tuple[Mentorship, ...], safe=True)
GET_MENTORSHIP_CARDS = Operation("identity.get_mentorship_cards", ByIds, tuple[MentorshipCard, ...], safe=True)
LIST_MENTORSHIPS = Operation("identity.list_mentorships", ListMentorships, Page[Mentorship], safe=True)
CHANGE_PHASE = Operation("identity.change_phase", ChangePhase, Mentorship)
GET_CONTACTS = Operation("identity.get_contacts", ByIds, tuple[Contact, ...], safe=True)


@topic("identity.user_provisioned.v1")
class UserProvisioned(Event, frozen=True, kw_only=True):
    """A person joined an organisation."""

    user_id: str


class MentorshipFact(Event, frozen=True, kw_only=True):
    """Any fact about a mentorship: it always carries the card as it is after the fact."""

    mentorship: MentorshipCard


@topic("identity.match_proposed.v1")
class MatchProposed(MentorshipFact, frozen=True, kw_only=True):
    """A programme manager proposed a pair."""


@topic("identity.match_accepted.v1")
class MatchAccepted(MentorshipFact, frozen=True, kw_only=True):
    """One party said yes."""

    party: Party


@topic("identity.match_declined.v1")
class MatchDeclined(MentorshipFact, frozen=True, kw_only=True):
    """One party said no."""

    party: Party


@topic("identity.agreement_drafted.v1")
class AgreementDrafted(MentorshipFact, frozen=True, kw_only=True):
    """A new version of the agreement waits for both signatures."""

    party: Party
    agreement_version: int


@topic("identity.agreement_signed.v1")
class AgreementSigned(MentorshipFact, frozen=True, kw_only=True):
    """One party signed a version of the agreement."""

    party: Party
    agreement_version: int


@topic("identity.mentorship_phase_changed.v1")
class MentorshipPhaseChanged(MentorshipFact, frozen=True, kw_only=True):
    """The cycle entered a phase."""

    phase: Phase
    closure: Closure | None = None


EVENTS: tuple[type[Event], ...] = (
    UserProvisioned,
    MatchProposed,
    MatchAccepted,
    MatchDeclined,
    AgreementDrafted,
    AgreementSigned,
    MentorshipPhaseChanged,
)

MENTORSHIP_FACTS: tuple[type[MentorshipFact], ...] = (
    MatchProposed,
    MatchAccepted,
    MatchDeclined,
    AgreementDrafted,
    AgreementSigned,
    MentorshipPhaseChanged,
)
