"""Signing in, staying in, signing out. Credentials are judged by the real clock, also in a sandbox."""

from contracts.errors import Forbidden, Invalid, NotFound, Unauthenticated
from contracts.identity import Done, Refresh, SignIn, SignOut, SignOutEverywhere, Tokens, UserState
from contracts.wire import Caller
from kit.command import Stamp, stamp, time_ordered_id, until_fresh
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.actions.secrets import ACCESS_SECONDS, mark_of, new_mark, new_refresh_token, token_hash
from services.identity.actions.tries import check_password
from services.identity.model import credentials, people
from services.identity.model.people import SIGN_IN_AGAIN, Account, TokenFamily

SUSPENDED = "This account is suspended. Ask the administrator of your organisation."


async def sign_in(context: Context, _caller: Caller, request: SignIn) -> Tokens:
    """Mail address and password for tokens. The same answer, as slow, for an unknown address."""
    email = as_registered(request.email)
    account = await check_password(
        context, email, await context.store.accounts.find_by("email", email), request.password
    )
    if account.state is not UserState.ACTIVE:  # told to nobody who does not know the password
        raise Forbidden(SUSPENDED)
    if context.passwords.is_outdated(account):
        await _rehash(context, account, request.password)
    return await start_session(context, account)


async def start_session(context: Context, account: Account) -> Tokens:
    """The first two tokens of a new family."""
    family_id, at = time_ordered_id(), context.clock.real_now()
    mark = new_mark()
    token = new_refresh_token(account.org_id, family_id, mark)
    by = Stamp(org_id=account.org_id, actor_id=account.id, at=at)
    await context.store.families.create(
        by,
        lambda new_id: people.start_family(new_id, account, token_hash(token), at, mark=token_hash(mark)),
        new_id=family_id,
    )
    return _tokens(context, account, family_id, token)


async def refresh(context: Context, _caller: Caller, request: Refresh) -> Tokens:
    """One refresh token for the next pair; a spent one ends its family."""
    family = await _family_of(context, request.refresh_token)
    account = await context.store.accounts.get(family.record.org_id, family.record.user_id)
    credentials.check_family(account, family.record)
    at = context.clock.real_now()
    by = Stamp(org_id=family.record.org_id, actor_id=family.record.user_id, at=at)
    mark = mark_of(request.refresh_token) or new_mark()
    token = new_refresh_token(family.record.org_id, family.record.id, mark)
    used, issued = token_hash(request.refresh_token), token_hash(token)
    rotated = await context.store.families.amend(
        family, by, lambda family: people.rotate(family, used, issued, at, mark=token_hash(mark))
    )
    if rotated.ended_at:
        raise Unauthenticated(SIGN_IN_AGAIN)
    return _tokens(context, account, rotated.id, token)


async def sign_out(context: Context, _caller: Caller, request: SignOut) -> Done:
    """End the family; an unknown or ended one is as good as ended."""
    try:
        family = await _family_of(context, request.refresh_token)
    except Unauthenticated:
        return Done()
    at = context.clock.real_now()
    by = Stamp(org_id=family.record.org_id, actor_id=family.record.user_id, at=at)
    await context.store.families.amend(family, by, lambda family: people.end_family(family, at))
    return Done()


async def sign_out_everywhere(context: Context, caller: Caller, request: SignOutEverywhere) -> Done:
    """End all families at once, by one moment that is kept with the account."""
    account = await context.store.accounts.load(caller.org_id, caller.user_id)
    at = context.clock.real_now()
    by = stamp(caller, request, at)
    await context.store.accounts.amend(account, by, lambda account: credentials.sign_out_everywhere(account, at))
    return Done()


def as_registered(email: str) -> str:
    """The address as an account would have it."""
    try:
        return people.checked_email(email.strip())
    except Invalid:  # then nobody has it, and is told so in the usual way
        return email


async def _rehash(context: Context, account: Account, password: str) -> None:
    hashed = await context.passwords.hash(password)

    async def save() -> None:
        stored = await context.store.accounts.load(account.org_id, account.id)
        if stored.record.password_hash == account.password_hash:  # not changed meanwhile
            by = Stamp(org_id=account.org_id, actor_id=account.id, at=context.clock.real_now())
            await context.store.accounts.amend(stored, by, lambda each: credentials.rehash(each, hashed))

    await until_fresh(save)


async def _family_of(context: Context, token: str) -> Stored[TokenFamily]:
    org_id, _, rest = token.partition(".")
    try:
        return await context.store.families.load(org_id, rest.partition(".")[0])
    except NotFound as error:
        raise Unauthenticated(SIGN_IN_AGAIN) from error


def _tokens(context: Context, account: Account, family_id: str, refresh_token: str) -> Tokens:
    return Tokens(
        access_token=context.keys.access_token(account, family_id),
        refresh_token=refresh_token,
        expires_in=ACCESS_SECONDS,
        user=account.published(),
    )
