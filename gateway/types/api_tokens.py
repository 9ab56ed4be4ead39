"""Tokens for an organisation's other systems."""

from datetime import datetime, timedelta
from typing import Self

import strawberry

from contracts import identity
from contracts.identity import ListApiTokens, Scope
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Input, Payload, mutation
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Node,
    checked_first,
    connection,
    field,
    optional,
    reference,
    resolved,
)


@strawberry.type(description="A token that lets a program act for the organisation. It was shown once and is not kept.")
class ApiToken(Node):
    """Shows identity.ApiToken."""

    name: str = field("What it is for.")
    scopes: list[Scope] = field("What it may do.")
    created_by: User | None = reference(User, "created_by", "Who made it.")
    created_at: datetime = field("When it was made.")
    expires_at: datetime = field("When it ends by itself.")
    revoked_at: datetime | None = field("When it was ended.")
    last_used_at: datetime | None = field("When a program last came with it, to the minute.")
    version: int = field("Counts the changes of this record.")

    loader = staticmethod(lambda loaders: loaders.api_tokens)


@strawberry.type(description="A new API token, or why there is none.")
class CreateApiTokenPayload(Payload):
    """Shows identity.CreatedApiToken."""

    token: str | None = field("Send this as `Authorization: Bearer ...`. It is shown this once.", default=None)
    api_token: ApiToken | None = field("What is kept of it.", default=None)

    @classmethod
    def of(cls, record: identity.CreatedApiToken) -> Self:
        """Both halves."""
        return cls(token=record.token or None, api_token=ApiToken.of(record.api_token))


@strawberry.input(description="What a program shall be able to do.")
class CreateApiTokenInput(Input):
    """Makes identity.CreateApiToken."""

    name: str = field("What it is for.")
    scopes: list[Scope] = field("What it may do.")
    expires_in: timedelta | None = optional("How long it lives: P90D if left out, a year at most.")


@strawberry.input(description="Which token shall work no more.")
class RevokeApiTokenInput(Input):
    """Makes identity.RevokeApiToken."""

    api_token_id: strawberry.ID = field("The token's id, not the token itself.")


@strawberry.type
class ApiTokenQueries:
    """Reads of API tokens."""

    @resolved("The API tokens of your organisation, newest first, for its administrators.")
    async def api_tokens(self, info: Info, first: First = PAGE, after: After = None) -> Connection[ApiToken] | None:
        """One page."""
        request = ListApiTokens(first=checked_first(first), after=after)
        return connection(ApiToken, await info.context.call(identity.LIST_API_TOKENS, request), after)


@strawberry.type
class ApiTokenMutations:
    """Changes of API tokens."""

    create_api_token = mutation(identity.CREATE_API_TOKEN, CreateApiTokenInput, CreateApiTokenPayload)
    revoke_api_token = mutation(identity.REVOKE_API_TOKEN, RevokeApiTokenInput, ApiToken)
