"""Who asks: a bearer token, verified once per request or connection and passed on; the parts verify it again."""

import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from contracts.errors import Unauthenticated
from contracts.wire import Caller
from kit.revocations import Revocations

NOT_BEARER = "The Authorization header must read `Bearer <access token>`. Sign in to get a token."


class Verifies(Protocol):
    """What turns a token into a caller; `kit.auth.Verifier` does."""

    async def verify(self, token: str) -> Caller:
        """Raises Unauthenticated, or Unavailable when no key can be fetched."""


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
    token = token.strip()
    caller = await verifier.verify(token)
    claims = _claims(token)
    return Viewer(token, caller, claims.exp, claims.iat, claims.sid)


def _claims(token: str) -> _Claims:
    """Read from a token that was just verified, so its form is known to be right."""
    payload = token.split(".")[1]
    return msgspec.json.decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims)
