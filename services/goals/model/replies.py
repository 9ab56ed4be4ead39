"""What waits for one of the two. Pure; the same whatever order things are known in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.goals import (
    AwaitedReply,
    Commitment,
    CommitmentState,
    Feedback,
    FeedbackState,
    Goal,
    GoalState,
    HelpRequest,
    HelpState,
    LedgerPolicy,
    Outcome,
    ReplyKind,
)
from contracts.identity import MentorshipCard, Party
from services.goals.model.ledger import as_of
from services.goals.model.promises import end_of

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Desk:
    """What there is in one mentorship, as far as something of it may wait for somebody."""

    goals: Iterable[Goal] = ()
    help_requests: Iterable[HelpRequest] = ()
    feedback: Iterable[Feedback] = ()
    commitments: Iterable[Commitment] = ()
    outcomes: Iterable[Outcome] = ()


def awaited(desk: Desk, card: MentorshipCard, party: Party, policy: LedgerPolicy, at: datetime) -> list[AwaitedReply]:
    """What waits for this party, the longest first."""
    me = card.user_of(party)
    found = [
        *_goals(desk.goals, party),
        *_help(desk.help_requests, me),
        *_feedback(desk.feedback, me, card.terms.feedback_acknowledged),
        *_renegotiations(desk.commitments, party, policy, at),
        *_outcomes(desk.outcomes, me),
    ]
    return sorted(found, key=lambda each: (each.since, each.kind, each.about_id))


def due_soon(commitments: Iterable[Commitment], me: str, at: datetime) -> list[Commitment]:
    """What this person promised and has still to do within a week or already, the earliest first."""
    open_ones = (as_of(each, at) for each in commitments if each.owner_id == me and each.due <= at + SOON)
    return sorted(
        (each for each in open_ones if each.state is CommitmentState.OPEN), key=lambda each: (each.due, each.id)
    )


def _goals(goals: Iterable[Goal], party: Party) -> Iterator[AwaitedReply]:
    for goal in goals:
        if goal.state is GoalState.PROPOSED and party is Party.MENTOR:
            yield _reply(ReplyKind.AGREE_GOAL, goal, since=goal.proposed_at or goal.created_at)


def _help(requests: Iterable[HelpRequest], me: str) -> Iterator[AwaitedReply]:
    for request in requests:
        if request.state is HelpState.OPEN and request.asked_by != me:
            yield _reply(ReplyKind.ANSWER_HELP, request, since=request.asked_at, due=end_of(request.due))


def _feedback(feedback: Iterable[Feedback], me: str, within: timedelta) -> Iterator[AwaitedReply]:
    for word in feedback:
        if word.recipient_id == me and word.state is FeedbackState.GIVEN:
            due = word.given_at + within
            yield _reply(ReplyKind.ACKNOWLEDGE_FEEDBACK, word, since=word.given_at, due=due)
        asked = [each.asked_at for each in word.clarifications if each.answer is None]
        if word.author_id == me and asked:
            yield _reply(ReplyKind.ANSWER_CLARIFICATION, word, since=min(asked))


def _renegotiations(
    commitments: Iterable[Commitment], party: Party, policy: LedgerPolicy, at: datetime
) -> Iterator[AwaitedReply]:
    for commitment in commitments:
        proposal = commitment.renegotiation
        if proposal is None or proposal.accepted is not None or proposal.proposed_by is party:
            continue
        until = proposal.proposed_at + policy.answer_within
        if at <= until and as_of(commitment, at).state is CommitmentState.OPEN:
            yield _reply(ReplyKind.ANSWER_RENEGOTIATION, commitment, since=proposal.proposed_at, due=until)


def _outcomes(outcomes: Iterable[Outcome], me: str) -> Iterator[AwaitedReply]:
    for outcome in outcomes:
        if outcome.verified_at is None and outcome.recorded_by != me:
            yield _reply(ReplyKind.VERIFY_OUTCOME, outcome, since=outcome.recorded_at)


def _reply[R: Goal | HelpRequest | Feedback | Commitment | Outcome](
    kind: ReplyKind, about: R, *, since: datetime, due: datetime | None = None
) -> AwaitedReply:
    return AwaitedReply(kind=kind, mentorship_id=about.mentorship_id, about_id=about.id, since=since, due=due)
