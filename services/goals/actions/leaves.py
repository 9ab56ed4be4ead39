"""Pauses and new mentors, as the ledger sees them."""

from functools import partial

from contracts.wire import Envelope
from kit.command import natural_id, stamp_of_event
from services.goals.actions import Context
from services.goals.actions.ledger import match_again
from services.goals.model import leaves, rhythm
from services.goals.model.leaves import LeaveFact
from services.goals.store import MOST


async def hear_leave(context: Context, fact: LeaveFact, envelope: Envelope) -> None:
    """Keep it for promises that are heard of later; then move, excuse or freeze what is known, each commitment once."""
    org_id, card = envelope.orgid, fact.mentorship
    leave = leaves.leave_of(fact, envelope.id, envelope.time)
    leaves_id, by = natural_id("leaves", card.id), stamp_of_event(envelope, "leaves")
    await context.store.leaves.put(leaves_id, by, lambda before: leaves.note(before, leaves_id, card, leave))
    decide = partial(leaves.touched, leave=leave)
    for commitment in await context.store.commitments.all(org_id, {"mentorshipId": card.id}, limit=MOST):
        if decide(commitment).state != commitment:
            stored = await context.store.commitments.load(org_id, commitment.id)
            await context.store.commitments.amend(stored, stamp_of_event(envelope, commitment.id), decide)
    for promise in rhythm.RECURRING:
        await match_again(context, envelope, card, promise)
