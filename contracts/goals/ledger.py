"""The accountability ledger: what each party promised, what became of it, and the number that follows from it.

Owner: services.goals. Nothing here has room for what people write to each other: only times, ids and enumerations.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from contracts.identity import Party
from contracts.wire import Event, Record, topic

DAY = timedelta(days=1)
NOTHING = timedelta(0)


class CommitmentKind(StrEnum):
    """What the score is the weighted mean over, so that many small promises of one kind cannot hide another kind."""

    AGREEMENT = "agreement"
    ATTENDANCE = "attendance"
    PREPARATION = "preparation"
    FEEDBACK = "feedback"
    PROGRESS = "progress"
    ACTION = "action"
    REVIEW = "review"


class Promise(StrEnum):
    """What exactly is promised. It decides the kind, and by the policy the grace and the usual size."""

    SIGN_AGREEMENT = "sign_agreement"
    ATTEND = "attend"
    PREPARE = "prepare"
    READ_BRIEF = "read_brief"
    GIVE_FEEDBACK = "give_feedback"
    ACKNOWLEDGE_FEEDBACK = "acknowledge_feedback"
    ACT_ON_FEEDBACK = "act_on_feedback"
    LOG_PROGRESS = "log_progress"
    ANSWER_HELP = "answer_help"
    COMPLETE_ACTION = "complete_action"
    SUBMIT_REVIEW = "submit_review"


class CommitmentState(StrEnum):
    """KEPT and MISSED are settled and enter the score; the others are neutral."""

    OPEN = "open"
    KEPT = "kept"
    MISSED = "missed"
    EXCUSED = "excused"
    DISPUTED = "disputed"


class Excuse(StrEnum):
    """Why a promise no longer counts: the partner let it go, a pause was approved, the partner cancelled, or the
    mentor who promised it was replaced.
    """

    PARTNER = "partner"
    PAUSE = "pause"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class Band(StrEnum):
    """A score in words. A band alone never triggers anything."""

    STRONG = "strong"
    STEADY = "steady"
    NEEDS_ATTENTION = "needs_attention"
    AT_RISK = "at_risk"


class KindWeight(Record, frozen=True, kw_only=True):
    """How much a kind counts beside the others."""

    kind: CommitmentKind
    weight: int


class Terms(Record, frozen=True, kw_only=True):
    """What holds for every promise of one sort.

    `grace`: over which fulfilment falls from 1 to 0 after the due instant. `known_after`: how long after that nobody
    can say yet whether it was kept. `notice`: how long before it is due another due instant must be asked for.
    """

    promise: Promise
    kind: CommitmentKind
    size: int = 1
    grace: timedelta = 7 * DAY
    known_after: timedelta = NOTHING
    notice: timedelta = 2 * DAY


class LedgerPolicy(Record, frozen=True, kw_only=True):
    """Every constant of the ledger. A mentorship keeps the version it was signed under, so no score is rewritten."""

    version: int = 1
    weights: tuple[KindWeight, ...] = (
        KindWeight(kind=CommitmentKind.AGREEMENT, weight=1),
        KindWeight(kind=CommitmentKind.ATTENDANCE, weight=2),
        KindWeight(kind=CommitmentKind.PREPARATION, weight=1),
        KindWeight(kind=CommitmentKind.FEEDBACK, weight=2),
        KindWeight(kind=CommitmentKind.PROGRESS, weight=1),
        KindWeight(kind=CommitmentKind.ACTION, weight=2),
        KindWeight(kind=CommitmentKind.REVIEW, weight=1),
    )
    terms: tuple[Terms, ...] = (
        Terms(promise=Promise.SIGN_AGREEMENT, kind=CommitmentKind.AGREEMENT),
        # both attest afterwards, and 72 hours of silence attest too
        Terms(
            promise=Promise.ATTEND, kind=CommitmentKind.ATTENDANCE, grace=NOTHING, known_after=3 * DAY, notice=1 * DAY
        ),
        Terms(promise=Promise.PREPARE, kind=CommitmentKind.PREPARATION, grace=1 * DAY, notice=1 * DAY),
        Terms(promise=Promise.READ_BRIEF, kind=CommitmentKind.PREPARATION, grace=1 * DAY, notice=1 * DAY),
        Terms(promise=Promise.GIVE_FEEDBACK, kind=CommitmentKind.FEEDBACK),
        Terms(promise=Promise.ACKNOWLEDGE_FEEDBACK, kind=CommitmentKind.FEEDBACK, grace=3 * DAY),
        Terms(promise=Promise.ACT_ON_FEEDBACK, kind=CommitmentKind.FEEDBACK, size=3, grace=14 * DAY),
        Terms(promise=Promise.LOG_PROGRESS, kind=CommitmentKind.PROGRESS),
        Terms(promise=Promise.ANSWER_HELP, kind=CommitmentKind.PROGRESS),
        Terms(promise=Promise.COMPLETE_ACTION, kind=CommitmentKind.ACTION),
        Terms(promise=Promise.SUBMIT_REVIEW, kind=CommitmentKind.REVIEW),
    )
    excuse_within: timedelta = 3 * DAY
    answer_within: timedelta = 3 * DAY
    settled_needed: int = 5
    kinds_needed: int = 2
    strong_from: int = 85
    steady_from: int = 70
    attention_from: int = 50


class Renegotiation(Record, frozen=True, kw_only=True):
    """One party asks for another due instant. `accepted` is None until the other has answered."""

    proposed_due: datetime
    proposed_by: Party
    proposed_at: datetime
    answered_at: datetime | None = None
    accepted: bool | None = None


class Commitment(Record, frozen=True, kw_only=True):
    """One promise by exactly one party with one due instant. `cause_id` is what it is about, such as a check-in.

    `owner_id` is the person who sat on the party's side when it was made: a new mentor starts a ledger of their own.
    `missed_at` stays where it was done after all, but too late to count. `resolved_by` is a programme manager.
    `paused_from` and `paused_to`: the last leave that moved its due instant; that is not a renegotiation.
    `cause_version` is the newest version of a check-in that moved it.
    """

    id: str
    org_id: str
    mentorship_id: str
    party: Party
    owner_id: str
    promise: Promise
    kind: CommitmentKind
    cause_id: str
    size: int = 1
    due: datetime
    original_due: datetime
    grace: timedelta
    known_after: timedelta = NOTHING
    notice: timedelta
    state: CommitmentState = CommitmentState.OPEN
    opened_at: datetime
    done_at: datetime | None = None
    missed_at: datetime | None = None
    excuse: Excuse | None = None
    excused_by: Party | None = None
    excused_at: datetime | None = None
    disputed_by: Party | None = None
    disputed_at: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    renegotiation: Renegotiation | None = None
    paused_from: datetime | None = None
    paused_to: datetime | None = None
    policy_version: int = 1
    cause_version: int = 0
    version: int = 1

    @property
    def lapses_at(self) -> datetime:
        """The last instant at which it is not missed yet."""
        return self.due + self.grace + self.known_after


class Coverage(Record, frozen=True, kw_only=True):
    """How much of what has come due the score rests on. Shares are of all four counts; None where nothing is due."""

    settled: int
    overdue: int
    excused: int
    disputed: int
    ratio: float | None = None
    excused_share: float | None = None
    disputed_share: float | None = None


class Initiative(Record, frozen=True, kw_only=True):
    """What a party does before it must. Nobody can attend early, so attendance is left out.

    `early_rate`: share of the settled that were done before they were due. `median_lead`: by how much what was done
    came before its due instant, negative where it came after.
    """

    early_rate: float | None = None
    median_lead: timedelta | None = None
    help_requests: int = 0


class KindScore(Record, frozen=True, kw_only=True):
    """The settled commitments of one kind. `mean` is exact, such as `24/25`; `score` is the same in hundredths."""

    kind: CommitmentKind
    weight: int
    settled: int
    mean: str
    score: int


class PartyScore(Record, frozen=True, kw_only=True):
    """One party's side, 0 to 100. `score`, `exact` and `band` are withheld (None) on too little evidence.

    `follow_through` is the Kaplan-Meier median from accepting feedback to having acted on it.
    """

    party: Party
    score: int | None = None
    exact: str | None = None
    band: Band | None = None
    kinds: tuple[KindScore, ...] = ()
    coverage: Coverage
    initiative: Initiative
    follow_through: timedelta | None = None


class Score(Record, frozen=True, kw_only=True):
    """Both sides at one moment, and what they come to together; None where one of them is withheld."""

    at: datetime
    policy_version: int
    mentee: PartyScore
    mentor: PartyScore
    pair: int | None = None
    pair_exact: str | None = None
    band: Band | None = None
    balance: float | None = None
    balance_exact: str | None = None


class Term(Record, frozen=True, kw_only=True):
    """One commitment in the sum. What is not settled has no `fulfilment`, no `weight` and no `contribution`.

    `weight` is its share of its party's score; the weights of a party add up to 1. `contribution` is 100 times weight
    times fulfilment; the contributions of a party add up to its score.
    """

    commitment_id: str
    party: Party
    promise: Promise
    kind: CommitmentKind
    state: CommitmentState
    size: int
    due: datetime
    done_at: datetime | None = None
    fulfilment: str | None = None
    weight: str | None = None
    contribution: str | None = None


class Explanation(Record, frozen=True, kw_only=True):
    """A score with every term, so that anyone can work it out by hand."""

    score: Score
    terms: tuple[Term, ...]


class CommitmentFact(Event, frozen=True, kw_only=True):
    """Any fact about a commitment."""

    commitment_id: str
    party: Party
    owner_id: str
    kind: CommitmentKind


@topic("goals.commitment_opened.v1")
class CommitmentOpened(CommitmentFact, frozen=True, kw_only=True):
    """A party has promised something."""

    promise: Promise
    cause_id: str
    due: datetime


@topic("goals.commitment_settled.v1")
class CommitmentSettled(CommitmentFact, frozen=True, kw_only=True):
    """It was kept or missed, or a dispute over it was resolved to one of the two. Late doing settles it anew."""

    state: CommitmentState
    done_at: datetime | None = None


@topic("goals.commitment_excused.v1")
class CommitmentExcused(CommitmentFact, frozen=True, kw_only=True):
    """It no longer counts."""

    excuse: Excuse


@topic("goals.commitment_disputed.v1")
class CommitmentDisputed(CommitmentFact, frozen=True, kw_only=True):
    """The two do not say the same about it, or one does not agree with how it was settled."""

    disputed_at: datetime


@topic("goals.renegotiation_proposed.v1")
class RenegotiationProposed(CommitmentFact, frozen=True, kw_only=True):
    """One party asks the other for another due instant."""

    proposer: Party
    proposed_due: datetime


@topic("goals.renegotiation_answered.v1")
class RenegotiationAnswered(CommitmentFact, frozen=True, kw_only=True):
    """The other party has answered; `due` is what holds from now on."""

    accepted: bool
    due: datetime


LEDGER_EVENTS: tuple[type[Event], ...] = (
    CommitmentOpened,
    CommitmentSettled,
    CommitmentExcused,
    CommitmentDisputed,
    RenegotiationProposed,
    RenegotiationAnswered,
)
