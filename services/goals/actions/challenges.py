"""The challenges of agreements, which identity owns: goals name them by their place."""

import asyncio

from contracts.goals import UnaddressedChallenges
from contracts.wire import ByIds, Caller
from services.goals.actions import Context
from services.goals.model import goals
from services.goals.model.policy import Kind

MOST = 200  # goals of one mentorship that are looked at; a year of weekly goals is a quarter of it


async def challenges_of(context: Context, caller: Caller, mentorship_id: str) -> tuple[str, ...]:
    """Those of the newest agreement, signed or not; none before the first draft."""
    mentorship = await context.ask_mentorship(caller.org_id, mentorship_id)
    return mentorship.agreement.challenges if mentorship and mentorship.agreement else ()


async def check_challenge(context: Context, caller: Caller, mentorship_id: str, challenge: int | None) -> None:
    """Refuse a place at which the agreement has no challenge. Who names none costs no call."""
    if challenge is not None:
        goals.check_challenge(challenge, await challenges_of(context, caller, mentorship_id))


async def get_unaddressed_challenges(
    context: Context, caller: Caller, request: ByIds
) -> tuple[UnaddressedChallenges | None, ...]:
    """For each mentorship what no goal addresses yet; None where the caller is neither of the two."""

    async def of(mentorship_id: str) -> UnaddressedChallenges | None:
        if await context.readable(caller, mentorship_id, Kind.GOAL) is None:
            return None
        known, found = await asyncio.gather(
            challenges_of(context, caller, mentorship_id),
            context.store.goals.all(caller.org_id, {"mentorshipId": mentorship_id}, limit=MOST),
        )
        return UnaddressedChallenges(mentorship_id=mentorship_id, challenges=goals.unaddressed(known, found))

    return tuple(await asyncio.gather(*map(of, request.ids)))
