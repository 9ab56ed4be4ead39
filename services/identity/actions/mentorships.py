"""Mentorships and agreements."""

from msgspec.structs import replace

from contracts.errors import Conflict, NotFound
from contracts.identity import (
    DraftAgreement,
    ListMentorships,
    Mentorship,
    MentorshipCard,
    Phase,
    ProposeMentorship,
    RespondToMatch,
    SignAgreement,
)
from contracts.policy import Act
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from kit.mongo import Stored
from services.identity.actions import Context, mentors
from services.identity.model import agreements, mentorships
from services.identity.model.mentorships import card_of
from services.identity.model.policy import Kind, can, need, shown, stands


async def propose_mentorship(context: Context, caller: Caller, request: ProposeMentorship) -> Mentorship:
    """A programme manager proposes a pair."""
    need(caller, Act.WRITE, Kind.PROPOSAL, request.programme_id)
    programme = await context.store.programmes.get(caller.org_id, request.programme_id)
    wanted = (request.mentor_id, request.mentee_id)
    known = {account.id for account in await context.store.accounts.get_many(caller.org_id, wanted)}
    for person in wanted:
        if person not in known:
            raise NotFound.of("user", person)
    at = context.clock.now()
    return await context.store.mentorships.create(
        stamp(caller, request, at), lambda new_id: mentorships.propose(new_id, programme, request, at)
    )


async def respond_to_match(context: Context, caller: Caller, request: RespondToMatch) -> Mentorship:
    """A party says yes or no."""
    mentorship = await _of_party(context, caller, request.mentorship_id)
    party = card_of(mentorship.record).side_of(caller)
    by = stamp(caller, request, context.clock.now())
    if not request.accept:
        return await context.store.mentorships.amend(mentorship, by, lambda it: mentorships.decline(it, party))
    before = mentorship.record
    if before.phase is Phase.PROPOSED and party not in before.accepted:
        by.check_version(before.version)
        await mentors.take_seat(context, by, before)
    try:
        return await context.store.mentorships.amend(mentorship, by, lambda it: mentorships.accept(it, party))
    except Conflict:
        await mentors.free_if_ended(context, by, before.id)
        raise


async def draft_agreement(context: Context, caller: Caller, request: DraftAgreement) -> Mentorship:
    """A party writes the next version of the agreement."""
    mentorship = await _of_party(context, caller, request.mentorship_id)
    at = context.clock.now()
    return await context.store.mentorships.amend(
        mentorship,
        stamp(caller, request, at),
        lambda mentorship: agreements.draft_agreement(mentorship, request, caller.user_id, at),
    )


async def sign_agreement(context: Context, caller: Caller, request: SignAgreement) -> Mentorship:
    """A party signs."""
    mentorship = await _of_party(context, caller, request.mentorship_id)
    at = context.clock.now()
    return await context.store.mentorships.amend(
        mentorship,
        stamp(caller, request, at),
        lambda mentorship: agreements.sign(mentorship, request.agreement_version, caller.user_id, at),
    )


async def get_mentorships(context: Context, caller: Caller, request: ByIds) -> tuple[Mentorship, ...]:
    """Mentorships by id, for their parties, programme managers and the parts of the platform."""
    found = await context.store.mentorships.get_many(caller.org_id, request.ids)
    return tuple(shown(caller, each) for each in found if can(stands(caller, each), Act.METADATA, Kind.MENTORSHIP))


async def get_mentorship_cards(context: Context, caller: Caller, request: ByIds) -> tuple[MentorshipCard, ...]:
    """Cards by id, for the parts of the platform."""
    need(caller, Act.READ, Kind.CARD)
    return tuple(card_of(each) for each in await context.store.mentorships.get_many(caller.org_id, request.ids))


async def list_mentorships(context: Context, caller: Caller, request: ListMentorships) -> Page[Mentorship]:
    """The caller's own, or those of a programme."""
    if request.programme_id is None:
        where = {"partyIds": caller.user_id}
    else:
        need(caller, Act.READ, Kind.PROPOSAL, request.programme_id)
        where = {"programmeId": request.programme_id}
    page = await context.store.mentorships.page(
        caller.org_id, where, first=request.first, after=request.after, newest=True
    )
    return replace(page, items=tuple(shown(caller, each) for each in page.items))


async def _of_party(context: Context, caller: Caller, mentorship_id: str) -> Stored[Mentorship]:
    mentorship = await context.store.mentorships.load(caller.org_id, mentorship_id)
    if not can(stands(caller, mentorship.record), Act.WRITE, Kind.MENTORSHIP):
        raise NotFound.of("mentorship", mentorship_id)
    return mentorship
