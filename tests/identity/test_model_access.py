"""Roles, suspension and the last administrator."""

from typing import Any

import pytest

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
from services.identity.model import access, people
from services.identity.model.people import Account, Person
from tests.builders import NOW


def an_account(*roles: Role) -> Account:
    person = Person(name="Maria", email="maria@example.com", zone="UTC", roles=roles, password_hash="$secret")
    return people.open_account("maria", "acme", person, NOW).state


def granted(account: Account, role: Role, programme_id: str | None = None) -> Any:
    return access.grant(account, GrantRole(user_id="maria", role=role, programme_id=programme_id))


def revoked(account: Account, role: Role, programme_id: str | None = None) -> Any:
    return access.revoke(account, RevokeRole(user_id="maria", role=role, programme_id=programme_id), NOW)


def test_a_role_is_given_once_and_told() -> None:
    change = granted(an_account(), Role.AUDITOR)
    assert change.state.roles == (Role.AUDITOR,)
    assert change.events == (RoleGranted(user_id="maria", role=Role.AUDITOR),)
    assert granted(change.state, Role.AUDITOR).events == ()


def test_a_role_that_is_taken_calls_access_tokens_back_and_no_sign_in() -> None:
    change = revoked(an_account(Role.AUDITOR, Role.ORG_ADMIN), Role.AUDITOR)
    assert (change.state.roles, change.state.tokens_since) == ((Role.ORG_ADMIN,), NOW)
    assert change.state.families_since is None
    assert set(change.events) == {
        RoleRevoked(user_id="maria", role=Role.AUDITOR),
        AccessRevoked(subject_id="maria", not_before=NOW),
    }
    assert revoked(change.state, Role.AUDITOR).events == ()


def test_a_programme_is_managed_alone_or_with_all_others() -> None:
    account = granted(an_account(), Role.PROGRAMME_MANAGER, "one").state
    assert (account.roles, account.managed_programme_ids) == ((), ("one",))
    assert granted(account, Role.PROGRAMME_MANAGER, "one").events == ()
    assert revoked(account, Role.PROGRAMME_MANAGER).state == account
    assert revoked(account, Role.PROGRAMME_MANAGER, "one").state.managed_programme_ids == ()


def test_nobody_manages_programmes_one_by_one_without_end() -> None:
    account = an_account()
    for number in range(access.MANAGED_PROGRAMMES):
        account = granted(account, Role.PROGRAMME_MANAGER, f"programme-{number}").state
    with pytest.raises(Invalid) as refused:
        granted(account, Role.PROGRAMME_MANAGER, "one too many")
    assert refused.value.field == "programmeId"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROGRAMME_MANAGER}))
def test_other_roles_are_not_given_for_a_programme(role: Role) -> None:
    access.check_scope(role, None)
    with pytest.raises(Invalid) as refused:
        access.check_scope(role, "one")
    assert refused.value.field == "role"


def test_a_suspended_person_is_out_until_reinstated() -> None:
    change = access.suspend(an_account(Role.ORG_ADMIN), NOW)
    out = change.state
    assert (out.state, out.tokens_since, out.families_since) == (UserState.SUSPENDED, NOW, NOW)
    assert set(change.events) == {UserSuspended(user_id="maria"), AccessRevoked(subject_id="maria", not_before=NOW)}
    assert not access.is_administrator(out)
    assert access.suspend(out, NOW).events == ()
    back = access.reinstate(out)
    assert (back.state.state, back.events) == (UserState.ACTIVE, (UserReinstated(user_id="maria"),))
    assert back.state.families_since == NOW
    with pytest.raises(Conflict):
        access.reinstate(back.state)


def test_the_last_administrator_is_not_counted_out() -> None:
    both = access.count_in(access.counting("acme", ("maria",)).state, "sofia").state
    assert access.count_in(both, "sofia").state == both
    one = access.count_out(both, "maria").state
    assert one.user_ids == ("sofia",)
    assert access.count_out(one, "maria").state == one
    with pytest.raises(Conflict):
        access.count_out(one, "sofia")
