"""Programmes, and the versions of their policies."""

from msgspec.structs import replace

from contracts.identity import (
    CreateProgramme,
    DraftPolicy,
    ListPolicyVersions,
    ListProgrammes,
    ListProgrammeTemplates,
    PolicyVersion,
    Programme,
    ProgrammePolicy,
    ProgrammeTemplate,
    PublishPolicy,
)
from contracts.policy import Act
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from services.identity.actions import Context
from services.identity.model import programmes
from services.identity.model.policy import Kind, need


async def create_programme(context: Context, caller: Caller, request: CreateProgramme) -> Programme:
    """A programme manager opens a programme."""
    need(caller, Act.WRITE, Kind.PROGRAMME)
    by = stamp(caller, request, context.clock.now())
    made = await context.store.programmes.create(
        by,
        lambda new_id: programmes.create_programme(new_id, caller.org_id, request, by=caller.user_id, at=by.at),
    )
    return made.published()


async def publish_policy(context: Context, caller: Caller, request: PublishPolicy) -> Programme:
    """A programme manager publishes the next version of the policy."""
    need(caller, Act.WRITE, Kind.POLICY, request.programme_id)
    by = stamp(caller, request, context.clock.now())
    programme = await context.store.programmes.load(caller.org_id, request.programme_id)
    published = await context.store.programmes.amend(
        programme, by, lambda it: programmes.publish_policy(it, request, by=caller.user_id, at=by.at)
    )
    return published.published()


async def draft_policy(context: Context, caller: Caller, request: DraftPolicy) -> ProgrammePolicy:
    """Whoever may publish it, and the part that plays it, may see what it would be."""
    need(caller, Act.WRITE, Kind.DRAFT, request.programme_id)
    programme = await context.store.programmes.get(caller.org_id, request.programme_id)
    return programmes.draft_policy(programme, request.policy)


async def list_policy_versions(
    context: Context, caller: Caller, request: ListPolicyVersions
) -> tuple[PolicyVersion, ...]:
    """Every version: whoever lives under one may read it."""
    return (await context.store.programmes.get(caller.org_id, request.programme_id)).versions


async def list_programme_templates(
    _context: Context, _caller: Caller, _request: ListProgrammeTemplates
) -> tuple[ProgrammeTemplate, ...]:
    """The templates of this version of the product."""
    return tuple(programmes.TEMPLATES.values())


async def get_programmes(context: Context, caller: Caller, request: ByIds) -> tuple[Programme, ...]:
    """Programmes by id."""
    return tuple(each.published() for each in await context.store.programmes.get_many(caller.org_id, request.ids))


async def list_programmes(context: Context, caller: Caller, request: ListProgrammes) -> Page[Programme]:
    """The programmes of the organisation."""
    page = await context.store.programmes.page(caller.org_id, {}, first=request.first, after=request.after, newest=True)
    return replace(page, items=tuple(each.published() for each in page.items))
