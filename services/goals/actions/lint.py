"""What a machine says about goals."""

import asyncio

from contracts.goals import GoalLint, LintGoal
from contracts.wire import ByIds, Caller
from services.goals.actions import Context
from services.goals.actions.challenges import challenges_of
from services.goals.model import lint
from services.goals.model.policy import Kind


async def lint_goal(context: Context, caller: Caller, request: LintGoal) -> GoalLint:
    """Findings about words that are not stored."""
    challenges: tuple[str, ...] | None = None
    if request.mentorship_id is not None:
        card = await context.reading(caller, request.mentorship_id, Kind.GOAL)
        challenges = await challenges_of(context, caller, card.id)
    return GoalLint(lint=lint.lint(request, challenges, context.clock.now().date()))


async def get_goal_lints(context: Context, caller: Caller, request: ByIds) -> tuple[GoalLint, ...]:
    """Findings about goals by id; each agreement is asked for once."""
    found = await context.window(context.store.goals, Kind.GOAL).get(caller, request)
    wanted = list({goal.mentorship_id for goal in found})
    asked = await asyncio.gather(*(challenges_of(context, caller, each) for each in wanted))
    of = dict(zip(wanted, asked, strict=True))
    return tuple(
        GoalLint(id=goal.id, lint=lint.lint(lint.draft_of(goal), of[goal.mentorship_id], lint.written_on(goal)))
        for goal in found
    )
