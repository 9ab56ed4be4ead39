"""Signing in through an organisation's OpenID Connect provider."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any

from contracts.errors import Conflict, Forbidden, NotFound, Unauthenticated
from contracts.identity import (
    ConfigureOidc,
    FinishOidc,
    GetOidcProvider,
    OidcProvider,
    OidcStart,
    StartOidc,
    Tokens,
    UserState,
)
from contracts.policy import Act
from contracts.wire import Caller
from kit.command import Stamp, natural_id, stamp
from services.identity.actions import Context
from services.identity.actions.access import count_administrator
from services.identity.actions.secrets import token_hash
from services.identity.actions.sign_in import SUSPENDED, as_registered, start_session
from services.identity.model import oidc
from services.identity.model.oidc import AGAIN, Provider, SignInAttempt, Stranger
from services.identity.model.people import Account
from services.identity.model.policy import Kind, need

NO_PROVIDER = "This organisation has no provider to sign in with. Use mail address and password."
TAKEN = "Your mail address belongs to an account of another organisation here. Ask your administrator."


async def configure_oidc(context: Context, caller: Caller, request: ConfigureOidc) -> OidcProvider:
    """An administrator names the provider. It must answer, and call itself by that name."""
    need(caller, Act.WRITE, Kind.PROVIDER)
    context.providers.check_url(request.issuer)
    sealed = context.seal.sealed(request.client_secret, caller.org_id)
    await context.providers.discover(request.issuer.strip().rstrip("/"))
    by = stamp(caller, request, context.clock.now(), leave_out=("client_secret",))
    configured = await context.store.providers.put(
        caller.org_id, by, lambda known: oidc.configure(caller.org_id, known, request, sealed)
    )
    return configured.published()


async def get_oidc_provider(context: Context, caller: Caller, _request: GetOidcProvider) -> OidcProvider:
    """What is configured, without the secret."""
    need(caller, Act.WRITE, Kind.PROVIDER)
    return (await context.store.providers.get(caller.org_id, caller.org_id)).published()


async def start_oidc(context: Context, _caller: Caller, request: StartOidc) -> OidcStart:
    """Send somebody to the provider."""
    provider = await _provider(context, request.org_id)
    at, binding = context.clock.real_now(), secrets.token_urlsafe(32)
    state = f"{provider.org_id}.{secrets.token_urlsafe(24)}"
    url = await context.providers.authorization_url(
        provider, redirect_uri=request.redirect_uri, state=state, nonce=_of(binding, "nonce"),
        verifier=_of(binding, "verifier"),
    )  # fmt: skip
    attempt = SignInAttempt(
        id=natural_id("oidc", token_hash(state)),
        org_id=provider.org_id,
        binding_hash=token_hash(binding),
        redirect_uri=request.redirect_uri,
        expires_at=at + oidc.WITHIN,
    )
    await context.store.attempts.create(_by(attempt.org_id, at), lambda _: oidc.begun(attempt), new_id=attempt.id)
    return OidcStart(url=url, binding=binding)


async def finish_oidc(context: Context, _caller: Caller, request: FinishOidc) -> Tokens:
    """Whoever comes back with the provider's word is signed in. The attempt is used up before the provider is asked."""
    at, org_id = context.clock.real_now(), request.state.partition(".")[0]
    try:
        stored = await context.store.attempts.load(org_id, natural_id("oidc", token_hash(request.state)))
    except NotFound as error:
        raise Unauthenticated(AGAIN) from error
    attempt = await context.store.attempts.amend(
        stored, _by(org_id, at), lambda attempt: oidc.use(attempt, token_hash(request.binding), at)
    )
    provider = await _provider(context, org_id)
    claims = await context.providers.claims(
        provider, context.seal.opened(provider.sealed_secret, org_id), code=request.code,
        redirect_uri=attempt.redirect_uri, nonce=_of(request.binding, "nonce"),
        verifier=_of(request.binding, "verifier"),
    )  # fmt: skip
    account = await _account(context, provider, _stranger(provider, claims), at)
    if account.state is not UserState.ACTIVE:
        raise Forbidden(SUSPENDED)
    await count_administrator(context, account)
    return await start_session(context, account)


async def _account(context: Context, provider: Provider, stranger: Stranger, at: datetime) -> Account:
    known = await context.store.accounts.all(provider.org_id, {"externalIds": stranger.subject}, limit=1)
    if known:
        return known[0]
    oidc.check_address(provider, stranger)
    found, by = await context.store.accounts.find_by("email", stranger.email), _by(provider.org_id, at)
    if found is None:
        new_id = natural_id("account", provider.org_id, stranger.subject)
        return await context.store.accounts.create(
            by, lambda account_id: oidc.provision(account_id, provider, stranger, at), new_id=new_id
        )
    if found.org_id != provider.org_id:
        raise Conflict(TAKEN)
    stored = await context.store.accounts.load(found.org_id, found.id)
    return await context.store.accounts.amend(stored, by, lambda account: oidc.link(account, stranger))


async def _provider(context: Context, org_id: str) -> Provider:
    provider = await context.store.providers.find(org_id, org_id)
    if provider is None:
        raise NotFound(NO_PROVIDER)
    return provider


def _stranger(provider: Provider, claims: dict[str, Any]) -> Stranger:
    email, name = claims.get("email"), claims.get("name")
    verified = isinstance(email, str) and claims.get("email_verified") is True
    return Stranger(
        subject=natural_id(provider.issuer, claims["sub"]),
        email=as_registered(str(email)) if verified else "",
        name=name.strip()[:200] if isinstance(name, str) else "",
    )


def _of(binding: str, purpose: str) -> str:
    """A secret that follows from the browser's: 256 bits in 43 letters, as a code verifier must have."""
    return urlsafe_b64encode(hmac.digest(binding.encode(), purpose.encode(), hashlib.sha256)).decode().rstrip("=")


def _by(org_id: str, at: datetime) -> Stamp:
    return Stamp(org_id=org_id, actor_id="nobody", at=at)
