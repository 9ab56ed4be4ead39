"""Roles, suspension, and what was called back."""

from contracts.errors import NotFound
from contracts.identity import (
    GrantRole,
    ListRevocations,
    ReinstateUser,
    Revocation,
    RevokeRole,
    Role,
    SuspendUser,
    User,
)
from contracts.policy import Act
from contracts.wire import Caller
from kit.command import Stamp, stamp, until_fresh
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.model import access
from services.identity.model.people import Account
from services.identity.model.policy import Kind, need

MOST = 10_000  # of one kind in one answer: what is asked for is a few seconds old


async def grant_role(context: Context, caller: Caller, request: GrantRole) -> User:
    """An administrator gives a role."""
    account = await _administered(context, caller, request.user_id)
    access.check_scope(request.role, request.programme_id)
    if request.programme_id is not None:
        await context.store.programmes.get(caller.org_id, request.programme_id)
    by = stamp(caller, request, context.clock.now())
    granted = await context.store.accounts.amend(account, by, lambda account: access.grant(account, request))
    await count_administrator(context, granted)
    return granted.published()


async def revoke_role(context: Context, caller: Caller, request: RevokeRole) -> User:
    """An administrator takes a role."""
    account = await _administered(context, caller, request.user_id)
    access.check_scope(request.role, request.programme_id)
    if request.role is Role.ORG_ADMIN and access.is_administrator(account.record):
        await _one_less(context, account.record)
    at, by = context.clock.real_now(), stamp(caller, request, context.clock.now())
    revoked = await context.store.accounts.amend(account, by, lambda account: access.revoke(account, request, at))
    return revoked.published()


async def suspend_user(context: Context, caller: Caller, request: SuspendUser) -> User:
    """An administrator keeps somebody out."""
    account = await _administered(context, caller, request.user_id)
    if access.is_administrator(account.record):
        await _one_less(context, account.record)
    at, by = context.clock.real_now(), stamp(caller, request, context.clock.now())
    suspended = await context.store.accounts.amend(account, by, lambda account: access.suspend(account, at))
    return suspended.published()


async def reinstate_user(context: Context, caller: Caller, request: ReinstateUser) -> User:
    """An administrator lets somebody in again."""
    account = await _administered(context, caller, request.user_id)
    by = stamp(caller, request, context.clock.now())
    reinstated = await context.store.accounts.amend(account, by, access.reinstate)
    await count_administrator(context, reinstated)
    return reinstated.published()


async def list_revocations(context: Context, caller: Caller, request: ListRevocations) -> tuple[Revocation, ...]:
    """What was called back since then, for those who verify tokens."""
    need(caller, Act.READ, Kind.REVOCATION)
    accounts = await context.store.accounts.since("tokensSince", request.since, MOST)
    families = await context.store.families.since("endedAt", request.since, MOST)
    tokens = await context.store.api_tokens.since("revokedAt", request.since, MOST)
    people = (Revocation(subject_id=each.id, not_before=each.tokens_since) for each in accounts if each.tokens_since)
    sign_ins = (Revocation(subject_id=each.id, not_before=each.ended_at) for each in families if each.ended_at)
    programs = (Revocation(subject_id=each.id, not_before=each.revoked_at) for each in tokens if each.revoked_at)
    return (*people, *sign_ins, *programs)


async def count_administrator(context: Context, account: Account) -> None:
    """Call this after whatever may have made somebody an administrator. Repeating it does no harm."""
    if not access.is_administrator(account):
        return
    by = Stamp(org_id=account.org_id, actor_id="part:identity", at=context.clock.now())

    async def count() -> None:
        administrators = await _administrators(context, by)
        await context.store.administrators.amend(administrators, by, lambda each: access.count_in(each, account.id))

    await until_fresh(count)


async def _one_less(context: Context, account: Account) -> None:
    """Count out before the role goes: whoever fails in between is an administrator who is not counted, never none."""
    by = Stamp(org_id=account.org_id, actor_id="part:identity", at=context.clock.now())
    administrators = await _administrators(context, by)
    await context.store.administrators.amend(administrators, by, lambda each: access.count_out(each, account.id))


async def _administrators(context: Context, by: Stamp) -> Stored[access.Administrators]:
    if await context.store.administrators.find(by.org_id, by.org_id) is None:
        found = await context.store.accounts.all(by.org_id, {"roles": Role.ORG_ADMIN}, limit=MOST)
        known = tuple(each.id for each in found if access.is_administrator(each))
        await context.store.administrators.create(by, lambda org_id: access.counting(org_id, known), new_id=by.org_id)
    return await context.store.administrators.load(by.org_id, by.org_id)


async def _administered(context: Context, caller: Caller, user_id: str) -> Stored[Account]:
    need(caller, Act.WRITE, Kind.ACCOUNT)
    try:
        return await context.store.accounts.load(caller.org_id, user_id)
    except NotFound as error:
        raise NotFound.of("user", user_id) from error
