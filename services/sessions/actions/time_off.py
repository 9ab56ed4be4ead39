"""Days on which the two do not meet."""

from contracts.identity import OfMentorships
from contracts.sessions import AddTimeOff, RemoveTimeOff, TimeOff
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from services.sessions.actions import WORKING, Context
from services.sessions.model import time_off as model
from services.sessions.model.policy import Kind

MOST_EVER = 1_000  # times off of one mentorship, removed and past ones among them


async def add_time_off(context: Context, caller: Caller, request: AddTimeOff) -> TimeOff:
    """A party takes time off."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.TIME_OFF)
    times_off, at = context.store.times_off, context.clock.now()
    known = await times_off.all(caller.org_id, {"mentorshipId": card.id}, limit=MOST_EVER)
    return await times_off.create(
        stamp(caller, request, at),
        lambda new_id: model.add(new_id, card, request, by=caller.user_id, at=at, known=known),
    )


async def remove_time_off(context: Context, caller: Caller, request: RemoveTimeOff) -> TimeOff:
    """A party works after all."""
    stored = await context.store.times_off.load(caller.org_id, request.time_off_id)
    card = await context.writing_at(caller, stored.record, WORKING, Kind.TIME_OFF)
    at = context.clock.now()
    return await context.store.times_off.amend(
        stored, stamp(caller, request, at), lambda time_off: model.remove(time_off, card.side_of(caller), at)
    )


async def get_times_off(context: Context, caller: Caller, request: ByIds) -> tuple[TimeOff, ...]:
    """Times off by id."""
    return await context.window(context.store.times_off, Kind.TIME_OFF).get(caller, request)


async def list_times_off(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[TimeOff] | None, ...]:
    """A page of times off for each mentorship."""
    looked = context.window(context.store.times_off, Kind.TIME_OFF)
    return await looked.pages(caller, request.mentorship_ids, first=request.first, after=request.after)
