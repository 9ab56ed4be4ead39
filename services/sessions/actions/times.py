"""The time that people give. The timesheet of a person decides what is taken; the entries follow it.

Both are documents of their own. Whatever ends this process between the two, an event finishes: `follow_timesheet`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import compress

import msgspec

from contracts.errors import Conflict, NotFound
from contracts.policy import Act, check, side, standing
from contracts.sessions import (
    ApproveTime,
    CheckInHeld,
    DisputeTime,
    EditTime,
    ListTimeDisputes,
    LogTime,
    ResolveTimeDispute,
    TimeClaimed,
    TimeDisputeResolved,
    TimeEntry,
    TimeState,
    TimeWithdrawn,
    WithdrawTime,
)
from contracts.wire import Caller, Change, Envelope, Page
from kit.command import Stamp, natural_id, stamp, stamp_of_event, until_fresh
from kit.mongo import Stored
from services.sessions.actions import WORKING, Context
from services.sessions.actions.records import check_in_of
from services.sessions.model import times, timesheets
from services.sessions.model.policy import TABLE, Kind
from services.sessions.model.timesheets import Span, Timesheet


async def log_time(context: Context, caller: Caller, request: LogTime) -> TimeEntry:
    """A party logs its own time."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.TIME)
    await check_in_of(context, caller, request.check_in_id, card.id)
    at = context.clock.now()
    by = stamp(caller, request, at)
    span = timesheets.span_of(by.new_id("TimeEntry"), request, at)

    def decide(sheet: Timesheet) -> Change[Timesheet]:
        is_repeat = sheet.find(span.time_entry_id) is not None
        return Change(sheet) if is_repeat else timesheets.claim(sheet, span, at)

    return await _claim(context, by, caller.user_id, span, decide)


async def edit_time(context: Context, caller: Caller, request: EditTime) -> TimeEntry:
    """Whoever gave the time says it better."""
    entry, at = await _of_party(context, caller, request.time_entry_id), context.clock.now()
    by = stamp(caller, request, at)
    times.check_own(entry.record, caller.user_id)
    span = timesheets.edited_span(entry.record, request, at)

    def decide(sheet: Timesheet) -> Change[Timesheet]:
        by.check_version(entry.record.version)
        times.check_editable(entry.record, caller.user_id)
        return timesheets.claim(sheet, span, at)

    return await _claim(context, by, caller.user_id, span, decide)


async def withdraw_time(context: Context, caller: Caller, request: WithdrawTime) -> TimeEntry:
    """Whoever logged the time takes it back."""
    entry = await _of_party(context, caller, request.time_entry_id)
    by = stamp(caller, request, context.clock.now())
    withdrawn = await context.store.time_entries.amend(entry, by, partial(times.withdraw, by=caller.user_id))
    await _free(context, by, withdrawn)
    return withdrawn


async def approve_time(context: Context, caller: Caller, request: ApproveTime) -> TimeEntry:
    """The other party agrees."""
    entry = await _of_party(context, caller, request.time_entry_id)
    by = stamp(caller, request, context.clock.now())
    return await context.store.time_entries.amend(entry, by, partial(times.approve, by=caller.user_id))


async def dispute_time(context: Context, caller: Caller, request: DisputeTime) -> TimeEntry:
    """The other party does not agree."""
    entry = await _of_party(context, caller, request.time_entry_id)
    by = stamp(caller, request, context.clock.now())
    return await context.store.time_entries.amend(entry, by, partial(times.dispute, by=caller.user_id))


async def resolve_time_dispute(context: Context, caller: Caller, request: ResolveTimeDispute) -> TimeEntry:
    """A programme manager decides, unless it is about a mentorship of that manager's own."""
    check(TABLE, standing(caller, caller.org_id), Act.WRITE, Kind.DISPUTE)
    entry = await context.store.time_entries.load(caller.org_id, request.time_entry_id)
    card = await context.store.mentorships.get(caller.org_id, entry.record.mentorship_id)
    check(TABLE, side(caller, card), Act.WRITE, Kind.DISPUTE, NotFound.of("timeentry", entry.record.id))
    at = context.clock.now()
    by = stamp(caller, request, at)
    resolved = await context.store.time_entries.amend(
        entry, by, lambda entry: times.resolve(entry, at, counts=request.counts)
    )
    await _free(context, by, resolved)
    return resolved


async def list_time_disputes(context: Context, caller: Caller, request: ListTimeDisputes) -> Page[TimeEntry]:
    """What waits for a programme manager. A page may show fewer than asked for: some are of other programmes."""
    check(TABLE, standing(caller, caller.org_id), Act.WRITE, Kind.DISPUTE)
    where = {"state": TimeState.DISPUTED}
    page = await context.store.time_entries.page(caller.org_id, where, first=request.first, after=request.after)
    cards = [await context.store.mentorships.get(caller.org_id, entry.mentorship_id) for entry in page.items]
    managed = [context.allows(caller, card, Act.WRITE, Kind.DISPUTE) for card in cards]
    items, cursors = tuple(compress(page.items, managed)), tuple(compress(page.cursors, managed))
    return msgspec.structs.replace(page, items=items, cursors=cursors)


