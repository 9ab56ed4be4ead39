"""Counts of a programme, for those who answer for it or its people."""

from contracts.goals import GoalReport, ReportGoals
from contracts.policy import sees_whole, standing
from contracts.wire import Caller
from services.goals.actions import Context
from services.goals.model.policy import TABLE, Kind
from services.goals.model.report import report


async def report_goals(context: Context, caller: Caller, request: ReportGoals) -> GoalReport:
    """Two reads, however many mentorships there are."""
    whole = sees_whole(TABLE, standing(caller, caller.org_id, request.programme_id), Kind.GOAL_SUMMARY)
    cards = await context.store.cards_of(caller.org_id, request.programme_id)
    goals = await context.store.outlines(caller.org_id, [card.id for card in cards])
    return report(request.programme_id, cards, goals, context.clock.now(), whole=whole)
