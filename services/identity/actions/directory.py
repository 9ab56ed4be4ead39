"""Finding people among very many, and saying where they stand."""

from contracts.errors import Invalid, NotFound
from contracts.identity import CreateUnit, ListUnits, ListUsers, OrgUnit, PlaceUser, User
from contracts.policy import Act
from contracts.wire import ByIds, Caller, Page
from kit.command import natural_id, stamp
from services.identity.actions import Context
from services.identity.model import directory
from services.identity.model.directory import UNITS_LIMIT, folded
from services.identity.model.people import Account
from services.identity.model.policy import Kind, need


async def found_accounts(context: Context, org_id: str, request: ListUsers) -> Page[Account]:
    """A page of accounts: newest first where nothing is asked for, otherwise in the order of name or address."""
    accounts = context.store.accounts
    choice = (request.role, request.state, request.unit_id, request.name, request.email)
    if not any(choice):
        return await accounts.page(org_id, {}, first=request.first, after=request.after, newest=True)
    if request.name and request.email:
        raise Invalid("Search by the beginning of a name or of an address, not by both.", field="email")
    facet = directory.facet(state=request.state, role=request.role, unit_id=request.unit_id)
    key = "email" if request.email else "name"
    begins = request.email.strip().lower() if request.email else folded(request.name or "")
    return await accounts.begins(org_id, (facet, key, begins), first=request.first, after=request.after)


def unit_id_of(org_id: str, name: str) -> str:
    """The id of the one unit of this name."""
    return natural_id("unit", org_id, folded(name))


async def create_unit(context: Context, caller: Caller, request: CreateUnit) -> OrgUnit:
    """An administrator names a unit; a unit of that name is that unit."""
    need(caller, Act.WRITE, Kind.UNIT)
    if request.parent_id is not None:
        await _known_unit(context, caller.org_id, request.parent_id)
    unit_id, at = unit_id_of(caller.org_id, request.name), context.clock.now()
    known = await context.store.units.all(caller.org_id, {}, limit=UNITS_LIMIT)
    if len(known) >= UNITS_LIMIT and unit_id not in {unit.id for unit in known}:
        raise Invalid(f"An organisation has at most {UNITS_LIMIT} units.", field="name")
    unit = await context.store.units.create(
        stamp(caller, request, at),
        lambda new_id: directory.create_unit(new_id, caller.org_id, request.name, request.parent_id, at),
        new_id=unit_id,
    )
    return directory.same_unit(unit, request.parent_id)


async def get_units(context: Context, caller: Caller, request: ByIds) -> tuple[OrgUnit, ...]:
    """Units by id, for everybody in the organisation."""
    return await context.store.units.get_many(caller.org_id, request.ids)


async def list_units(context: Context, caller: Caller, request: ListUnits) -> Page[OrgUnit]:
    """The units of the organisation, for everybody in it."""
    return await context.store.units.page(caller.org_id, {}, first=request.first, after=request.after)


async def place_user(context: Context, caller: Caller, request: PlaceUser) -> User:
    """An administrator says where somebody stands."""
    need(caller, Act.WRITE, Kind.ACCOUNT)
    account = await context.store.accounts.load(caller.org_id, request.user_id)
    if request.unit_id is not None:
        await _known_unit(context, caller.org_id, request.unit_id)
    if request.manager_id is not None and await context.store.accounts.find(caller.org_id, request.manager_id) is None:
        raise NotFound.of("user", request.manager_id)
    by = stamp(caller, request, context.clock.now())
    placed = await context.store.accounts.amend(
        account, by, lambda account: directory.place(account, request.unit_id, request.manager_id)
    )
    return placed.published()


async def _known_unit(context: Context, org_id: str, unit_id: str) -> None:
    if await context.store.units.find(org_id, unit_id) is None:
        raise NotFound.of("unit", unit_id)
