"""Organisations and the people in them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import (
    ByIds,
    Command,
    Event,
    Line,
    Operation,
    Page,
    Record,
    topic,
)

# NIST SP 800-63B-4, section 3.1.1: length counts, composition rules do not help; long phrases must fit
Password = Annotated[str, msgspec.Meta(min_length=12, max_length=200)]


class Role(StrEnum):
    """What a person may do in an organisation. Being mentor or mentee is not a role but a place in a mentorship."""

    ORG_ADMIN = "org_admin"
    PROGRAMME_MANAGER = "programme_manager"
    HR_ANALYST = "hr_analyst"
    AUDITOR = "auditor"


class UserState(StrEnum):
    """Whether a person can sign in: invited and not here yet, active, or suspended."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Organisation(Record, frozen=True, kw_only=True):
    """A tenant: everything else belongs to exactly one."""

    id: str
    name: str
    created_at: datetime
    version: int = 1


class OrgUnit(Record, frozen=True, kw_only=True):
    """A part of an organisation, such as a department or a site. `parent_id` is the unit that it belongs to."""

    id: str
    org_id: str
    name: str
    parent_id: str | None = None
    created_at: datetime
    version: int = 1


class User(Record, frozen=True, kw_only=True):
    """A person in an organisation. `zone` is an IANA time zone; `manager_id` the person that this one reports to.

    `managed_programme_ids` are programmes that this person manages without managing all of them. `state` is None where
    it is not the reader's to know.
    """

    id: str
    org_id: str
    name: str
    email: str
    zone: str
    roles: tuple[Role, ...] = ()
    created_at: datetime
    unit_id: str | None = None
    manager_id: str | None = None
    state: UserState | None = UserState.ACTIVE
    managed_programme_ids: tuple[str, ...] = ()
    version: int = 1


class Contact(Record, frozen=True, kw_only=True):
    """How to reach a person. Given to parts only, at the moment of sending, and never stored by them."""

    user_id: str
    name: str
    email: str
    zone: str


class RegisterOrganisation(Command, frozen=True, kw_only=True):
    """Start a tenant with its first administrator. Refused where the installation keeps registration closed."""

    name: Line
    admin_name: Line
    admin_email: Line
    password: Password
    zone: Line = "UTC"


class Registered(Record, frozen=True, kw_only=True):
    """A new tenant and the person who runs it."""

    organisation: Organisation
    admin: User


class AddUser(Command, frozen=True, kw_only=True):
    """An organisation admin adds a person with a first password."""

    name: Line
    email: Line
    password: Password
    zone: Line = "UTC"
    roles: tuple[Role, ...] = ()


class GetOrganisation(Record, frozen=True, kw_only=True):
    """The caller's own organisation."""


class ListUsers(Record, frozen=True, kw_only=True):
    """People of the organisation: newest first, or, where anything else is given, in the order of name or address.

    `name` and `email` are how it begins, whatever the case and the accents; at most one of the two may be given.
    """

    first: int = 20
    after: str | None = None
    role: Role | None = None
    state: UserState | None = None
    unit_id: str | None = None
    name: Line | None = None
    email: Line | None = None


REGISTER_ORGANISATION = Operation("identity.register_organisation", RegisterOrganisation, Registered)
ADD_USER = Operation("identity.add_user", AddUser, User)
GET_ORGANISATION = Operation("identity.get_organisation", GetOrganisation, Organisation, safe=True)
GET_USERS = Operation("identity.get_users", ByIds, tuple[User, ...], safe=True)
LIST_USERS = Operation("identity.list_users", ListUsers, Page[User], safe=True)
GET_CONTACTS = Operation("identity.get_contacts", ByIds, tuple[Contact, ...], safe=True)


@topic("identity.user_provisioned.v1")
class UserProvisioned(Event, frozen=True, kw_only=True):
    """A person joined an organisation."""

    user_id: str
