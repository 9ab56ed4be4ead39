"""One mentor and one mentee: proposed, agreed, closed."""

from datetime import datetime, timedelta
from enum import StrEnum

from contracts.errors import Conflict, NotFound
from contracts.identity.matching import MatchReason
from contracts.identity.party import Party
from contracts.identity.programme import PinnedTerms, ProgrammePolicy
from contracts.wire import ByIds, Caller, Command, CycleCommand, Event, Lines, Operation, Page, Record, Text, topic


class Phase(StrEnum):
    """Where a mentorship stands. Only its cycle changes it."""

    PROPOSED = "proposed"
    EXPECTATION_SETTING = "expectation_setting"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    DECLINED = "declined"
    EXPIRED = "expired"
    PAUSED = "paused"
    REMATCHING = "rematching"
    ALUMNI = "alumni"
    ARCHIVED = "archived"


RUNNING = frozenset({Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.PAUSED, Phase.REMATCHING, Phase.CLOSING})


class Closure(StrEnum):
    """How a mentorship came to CLOSED. CONDUCT says that it was reported, and is no verdict."""

    COMPLETED = "completed"
    NOT_STARTED = "not_started"
    EARLY_BY_AGREEMENT = "early_by_agreement"
    EARLY_BY_MENTEE = "early_by_mentee"
    EARLY_BY_MENTOR = "early_by_mentor"
    BY_PROGRAMME = "by_programme"
    INACTIVITY = "inactivity"
    CONDUCT = "conduct"


class Health(StrEnum):
    """How a running mentorship does, beside its phase: a pair of which only meetings are known has no evidence yet."""

    ON_TRACK = "on_track"
    NEEDS_ATTENTION = "needs_attention"
    AT_RISK = "at_risk"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"


class Gap(StrEnum):
    """What was still open when a mentorship closed."""

    MENTEE_REVIEW = "mentee_review"
    MENTOR_REVIEW = "mentor_review"
    GOALS_OPEN = "goals_open"


class Pause(Record, frozen=True, kw_only=True):
    """A leave that one party asked for. It runs from `started_at`, once approved, and ends by itself at `until`."""

    requested_by: str
    requested_at: datetime
    until: datetime
    approved_by: str | None = None
    started_at: datetime | None = None
    declined_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether nobody has answered yet."""
        return self.started_at is None and self.declined_at is None


class Handover(Record, frozen=True, kw_only=True):
    """What a mentor who leaves wants the next one to know, written for the mentee and the mentors only."""

    by: str
    text: str
    at: datetime


class Signature(Record, frozen=True, kw_only=True):
    """One party's name under one version of the agreement."""

    party: Party
    user_id: str
    at: datetime


class Agreement(Record, frozen=True, kw_only=True):
    """What both sides expect of each other and which challenges they take on. A new version starts unsigned.

    `policy_version` is the policy that it was signed under, once both have signed.
    """

    version: int
    challenges: tuple[str, ...]
    mentee_expectations: str
    mentor_expectations: str
    drafted_by: str
    drafted_at: datetime
    signatures: tuple[Signature, ...] = ()
    policy_version: int | None = None


class PhaseChange(Record, frozen=True, kw_only=True):
    """When a mentorship entered a phase."""

    phase: Phase
    at: datetime


class Mentorship(Record, frozen=True, kw_only=True):
    """One mentor and one mentee for the length of a cycle.

    `renegotiation` is a new version of a signed agreement that waits for signatures; until then the old one holds.
    `reasons` say why the two were matched; there are none where a programme manager chose. `requested`: the mentee
    asked for this mentor.
    """

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
    renegotiation: Agreement | None = None
    closure: Closure | None = None
    reasons: tuple[MatchReason, ...] = ()
    requested: bool = False
    health: Health | None = None
    gaps: tuple[Gap, ...] = ()
    pause: Pause | None = None
    next_mentor_id: str | None = None
    former_mentor_ids: tuple[str, ...] = ()
    handovers: tuple[Handover, ...] = ()
    extended_by: timedelta = timedelta()
    ending: Closure | None = None
    created_at: datetime
    version: int = 1


