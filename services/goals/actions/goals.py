"""Goals, from the first draft to the end."""

from contracts.goals import AbandonGoal, AgreeGoal, DraftGoal, Goal, ProposeGoal, RequestGoalChange, ReviseGoal
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from services.goals.actions import SETTING, WORKING, Context
from services.goals.actions.challenges import check_challenge
from services.goals.model import goals
from services.goals.model.policy import Kind


async def draft_goal(context: Context, caller: Caller, request: DraftGoal) -> Goal:
    """The mentee writes a goal down."""
    card = await context.writing(caller, request.mentorship_id, SETTING, Kind.GOAL)
    await check_challenge(context, caller, card.id, request.challenge)
    at = context.clock.now()
    by = stamp(caller, request, at)
    return await context.store.goals.create(by, lambda new_id: goals.draft_goal(new_id, card, request, at))


async def propose_goal(context: Context, caller: Caller, request: ProposeGoal) -> Goal:
    """The mentee proposes it."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await context.writing_at(caller, goal.record, SETTING, Kind.GOAL)
    at = context.clock.now()
    return await context.store.goals.amend(goal, stamp(caller, request, at), lambda goal: goals.propose_goal(goal, at))


async def agree_goal(context: Context, caller: Caller, request: AgreeGoal) -> Goal:
    """The mentor agrees to it."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await context.writing_at(caller, goal.record, SETTING, Kind.AGREEMENT_TO_GOAL)
    at = context.clock.now()
    return await context.store.goals.amend(goal, stamp(caller, request, at), lambda goal: goals.agree_goal(goal, at))


async def request_goal_change(context: Context, caller: Caller, request: RequestGoalChange) -> Goal:
    """The mentor wants something to be different."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await context.writing_at(caller, goal.record, SETTING, Kind.AGREEMENT_TO_GOAL)
    at = context.clock.now()
    return await context.store.goals.amend(
        goal, stamp(caller, request, at), lambda goal: goals.request_goal_change(goal, request, caller.user_id, at)
    )


async def revise_goal(context: Context, caller: Caller, request: ReviseGoal) -> Goal:
    """The mentee changes it."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    card = await context.writing_at(caller, goal.record, SETTING, Kind.GOAL)
    await check_challenge(context, caller, card.id, request.challenge)
    at = context.clock.now()
    return await context.store.goals.amend(
        goal, stamp(caller, request, at), lambda goal: goals.revise_goal(goal, request, caller.user_id, at)
    )


async def abandon_goal(context: Context, caller: Caller, request: AbandonGoal) -> Goal:
    """The mentee lets it go."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await context.writing_at(caller, goal.record, WORKING, Kind.GOAL)
    at = context.clock.now()
    return await context.store.goals.amend(
        goal, stamp(caller, request, at), lambda goal: goals.abandon_goal(goal, request, at)
    )


async def get_goals(context: Context, caller: Caller, request: ByIds) -> tuple[Goal, ...]:
    """Goals by id."""
    return await context.window(context.store.goals, Kind.GOAL).get(caller, request)


async def list_goals(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Goal] | None, ...]:
    """A page of goals for each mentorship."""
    window = context.window(context.store.goals, Kind.GOAL)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)
