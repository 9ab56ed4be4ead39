"""Progress updates, and the entries of goals that their values become."""

from dataclasses import replace
from functools import partial

import msgspec

from contracts.errors import NotFound
from contracts.goals import (
    Goal,
    MetricValue,
    ProgressReported,
    ProgressUpdate,
    ReportedValue,
    SubmitProgressUpdate,
)
from contracts.identity import MentorshipCard
from contracts.wire import Caller, Change, Envelope
from kit.command import Stamp, natural_id, stamp, stamp_of_event, until_fresh
from services.goals.actions import WORKING, Context
from services.goals.model import progress, updates
from services.goals.model.policy import Kind
from services.goals.model.progress import NewEntry


async def submit_progress_update(context: Context, caller: Caller, request: SubmitProgressUpdate) -> ProgressUpdate:
    """A party says how a week went; the values are checked before anything is kept, and entered after it."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.PROGRESS_UPDATE)
    party, at, store = card.side_of(caller), context.clock.now(), context.store.progress_updates
    updates.check_values(party, request.metrics)
    by = stamp(caller, request, at)
    update_id = natural_id("progress-update", card.id, party, request.period)
    values = tuple(_named(update_id, value) for value in request.metrics)
    if await store.find(caller.org_id, update_id) is None:
        by.check_version(0)
        first = updates.submit_update(update_id, card, request, values, at, party=party)
        await _check(context, card, first.state, by)
        await store.create(by, lambda _: first, new_id=update_id)
        by = replace(by, expected_version=None)
    stored = await store.load(caller.org_id, update_id)
    await _check(context, card, msgspec.structs.replace(stored.record, metrics=values), by)
    update = await store.amend(stored, by, lambda update: updates.edit_update(update, request, values, at))
    await _enter(context, update, by)
    return update


async def enter_values(context: Context, fact: ProgressReported, envelope: Envelope) -> None:
    """Enter the values of an update whose process ended before it could."""
    update = await context.store.progress_updates.get(envelope.orgid, fact.progress_update_id)
    await _enter(context, update, stamp_of_event(envelope))


def _named(update_id: str, value: MetricValue) -> ReportedValue:
    return ReportedValue(
        goal_id=value.goal_id,
        metric_id=value.metric_id,
        value=value.value,
        note=value.note,
        entry_id=natural_id("update-entry", update_id, value.goal_id, value.metric_id or ""),
    )


async def _check(context: Context, card: MentorshipCard, update: ProgressUpdate, by: Stamp) -> None:
    """Refuse what a goal would not take; nothing is stored."""
    for value in update.metrics:
        goal = await context.store.goals.get(card.org_id, value.goal_id)
        if goal.mentorship_id != card.id:
            raise NotFound.of("goal", goal.id)
        _decide(goal, update, value, by)


async def _enter(context: Context, update: ProgressUpdate, by: Stamp) -> None:
    for value in update.metrics:
        async with context.turns.at(value.goal_id):
            await until_fresh(partial(_enter_one, context, update, value, by))


async def _enter_one(context: Context, update: ProgressUpdate, value: ReportedValue, by: Stamp) -> None:
    unkeyed = Stamp(org_id=by.org_id, actor_id=by.actor_id, at=by.at)
    goal = await context.store.goals.load(by.org_id, value.goal_id)
    if goal.record.state in progress.COUNTING:  # it may have been let go since; the update still says the value
        await context.store.goals.amend(goal, unkeyed, lambda goal: _decide(goal, update, value, by))


def _decide(goal: Goal, update: ProgressUpdate, value: ReportedValue, by: Stamp) -> Change[Goal]:
    if any(entry.id == value.entry_id for entry in goal.entries):
        return Change(goal)
    on = updates.day_of(update, by.at)
    entry = NewEntry(value.entry_id, value.value, on, value.note, value.metric_id)
    return progress.log_entries(goal, (entry,), update.author_id, by.at, update_id=update.id)
