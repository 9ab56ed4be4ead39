"""Signing in, staying in, signing out. Credentials are judged by the real clock, also in a sandbox."""

from contracts.errors import Invalid, NotFound, Unauthenticated
from contracts.identity import Done, Refresh, SignIn, SignOut, Tokens
from contracts.wire import Caller
from kit.command import Stamp, time_ordered_id
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.actions.secrets import ACCESS_SECONDS, new_refresh_token, token_hash
from services.identity.model import people
from services.identity.model.people import SIGN_IN_AGAIN, Account, TokenFamily

TRIES = 10  # for one address
WINDOW = 900  # seconds
WRONG = "Mail address and password do not fit together."


async def sign_in(context: Context, _caller: Caller, request: SignIn) -> Tokens:
    """Mail address and password for tokens. The same answer, as slow, for an unknown address."""
    email = _as_registered(request.email)
    tries = f"sign-in:{token_hash(email)}"
    await context.limiter.count(tries, limit=TRIES, seconds=WINDOW)
    account = await context.store.accounts.find_by("email", email)
    if not await context.passwords.fits(request.password, account) or account is None:
        raise Unauthenticated(WRONG)
    await context.limiter.forget(tries)
    family_id, at = time_ordered_id(), context.clock.real_now()
    token = new_refresh_token(account.org_id, family_id)
    by = Stamp(org_id=account.org_id, actor_id=account.id, at=at)
    await context.store.families.create(
        by, lambda new_id: people.start_family(new_id, account, token_hash(token), at), new_id=family_id
    )
    return _tokens(context, account, token)


async def refresh(context: Context, _caller: Caller, request: Refresh) -> Tokens:
    """One refresh token for the next pair; a spent one ends its family."""
    family = await _family_of(context, request.refresh_token)
    at = context.clock.real_now()
    by = Stamp(org_id=family.record.org_id, actor_id=family.record.user_id, at=at)
    token = new_refresh_token(family.record.org_id, family.record.id)
    used, issued = token_hash(request.refresh_token), token_hash(token)
    rotated = await context.store.families.amend(family, by, lambda family: people.rotate(family, used, issued, at))
    if rotated.ended_at:
        raise Unauthenticated(SIGN_IN_AGAIN)
    account = await context.store.accounts.get(rotated.org_id, rotated.user_id)
    return _tokens(context, account, token)


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


def _as_registered(email: str) -> str:
    try:
        return people.checked_email(email.strip())
    except Invalid:  # then nobody has it, and is told so in the usual way
        return email


async def _family_of(context: Context, token: str) -> Stored[TokenFamily]:
    org_id, _, rest = token.partition(".")
    try:
        return await context.store.families.load(org_id, rest.partition(".")[0])
    except NotFound as error:
        raise Unauthenticated(SIGN_IN_AGAIN) from error


def _tokens(context: Context, account: Account, refresh_token: str) -> Tokens:
    return Tokens(
        access_token=context.keys.access_token(account),
        refresh_token=refresh_token,
        expires_in=ACCESS_SECONDS,
        user=account.published(),
    )
