"""The accountability ledger: fed by the events of all services and by the cycle, asked and corrected by people."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from contracts.errors import Conflict, NotFound, Stale, Unavailable
from contracts.goals import (
    CommitmentsOf,
    DisputeCommitment,
    ExcuseCommitment,
    OpenCommitment,
    ProposeRenegotiation,
    ResolveDispute,
    RespondToRenegotiation,
)
from contracts.goals.ledger import Commitment, Explanation, Promise, Score
from contracts.identity import MentorshipCard, Party, mentorship_id_of
from contracts.policy import Act, check, side, standing
from contracts.wire import ByIds, Caller, Change, Envelope, Event, Page
from kit.command import Stamp, natural_id, stamp, stamp_of_event
from services.goals.actions import WORKING, Context
from services.goals.model import leaves, ledger, outcomes, promises, rhythm, score
from services.goals.model.policy import TABLE, Kind
from services.goals.model.promises import News, Opening
from services.goals.model.rhythm import Done
from services.goals.model.terms import policy_of
from services.goals.store import MOST


async def hear(context: Context, fact: Event, envelope: Envelope) -> None:
    """Open what this fact promises, and settle what it says about earlier promises."""
    card = await context.store.mentorships.get(envelope.orgid, mentorship_id_of(fact))
    for opening in promises.openings(fact, card, envelope.time):
        by = stamp_of_event(envelope, f"{opening.promise}|{opening.party}")
        await _open(context, by, card, opening)
    for each in promises.news(fact, card, envelope.time):
        by = stamp_of_event(envelope, f"{each.promise}|{each.party}")
        await _settle(context, by, card, each, envelope.sequence)
    if recurring := rhythm.promise_kept_by(fact, card, envelope.time):
        await _match_recurring(context, envelope, card, *recurring)


async def open_commitment(context: Context, caller: Caller, request: OpenCommitment) -> Commitment:
    """The cycle opens a promise that recurs."""
    card = await context.of_cycle(caller, request.mentorship_id, Kind.CYCLE)
    opening = Opening(request.party, request.promise, request.cause_id, request.due)
    return await _open(context, stamp(caller, request, request.at), card, opening)


async def excuse_commitment(context: Context, caller: Caller, request: ExcuseCommitment) -> Commitment:
    """The partner lets it go."""
    at = context.clock.now()
    return await _change(
        context, caller, request.commitment_id, stamp(caller, request, at),
        lambda commitment, party, card: ledger.excuse(commitment, policy_of(card), at, party),
    )  # fmt: skip


async def dispute_commitment(context: Context, caller: Caller, request: DisputeCommitment) -> Commitment:
    """A party disagrees."""
    at = context.clock.now()
    return await _change(
        context, caller, request.commitment_id, stamp(caller, request, at),
        lambda commitment, party, _: ledger.dispute(commitment, at, party),
    )  # fmt: skip


async def propose_renegotiation(context: Context, caller: Caller, request: ProposeRenegotiation) -> Commitment:
    """A party asks for another due instant."""
    at = context.clock.now()

    def decide(commitment: Commitment, party: Party, card: MentorshipCard) -> Change[Commitment]:
        promises.check_is_movable(commitment)
        return ledger.propose_renegotiation(commitment, policy_of(card), request.due, at, party)

    return await _change(context, caller, request.commitment_id, stamp(caller, request, at), decide)


async def respond_to_renegotiation(context: Context, caller: Caller, request: RespondToRenegotiation) -> Commitment:
    """The other party answers."""
    at = context.clock.now()
    return await _change(
        context, caller, request.commitment_id, stamp(caller, request, at),
        lambda commitment, party, card: ledger.respond(
            commitment, policy_of(card), at, party, accept=request.accept
        ),
    )  # fmt: skip


async def resolve_dispute(context: Context, caller: Caller, request: ResolveDispute) -> Commitment:
    """A programme manager decides, without having to see any words."""
    check(TABLE, standing(caller, caller.org_id), Act.WRITE, Kind.DISPUTE)
    stored = await context.store.commitments.load(caller.org_id, request.commitment_id)
    card = await context.store.mentorships.get(caller.org_id, stored.record.mentorship_id)
    check(TABLE, side(caller, card), Act.WRITE, Kind.DISPUTE, NotFound.of("commitment", request.commitment_id))
    at = context.clock.now()

    def decide(commitment: Commitment) -> Change[Commitment]:
        promises.check_is_decided_alone(commitment)
        return ledger.resolve(commitment, at, caller.user_id, kept=request.kept)

    return await context.store.commitments.amend(stored, stamp(caller, request, at), decide)


async def get_commitments(context: Context, caller: Caller, request: ByIds) -> tuple[Commitment, ...]:
    """Commitments by id, as they are now."""
    at = context.clock.now()
    found = await context.window(context.store.commitments, Kind.COMMITMENT).get(caller, request)
    return tuple(ledger.as_of(each, at) for each in found)


async def list_commitments(
    context: Context, caller: Caller, request: CommitmentsOf
) -> tuple[Page[Commitment] | None, ...]:
    """A page of commitments for each mentorship, as they are now."""
    at, state = context.clock.now(), request.state

    def show(_caller: Caller, _card: MentorshipCard, commitment: Commitment) -> Commitment | None:
        seen = ledger.as_of(commitment, at)
        return seen if state in (None, seen.state) else None

    also = () if state is None else (("state", ledger.kept_as(state)),)
    window = replace(context.window(context.store.commitments, Kind.COMMITMENT), show=show, also=also)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def get_scores(context: Context, caller: Caller, request: ByIds) -> tuple[Score | None, ...]:
    """The scores of mentorships, for their parties; None for others."""
    return tuple(each.score if each else None for each in await explain_scores(context, caller, request))


async def explain_scores(context: Context, caller: Caller, request: ByIds) -> tuple[Explanation | None, ...]:
    """The same with every term."""

    async def of(mentorship_id: str) -> Explanation | None:
        card = await context.readable(caller, mentorship_id, Kind.SCORE)
        if card is None:
            return None
        return await explained(context, card)

    return tuple(await asyncio.gather(*(of(each) for each in request.ids)))


async def explained(context: Context, card: MentorshipCard) -> Explanation:
    """Worked out once for each version of the ledger, until time itself turns an open commitment into a missed one."""
    at, version = context.clock.now(), await context.store.ledger_version(card.org_id, card.id)
    ledger = f"{card.id}|{card.mentor_id}"  # the ledger of a mentor who left is frozen, the next one starts anew
    known = context.scores.get(ledger, version, at)
    if known is not None:
        return known
    commitments, found = await anew(context, card, at)
    context.scores.keep(ledger, version, until=score.holds_until(commitments, at), explained=found)
    return found


async def anew(context: Context, card: MentorshipCard, at: datetime) -> tuple[tuple[Commitment, ...], Explanation]:
    """What counts of the ledger, and the score that it comes to at a moment, past everything that is remembered."""
    everybodys = await _all_of(context, card.org_id, card.id)
    commitments = tuple(each for each in everybodys if each.owner_id == card.user_of(each.party))
    asked_by = Counter(card.party_of(user_id) for user_id in await context.store.helped(card.org_id, card.id))
    asked = {party: asked_by[party] for party in Party}
    return commitments, score.explain(commitments, at, policy_of(card), asked)


async def _all_of(context: Context, org_id: str, mentorship_id: str) -> tuple[Commitment, ...]:
    return await context.store.commitments.all(org_id, {"mentorshipId": mentorship_id}, limit=MOST)


async def _open(context: Context, by: Stamp, card: MentorshipCard, opening: Opening) -> Commitment:
    opened = await context.store.commitments.create(
        by,
        lambda new_id: ledger.open_commitment(
            new_id, card, policy_of(card), party=opening.party, promise=opening.promise, cause_id=opening.cause_id,
            due=opening.due, at=by.at, size=opening.size,
        ),
        new_id=_id_of(card, opening.promise, opening.cause_id, opening.party),
    )  # fmt: skip
    return await _rested(context, by, card, opened)


async def _rested(context: Context, by: Stamp, card: MentorshipCard, opened: Commitment) -> Commitment:
    """A leave that began later may have been heard of before this promise was."""
    found = await context.store.leaves.find(card.org_id, natural_id("leaves", card.id))
    decide = partial(leaves.all_touched, known=found.known if found else ())
    if decide(opened).state == opened:
        return opened
    stored = await context.store.commitments.load(card.org_id, opened.id)
    return await context.store.commitments.amend(stored, replace(by, key=f"{by.key}|rested" if by.key else ""), decide)


async def _settle(context: Context, by: Stamp, card: MentorshipCard, told: News, version: int) -> None:
    commitment_id = _id_of(card, told.promise, told.cause_id, told.party)
    try:
        stored = await context.store.commitments.load(card.org_id, commitment_id)
    except NotFound as error:
        raise Unavailable("The promise that this is about is not known yet; its opening is on its way.") from error
    try:
        await context.store.commitments.amend(stored, by, partial(outcomes.settle, news=told, version=version))
    except Stale:
        raise
    except Conflict:  # excused or decided meanwhile: what people decided stands
        return


async def _match_recurring(
    context: Context, envelope: Envelope, card: MentorshipCard, promise: Promise, done: Done
) -> None:
    """Say anew which thing done keeps which promise of the series, in whatever order both became known."""
    store, by = context.store, stamp_of_event(envelope, promise)
    doings_id = natural_id("doings", card.id, promise)
    await store.doings.put(doings_id, by, lambda before: rhythm.note(before, doings_id, card, promise, done))
    await match_again(context, envelope, card, promise)


async def match_again(context: Context, envelope: Envelope, card: MentorshipCard, promise: Promise) -> None:
    """Which thing done keeps which promise of the series, after this was heard."""
    store = context.store
    doings = await store.doings.find(card.org_id, natural_id("doings", card.id, promise))
    if doings is None:
        return
    series = await store.commitments.all(card.org_id, {"mentorshipId": card.id, "promise": promise}, limit=MOST)
    kept = rhythm.matched(series, rhythm.moments(doings, len(series)))
    for commitment in series:
        if commitment.done_at != kept.get(commitment.id):
            stored = await store.commitments.load(card.org_id, commitment.id)
            by = stamp_of_event(envelope, f"{commitment.id}|{kept.get(commitment.id)}")
            await store.commitments.amend(stored, by, partial(rhythm.settle, at=kept.get(commitment.id)))


async def _change(
    context: Context,
    caller: Caller,
    commitment_id: str,
    by: Stamp,
    decide: Callable[[Commitment, Party, MentorshipCard], Change[Commitment]],
) -> Commitment:
    stored = await context.store.commitments.load(caller.org_id, commitment_id)
    card = await context.writing_at(caller, stored.record, WORKING, Kind.COMMITMENT)
    party = card.side_of(caller)
    return await context.store.commitments.amend(stored, by, lambda commitment: decide(commitment, party, card))


def _id_of(card: MentorshipCard, promise: Promise, cause_id: str, party: Party) -> str:
    return natural_id("commitment", card.id, promise, cause_id, party)
