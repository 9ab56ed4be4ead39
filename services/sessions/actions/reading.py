"""What may be read, by whom: words by the pair alone, attendance and time by the programme manager too."""

import asyncio

import msgspec

from contracts.identity import MentorshipCard, OfMentorships, manages
from contracts.sessions import (
    Cadence,
    CheckIn,
    Effort,
    MyTime,
    Note,
    Review,
    TimeByMonth,
    TimeEntry,
    TimeOff,
    TimeShare,
    TimeSummary,
    TimeTotal,
)
from contracts.wire import ByIds, Caller, Page
from kit.mongo import Aggregates
from kit.window import Show, Window
from services.sessions.actions import Context
from services.sessions.model import efforts, times
from services.sessions.model.records import readable
from services.sessions.store import MOST_CHECK_INS

type Kept = Cadence | CheckIn | Note | TimeEntry | Review | TimeOff


def may_look(caller: Caller, card: MentorshipCard) -> bool:
    """Attendance and time are for the two parties and programme managers; others see nothing of a mentorship."""
    return _is_party(caller, card) or manages(caller, card.programme_id)


def _is_party(caller: Caller, card: MentorshipCard) -> bool:
    return card.party_of(caller.user_id) is not None


def show_check_in(caller: Caller, card: MentorshipCard, check_in: CheckIn) -> CheckIn | None:
    """The whole for the pair, without words for the programme manager."""
    if _is_party(caller, card):
        return check_in
    return msgspec.structs.replace(check_in, preparation=None) if may_look(caller, card) else None


def show_note(caller: Caller, card: MentorshipCard, note: Note) -> Note | None:
    """Shared notes for the pair, private ones for their author."""
    return note if _is_party(caller, card) and readable(note, caller.user_id) else None


def show_review(caller: Caller, card: MentorshipCard, review: Review) -> Review | None:
    """Reviews for the pair."""
    return review if _is_party(caller, card) else None


def show_measure[R: Kept](caller: Caller, card: MentorshipCard, record: R) -> R | None:
    """Rhythm and time, for the pair and the programme manager."""
    return record if may_look(caller, card) else None


def window[R: Kept](
    context: Context, aggregates: Aggregates[R], show: Show[MentorshipCard, R]
) -> Window[MentorshipCard, R]:
    """What a caller may look at of one kind of thing."""
    return Window(
        aggregates=aggregates,
        parents=context.store.mentorships,
        field="mentorshipId",
        parent_of=lambda record: record.mentorship_id,
        enter=may_look,
        show=show,
    )


async def get_cadences(context: Context, caller: Caller, request: ByIds) -> tuple[Cadence, ...]:
    """Cadences by the id of their mentorship."""
    return await window(context, context.store.cadences, show_measure).get(caller, request)


async def get_check_ins(context: Context, caller: Caller, request: ByIds) -> tuple[CheckIn, ...]:
    """Check-ins by id."""
    return await window(context, context.store.check_ins, show_check_in).get(caller, request)


async def get_notes(context: Context, caller: Caller, request: ByIds) -> tuple[Note, ...]:
    """Notes by id."""
    return await window(context, context.store.notes, show_note).get(caller, request)


async def get_time_entries(context: Context, caller: Caller, request: ByIds) -> tuple[TimeEntry, ...]:
    """Time entries by id."""
    return await window(context, context.store.time_entries, show_measure).get(caller, request)


async def get_reviews(context: Context, caller: Caller, request: ByIds) -> tuple[Review, ...]:
    """Reviews by id."""
    return await window(context, context.store.reviews, show_review).get(caller, request)


async def list_check_ins(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[CheckIn] | None, ...]:
    """A page of check-ins for each mentorship."""
    found = window(context, context.store.check_ins, show_check_in)
    return await found.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_notes(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Note] | None, ...]:
    """A page of notes for each mentorship."""
    found = window(context, context.store.notes, show_note)
    return await found.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_time_entries(
    context: Context, caller: Caller, request: OfMentorships
) -> tuple[Page[TimeEntry] | None, ...]:
    """A page of time entries for each mentorship."""
    found = window(context, context.store.time_entries, show_measure)
    return await found.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_reviews(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Review] | None, ...]:
    """A page of reviews for each mentorship."""
    found = window(context, context.store.reviews, show_review)
    return await found.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


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
    card = await context.store.mentorships.find(caller.org_id, mentorship_id)
    if card is None or not may_look(caller, card):
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
