"""Organisations and their people."""

from dataclasses import replace

import msgspec

from contracts.errors import Conflict, Forbidden
from contracts.identity import (
    AddUser,
    Contact,
    GetOrganisation,
    ListUsers,
    Organisation,
    Registered,
    RegisterOrganisation,
    Role,
    User,
)
from contracts.policy import Act, own
from contracts.wire import ByIds, Caller, Page
from kit.command import stamp
from services.identity.actions import Context
from services.identity.actions.access import count_administrator
from services.identity.actions.directory import found_accounts
from services.identity.model import people
from services.identity.model.api_tokens import check_gives
from services.identity.model.people import Person
from services.identity.model.policy import Kind, can, need


async def register_organisation(context: Context, caller: Caller, request: RegisterOrganisation) -> Registered:
    """Start a tenant with its first administrator."""
    if not context.open_registration:
        raise Forbidden("This installation does not let organisations register themselves. Ask its operators.")
    at = context.clock.now()
    email = people.checked_email(request.admin_email, field="adminEmail")
    by = stamp(caller, request, at, leave_out=("password",))
    by = replace(by, key=by.key and f"{by.key}|{email}")  # callers without a name may choose the same key
    org_id = by.new_id("organisation")
    by = replace(by, org_id=org_id)
    person = Person(
        name=request.admin_name,
        email=email,
        zone=people.checked_zone(request.zone),
        roles=(Role.ORG_ADMIN, Role.PROGRAMME_MANAGER),
        password_hash=await context.passwords.hash(request.password),
    )
    taken = await context.store.accounts.find_by("email", person.email)
    if taken is not None and taken.org_id != org_id:
        raise Conflict("There is an account with this mail address already. Sign in with it.", field="adminEmail")
    organisation = await context.store.organisations.create(
        by, lambda new_id: people.found_organisation(new_id, request.name, at), new_id=org_id
    )
    admin = await context.store.accounts.create(by, lambda new_id: people.open_account(new_id, org_id, person, at))
    await count_administrator(context, admin)
    return Registered(organisation=organisation, admin=admin.published())


async def add_user(context: Context, caller: Caller, request: AddUser) -> User:
    """An administrator adds a person."""
    need(caller, Act.WRITE, Kind.ACCOUNT)
    check_gives(caller, request.roles)
    person = Person(
        name=request.name,
        email=people.checked_email(request.email),
        zone=people.checked_zone(request.zone),
        roles=request.roles,
        password_hash=await context.passwords.hash(request.password),
    )
    at = context.clock.now()
    account = await context.store.accounts.create(
        stamp(caller, request, at, leave_out=("password",)),
        lambda new_id: people.open_account(new_id, caller.org_id, person, at),
    )
    await count_administrator(context, account)
    return account.published()


async def get_organisation(context: Context, caller: Caller, _request: GetOrganisation) -> Organisation:
    """The caller's organisation."""
    return await context.store.organisations.get(caller.org_id, caller.org_id)


async def get_users(context: Context, caller: Caller, request: ByIds) -> tuple[User, ...]:
    """People by id. Colleagues see each other's names; mail addresses only who administers, and everybody their own."""
    accounts = await context.store.accounts.get_many(caller.org_id, request.ids)
    return await _traced(context, caller, tuple(_shown(account.published(), caller) for account in accounts))


async def list_users(context: Context, caller: Caller, request: ListUsers) -> Page[User]:
    """The people of the organisation."""
    need(caller, Act.READ, Kind.DIRECTORY)
    page = await found_accounts(context, caller.org_id, request)
    shown = tuple(_shown(account.published(), caller) for account in page.items)
    return Page(
        items=await _traced(context, caller, shown),
        cursors=page.cursors,
        end_cursor=page.end_cursor,
        has_next=page.has_next,
    )


async def get_contacts(context: Context, caller: Caller, request: ByIds) -> tuple[Contact, ...]:
    """How to reach people: for the part that sends messages, at the moment of sending."""
    need(caller, Act.READ, Kind.CONTACT)
    return tuple(account.contact() for account in await context.store.accounts.get_many(caller.org_id, request.ids))


async def _traced(context: Context, caller: Caller, users: tuple[User, ...]) -> tuple[User, ...]:
    """The people, once it is on record whose address the caller was shown."""
    people = [user.id for user in users if user.email and user.id != caller.user_id]
    if people:
        about = people[0] if len(people) == 1 else caller.org_id
        kind = "Account" if len(people) == 1 else "Organisation"
        await context.trail.saw(caller, people, context.clock.now(), kind=kind, object_id=about)
    return users


def _shown(user: User, caller: Caller) -> User:
    if can(own(caller, user.org_id, user.id), Act.READ, Kind.DETAILS):
        return user
    return msgspec.structs.replace(
        user, email="", roles=(), managed_programme_ids=(), state=None, unit_id=None, manager_id=None
    )
