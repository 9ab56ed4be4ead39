"""Organisations, people, and signing in."""

import asyncio
from datetime import datetime

import msgspec
import strawberry

from contracts import identity
from contracts.identity import GetOrganisation, ListUsers, Role, UserState
from gateway.context import Info
from gateway.types.mutation import Input, Payload, command, mutation
from gateway.types.programmes import Programme
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Node,
    checked_first,
    connection,
    field,
    optional,
    reference,
    resolved,
    shown,
)
from gateway.types.units import Filter, OrgUnit


@strawberry.type(description="A tenant: everything belongs to exactly one.")
class Organisation(Node):
    """Shows identity.Organisation."""

    name: str = field("Its name.")
    created_at: datetime = field("When it was registered.")
    version: int = field("Counts its changes.")

    loader = staticmethod(lambda loaders: loaders.organisations)


@strawberry.type(description="A person in an organisation.")
class User(Node):
    """Shows identity.User."""

    name: str = field("What others call this person.")
    zone: str = field("The IANA time zone in which this person reads times.")
    roles: list[Role] = field("What this person may do besides being mentor or mentee.")
    created_at: datetime = field("When this person was added.")
    version: int = field("Counts the changes of this record.")

    unit = reference(OrgUnit, "unit_id", "The unit of this person; null unless it is yours or yours to administer.")

    @resolved("Whom this person reports to; null unless it is yours or yours to administer.")
    async def manager(self, info: Info) -> "User | None":
        """Another person of the organisation."""
        return await shown(info, User, self.record.manager_id)

    @resolved("Whether this person can sign in; null unless it is yours or yours to administer.")
    def state(self) -> UserState | None:
        """A part that hides it gives nothing."""
        return self.record.state  # type: ignore[no-any-return]

    @resolved("The programmes that this person manages one by one; empty for whoever manages all or none.")
    async def managed_programmes(self, info: Info) -> list[Programme]:
        """Those that the viewer may see."""
        ids = self.record.managed_programme_ids
        found = await asyncio.gather(*(info.context.loaders.programmes.load(each) for each in ids))
        return [Programme.of(each) for each in found if each]

    @resolved("The address that this person signs in with; null unless it is yours or yours to administer.")
    def email(self) -> str | None:
        """A part that hides it leaves it empty."""
        return self.record.email or None

    loader = staticmethod(lambda loaders: loaders.users)


@strawberry.type(description="Two tokens, or why there are none.")
class SignInPayload(Payload):
    """Shows identity.Tokens."""

    access_token: str | None = field("Send this as `Authorization: Bearer ...`.", default=None)
    refresh_token: str | None = field("Exchange this, once, for the next two tokens.", default=None)
    expires_in: int | None = field("Seconds for which the access token holds.", default=None)
    user: User | None = field("Who signed in.", default=None)

    @classmethod
    def of(cls, record: identity.Tokens) -> "SignInPayload":
        """The tokens of one sign-in."""
        tokens = {name: getattr(record, name) for name in ("access_token", "refresh_token", "expires_in")}
        return cls(user=User.of(record.user), **tokens)


@strawberry.type(description="A new organisation with its first administrator, or why there is none.")
class RegisterOrganisationPayload(Payload):
    """Shows identity.Registered."""

    organisation: Organisation | None = field("The new tenant.", default=None)
    admin: User | None = field("Its first administrator, who can sign in now.", default=None)

    @classmethod
    def of(cls, record: identity.Registered) -> "RegisterOrganisationPayload":
        """Both halves of a registration."""
        return cls(organisation=Organisation.of(record.organisation), admin=User.of(record.admin))


@strawberry.type(description="Whether you are signed out, or why not.")
class SignOutPayload(Payload):
    """Shows identity.Done."""

    signed_out: bool = field("Whether the tokens are of no use any more.", default=False)

    @classmethod
    def of(cls, _record: identity.Done) -> "SignOutPayload":
        """It is done."""
        return cls(signed_out=True)


@strawberry.input(description="A new tenant and its first administrator.")
class RegisterOrganisationInput(Input):
    """Makes identity.RegisterOrganisation."""

    name: str = field("The organisation's name.")
    admin_name: str = field("The administrator's name.")
    admin_email: str = field("The address that the administrator signs in with.")
    password: str = field("The administrator's first password.")
    zone: str | None = optional("The administrator's IANA time zone; UTC if left out.")


@strawberry.input(description="Who you are.")
class SignInInput(Input):
    """Makes identity.SignIn."""

    email: str = field("Your mail address.")
    password: str = field("Your password.")


@strawberry.input(description="The refresh token that you hold.")
class RefreshTokenInput(Input):
    """Makes identity.Refresh."""

    refresh_token: str = field("As the last sign-in or refresh gave it.")


@strawberry.input(description="The refresh token that shall work no more, with all that came of the same sign-in.")
class SignOutInput(Input):
    """Makes identity.SignOut."""

    refresh_token: str = field("As the last sign-in or refresh gave it.")


@strawberry.input(description="A new person in your organisation.")
class AddUserInput(Input):
    """Makes identity.AddUser."""

    name: str = field("What others call this person.")
    email: str = field("The address that this person signs in with.")
    password: str = field("A first password.")
    zone: str | None = optional("The person's IANA time zone; UTC if left out.")
    roles: list[Role] | None = optional("None for mentors and mentees.")


@strawberry.type
class IdentityQueries:
    """Reads of the identity part."""

    @resolved("The person who asks.")
    async def me(self, info: Info) -> User | None:
        """Nothing for a token that no person holds."""
        info.context.check_signed_in()
        return await shown(info, User, info.context.viewer.caller.user_id)

    @resolved("Your organisation.")
    async def organisation(self, info: Info) -> Organisation | None:
        """The tenant that the token names."""
        return Organisation.of(await info.context.call(identity.GET_ORGANISATION, GetOrganisation()))

    @resolved("The people of your organisation, newest first, or those you look for in the order of their names.")
    async def users(
        self, info: Info, filter: Filter = None, first: First = PAGE, after: After = None
    ) -> Connection[User] | None:
        """One page."""
        wanted = command(info.context, ListUsers, filter) if filter else ListUsers()
        request = msgspec.structs.replace(wanted, first=checked_first(first), after=after)
        return connection(User, await info.context.call(identity.LIST_USERS, request), after)


@strawberry.type
class IdentityMutations:
    """Changes that the identity part makes."""

    register_organisation = mutation(
        identity.REGISTER_ORGANISATION, RegisterOrganisationInput, RegisterOrganisationPayload
    )
    sign_in = mutation(identity.SIGN_IN, SignInInput, SignInPayload)
    refresh_token = mutation(identity.REFRESH, RefreshTokenInput, SignInPayload)
    sign_out = mutation(identity.SIGN_OUT, SignOutInput, SignOutPayload)
    add_user = mutation(identity.ADD_USER, AddUserInput, User)
