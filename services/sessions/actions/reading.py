"""What may be read, by whom: words by the pair alone, attendance and time by the programme manager too."""

import asyncio
from functools import partial

import msgspec

from contracts.identity import MentorshipCard, OfMentorships
from contracts.policy import Act
from contracts.sessions import (
    Cadence,
    CheckIn,
    Effort,
    MyTime,
    Note,
    Review,
    TimeByMonth,
    TimeEntry,
    TimeShare,
    TimeSummary,
    TimeTotal,
    Visibility,
)
from contracts.wire import ByIds, Caller, Page
from kit.window import Window
from services.sessions.actions import Context
from services.sessions.model import efforts, times
from services.sessions.model.policy import Kind
from services.sessions.store import MOST_CHECK_INS


def show_check_in(context: Context, caller: Caller, card: MentorshipCard, check_in: CheckIn) -> CheckIn | None:
    """The whole for the pair, without words for who may know only that and when the two meet."""
    if context.allows(caller, card, Act.READ, Kind.CHECK_IN):
        return check_in
    wordless = msgspec.structs.replace(check_in, preparation=None)
    return wordless if context.allows(caller, card, Act.METADATA, Kind.CHECK_IN) else None


def show_note(context: Context, caller: Caller, card: MentorshipCard, note: Note) -> Note | None:
    """Shared notes for the pair, private ones for their author, deleted ones for nobody."""
    kind = Kind.SHARED_NOTE if note.visibility is Visibility.SHARED else Kind.PRIVATE_NOTE
    is_shown = note.deleted_at is None and context.allows(caller, card, Act.READ, kind, note.author_id)
    return note if is_shown else None


def _check_ins(context: Context) -> Window[MentorshipCard, CheckIn]:
    return context.window(context.store.check_ins, Kind.CHECK_IN, partial(show_check_in, context))


def _notes(context: Context) -> Window[MentorshipCard, Note]:
    return context.window(context.store.notes, Kind.SHARED_NOTE, partial(show_note, context))


async def get_cadences(context: Context, caller: Caller, request: ByIds) -> tuple[Cadence, ...]:
    """Cadences by the id of their mentorship."""
    return await context.window(context.store.cadences, Kind.CADENCE).get(caller, request)


async def get_check_ins(context: Context, caller: Caller, request: ByIds) -> tuple[CheckIn, ...]:
    """Check-ins by id."""
    return await _check_ins(context).get(caller, request)


async def get_notes(context: Context, caller: Caller, request: ByIds) -> tuple[Note, ...]:
    """Notes by id."""
    return await _notes(context).get(caller, request)


async def get_time_entries(context: Context, caller: Caller, request: ByIds) -> tuple[TimeEntry, ...]:
    """Time entries by id."""
    return await context.window(context.store.time_entries, Kind.TIME).get(caller, request)


async def get_reviews(context: Context, caller: Caller, request: ByIds) -> tuple[Review, ...]:
    """Reviews by id."""
    return await context.window(context.store.reviews, Kind.REVIEW).get(caller, request)


async def list_check_ins(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[CheckIn] | None, ...]:
    """A page of check-ins for each mentorship."""
    window = _check_ins(context)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_notes(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Note] | None, ...]:
    """A page of notes for each mentorship."""
    window = _notes(context)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_time_entries(
    context: Context, caller: Caller, request: OfMentorships
) -> tuple[Page[TimeEntry] | None, ...]:
    """A page of time entries for each mentorship."""
    window = context.window(context.store.time_entries, Kind.TIME)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_reviews(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Review] | None, ...]:
    """A page of reviews for each mentorship."""
    window = context.window(context.store.reviews, Kind.REVIEW)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def time_summary(
    context: Context, caller: Caller, request: TimeSummary
) -> tuple[tuple[TimeTotal, ...] | None, ...]:
    """Totals for each mentorship."""
    shares = await asyncio.gather(*(_shares(context, caller, each) for each in request.mentorship_ids))
    return tuple(None if each is None else times.totals(each) for each in shares)


async def time_by_month(
    context: Context, caller: Caller, request: TimeByMonth
) -> tuple[tuple[TimeShare, ...] | None, ...]:
    """The same by month."""
    return tuple(await asyncio.gather(*(_shares(context, caller, each) for each in request.mentorship_ids)))


async def my_time(context: Context, caller: Caller, _: MyTime) -> tuple[TimeShare, ...]:
    """One's own time in all mentorships."""
    return await context.store.time_totals(caller.org_id, "personId", caller.user_id)


async def _shares(context: Context, caller: Caller, mentorship_id: str) -> tuple[TimeShare, ...] | None:
    if await context.readable(caller, mentorship_id, Kind.TIME) is None:
        return None
    return await context.store.time_totals(caller.org_id, "mentorshipId", mentorship_id)


async def get_efforts(context: Context, caller: Caller, request: ByIds) -> tuple[Effort | None, ...]:
    """How the mentor's time is met in each mentorship, for the pair and the programme manager."""

    async def of(mentorship_id: str) -> Effort | None:
        card = await context.store.mentorships.find(caller.org_id, mentorship_id)
        shares = await _shares(context, caller, mentorship_id)
        if card is None or shares is None:
            return None
        check_ins = await context.store.check_ins.all(
            caller.org_id, {"mentorshipId": mentorship_id}, limit=MOST_CHECK_INS
        )
        return efforts.effort(card, check_ins, shares)

    return tuple(await asyncio.gather(*map(of, request.ids)))
