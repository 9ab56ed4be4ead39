"""A score worked out anew, for auditors."""

from contracts.errors import Unavailable
from contracts.goals import RecomputeScore, ScoreRecomputation
from contracts.policy import Act, check, standing
from contracts.wire import Caller
from services.goals.actions import Context
from services.goals.actions.ledger import anew, explained
from services.goals.model.policy import TABLE, Kind

TRIES = 3  # a ledger that changes while it is read is read again


async def recompute_score(context: Context, caller: Caller, request: RecomputeScore) -> ScoreRecomputation:
    """What the two are shown, and the same from their commitments alone; the look leaves a trace."""
    check(TABLE, standing(caller, caller.org_id), Act.READ, Kind.RECOMPUTATION)
    store = context.store
    card = await store.mentorships.get(caller.org_id, request.mentorship_id)
    await context.trail.saw(
        caller, (card.mentee_id, card.mentor_id), context.clock.now(), kind="Score", object_id=card.id,
        mentorship_id=card.id,
    )  # fmt: skip
    for _ in range(TRIES):
        before = await store.ledger_version(card.org_id, card.id)
        shown = (await explained(context, card)).score
        _, again = await anew(context, card, shown.at)
        if before == await store.ledger_version(card.org_id, card.id):
            return ScoreRecomputation(
                mentorship_id=card.id, stored=shown, recomputed=again.score, equal=shown == again.score
            )
    raise Unavailable("The ledger is changing right now. Ask again in a moment.")
