"""What the nightly comparison asks: where mentorships stand by their own record, and to tell it once more."""

from contracts.errors import Invalid
from contracts.identity import (
    ListOrganisationIds,
    ListStandings,
    Mentorship,
    OrganisationIds,
    RetellMentorship,
    Standing,
)
from contracts.policy import Act
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from kit.mongo import PAGE_LIMIT
from services.identity.actions import Context
from services.identity.model import lifecycle
from services.identity.model.mentorships import card_of
from services.identity.model.policy import Kind, need


async def list_organisation_ids(context: Context, caller: Caller, request: ListOrganisationIds) -> OrganisationIds:
    """The next organisations of the installation."""
    need(caller, Act.WRITE, Kind.CYCLE)
    if not 1 <= request.first <= PAGE_LIMIT:
        raise Invalid(f"Ask for 1 to {PAGE_LIMIT} organisations at once, not {request.first}.", field="first")
    return OrganisationIds(ids=await context.store.organisation_ids(request.after, request.first))


async def list_standings(context: Context, caller: Caller, request: ListStandings) -> Page[Standing]:
    """One page of the organisation's mentorships."""
    need(caller, Act.WRITE, Kind.CYCLE)
    page = await context.store.mentorships.page(caller.org_id, {}, first=request.first, after=request.after)
    return Page(
        items=tuple(_standing(each) for each in page.items),
        cursors=page.cursors,
        end_cursor=page.end_cursor,
        has_next=page.has_next,
    )


async def get_standings(context: Context, caller: Caller, request: ByIds) -> tuple[Standing, ...]:
    """Those of the ids that exist in this organisation."""
    need(caller, Act.WRITE, Kind.CYCLE)
    return tuple(_standing(each) for each in await context.store.mentorships.get_many(caller.org_id, request.ids))


async def retell_mentorship(context: Context, caller: Caller, request: RetellMentorship) -> Standing:
    """All parts are told anew."""
    need(caller, Act.WRITE, Kind.CYCLE)
    stored = await context.store.mentorships.load(caller.org_id, request.mentorship_id)
    retold = await context.store.mentorships.amend(
        stored, stamp(caller, request, request.at), lambda mentorship: lifecycle.retell(mentorship, request.above)
    )
    return _standing(retold)


def _standing(mentorship: Mentorship) -> Standing:
    return Standing(
        card=card_of(mentorship),
        phase_version=mentorship.phase_version,
        ending=mentorship.ending,
        created_at=mentorship.created_at,
    )
