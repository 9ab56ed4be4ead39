"""What can be asked of the ledger: commitments, scores with every term, and what people may do to them."""

from datetime import datetime

from contracts.goals.ledger import Commitment, CommitmentState, Explanation, Promise, Score
from contracts.identity import OfMentorships, Party
from contracts.wire import ByIds, Command, CycleCommand, Operation, Page


class OpenCommitment(CycleCommand, frozen=True, kw_only=True):
    """The cycle opens a promise that recurs, such as feedback each week; the same cause is the same promise."""

    mentorship_id: str
    party: Party
    promise: Promise
    cause_id: str
    due: datetime


class ExcuseCommitment(Command, frozen=True, kw_only=True):
    """The partner lets a missed commitment go, within three days."""

    commitment_id: str


class DisputeCommitment(Command, frozen=True, kw_only=True):
    """A party does not agree with how one of its own commitments was settled; a programme manager decides."""

    commitment_id: str


class ResolveDispute(Command, frozen=True, kw_only=True):
    """A programme manager decides a dispute, and that is final."""

    commitment_id: str
    kept: bool


class ProposeRenegotiation(Command, frozen=True, kw_only=True):
    """A party asks in good time for another due instant. Without an answer in three days the old one stands."""

    commitment_id: str
    due: datetime


class RespondToRenegotiation(Command, frozen=True, kw_only=True):
    """The other party accepts or declines. A due instant moves at most once."""

    commitment_id: str
    accept: bool


class CommitmentsOf(OfMentorships, frozen=True, kw_only=True):
    """The commitments of mentorships; of one `state` alone where it is given."""

    state: CommitmentState | None = None


OPEN_COMMITMENT = Operation("goals.open_commitment", OpenCommitment, Commitment)
EXCUSE_COMMITMENT = Operation("goals.excuse_commitment", ExcuseCommitment, Commitment)
DISPUTE_COMMITMENT = Operation("goals.dispute_commitment", DisputeCommitment, Commitment)
RESOLVE_DISPUTE = Operation("goals.resolve_dispute", ResolveDispute, Commitment)
PROPOSE_RENEGOTIATION = Operation("goals.propose_renegotiation", ProposeRenegotiation, Commitment)
RESPOND_TO_RENEGOTIATION = Operation("goals.respond_to_renegotiation", RespondToRenegotiation, Commitment)
GET_COMMITMENTS = Operation("goals.get_commitments", ByIds, tuple[Commitment, ...], safe=True)
LIST_COMMITMENTS = Operation("goals.list_commitments", CommitmentsOf, tuple[Page[Commitment] | None, ...], safe=True)
GET_DUE_SOON = Operation("goals.get_due_soon", ByIds, tuple[tuple[Commitment, ...] | None, ...], safe=True)
GET_SCORES = Operation("goals.get_scores", ByIds, tuple[Score | None, ...], safe=True)
EXPLAIN_SCORES = Operation("goals.explain_scores", ByIds, tuple[Explanation | None, ...], safe=True)
