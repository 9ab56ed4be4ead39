"""Tokens for programs: what an organisation lets its other systems do, for how long."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity.access import REINSTATE_USER, SUSPEND_USER
from contracts.identity.passwords import INVITE_USER
from contracts.identity.people import ADD_USER, GET_ORGANISATION, GET_USERS, LIST_USERS, Role
from contracts.identity.programme import CREATE_PROGRAMME, GET_PROGRAMMES, LIST_PROGRAMMES
from contracts.wire import ByIds, Command, Line, Operation, Page, Record

LONGEST = timedelta(days=366)


class Scope(StrEnum):
    """What a program may do with an API token; each write comes with its read."""

    USERS_READ = "users_read"
    USERS_WRITE = "users_write"
    PROGRAMMES_READ = "programmes_read"
    PROGRAMMES_WRITE = "programmes_write"


_USERS = (GET_ORGANISATION, GET_USERS, LIST_USERS)
_PROGRAMMES = (GET_ORGANISATION, GET_PROGRAMMES, LIST_PROGRAMMES)
_REACH = {
    Scope.USERS_READ: _USERS,
    Scope.USERS_WRITE: (*_USERS, ADD_USER, INVITE_USER, SUSPEND_USER, REINSTATE_USER),
    Scope.PROGRAMMES_READ: _PROGRAMMES,
    Scope.PROGRAMMES_WRITE: (*_PROGRAMMES, CREATE_PROGRAMME),
}
# everything else is out of reach for every API token, whatever its scopes
REACH: dict[str, frozenset[str]] = {
    scope: frozenset(operation.name for operation in operations) for scope, operations in _REACH.items()
}
ACTS_AS: dict[Scope, Role] = {
    Scope.USERS_READ: Role.ORG_ADMIN,
    Scope.USERS_WRITE: Role.ORG_ADMIN,
    Scope.PROGRAMMES_READ: Role.PROGRAMME_MANAGER,
    Scope.PROGRAMMES_WRITE: Role.PROGRAMME_MANAGER,
}


class ApiToken(Record, frozen=True, kw_only=True):
    """What is known of an API token after it was shown once. `last_used_at` is right to the minute."""

    id: str
    org_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    version: int = 1


class CreateApiToken(Command, frozen=True, kw_only=True):
    """An organisation admin makes a token for a program. It is shown once; only its hash is kept."""

    name: Line
    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1, max_length=len(Scope))]
    expires_in: timedelta = timedelta(days=90)


class CreatedApiToken(Record, frozen=True, kw_only=True):
    """A new API token; `token` is empty where the same command comes again."""

    token: str
    api_token: ApiToken


class RevokeApiToken(Command, frozen=True, kw_only=True):
    """An organisation admin ends an API token, at once."""

    api_token_id: str


class ListApiTokens(Record, frozen=True, kw_only=True):
    """The API tokens of the organisation, newest first."""

    first: int = 20
    after: str | None = None


class ExchangeApiToken(Record, frozen=True, kw_only=True):
    """The gateway exchanges an API token for a short access token, by which every part can judge the program."""

    token: str


class ExchangedApiToken(Record, frozen=True, kw_only=True):
    """An access token that speaks for an API token for `expires_in` seconds."""

    access_token: str
    expires_in: int


CREATE_API_TOKEN = Operation("identity.create_api_token", CreateApiToken, CreatedApiToken)
REVOKE_API_TOKEN = Operation("identity.revoke_api_token", RevokeApiToken, ApiToken)
GET_API_TOKENS = Operation("identity.get_api_tokens", ByIds, tuple[ApiToken, ...], safe=True)
LIST_API_TOKENS = Operation("identity.list_api_tokens", ListApiTokens, Page[ApiToken], safe=True)
EXCHANGE_API_TOKEN = Operation("identity.exchange_api_token", ExchangeApiToken, ExchangedApiToken)
