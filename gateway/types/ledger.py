"""The accountability ledger: what each of the two promised, what became of it, and the number that follows from it."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from contracts import goals
from contracts.goals import ledger
from contracts.goals.ledger import Band, CommitmentKind, CommitmentState, Excuse, Promise
from contracts.identity import Party
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import Node, View, field, id_of, local_id, reference, resolved

MentorshipId = Annotated[strawberry.ID, strawberry.argument(description="The mentorship.")]


@strawberry.type(description="A wish to move a due instant. It moves at most once, and only if the other one agrees.")
class Renegotiation:
    """Shows ledger.Renegotiation."""

    proposed_due: datetime = field("The due instant that was proposed.")
    proposed_by: Party = field("Who proposed it.")
    proposed_at: datetime = field("When.")
    answered_at: datetime | None = field("When the other one answered; null until then.")
    accepted: bool | None = field("The answer; null until there is one.")


@strawberry.type(description="One promise by exactly one of the two, with one due instant.")
class Commitment(Node):
    """Shows ledger.Commitment."""

    loader = staticmethod(lambda loaders: loaders.commitments)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    party: Party = field("Whose promise it is.")
    owner = reference(User, "owner_id", "Who sat on that side when it was made.")
    promise: Promise = field("What exactly is promised.")
    kind: CommitmentKind = field("The kind that it counts under.")
    size: int = field("How much it counts beside others of its kind, 1 to 3.")
    due: datetime = field("By when.")
    original_due: datetime = field("By when it was promised first.")
    grace: timedelta = field("Over which time after that it still counts in part.")
    state: CommitmentState = field("KEPT and MISSED count; the others are neutral.")
    opened_at: datetime = field("When it was promised.")
    done_at: datetime | None = field("When it was done.")
    missed_at: datetime | None = field("When it became too late; stays where it was done after that.")
    excuse: Excuse | None = field("Why it no longer counts, where it does not.")
    disputed_at: datetime | None = field("When somebody disagreed with how it was settled.")
    resolved_at: datetime | None = field("When the programme manager decided.")
    renegotiation: Renegotiation | None = field("The wish to move it, if there was one.")
    version: int = field("Counts its changes.")


@strawberry.type(description="What of one kind has come due and is settled.")
class KindScore:
    """Shows ledger.KindScore."""

    kind: CommitmentKind = field("The kind.")
    weight: int = field("How much the kind counts beside the others.")
    settled: int = field("How many commitments of the kind are kept or missed.")
    mean: str = field("Their mean fulfilment, exact, such as 24/25.")
    score: int = field("The same in hundredths.")


@strawberry.type(description="How much of what has come due the score rests on.")
class Coverage:
    """Shows ledger.Coverage."""

    settled: int = field("Kept or missed.")
    overdue: int = field("Past the due instant and still open.")
    excused: int = field("No longer counting.")
    disputed: int = field("Waiting for a decision.")
    ratio: float | None = field("Settled over settled and overdue; null while nothing is due.")


@strawberry.type(description="What one of the two does before it must.")
class Initiative:
    """Shows ledger.Initiative."""

    early_rate: float | None = field("The share of the settled that were done before they were due.")
    median_lead: timedelta | None = field("By how much what was done came before its due instant.")
    help_requests: int = field("How often help was asked for.")


@strawberry.type(description="One side of the ledger, 0 to 100. No appraisal: it shows which promises need a talk.")
class PartyScore:
    """Shows ledger.PartyScore."""

    party: Party = field("Whose side it is.")
    score: int | None = field("The score; null while there is too little to go by.")
    exact: str | None = field("The same before rounding, as a fraction.")
    band: Band | None = field("The score in words.")
    kinds: list[KindScore] = field("What it is made of.")
    coverage: Coverage = field("How much it rests on.")
    initiative: Initiative = field("What was done early; not part of the score.")
    follow_through: timedelta | None = field("Median time from accepting feedback to acting on it (Kaplan-Meier).")


@strawberry.type(description="One commitment in the sum.")
class Term(View):
    """Shows ledger.Term."""

    commitment_id = id_of("Commitment", "commitment_id", "The commitment.")
    party: Party = field("Whose it is.")
    promise: Promise = field("What was promised.")
    kind: CommitmentKind = field("The kind that it counts under.")
    state: CommitmentState = field("What became of it.")
    size: int = field("How much it counts within its kind.")
    due: datetime = field("By when.")
    done_at: datetime | None = field("When it was done.")
    fulfilment: str | None = field("1 if in time, falling to 0 over the grace; exact. Null if it does not count.")
    weight: str | None = field("Its share of its side's score; the shares of a side add up to 1.")
    contribution: str | None = field("100 times share times fulfilment; these add up to the score of its side.")


@strawberry.type(description="Both sides at one moment, in numbers.")
class ScoreFigures(View):
    """Shows ledger.Score."""

    at: datetime = field("The moment.")
    policy_version: int = field("The version of the rules that it follows.")
    mentee: PartyScore = field("The mentee's side.")
    mentor: PartyScore = field("The mentor's side.")
    pair: int | None = field("The harmonic mean of both; null while one of them is.")
    pair_exact: str | None = field("The same before rounding.")
    band: Band | None = field("The pair in words.")
    balance: float | None = field("The lesser side over the greater one, 0 to 1.")


@strawberry.type(
    description="Both sides at one moment. Accountability goes both ways; one side cannot carry the other."
)
class Score(ScoreFigures):
    """Shows ledger.Score; made of ledger.Explanation, so that every term is at hand."""

    explanation: strawberry.Private[ledger.Explanation]

    @classmethod
    def explained(cls, explanation: ledger.Explanation) -> "Score":
        """The score of an explanation, with its terms at hand."""
        shown = cls.of(explanation.score)
        shown.explanation = explanation
        return shown

    @resolved("Every term of both sums, so that anyone can work the score out by hand.")
    def explain(self) -> list[Term]:
        """Nothing is added up here."""
        return [Term.of(term) for term in self.explanation.terms]


@strawberry.type(description="A score as the two are shown it, and the same worked out anew from their commitments.")
class ScoreRecomputation:
    """Shows goals.ScoreRecomputation."""

    stored: ScoreFigures = field("As the two are shown it.")
    recomputed: ScoreFigures = field("Worked out anew for the same moment, past everything that is remembered.")
    equal: bool = field("Whether both are the same in every number.")


@strawberry.input(description="A missed commitment of the other one that you let go.")
class ExcuseCommitmentInput(Edit):
    """Makes goals.ExcuseCommitment."""

    commitment_id: strawberry.ID = field("The commitment.")


@strawberry.input(description="A commitment that was not settled as you remember it.")
class DisputeCommitmentInput(Edit):
    """Makes goals.DisputeCommitment."""

    commitment_id: strawberry.ID = field("The commitment.")


@strawberry.input(description="Your decision of a dispute.")
class ResolveDisputeInput(Edit):
    """Makes goals.ResolveDispute."""

    commitment_id: strawberry.ID = field("The commitment.")
    kept: bool = field("Whether it was kept.")


@strawberry.input(description="Another due instant that you ask the other one for.")
class ProposeRenegotiationInput(Edit):
    """Makes goals.ProposeRenegotiation."""

    commitment_id: strawberry.ID = field("The commitment.")
    due: datetime = field("The new due instant.")


@strawberry.input(description="Your answer to a proposed due instant.")
class RespondToRenegotiationInput(Edit):
    """Makes goals.RespondToRenegotiation."""

    commitment_id: strawberry.ID = field("The commitment.")
    accept: bool = field("Whether you agree.")


@strawberry.type
class LedgerMutations:
    """What people may do to the ledger."""

    excuse_commitment = mutation(goals.EXCUSE_COMMITMENT, ExcuseCommitmentInput, Commitment)
    dispute_commitment = mutation(goals.DISPUTE_COMMITMENT, DisputeCommitmentInput, Commitment)
    resolve_dispute = mutation(goals.RESOLVE_DISPUTE, ResolveDisputeInput, Commitment)
    propose_renegotiation = mutation(goals.PROPOSE_RENEGOTIATION, ProposeRenegotiationInput, Commitment)
    respond_to_renegotiation = mutation(goals.RESPOND_TO_RENEGOTIATION, RespondToRenegotiationInput, Commitment)


@strawberry.type
class LedgerQueries:
    """Reads of the ledger by those who check it."""

    @resolved("A mentorship's score worked out anew; for auditors, who are told no names. The look is audited.")
    async def score_recomputation(self, info: Info, mentorship_id: MentorshipId) -> ScoreRecomputation | None:
        """Nothing is added up here."""
        request = goals.RecomputeScore(mentorship_id=local_id(info.context, "Mentorship", mentorship_id))
        found = await info.context.call(goals.RECOMPUTE_SCORE, request)
        stored, recomputed = ScoreFigures.of(found.stored), ScoreFigures.of(found.recomputed)
        return ScoreRecomputation(stored=stored, recomputed=recomputed, equal=found.equal)
