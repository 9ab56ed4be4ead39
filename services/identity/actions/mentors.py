"""Mentor profiles, their directory, and the seats that mentorships hold."""

from dataclasses import replace as replace_stamp

from msgspec.structs import replace

from contracts.errors import NotFound
from contracts.identity import (
    MentorProfile,
    MentorReplaced,
    Mentorship,
    MentorshipPhaseChanged,
    MyCapacity,
    SearchMentors,
    SetAvailability,
    SetCapacity,
    WriteMentorProfile,
)
from contracts.policy import Act, check, own
from contracts.wire import ByIds, Caller, Envelope, Page
from kit.command import Stamp, stamp, stamp_of_event
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.model import mentors
from services.identity.model.mentors import ENDED, Mentor
from services.identity.model.policy import TABLE, Kind


async def write_mentor_profile(context: Context, caller: Caller, request: WriteMentorProfile) -> MentorProfile:
    """A mentor writes the own profile, a programme manager anybody's."""
    user_id = request.user_id or caller.user_id
    check(TABLE, own(caller, caller.org_id, user_id), Act.WRITE, Kind.PROFILE)
    if user_id != caller.user_id and await context.store.accounts.find(caller.org_id, user_id) is None:
        raise NotFound.of("user", user_id)
    by = stamp(caller, request, context.clock.now())
    mentor = await _mentor(context, by, user_id)
    return (await context.store.mentors.amend(mentor, by, lambda it: mentors.write_profile(it, request))).published()


async def set_capacity(context: Context, caller: Caller, request: SetCapacity) -> MentorProfile:
    """A mentor says how much room there is."""
    check(TABLE, own(caller, caller.org_id, caller.user_id), Act.WRITE, Kind.PROFILE)
    by = stamp(caller, request, context.clock.now())
    mentor = await _mentor(context, by, caller.user_id)
    return (
        await context.store.mentors.amend(mentor, by, lambda it: mentors.set_capacity(it, request.capacity))
    ).published()


async def set_availability(context: Context, caller: Caller, request: SetAvailability) -> MentorProfile:
    """A mentor is open for somebody new, or not for now."""
    check(TABLE, own(caller, caller.org_id, caller.user_id), Act.WRITE, Kind.PROFILE)
    by = stamp(caller, request, context.clock.now())
    mentor = await _mentor(context, by, caller.user_id)
    return (
        await context.store.mentors.amend(mentor, by, lambda it: mentors.set_availability(it, request.availability))
    ).published()


async def get_my_capacity(context: Context, caller: Caller, _request: MyCapacity) -> MentorProfile:
    """The caller's own profile. Whoever has none yet sees what it would start with."""
    check(TABLE, own(caller, caller.org_id, caller.user_id), Act.WRITE, Kind.PROFILE)
    found = await context.store.mentors.find(caller.org_id, caller.user_id)
    return (found or mentors.new_mentor(caller.user_id, caller.org_id, context.clock.now()).state).published()


async def get_mentor_profiles(context: Context, caller: Caller, request: ByIds) -> tuple[MentorProfile, ...]:
    """Profiles by the mentors' user ids, for everybody in the organisation."""
    found = await context.store.mentors.get_many(caller.org_id, request.ids)
    return tuple(mentor.published() for mentor in found if mentor.listed or mentor.id == caller.user_id)


async def search_mentors(context: Context, caller: Caller, request: SearchMentors) -> Page[MentorProfile]:
    """Those who fit every given word. One key of each profile stands for the combination, so one index answers."""
    where = {"keys": mentors.search_key(request)}
    page = await context.store.mentors.page(caller.org_id, where, first=request.first, after=request.after, newest=True)
    return replace(page, items=tuple(mentor.published() for mentor in page.items))


async def take_seat(context: Context, by: Stamp, mentorship: Mentorship) -> None:
    """Hold a seat of the mentor for this mentorship: one conditional write. Raises Conflict where there is none.

    Seats whose mentorship has ended are freed by the event that tells so; should one have been left behind, it is
    found here, before anybody is refused because of it.
    """
    mentor = await _mentor(context, by, mentorship.mentor_id)
    async with context.turns.beginning(mentor.record.id):
        mentor = await context.store.mentors.load(by.org_id, mentorship.mentor_id)
        if len(mentor.record.seats) >= mentor.record.capacity:
            mentor = await _swept(context, by, mentor)
        await context.store.mentors.amend(mentor, keyless(by), lambda it: mentors.take_seat(it, mentorship.id))


async def free_seat(context: Context, by: Stamp, mentor_id: str, mentorship_id: str) -> None:
    """The mentorship needs its seat no more."""
    async with context.turns.at(mentor_id):
        mentor = await _mentor(context, by, mentor_id)
        await context.store.mentors.amend(mentor, keyless(by), lambda it: mentors.free_seats(it, (mentorship_id,)))


async def free_if_ended(context: Context, by: Stamp, mentorship_id: str) -> None:
    """Give back a seat that was taken while the mentorship ended at the same moment."""
    found = await context.store.mentorships.get(by.org_id, mentorship_id)
    if found.phase in ENDED:
        await free_seat(context, by, found.mentor_id, found.id)


async def hear_phase(context: Context, event: MentorshipPhaseChanged, envelope: Envelope) -> None:
    """A mentorship that has ended gives its seat back."""
    if event.mentorship.phase in ENDED:
        await free_seat(context, stamp_of_event(envelope), event.mentorship.mentor_id, event.mentorship.id)


async def hear_replacement(context: Context, event: MentorReplaced, envelope: Envelope) -> None:
    """The mentor who left gives the seat back."""
    await free_seat(context, stamp_of_event(envelope), event.former_mentor_id, event.mentorship.id)


async def _swept(context: Context, by: Stamp, mentor: Stored[Mentor]) -> Stored[Mentor]:
    known = await context.store.mentorships.get_many(by.org_id, mentor.record.seats)
    lapsed = mentors.lapsed(mentor.record, known)
    if not lapsed:
        return mentor
    await context.store.mentors.amend(mentor, keyless(by), lambda it: mentors.free_seats(it, lapsed))
    return await context.store.mentors.load(by.org_id, mentor.record.id)


async def _mentor(context: Context, by: Stamp, user_id: str) -> Stored[Mentor]:
    """The mentor, made at the first need."""
    try:
        return await context.store.mentors.load(by.org_id, user_id)
    except NotFound:
        await context.store.mentors.create(
            keyless(by), lambda new_id: mentors.new_mentor(new_id, by.org_id, by.at), new_id=user_id
        )
        return await context.store.mentors.load(by.org_id, user_id)


def keyless(by: Stamp) -> Stamp:
    """The same stamp for something that happens on the way: it knows its own repeats, by ids that it holds."""
    return replace_stamp(by, key="", body_hash="", expected_version=None)
