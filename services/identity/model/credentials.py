"""How a person gets, changes and recovers what they sign in with. Moments are those of the real clock."""

from datetime import datetime, timedelta

import msgspec

from contracts.errors import Conflict, Invalid, Unauthenticated
from contracts.identity import (
    AccessRevoked,
    MailedPurpose,
    PasswordChanged,
    PasswordResetRequested,
    Role,
    UserInvited,
    UserProvisioned,
    UserState,
)
from contracts.wire import Change, Record, evolve
from services.identity.model.people import SIGN_IN_AGAIN, Account, MailedRequest, TokenFamily

RESET_HOLDS = timedelta(minutes=30)
INVITATION_HOLDS = timedelta(days=7)
MAIL_WITHIN = timedelta(days=1)  # after which nobody waits for the mail any more
RESET_AGAIN = timedelta(minutes=1)  # a second mail within this would only make the first one useless

HOLDS = {MailedPurpose.INVITATION: INVITATION_HOLDS, MailedPurpose.PASSWORD_RESET: RESET_HOLDS}
NO_SUCH_TOKEN = {  # one sentence each: used, expired, superseded, foreign and invented tokens are not told apart
    MailedPurpose.INVITATION: "This invitation does not hold. Ask your administrator for a new one.",
    MailedPurpose.PASSWORD_RESET: "This token does not hold. Ask for a new mail and use the token in it.",
}


class Invitee(Record, frozen=True, kw_only=True):
    """Somebody who is asked to join. `email` is checked."""

    name: str
    email: str
    roles: tuple[Role, ...]


class Joiner(Record, frozen=True, kw_only=True):
    """Who accepts an invitation. `zone` is checked."""

    name: str
    zone: str
    password_hash: str


def invite(account_id: str, org_id: str, invitee: Invitee, request_id: str, at: datetime) -> Change[Account]:
    """A person who can join."""
    account = Account(
        id=account_id,
        org_id=org_id,
        name=invitee.name.strip(),
        email=invitee.email,
        zone="UTC",
        roles=invitee.roles,
        created_at=at,
        state=UserState.INVITED,
        password_hash="",
        request=MailedRequest(id=request_id, purpose=MailedPurpose.INVITATION, asked_at=at),
    )
    return Change(account, (UserInvited(user_id=account_id, request_id=request_id),))


def invite_again(account: Account, invitee: Invitee, request_id: str, at: datetime) -> Change[Account]:
    """Another mail, with what is known by now; the token of the earlier one does not hold any more."""
    if account.state is not UserState.INVITED:
        raise Conflict("This person has joined already. Nothing is left to accept.", field="email")
    request = MailedRequest(id=request_id, purpose=MailedPurpose.INVITATION, asked_at=at)
    name = invitee.name.strip() or account.name
    return Change(
        evolve(account, name=name, roles=invitee.roles, request=request),
        (UserInvited(user_id=account.id, request_id=request_id),),
    )


def ask_reset(account: Account, request_id: str, at: datetime) -> Change[Account]:
    """Somebody who may be this person wants a new password. Whoever is not here, or just asked, gets no mail."""
    asked = account.request
    if account.state is not UserState.ACTIVE or (asked and at - asked.asked_at < RESET_AGAIN):
        return Change(account)
    request = MailedRequest(id=request_id, purpose=MailedPurpose.PASSWORD_RESET, asked_at=at)
    return Change(
        evolve(account, request=request), (PasswordResetRequested(user_id=account.id, request_id=request_id),)
    )


def issue_token(account: Account, asked: MailedRequest, token_hash: str, at: datetime) -> Change[Account]:
    """The mail is about to be sent: from now on this token holds, and none before it."""
    request = account.request
    if request is None or (request.id, request.purpose) != (asked.id, asked.purpose):
        raise Conflict("This request is over: it was answered, or a newer one took its place.")
    if at - request.asked_at > MAIL_WITHIN:
        raise Conflict("This request is too old to be answered.")
    expires_at = at + HOLDS[request.purpose]
    return Change(
        evolve(account, request=msgspec.structs.replace(request, token_hash=token_hash, expires_at=expires_at))
    )


def check_token(account: Account, purpose: MailedPurpose, token_hash: str, at: datetime) -> None:
    """Raises Invalid, always in the same words, unless exactly this token holds now."""
    request = account.request
    holds = (
        request is not None
        and request.purpose is purpose
        and bool(request.token_hash)
        and request.token_hash == token_hash
        and request.expires_at is not None
        and at < request.expires_at
    )
    if not holds:
        raise refused(purpose)


def refused(purpose: MailedPurpose) -> Invalid:
    """The one refusal of a mailed token."""
    return Invalid(NO_SUCH_TOKEN[purpose], field="token")


def accept(account: Account, joiner: Joiner, token_hash: str, at: datetime) -> Change[Account]:
    """The invited person joins."""
    check_token(account, MailedPurpose.INVITATION, token_hash, at)
    joined = evolve(
        account,
        name=joiner.name.strip(),
        zone=joiner.zone,
        password_hash=joiner.password_hash,
        state=UserState.ACTIVE,
        request=None,
    )
    return Change(joined, (UserProvisioned(user_id=account.id),))


def reset_password(account: Account, password_hash: str, token_hash: str, at: datetime) -> Change[Account]:
    """A new password by mail."""
    check_token(account, MailedPurpose.PASSWORD_RESET, token_hash, at)
    return change_password(account, password_hash, at)


def change_password(account: Account, password_hash: str, at: datetime) -> Change[Account]:
    """Another password; whoever is signed in with the old one is not any more."""
    ended = sign_out_everywhere(account, at)
    state = msgspec.structs.replace(ended.state, password_hash=password_hash, request=None)
    return Change(state, (*ended.events, PasswordChanged(user_id=account.id)))


def rehash(account: Account, password_hash: str) -> Change[Account]:
    """The same password, hashed as it is done by now."""
    return Change(evolve(account, password_hash=password_hash))


def sign_out_everywhere(account: Account, at: datetime) -> Change[Account]:
    """No sign-in before this moment counts any more."""
    return Change(
        evolve(account, tokens_since=at, families_since=at), (AccessRevoked(subject_id=account.id, not_before=at),)
    )


def check_family(account: Account, family: TokenFamily) -> None:
    """Raises Unauthenticated where all sign-ins of the family's time were ended, or the person is kept out."""
    over = account.families_since is not None and family.started_at < account.families_since
    if over or account.state is not UserState.ACTIVE:
        raise Unauthenticated(SIGN_IN_AGAIN)
