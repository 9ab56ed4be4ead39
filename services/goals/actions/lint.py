"""What a machine says about goals, and the challenges of the agreement that it compares them with."""

import asyncio

from contracts.goals import GoalLint, LintGoal
from contracts.wire import ByIds, Caller
from services.goals.actions import Context
from services.goals.model import goals, lint


async def lint_goal(context: Context, caller: Caller, request: LintGoal) -> GoalLint:
    """Findings about words that are not stored."""
    challenges: tuple[str, ...] | None = None
    if request.mentorship_id is not None:
        card = await context.store.mentorships.get(caller.org_id, request.mentorship_id)
        card.seat_of(caller)
        challenges = await _challenges(context, caller, card.id)
    return GoalLint(lint=lint.lint(request, challenges, context.clock.now().date()))


async def get_goal_lints(context: Context, caller: Caller, request: ByIds) -> tuple[GoalLint, ...]:
    """Findings about goals by id; each agreement is asked for once."""
    found = await context.window(context.store.goals).get(caller, request)
    wanted = list({goal.mentorship_id for goal in found})
    asked = await asyncio.gather(*(_challenges(context, caller, each) for each in wanted))
    of = dict(zip(wanted, asked, strict=True))
    return tuple(
        GoalLint(id=goal.id, lint=lint.lint(lint.draft_of(goal), of[goal.mentorship_id], lint.written_on(goal)))
        for goal in found
    )


async def check_challenge(context: Context, caller: Caller, mentorship_id: str, challenge: int | None) -> None:
    """Refuse a place at which the agreement has no challenge. Who names none costs no call."""
    if challenge is not None:
        goals.check_challenge(challenge, await _challenges(context, caller, mentorship_id))


async def _challenges(context: Context, caller: Caller, mentorship_id: str) -> tuple[str, ...]:
    mentorship = await context.ask_mentorship(caller.org_id, mentorship_id)
    return mentorship.agreement.challenges if mentorship and mentorship.agreement else ()
