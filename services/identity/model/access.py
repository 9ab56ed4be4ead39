"""What a person may do, and until when."""

from datetime import datetime

from contracts.errors import Conflict, Invalid
from contracts.identity import (
    AccessRevoked,
    GrantRole,
    RevokeRole,
    Role,
    RoleGranted,
    RoleRevoked,
    UserReinstated,
    UserState,
    UserSuspended,
)
from contracts.wire import Change, Record, evolve
from services.identity.model.people import Account

MANAGED_PROGRAMMES = 50  # one by one; whoever manages more has the role for all of them
LAST = "This is the last administrator of the organisation. Give somebody else the role ORG_ADMIN first."


class Administrators(Record, frozen=True, kw_only=True):
    """Who administers an organisation and can sign in: one document, so that two cannot remove each other at once."""

    id: str
    org_id: str
    user_ids: tuple[str, ...] = ()
    version: int = 1


def counting(org_id: str, user_ids: tuple[str, ...]) -> Change[Administrators]:
    """Those who are known when the counting begins."""
    return Change(Administrators(id=org_id, org_id=org_id, user_ids=user_ids))


def count_in(administrators: Administrators, user_id: str) -> Change[Administrators]:
    """This person administers too."""
    if user_id in administrators.user_ids:
        return Change(administrators)
    return Change(evolve(administrators, user_ids=(*administrators.user_ids, user_id)))


def count_out(administrators: Administrators, user_id: str) -> Change[Administrators]:
    """This person administers no more. Raises Conflict where nobody would be left."""
    left = tuple(each for each in administrators.user_ids if each != user_id)
    if not left:
        raise Conflict(LAST, field="userId")
    if left == administrators.user_ids:
        return Change(administrators)
    return Change(evolve(administrators, user_ids=left))


def is_administrator(account: Account) -> bool:
    """Whether this person can administer now."""
    return Role.ORG_ADMIN in account.roles and account.state is UserState.ACTIVE


def check_scope(role: Role, programme_id: str | None) -> None:
    """Refuse scopes that no role has."""
    if programme_id is not None and role is not Role.PROGRAMME_MANAGER:
        raise Invalid("Only PROGRAMME_MANAGER can be given for one programme. Leave `programmeId` out.", field="role")


def grant(account: Account, request: GrantRole) -> Change[Account]:
    """One more role; one that is there already changes nothing. It shows in the next access token."""
    told = RoleGranted(user_id=account.id, role=request.role, programme_id=request.programme_id)
    if request.programme_id is None:
        if request.role in account.roles:
            return Change(account)
        return Change(evolve(account, roles=(*account.roles, request.role)), (told,))
    if request.programme_id in account.managed_programme_ids:
        return Change(account)
    if len(account.managed_programme_ids) >= MANAGED_PROGRAMMES:
        raise Invalid(
            f"At most {MANAGED_PROGRAMMES} programmes one by one. Give the role for all of them.", field="programmeId"
        )
    managed = (*account.managed_programme_ids, request.programme_id)
    return Change(evolve(account, managed_programme_ids=managed), (told,))


def revoke(account: Account, request: RevokeRole, at: datetime) -> Change[Account]:
    """One role less, at once: access tokens that still name it count no more."""
    roles, managed = account.roles, account.managed_programme_ids
    if request.programme_id is None:
        roles = tuple(role for role in roles if role is not request.role)
    else:
        managed = tuple(each for each in managed if each != request.programme_id)
    if (roles, managed) == (account.roles, account.managed_programme_ids):
        return Change(account)
    told = RoleRevoked(user_id=account.id, role=request.role, programme_id=request.programme_id)
    state = evolve(account, roles=roles, managed_programme_ids=managed, tokens_since=at)
    return Change(state, (told, AccessRevoked(subject_id=account.id, not_before=at)))


def suspend(account: Account, at: datetime) -> Change[Account]:
    """Kept out, at once."""
    if account.state is UserState.SUSPENDED:
        return Change(account)
    if account.state is not UserState.ACTIVE:
        raise Conflict("This person has not joined yet. There is nobody to keep out.", field="userId")
    state = evolve(account, state=UserState.SUSPENDED, request=None, tokens_since=at, families_since=at)
    told = UserSuspended(user_id=account.id), AccessRevoked(subject_id=account.id, not_before=at)
    return Change(state, told)


def reinstate(account: Account) -> Change[Account]:
    """Let in again; what was signed in before stays ended."""
    if account.state is not UserState.SUSPENDED:
        raise Conflict("This person is not suspended.", field="userId")
    return Change(evolve(account, state=UserState.ACTIVE), (UserReinstated(user_id=account.id),))
