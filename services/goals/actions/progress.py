"""Progress on goals: entries one by one or as a table, further metrics, milestones, and where all of it stands."""

from functools import partial

from contracts.errors import NotFound
from contracts.goals import (
    AddMetric,
    AddMilestone,
    AttachFeedback,
    ExportProgress,
    Goal,
    GoalProgress,
    ImportProgress,
    LogProgress,
    ProgressImport,
    ProgressTable,
    ReachMilestone,
)
from contracts.identity import Phase
from contracts.wire import ByIds, Caller, Change
from kit.command import stamp
from kit.mongo import Stored
from services.goals.actions import SETTING, WORKING, Context
from services.goals.model import measures, progress, tables
from services.goals.model.policy import Kind


async def log_progress(context: Context, caller: Caller, request: LogProgress) -> Goal:
    """The mentee enters a value; a hundred at once are entered one after another."""
    async with context.turns.beginning(request.goal_id):
        goal = await _own(context, caller, request.goal_id, WORKING)
        given = await context.store.feedback.get(caller.org_id, request.feedback_id) if request.feedback_id else None
        at = context.clock.now()
        by = stamp(caller, request, at)
        entry_id = by.new_id("progress-entry")
        return await context.store.goals.amend(
            goal, by, lambda goal: progress.log_progress(goal, entry_id, request, caller.user_id, at, given=given)
        )


async def attach_feedback(context: Context, caller: Caller, request: AttachFeedback) -> Goal:
    """The mentee says which feedback an entry got."""
    goal = await _own(context, caller, request.goal_id, WORKING)
    given = await context.store.feedback.get(caller.org_id, request.feedback_id)
    at = context.clock.now()
    return await context.store.goals.amend(
        goal, stamp(caller, request, at), lambda goal: progress.attach_feedback(goal, request, given, at)
    )


async def add_metric(context: Context, caller: Caller, request: AddMetric) -> Goal:
    """The mentee measures something more."""
    goal = await _own(context, caller, request.goal_id, SETTING)
    at = context.clock.now()
    by = stamp(caller, request, at)
    metric_id = by.new_id("metric")
    return await context.store.goals.amend(goal, by, lambda goal: progress.add_metric(goal, metric_id, request, at))


async def add_milestone(context: Context, caller: Caller, request: AddMilestone) -> Goal:
    """The mentee adds a step on the way."""
    goal = await _own(context, caller, request.goal_id, SETTING)
    at = context.clock.now()
    by = stamp(caller, request, at)
    milestone_id = by.new_id("milestone")
    return await context.store.goals.amend(
        goal, by, lambda goal: progress.add_milestone(goal, milestone_id, request, at)
    )


async def reach_milestone(context: Context, caller: Caller, request: ReachMilestone) -> Goal:
    """The mentee reached one."""
    goal = await _own(context, caller, request.goal_id, WORKING)
    at = context.clock.now()
    return await context.store.goals.amend(
        goal, stamp(caller, request, at), lambda goal: progress.reach_milestone(goal, request, at)
    )


async def import_progress(context: Context, caller: Caller, request: ImportProgress) -> ProgressImport:
    """The mentee enters a table. A repeat finds its own entries by their ids and reports the same."""
    goal = await _own(context, caller, request.goal_id, WORKING)
    at = context.clock.now()
    by = stamp(caller, request, at)
    rows = tables.read(request.csv, goal.record, lambda row: by.new_id(f"progress-entry-{row}"), at)
    entries = tables.stored(rows, partly=request.partly)

    def enter(goal: Goal) -> Change[Goal]:
        return progress.log_entries(goal, entries, caller.user_id, at)

    after = await context.store.goals.amend(goal, by, enter)
    reported = tables.report(rows, after)
    return ProgressImport(goal=after, stored=sum(row.stored for row in reported), rows=reported)


async def export_progress(context: Context, caller: Caller, request: ExportProgress) -> ProgressTable:
    """Either of the two takes the entries home."""
    (goal,) = await context.window(context.store.goals, Kind.PROGRESS).get(caller, ByIds(ids=(request.goal_id,))) or (
        None,
    )
    if goal is None:
        raise NotFound.of("goal", request.goal_id)
    return ProgressTable(csv=tables.written(goal))


async def get_goal_progress(context: Context, caller: Caller, request: ByIds) -> tuple[GoalProgress, ...]:
    """Where the metrics of these goals stand, at this moment."""
    found = await context.window(context.store.goals, Kind.PROGRESS).get(caller, request)
    return tuple(map(partial(measures.progress, at=context.clock.now()), found))


async def _own(context: Context, caller: Caller, goal_id: str, phases: tuple[Phase, ...]) -> Stored[Goal]:
    """The goal, if the caller is its mentee."""
    goal = await context.store.goals.load(caller.org_id, goal_id)
    await context.writing_at(caller, goal.record, phases, Kind.PROGRESS)
    return goal