async def log_meeting_time(context: Context, fact: CheckInHeld, envelope: Envelope) -> None:
    """A held check-in took time of both."""
    check_in = await context.store.check_ins.get(envelope.orgid, fact.check_in_id)
    card = await context.store.mentorships.get(envelope.orgid, check_in.mentorship_id)
    if check_in.settled_at is None:
        raise Conflict(f"The check-in {check_in.id} is not settled, so it cannot have been held.")
    for person_id in (card.mentor_id, card.mentee_id):
        span = timesheets.meeting_span(natural_id("meeting-time", check_in.id, person_id), check_in)
        by = replace(stamp_of_event(envelope, person_id), at=check_in.settled_at)
        decide = partial(timesheets.claim_meeting, span=span, at=check_in.settled_at)
        await _claim(context, by, person_id, span, decide)


async def follow_timesheet(
    context: Context, fact: TimeClaimed | TimeWithdrawn | TimeDisputeResolved, envelope: Envelope
) -> None:
    """Bring an entry and its timesheet together, where whoever changed the one could not change the other."""
    by = stamp_of_event(envelope)
    async with context.turns.at(_sheet_id(by, fact.person_id)):
        await _follow(context, by, fact.person_id, fact.time_entry_id)


async def _claim(
    context: Context, by: Stamp, person_id: str, span: Span, decide: Callable[[Timesheet], Change[Timesheet]]
) -> TimeEntry:
    """Change the timesheet, then everything that stands in it differently now."""
    async with context.turns.beginning(_sheet_id(by, person_id)):
        before = await _sheet(context, by, person_id)
        after = await context.store.timesheets.amend(before, replace(by, expected_version=None), decide)
        kept = {each.time_entry_id for each in after.spans}
        for each in before.record.spans:
            if each.time_entry_id not in kept:
                await _follow(context, by, person_id, each.time_entry_id)
        entry = await _follow(context, by, person_id, span.time_entry_id, span)
    if entry is None:
        raise NotFound.of("timeentry", span.time_entry_id)
    return entry


async def _free(context: Context, by: Stamp, entry: TimeEntry) -> None:
    async with context.turns.at(_sheet_id(by, entry.person_id)):
        await _follow(context, by, entry.person_id, entry.id)


async def _follow(
    context: Context, by: Stamp, person_id: str, entry_id: str, span: Span | None = None
) -> TimeEntry | None:
    """Let the entry say what the timesheet says, and let the timesheet forget an entry that is over."""
    return await until_fresh(partial(_followed, context, by, person_id, entry_id, span))


async def _followed(context: Context, by: Stamp, person_id: str, entry_id: str, span: Span | None) -> TimeEntry | None:
    store, unkeyed = context.store, replace(by, key="", expected_version=None)
    known = await store.time_entries.find(by.org_id, entry_id) is not None
    # the entry is read before the timesheet: whoever followed a newer timesheet meanwhile makes this one stale
    stored = await store.time_entries.load(by.org_id, entry_id) if known else None
    sheet = await _sheet(context, by, person_id)
    if stored is None:
        made_of = sheet.record.find(entry_id) or span
        if made_of is None:
            return None
        return await store.time_entries.create(
            by, lambda _: times.make_entry(sheet.record, made_of, by.at), new_id=entry_id
        )
    entry = await store.time_entries.amend(stored, unkeyed, partial(times.follow, sheet=sheet.record))
    if entry.state in times.OVER:
        await store.timesheets.amend(sheet, unkeyed, partial(timesheets.release, time_entry_id=entry_id))
    return entry


async def _sheet(context: Context, by: Stamp, person_id: str) -> Stored[Timesheet]:
    """The person's timesheet, opened with the first time."""
    sheet_id, sheets = _sheet_id(by, person_id), context.store.timesheets
    if await sheets.find(by.org_id, sheet_id) is None:
        opening = Stamp(org_id=by.org_id, actor_id=by.actor_id, at=by.at)
        await sheets.create(
            opening, lambda new_id: timesheets.open_timesheet(new_id, by.org_id, person_id, by.at), new_id=sheet_id
        )
    return await sheets.load(by.org_id, sheet_id)


async def _of_party(context: Context, caller: Caller, entry_id: str) -> Stored[TimeEntry]:
    """The entry, if the caller is one of the two."""
    entry = await context.store.time_entries.load(caller.org_id, entry_id)
    await context.writing_at(caller, entry.record, WORKING, Kind.TIME)
    return entry


def _sheet_id(by: Stamp, person_id: str) -> str:
    return natural_id("timesheet", by.org_id, person_id)
