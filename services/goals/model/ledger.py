"""Commitments: opened, kept or missed, excused, disputed and resolved, and moved at most once.

News of what happened may come late, twice and in any order, so what it says again changes nothing and is not refused.
What a person asks for is refused with the reason.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from msgspec.structs import replace

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals.ledger import (
    NOTHING,
    Commitment,
    CommitmentDisputed,
    CommitmentExcused,
    CommitmentFact,
    CommitmentKind,
    CommitmentOpened,
    CommitmentSettled,
    CommitmentState,
    Excuse,
    LedgerPolicy,
    Promise,
    Renegotiation,
    RenegotiationAnswered,
    RenegotiationProposed,
)
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, evolve

SIZES = range(1, 4)
TICK = timedelta(microseconds=1)
# Nobody decided these: they follow from what happened. Of several that hold for one commitment the first one is told.
_RELEASED = (Excuse.PAUSE, Excuse.CANCELLED, Excuse.REPLACED)


def open_commitment(
    commitment_id: str,
    card: MentorshipCard,
    policy: LedgerPolicy,
    *,
    party: Party,
    promise: Promise,
    cause_id: str,
    due: datetime,
    at: datetime,
    size: int | None = None,
) -> Change[Commitment]:
    """A promise under the policy's terms; `size` only where the two agreed on one."""
    terms = next(each for each in policy.terms if each.promise is promise)
    if size is not None and size not in SIZES:
        raise Invalid(f"A size is 1 (small) to 3 (large), not {size}.", field="size")
    commitment = Commitment(
        id=commitment_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        party=party,
        owner_id=card.user_of(party),
        promise=promise,
        kind=terms.kind,
        cause_id=cause_id,
        size=size or terms.size,
        due=due,
        original_due=due,
        grace=terms.grace,
        known_after=terms.known_after,
        notice=terms.notice,
        opened_at=at,
        policy_version=policy.version,
    )
    opened = _fact(CommitmentOpened, commitment, promise=promise, cause_id=cause_id, due=due)
    return Change(commitment, (opened,))


def as_of(commitment: Commitment, at: datetime) -> Commitment:
    """What it is at this moment: past its last instant it is missed, whether or not anybody has written that down."""
    if commitment.state is not CommitmentState.OPEN or at <= commitment.lapses_at:
        return commitment
    return replace(commitment, state=CommitmentState.MISSED, missed_at=commitment.lapses_at)


def kept_as(state: CommitmentState) -> tuple[CommitmentState, ...]:
    """How those that are of this state now may have been written down: what lapsed may still be OPEN there."""
    return (CommitmentState.OPEN, state) if state is CommitmentState.MISSED else (state,)


