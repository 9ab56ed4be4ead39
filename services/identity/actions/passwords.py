"""Choosing, changing and recovering a password, and joining by invitation."""

import asyncio

from contracts.errors import Conflict, NotFound
from contracts.identity import (
    AcceptInvitation,
    ChangePassword,
    Done,
    InviteUser,
    IssueMailedToken,
    MailedPurpose,
    MailedToken,
    RequestPasswordReset,
    ResetPassword,
    Tokens,
    User,
)
from contracts.policy import Act
from contracts.wire import Caller
from kit.command import Stamp, stamp, time_ordered_id, until_fresh
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.actions.access import count_administrator
from services.identity.actions.secrets import new_mailed_token, token_hash
from services.identity.actions.sign_in import as_registered, start_session
from services.identity.actions.tries import check_password, forget_tries
from services.identity.model import credentials, people
from services.identity.model.api_tokens import check_gives
from services.identity.model.credentials import Invitee, Joiner
from services.identity.model.people import Account, MailedRequest
from services.identity.model.policy import Kind, need

MAILS = 5  # asked for with one address
WINDOW = 900  # seconds
AS_LONG = 0.25  # seconds that asking takes at least: much more than saving does


async def change_password(context: Context, caller: Caller, request: ChangePassword) -> Tokens:
    """Whoever knows the old password chooses another one."""
    account = await context.store.accounts.load(caller.org_id, caller.user_id)
    await check_password(context, account.record.email, account.record, request.current_password)
    by = stamp(caller, request, context.clock.real_now(), leave_out=("current_password", "password"))
    hashed = await context.passwords.hash(request.password)
    changed = await context.store.accounts.amend(
        account, by, lambda account: credentials.change_password(account, hashed, by.at)
    )
    return await start_session(context, changed)


async def request_password_reset(context: Context, _caller: Caller, request: RequestPasswordReset) -> Done:
    """Let a mail be sent, if there is somebody to send it to. Neither the answer nor its time says so."""
    email = as_registered(request.email)
    await context.limiter.count(f"password-reset:{token_hash(email)}", limit=MAILS, seconds=WINDOW)
    await asyncio.gather(asyncio.sleep(AS_LONG), until_fresh(lambda: _ask(context, email)))
    return Done()


async def _ask(context: Context, email: str) -> None:
    found = await context.store.accounts.find_by("email", email)
    if found is None:
        return
    account = await context.store.accounts.load(found.org_id, found.id)
    by = Stamp(org_id=found.org_id, actor_id="nobody", at=context.clock.real_now())
    request_id = time_ordered_id()
    await context.store.accounts.amend(account, by, lambda account: credentials.ask_reset(account, request_id, by.at))


async def reset_password(context: Context, _caller: Caller, request: ResetPassword) -> Done:
    """Whoever holds the mailed token chooses a password. The token is checked before a hash is made, and at the end."""
    purpose = MailedPurpose.PASSWORD_RESET
    account = await _bearer(context, purpose, request.token)
    at, token = context.clock.real_now(), token_hash(request.token)
    credentials.check_token(account.record, purpose, token, at)
    hashed = await context.passwords.hash(request.password)
    by = Stamp(org_id=account.record.org_id, actor_id=account.record.id, at=at)
    await context.store.accounts.amend(
        account, by, lambda account: credentials.reset_password(account, hashed, token, at)
    )
    await forget_tries(context, account.record.email)
    return Done()


async def invite_user(context: Context, caller: Caller, request: InviteUser) -> User:
    """An administrator asks somebody to join; who was asked before gets another mail."""
    need(caller, Act.WRITE, Kind.ACCOUNT)
    check_gives(caller, request.roles)
    invitee = Invitee(name=request.name or "", email=people.checked_email(request.email), roles=request.roles)
    at = context.clock.real_now()
    by, request_id = stamp(caller, request, at), time_ordered_id()
    known = await context.store.accounts.find_by("email", invitee.email)
    if known is None:
        account = await context.store.accounts.create(
            by, lambda new_id: credentials.invite(new_id, caller.org_id, invitee, request_id, at)
        )
        return account.published()
    if known.org_id != caller.org_id:
        raise Conflict("Another account has this value already. Choose another.", field="email")
    stored = await context.store.accounts.load(caller.org_id, known.id)
    again = await context.store.accounts.amend(
        stored, by, lambda account: credentials.invite_again(account, invitee, request_id, at)
    )
    return again.published()


async def accept_invitation(context: Context, _caller: Caller, request: AcceptInvitation) -> Tokens:
    """Whoever holds the mailed token joins, once."""
    purpose = MailedPurpose.INVITATION
    account = await _bearer(context, purpose, request.token)
    at, token = context.clock.real_now(), token_hash(request.token)
    credentials.check_token(account.record, purpose, token, at)
    if request.email is not None and as_registered(request.email) != account.record.email:
        raise credentials.refused(purpose)
    joiner = Joiner(
        name=request.name,
        zone=people.checked_zone(request.zone),
        password_hash=await context.passwords.hash(request.password),
    )
    by = Stamp(org_id=account.record.org_id, actor_id=account.record.id, at=at)
    joined = await context.store.accounts.amend(
        account, by, lambda account: credentials.accept(account, joiner, token, at)
    )
    await count_administrator(context, joined)
    return await start_session(context, joined)


async def issue_mailed_token(context: Context, caller: Caller, request: IssueMailedToken) -> MailedToken:
    """A token for the mail that is being sent now. Only its hash stays here."""
    need(caller, Act.WRITE, Kind.MAILED_TOKEN)
    account = await context.store.accounts.load(caller.org_id, request.user_id)
    at, token = context.clock.real_now(), new_mailed_token(caller.org_id, request.user_id)
    by = Stamp(org_id=caller.org_id, actor_id=caller.name, at=at)
    asked = MailedRequest(id=request.request_id, purpose=request.purpose, asked_at=at)
    await context.store.accounts.amend(
        account, by, lambda account: credentials.issue_token(account, asked, token_hash(token), at)
    )
    return MailedToken(token=token)


async def _bearer(context: Context, purpose: MailedPurpose, token: str) -> Stored[Account]:
    """The account that the token names; whether it holds is yet to be seen."""
    org_id, _, rest = token.partition(".")
    try:
        return await context.store.accounts.load(org_id, rest.partition(".")[0])
    except NotFound as error:
        raise credentials.refused(purpose) from error
