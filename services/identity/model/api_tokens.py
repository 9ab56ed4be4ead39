"""API tokens: made, used and ended. Moments are those of the real clock."""

from datetime import datetime, timedelta

from contracts.errors import Forbidden, Invalid, Unauthenticated
from contracts.identity import LONGEST, AccessRevoked, ApiToken, CreateApiToken, Role
from contracts.wire import Caller, Change, evolve

USE_NOTED = timedelta(minutes=1)  # more often would write to the database for every request
WRONG = "This API token does not hold: it is unknown, revoked or expired. An administrator can make a new one."


class KeptToken(ApiToken, frozen=True, kw_only=True):
    """An API token with its hash; it never leaves this service."""

    token_hash: str

    def published(self) -> ApiToken:
        """The token without the hash."""
        return ApiToken(**{name: getattr(self, name) for name in ApiToken.__struct_fields__})


def create(token_id: str, caller: Caller, request: CreateApiToken, token_hash: str, at: datetime) -> Change[KeptToken]:
    """A token for a program."""
    if not timedelta(minutes=1) <= request.expires_in <= LONGEST:
        raise Invalid(f"An API token lives from a minute to {LONGEST.days} days.", field="expiresIn")
    return Change(
        KeptToken(
            id=token_id,
            org_id=caller.org_id,
            name=request.name.strip(),
            scopes=tuple(dict.fromkeys(request.scopes)),
            created_by=caller.user_id,
            created_at=at,
            expires_at=at + request.expires_in,
            token_hash=token_hash,
        )
    )


def use(token: KeptToken, token_hash: str, at: datetime) -> Change[KeptToken]:
    """A program comes with it. Raises Unauthenticated."""
    if token.token_hash != token_hash or token.revoked_at or at >= token.expires_at:
        raise Unauthenticated(WRONG)
    if token.last_used_at and at - token.last_used_at < USE_NOTED:
        return Change(token)
    return Change(evolve(token, last_used_at=at))


def revoke(token: KeptToken, at: datetime) -> Change[KeptToken]:
    """It counts no more, nor does what it was exchanged for."""
    if token.revoked_at:
        return Change(token)
    return Change(evolve(token, revoked_at=at), (AccessRevoked(subject_id=token.id, not_before=at),))


def check_gives(caller: Caller, roles: tuple[Role, ...]) -> None:
    """A program gives nobody a role: it could make itself an administrator by that."""
    if caller.scopes is not None and roles:
        raise Forbidden("An API token cannot give roles. Let an administrator do it.")
