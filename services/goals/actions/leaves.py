"""Pauses and new mentors, as the ledger sees them."""

from functools import partial

from contracts.goals.ledger import CommitmentState
from contracts.wire import Envelope
from kit.command import stamp_of_event
from services.goals.actions import Context
from services.goals.model import leaves
from services.goals.model.leaves import Leave
from services.goals.store import MOST


async def hear_leave(context: Context, fact: Leave, envelope: Envelope) -> None:
    """Move, excuse or freeze what is open, each commitment once."""
    org_id, where = envelope.orgid, {"mentorshipId": fact.mentorship.id, "state": CommitmentState.OPEN}
    decide = partial(leaves.touched, event=fact, at=envelope.time)
    for commitment in await context.store.commitments.all(org_id, where, limit=MOST):
        if decide(commitment).state != commitment:
            stored = await context.store.commitments.load(org_id, commitment.id)
            await context.store.commitments.amend(stored, stamp_of_event(envelope, commitment.id), decide)