def fulfilment(commitment: Commitment) -> Fraction:
    """1 when done by the due instant, falling to 0 over the grace. Late attendance and what was missed are 0."""
    if commitment.state is not CommitmentState.KEPT or commitment.done_at is None:
        return Fraction(0)
    late = commitment.done_at - commitment.due
    if late <= NOTHING:
        return Fraction(1)
    if commitment.kind is CommitmentKind.ATTENDANCE or late >= commitment.grace:
        return Fraction(0)
    return 1 - Fraction(late // TICK, commitment.grace // TICK)


def latest(commitments: Iterable[Commitment]) -> tuple[Commitment, ...]:
    """The newest version of each, whatever came stale, twice or in another order; by due instant."""
    newest: dict[str, Commitment] = {}
    for each in commitments:
        if each.id not in newest or newest[each.id].version < each.version:
            newest[each.id] = each
    return tuple(sorted(newest.values(), key=lambda each: (each.due, each.id)))


def keep(commitment: Commitment, at: datetime) -> Change[Commitment]:
    """It was done at this moment. The first doing counts; past the last instant it is kept too, but counts 0."""
    if _was_released_after(commitment, at):
        commitment = _as_before_release(commitment)
    if _is_final(commitment) or commitment.state is CommitmentState.DISPUTED:
        return Change(commitment)
    if commitment.state is CommitmentState.KEPT and commitment.done_at is not None and commitment.done_at <= at:
        return Change(commitment)
    commitment = _without_later_leave(commitment, at)
    missed_at = commitment.lapses_at if at > commitment.lapses_at else None
    return _settled(commitment, state=CommitmentState.KEPT, done_at=at, missed_at=missed_at)


def _without_later_leave(commitment: Commitment, at: datetime) -> Commitment:
    """A leave that began after it was done, and was heard of first, has moved nothing."""
    since, until = commitment.paused_from, commitment.paused_to
    if since is None or until is None or at > since:
        return commitment
    return replace(commitment, due=commitment.due - (until - since), paused_from=None, paused_to=None)


def miss(commitment: Commitment, at: datetime) -> Change[Commitment]:
    """It was not done in time. Only of a check-in is that known before: somebody did not come, or cancelled late."""
    if _was_released_after(commitment, at):
        commitment = _as_before_release(commitment)
    if commitment.state is not CommitmentState.OPEN:
        return Change(commitment)
    if at <= commitment.lapses_at and commitment.kind is not CommitmentKind.ATTENDANCE:
        raise Conflict(f"The commitment {commitment.id} can still be kept until {commitment.lapses_at}.")
    missed_at = min(at, commitment.lapses_at)  # whenever it is that somebody looks
    return _settled(commitment, state=CommitmentState.MISSED, missed_at=missed_at)


def excuse(commitment: Commitment, policy: LedgerPolicy, at: datetime, by: Party) -> Change[Commitment]:
    """The partner lets a missed commitment go, also one that was done after all but too late to count."""
    if by is commitment.party:
        raise Forbidden(f"Only the partner can excuse the commitment {commitment.id}.")
    if commitment.state is CommitmentState.EXCUSED:
        return Change(commitment)
    now = as_of(commitment, at)
    _not_disputed(now)
    if now.missed_at is None:
        raise Conflict(f"The commitment {commitment.id} was not missed, so there is nothing to excuse.")
    if at - now.missed_at > policy.excuse_within:
        until = now.missed_at + policy.excuse_within
        raise Conflict(f"The commitment {commitment.id} could be excused until {until}. You can still dispute it.")
    return _excused(now, Excuse.PARTNER, at, by)


def release(commitment: Commitment, excuse: Excuse, at: datetime) -> Change[Commitment]:
    """A pause was approved, the partner cancelled or the mentor left: what was not settled by then no longer counts.

    One check-in may be released by several of these, and their news and that of what was done before may come in any
    order: the earliest moment counts, and a pause is told rather than the cancellation that follows from it.
    """
    if commitment.resolved_at is not None or commitment.state is CommitmentState.DISPUTED:
        return Change(commitment)
    if commitment.state is CommitmentState.EXCUSED:
        return _released_again(commitment, excuse, at)
    settled_at = commitment.done_at or commitment.missed_at
    if settled_at is not None and settled_at <= at:
        return Change(commitment)
    return _excused(replace(commitment, done_at=None, missed_at=None), excuse, at, None)


def _released_again(commitment: Commitment, excuse: Excuse, at: datetime) -> Change[Commitment]:
    before, since = commitment.excuse, commitment.excused_at
    if before not in _RELEASED or since is None:
        return Change(commitment)
    told = min(before, excuse, key=_RELEASED.index)
    if (told, min(since, at)) == (before, since):
        return Change(commitment)
    return _excused(commitment, told, min(since, at), None)


def _was_released_after(commitment: Commitment, at: datetime) -> bool:
    """Whether it was released, and that happened later than this."""
    released_at = commitment.excused_at if commitment.excuse in _RELEASED else None
    return commitment.state is CommitmentState.EXCUSED and released_at is not None and at < released_at


def _as_before_release(commitment: Commitment) -> Commitment:
    return replace(commitment, state=CommitmentState.OPEN, excuse=None, excused_at=None)


def dispute(commitment: Commitment, at: datetime, by: Party | None = None) -> Change[Commitment]:
    """A party does not agree with how it was settled, or (attendance) the two say different things."""
    if commitment.state is CommitmentState.DISPUTED:
        return Change(commitment)
    now = as_of(commitment, at)
    _not_disputed(now)
    contradicted = now.state is CommitmentState.OPEN and now.kind is CommitmentKind.ATTENDANCE
    if now.state not in {CommitmentState.KEPT, CommitmentState.MISSED} and not contradicted:
        raise Conflict(f"The commitment {commitment.id} is {now.state}; dispute it once it counts as kept or missed.")
    changed = evolve(now, state=CommitmentState.DISPUTED, disputed_by=by, disputed_at=at)
    return Change(changed, (_fact(CommitmentDisputed, changed, disputed_at=at),))


def follow(commitment: Commitment, due: datetime, cause_version: int) -> Change[Commitment]:
    """The check-in that it is about got another time before this was done, and what is promised for it moves along.

    That does not use up the one move of a due date: nobody asked for it about this promise. News of the doing may have
    come first; it is measured at the new time all the same.
    """
    if cause_version <= commitment.cause_version:
        return Change(commitment)
    changed = evolve(commitment, due=due, cause_version=cause_version)
    if changed.state is CommitmentState.KEPT and changed.done_at is not None:
        return Change(replace(changed, missed_at=changed.lapses_at if changed.done_at > changed.lapses_at else None))
    return Change(changed)


def decide(commitment: Commitment, at: datetime, by: str, *, kept: bool) -> Change[Commitment]:
    """The programme manager has said who was at a check-in. News of the dispute itself may come later than this."""
    if commitment.state is CommitmentState.EXCUSED or commitment.resolved_at is not None:
        return Change(commitment)
    disputed = replace(commitment, state=CommitmentState.DISPUTED, disputed_at=commitment.disputed_at or at)
    return resolve(disputed, at, by, kept=kept)


def resolve(
    commitment: Commitment, at: datetime, by: str, *, kept: bool, done_at: datetime | None = None
) -> Change[Commitment]:
    """The programme manager decides, and that is final. Kept means in time unless a moment is known or given."""
    if commitment.state is not CommitmentState.DISPUTED:
        raise Conflict(f"The commitment {commitment.id} is {commitment.state}; there is no dispute to resolve.")
    if kept:
        done = done_at or commitment.done_at or commitment.due
        missed = commitment.lapses_at if done > commitment.lapses_at else None
        state = CommitmentState.KEPT
    else:
        done, missed = None, commitment.missed_at or min(at, commitment.lapses_at)
        state = CommitmentState.MISSED
    return _settled(commitment, state=state, done_at=done, missed_at=missed, resolved_by=by, resolved_at=at)


def propose_renegotiation(
    commitment: Commitment, policy: LedgerPolicy, due: datetime, at: datetime, by: Party
) -> Change[Commitment]:
    """Either party asks in good time for another due instant, once more if the last proposal came to nothing."""
    _still_open(commitment, at)
    before = commitment.renegotiation
    if before is not None and before.accepted:
        raise Conflict(f"The commitment {commitment.id} has been moved once already; a due date moves at most once.")
    if before is not None and before.accepted is None and at - before.proposed_at <= policy.answer_within:
        raise Conflict(f"A proposal for the commitment {commitment.id} waits for its answer.")
    if commitment.due - at < commitment.notice:
        last = commitment.due - commitment.notice
        raise Conflict(f"Another due date for the commitment {commitment.id} had to be asked for until {last}.")
    if due <= at or due == commitment.due:
        raise Invalid("Propose a moment that is to come and is not the present due date.", field="due")
    proposal = Renegotiation(proposed_due=due, proposed_by=by, proposed_at=at)
    changed = evolve(commitment, renegotiation=proposal)
    return Change(changed, (_fact(RenegotiationProposed, changed, proposer=by, proposed_due=due),))


def respond(
    commitment: Commitment, policy: LedgerPolicy, at: datetime, by: Party, *, accept: bool
) -> Change[Commitment]:
    """The other party answers. Without an answer in time the old due date stands."""
    proposal = commitment.renegotiation
    if proposal is None or proposal.accepted is not None:
        raise Conflict(f"No proposal for the commitment {commitment.id} waits for an answer.")
    if by is proposal.proposed_by:
        raise Forbidden(f"The proposal for the commitment {commitment.id} is your own; the other party answers it.")
    _still_open(commitment, at)
    if at - proposal.proposed_at > policy.answer_within:
        raise Conflict(f"The proposal for the commitment {commitment.id} came to nothing; the old due date stands.")
    if accept and proposal.proposed_due <= at:
        raise Conflict(f"The due date proposed for the commitment {commitment.id} has passed; the old one stands.")
    due = proposal.proposed_due if accept else commitment.due
    answered = replace(proposal, answered_at=at, accepted=accept)
    changed = evolve(commitment, due=due, renegotiation=answered)
    return Change(changed, (_fact(RenegotiationAnswered, changed, accepted=accept, due=due),))


def _is_final(commitment: Commitment) -> bool:
    return commitment.state is CommitmentState.EXCUSED or commitment.resolved_at is not None


def _not_disputed(commitment: Commitment) -> None:
    if commitment.disputed_at is not None:
        raise Conflict(f"The commitment {commitment.id} is or was in dispute; the programme manager decides, once.")


def _still_open(commitment: Commitment, at: datetime) -> None:
    now = as_of(commitment, at)
    if now.state is not CommitmentState.OPEN:
        raise Conflict(f"The commitment {commitment.id} is {now.state}; only an open one can be moved.")


def _settled(commitment: Commitment, **fields: object) -> Change[Commitment]:
    changed = evolve(commitment, **fields)
    return Change(changed, (_fact(CommitmentSettled, changed, state=changed.state, done_at=changed.done_at),))


def _excused(commitment: Commitment, reason: Excuse, at: datetime, by: Party | None) -> Change[Commitment]:
    changed = evolve(commitment, state=CommitmentState.EXCUSED, excuse=reason, excused_at=at, excused_by=by)
    return Change(changed, (_fact(CommitmentExcused, changed, excuse=reason),))


def _fact[F: CommitmentFact](fact: type[F], commitment: Commitment, **fields: object) -> F:
    return fact(
        mentorship_id=commitment.mentorship_id,
        commitment_id=commitment.id,
        party=commitment.party,
        owner_id=commitment.owner_id,
        kind=commitment.kind,
        **fields,
    )
