"""What a person may do, until when, and how all parts learn that it is over."""

from datetime import datetime

from contracts.identity.people import Role, User
from contracts.identity.sign_in import Done
from contracts.wire import Command, Event, Operation, Record, topic


class GrantRole(Command, frozen=True, kw_only=True):
    """An organisation admin gives a person a role. With `programme_id`: PROGRAMME_MANAGER of that programme alone."""

    user_id: str
    role: Role
    programme_id: str | None = None


class RevokeRole(Command, frozen=True, kw_only=True):
    """An organisation admin takes a role from a person, at once. The last administrator stays one."""

    user_id: str
    role: Role
    programme_id: str | None = None


class SuspendUser(Command, frozen=True, kw_only=True):
    """An organisation admin keeps a person out, at once. The last administrator cannot be suspended."""

    user_id: str


class ReinstateUser(Command, frozen=True, kw_only=True):
    """An organisation admin lets a suspended person in again. They sign in anew."""

    user_id: str


class SignOutEverywhere(Command, frozen=True, kw_only=True):
    """End all your sign-ins, on every device, at once."""


class Revocation(Record, frozen=True, kw_only=True):
    """Access tokens that count no more: those of a person (or of one sign-in of theirs) issued before a moment.

    `subject_id` is the person's or the token family's id.
    """

    subject_id: str
    not_before: datetime


class ListRevocations(Record, frozen=True, kw_only=True):
    """What was revoked since a moment, in all organisations: for the parts of the platform, which verify tokens."""

    since: datetime


GRANT_ROLE = Operation("identity.grant_role", GrantRole, User)
REVOKE_ROLE = Operation("identity.revoke_role", RevokeRole, User)
SUSPEND_USER = Operation("identity.suspend_user", SuspendUser, User)
REINSTATE_USER = Operation("identity.reinstate_user", ReinstateUser, User)
SIGN_OUT_EVERYWHERE = Operation("identity.sign_out_everywhere", SignOutEverywhere, Done)
LIST_REVOCATIONS = Operation("identity.list_revocations", ListRevocations, tuple[Revocation, ...], safe=True)


@topic("identity.access_revoked.v1")
class AccessRevoked(Event, frozen=True, kw_only=True):
    """Access tokens of a person, or of one sign-in, that were issued before a moment count no more."""

    subject_id: str
    not_before: datetime


@topic("identity.role_granted.v1")
class RoleGranted(Event, frozen=True, kw_only=True):
    """A person may do more."""

    user_id: str
    role: Role
    programme_id: str | None = None


@topic("identity.role_revoked.v1")
class RoleRevoked(Event, frozen=True, kw_only=True):
    """A person may do less."""

    user_id: str
    role: Role
    programme_id: str | None = None


@topic("identity.user_suspended.v1")
class UserSuspended(Event, frozen=True, kw_only=True):
    """A person is kept out."""

    user_id: str


@topic("identity.user_reinstated.v1")
class UserReinstated(Event, frozen=True, kw_only=True):
    """A person may come in again."""

    user_id: str
