"""Moving, cancelling and closing check-ins, and deciding who was there."""

import asyncio
from collections.abc import Callable

from contracts.errors import NotFound
from contracts.identity import MentorshipCard, Party
from contracts.policy import Act, check, side, standing
from contracts.sessions import (
    CancelCheckIn,
    CheckIn,
    CheckInState,
    CloseCheckIn,
    ListDisputes,
    MoveCheckIn,
    RescheduleCheckIn,
    ResolveAttendance,
    RespondToReschedule,
    SkipCheckIn,
)
from contracts.wire import Caller, Change, Page
from kit.command import Stamp, stamp
from services.sessions.actions import RUNNING, Context
from services.sessions.actions.reading import show_check_in
from services.sessions.model import moving
from services.sessions.model.policy import TABLE, Kind


async def reschedule_check_in(context: Context, caller: Caller, request: RescheduleCheckIn) -> CheckIn:
    """A party proposes another time."""
    at = context.clock.now()
    return await _change(
        context, caller, request.check_in_id, stamp(caller, request, at),
        lambda check_in, party, card: moving.propose(check_in, request, party, at, card.terms),
    )  # fmt: skip


async def respond_to_reschedule(context: Context, caller: Caller, request: RespondToReschedule) -> CheckIn:
    """The other party answers."""
    at = context.clock.now()
    return await _change(
        context, caller, request.check_in_id, stamp(caller, request, at),
        lambda check_in, party, _: moving.respond(check_in, request, party, at),
    )  # fmt: skip


async def cancel_check_in(context: Context, caller: Caller, request: CancelCheckIn) -> CheckIn:
    """A party cancels."""
    at = context.clock.now()
    return await _change(
        context, caller, request.check_in_id, stamp(caller, request, at),
        lambda check_in, party, _: moving.cancel(check_in, request, party, at),
    )  # fmt: skip


async def close_check_in(context: Context, caller: Caller, request: CloseCheckIn) -> CheckIn:
    """A party writes down what comes next."""
    at = context.clock.now()
    stored = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    card = await context.writing_at(caller, stored.record, RUNNING, Kind.CHECK_IN)
    cards = await asyncio.gather(*(context.ask_action(caller.org_id, each) for each in request.action_item_ids))
    if any(item is None or item.mentorship_id != card.id for item in cards):
        raise NotFound("There is no such action item in this mentorship. Check the ids.", field="actionItemIds")
    by = stamp(caller, request, at)
    return await context.store.check_ins.amend(
        stored, by, lambda check_in: moving.close(check_in, request, card.side_of(caller), at)
    )


async def resolve_attendance(context: Context, caller: Caller, request: ResolveAttendance) -> CheckIn:
    """A programme manager decides, without having to see any words."""
    check(TABLE, standing(caller, caller.org_id), Act.WRITE, Kind.DISPUTE)
    stored = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    card = await context.store.mentorships.get(caller.org_id, stored.record.mentorship_id)
    check(TABLE, side(caller, card), Act.WRITE, Kind.DISPUTE, NotFound.of("checkin", request.check_in_id))
    at = context.clock.now()
    decided = await context.store.check_ins.amend(
        stored,
        stamp(caller, request, at),
        lambda check_in: moving.resolve(check_in, request, caller.user_id, at),
    )
    return show_check_in(context, caller, card, decided) or decided


async def list_disputes(context: Context, caller: Caller, request: ListDisputes) -> Page[CheckIn]:
    """What waits for a programme manager, without words."""
    check(TABLE, standing(caller, caller.org_id), Act.WRITE, Kind.DISPUTE)
    where = {"state": CheckInState.DISPUTED}
    page = await context.store.check_ins.page(caller.org_id, where, first=request.first, after=request.after)
    cards = [await context.store.mentorships.get(caller.org_id, each.mentorship_id) for each in page.items]
    shown = (show_check_in(context, caller, card, each) for card, each in zip(cards, page.items, strict=True))
    return Page(
        items=tuple(each for each in shown if each), cursors=page.cursors, end_cursor=page.end_cursor,
        has_next=page.has_next,
    )  # fmt: skip


async def move_check_in(context: Context, caller: Caller, request: MoveCheckIn) -> CheckIn:
    """The cycle moves a check-in to its new cadence, or out of time off."""
    stored = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    card = await context.of_cycle(caller, stored.record.mentorship_id, Kind.CYCLE)
    cadence = await context.store.cadences.get(caller.org_id, card.id)
    by = stamp(caller, request, request.at)
    return await context.store.check_ins.amend(stored, by, lambda check_in: moving.move(check_in, cadence, request))


async def skip_check_in(context: Context, caller: Caller, request: SkipCheckIn) -> CheckIn:
    """The cycle leaves a check-in out because of time off."""
    stored = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    await context.of_cycle(caller, stored.record.mentorship_id, Kind.CYCLE)
    by = stamp(caller, request, request.at)
    return await context.store.check_ins.amend(stored, by, lambda check_in: moving.skip(check_in, request.at))


async def _change(
    context: Context,
    caller: Caller,
    check_in_id: str,
    by: Stamp,
    decide: Callable[[CheckIn, Party, MentorshipCard], Change[CheckIn]],
) -> CheckIn:
    stored = await context.store.check_ins.load(caller.org_id, check_in_id)
    card = await context.writing_at(caller, stored.record, RUNNING, Kind.CHECK_IN)
    party = card.side_of(caller)
    return await context.store.check_ins.amend(stored, by, lambda check_in: decide(check_in, party, card))
