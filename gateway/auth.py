"""Who asks: a bearer token, verified once per request or connection and passed on; the parts verify it again."""

import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

import msgspec

from contracts.errors import Unauthenticated
from contracts.identity import EXCHANGE_API_TOKEN, ExchangeApiToken
from contracts.wire import Caller
from kit.auth import Verifier
from kit.revocations import Revocations
from kit.rpc import Client

API_TOKEN = "inzpireu."  # noqa: S105 - what an API token begins with
KEPT = 1_000  # of them at once
NOT_BEARER = "The Authorization header must read `Bearer <access token>`. Sign in to get a token."


class Verifies(Protocol):
    """What turns a token into a caller; `kit.auth.Verifier` does."""

    async def verify(self, token: str) -> Caller:
        """Raises Unauthenticated, or Unavailable when no key can be fetched."""

    async def access_token(self, token: str) -> str:
        """The access token by which the parts judge whoever comes with this token."""


class Tokens:
    """People come with access tokens; programs come with API tokens, which identity exchanges."""

    def __init__(self, verifier: Verifier, identity: Client) -> None:
        self._verifier = verifier
        self._identity = identity
        self._exchanged: dict[str, tuple[float, str]] = {}

    async def verify(self, token: str) -> Caller:
        """Whom an access token speaks for."""
        return await self._verifier.verify(token)

    async def access_token(self, token: str) -> str:
        """What an API token was exchanged for, for half of its time; any other token as it is."""
        if not token.startswith(API_TOKEN):
            return token
        kept = sha256(token.encode()).hexdigest()
        until, found = self._exchanged.get(kept, (0.0, ""))
        if time.monotonic() < until:
            return found
        given = await self._identity.call(EXCHANGE_API_TOKEN, "", ExchangeApiToken(token=token))
        if len(self._exchanged) > KEPT:
            self._exchanged.clear()
        self._exchanged[kept] = (time.monotonic() + given.expires_in / 2, given.access_token)
        return given.access_token


@dataclass(frozen=True, slots=True)
class Viewer:
    """A caller with the token that says so and the moment (seconds since 1970) at which that token ends."""

    token: str = ""
    caller: Caller = field(default_factory=Caller)
    expires_at: float = 0.0
    issued_at: float = 0.0
    sign_in_id: str = ""

    def is_revoked(self, revocations: Revocations) -> bool:
        """Whether the token was called back since it was verified."""
        return revocations.cover((self.caller.user_id, self.sign_in_id), self.issued_at)

    def seconds_left(self) -> float:
        """How long the token still holds; credentials live in real time."""
        return max(0.0, self.expires_at - time.time())


NOBODY = Viewer()


class _Claims(msgspec.Struct):
    exp: float
    iat: float = 0.0
    sid: str = ""


async def viewer_of(authorization: str, verifier: Verifies) -> Viewer:
    """The viewer whom an Authorization value names; NOBODY without one. Raises Unauthenticated for a bad one."""
    if not authorization:
        return NOBODY
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(NOT_BEARER)
    token = await verifier.access_token(token.strip())
    caller = await verifier.verify(token)
    claims = _claims(token)
    return Viewer(token, caller, claims.exp, claims.iat, claims.sid)


def _claims(token: str) -> _Claims:
    """Read from a token that was just verified, so its form is known to be right."""
    payload = token.split(".")[1]
    return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims)