class MentorshipCard(Record, frozen=True, kw_only=True):
    """What the other parts keep of a mentorship: who the two are, where it stands and what it is held to. Ids only."""

    id: str
    org_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    phase: Phase
    policy_version: int = 1
    terms: PinnedTerms = PinnedTerms()
    version: int

    def party_of(self, user_id: str) -> Party | None:
        """Which side this person is on; None for everybody else."""
        return {self.mentor_id: Party.MENTOR, self.mentee_id: Party.MENTEE}.get(user_id)

    def user_of(self, party: Party) -> str:
        """The id of the person on that side."""
        return self.mentor_id if party is Party.MENTOR else self.mentee_id

    def side_of(self, caller: Caller) -> Party:
        """The caller's side. Everybody else is told that there is no such mentorship."""
        party = self.party_of(caller.user_id)
        if party is None or caller.org_id != self.org_id:
            raise NotFound.of("mentorship", self.id)
        return party

    def need(self, *phases: Phase) -> None:
        """Refuse what does not belong into the present phase."""
        if self.phase not in phases:
            wanted = " or ".join(phases)
            raise Conflict(
                f"The mentorship {self.id} is in phase {self.phase}; this can be done in phase {wanted} only."
            )


class OfMentorships(Record, frozen=True, kw_only=True):
    """One page for each of up to 100 mentorships, in their order; a cursor makes sense for one alone.

    The answer has None for a mentorship that the caller sees nothing of, so that it does not take the others with it.
    """

    mentorship_ids: tuple[str, ...]
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
    """The cycle moves a mentorship to its next phase; `phase_version` is one more than the last.

    `again`: the cycle was found to stand elsewhere than the record says; what it says now holds, if it is not older.
    """

    mentorship_id: str
    phase: Phase
    phase_version: int
    closure: Closure | None = None
    gaps: tuple[Gap, ...] = ()
    again: bool = False


PROPOSE_MENTORSHIP = Operation("identity.propose_mentorship", ProposeMentorship, Mentorship)
RESPOND_TO_MATCH = Operation("identity.respond_to_match", RespondToMatch, Mentorship)
DRAFT_AGREEMENT = Operation("identity.draft_agreement", DraftAgreement, Mentorship)
SIGN_AGREEMENT = Operation("identity.sign_agreement", SignAgreement, Mentorship)
GET_MENTORSHIPS = Operation("identity.get_mentorships", ByIds, tuple[Mentorship, ...], safe=True)
GET_MENTORSHIP_CARDS = Operation("identity.get_mentorship_cards", ByIds, tuple[MentorshipCard, ...], safe=True)
LIST_MENTORSHIPS = Operation("identity.list_mentorships", ListMentorships, Page[Mentorship], safe=True)
CHANGE_PHASE = Operation("identity.change_phase", ChangePhase, Mentorship)


class MentorshipFact(Event, frozen=True, kw_only=True):
    """Any fact about a mentorship: it always carries the card as it is after the fact."""

    mentorship: MentorshipCard


def mentorship_id_of(event: Event) -> str:
    """Which mentorship an event is about; empty for none."""
    return event.mentorship.id if isinstance(event, MentorshipFact) else event.mentorship_id or ""


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


@topic("identity.agreement_renegotiated.v1")
class AgreementRenegotiated(MentorshipFact, frozen=True, kw_only=True):
    """Both parties signed a new version while they are under way; from now on it holds."""

    agreement_version: int


@topic("identity.mentorship_phase_changed.v1")
class MentorshipPhaseChanged(MentorshipFact, frozen=True, kw_only=True):
    """The cycle entered a phase. `due_at`: by when the signatures that it waits for are due, by the policy."""

    phase: Phase
    closure: Closure | None = None
    due_at: datetime | None = None
