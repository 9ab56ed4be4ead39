"""API tokens of an organisation's programs."""

from contracts.errors import NotFound, Unauthenticated
from contracts.identity import (
    ApiToken,
    CreateApiToken,
    CreatedApiToken,
    ExchangeApiToken,
    ExchangedApiToken,
    ListApiTokens,
    RevokeApiToken,
)
from contracts.policy import Act, standing
from contracts.wire import ByIds, Caller, Change, Page
from kit.command import Stamp, stamp
from services.identity.actions import Context
from services.identity.actions.secrets import EXCHANGED_SECONDS, new_api_token, token_hash
from services.identity.model import api_tokens
from services.identity.model.api_tokens import KeptToken
from services.identity.model.policy import Kind, can, need


async def create_api_token(context: Context, caller: Caller, request: CreateApiToken) -> CreatedApiToken:
    """An administrator makes one, and sees it once."""
    need(caller, Act.WRITE, Kind.API_TOKEN)
    at, made = context.clock.real_now(), dict[str, str]()

    def make(token_id: str) -> Change[KeptToken]:
        made[token_id] = new_api_token(caller.org_id, token_id)
        return api_tokens.create(token_id, caller, request, token_hash(made[token_id]), at)

    kept = await context.store.api_tokens.create(stamp(caller, request, at), make)
    token = made.get(kept.id, "")  # a repeat makes none
    return CreatedApiToken(token=token if token_hash(token) == kept.token_hash else "", api_token=kept.published())


async def revoke_api_token(context: Context, caller: Caller, request: RevokeApiToken) -> ApiToken:
    """An administrator ends one."""
    need(caller, Act.WRITE, Kind.API_TOKEN)
    try:
        stored = await context.store.api_tokens.load(caller.org_id, request.api_token_id)
    except NotFound as error:
        raise NotFound.of("api token", request.api_token_id) from error
    at = context.clock.real_now()
    revoked = await context.store.api_tokens.amend(
        stored, stamp(caller, request, at), lambda token: api_tokens.revoke(token, at)
    )
    return revoked.published()


async def get_api_tokens(context: Context, caller: Caller, request: ByIds) -> tuple[ApiToken, ...]:
    """For administrators; nobody else sees one."""
    if not can(standing(caller, caller.org_id), Act.READ, Kind.API_TOKEN):
        return ()
    return tuple(each.published() for each in await context.store.api_tokens.get_many(caller.org_id, request.ids))


async def list_api_tokens(context: Context, caller: Caller, request: ListApiTokens) -> Page[ApiToken]:
    """For administrators, newest first."""
    need(caller, Act.WRITE, Kind.API_TOKEN)
    page = await context.store.api_tokens.page(caller.org_id, {}, first=request.first, after=request.after, newest=True)
    return Page(
        items=tuple(each.published() for each in page.items),
        cursors=page.cursors,
        end_cursor=page.end_cursor,
        has_next=page.has_next,
    )


async def exchange_api_token(context: Context, _caller: Caller, request: ExchangeApiToken) -> ExchangedApiToken:
    """A short access token that speaks for the program."""
    _, _, rest = request.token.partition(".")
    org_id, _, rest = rest.partition(".")
    try:
        stored = await context.store.api_tokens.load(org_id, rest.partition(".")[0])
    except NotFound as error:
        raise Unauthenticated(api_tokens.WRONG) from error
    at = context.clock.real_now()
    by = Stamp(org_id=org_id, actor_id=stored.record.id, at=at)
    used = await context.store.api_tokens.amend(
        stored, by, lambda token: api_tokens.use(token, token_hash(request.token), at)
    )
    return ExchangedApiToken(access_token=context.keys.program_token(used), expires_in=EXCHANGED_SECONDS)
