"""Tokens: who somebody is travels signed with EdDSA and is verified by every part for itself (RFC 7519, RFC 8037).

People's tokens are signed by the identity part, whose public keys are fetched from its JWKS address; the parts' own
tokens are signed by each part and verified with the installation's set of part keys. Credentials live in real time.
"""

import asyncio
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from contracts.errors import Unauthenticated, Unavailable
from contracts.wire import Caller
from kit.revocations import Revocations
from kit.telemetry import log

ALGORITHM = "Ed25519"  # EdDSA under the name that says which curve: RFC 9864
ISSUER = "inzpireu"
AUDIENCE = "inzpireu"
LEEWAY = 60  # seconds that two hosts' clocks may differ
PART_TOKEN_SECONDS = 120
REFETCH_SECONDS = 5.0  # an unknown key id may not make us hammer the JWKS address
RETRY_SECONDS = 0.5  # after an address that did not answer

NOT_SIGNED_IN = "Sign in first: the token is missing, expired or not valid here."


class _Header(msgspec.Struct):
    kid: str


def signed(claims: dict[str, Any], key: OKPKey, lifetime: float) -> str:
    """A token with these claims, valid for `lifetime` seconds from now in real time."""
    now = round(time.time(), 3)  # to the millisecond: what was issued before a revocation is told from what came after
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}
    standard = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": int(now + lifetime)}
    return jwt.encode(header, {**claims, **standard}, key, algorithms=[ALGORITHM])


class PartSigner:
    """Signs this part's own tokens with its private key."""

    def __init__(self, key_file: str) -> None:
        self._key = OKPKey.import_key(msgspec.json.decode(Path(key_file).read_bytes()))
        self.part = str(self._key.kid).removeprefix("part:")
        self._cached: dict[str, tuple[str, float]] = {}

    def token(self, org_id: str) -> str:
        """A short-lived token that says: this part acts in this organisation."""
        token, renew_at = self._cached.get(org_id, ("", 0.0))
        if time.time() < renew_at:
            return token
        token = signed({"sub": self._key.kid, "org": org_id}, self._key, PART_TOKEN_SECONDS)
        if len(self._cached) > 1_000:  # organisations come and go; the cache must not grow with them
            self._cached.clear()
        self._cached[org_id] = (token, time.time() + PART_TOKEN_SECONDS / 2)
        return token


class Verifier:
    """Turns a token into a `Caller`, or refuses."""

    def __init__(
        self,
        parts_jwks_file: str,
        jwks_url: str,
        http: aiohttp.ClientSession,
        *,
        refetch_after: float = REFETCH_SECONDS,
        keys_live: float = 300.0,
        revocations: Revocations | None = None,
    ) -> None:
        self._parts = KeySet.import_key_set(msgspec.json.decode(Path(parts_jwks_file).read_bytes()))
        self._people = KeySet([])
        self._url = jwks_url
        self._http = http
        self._refetch_after = refetch_after
        self._keys_live = keys_live
        self._revocations = revocations or Revocations()
        self._tried_at = -refetch_after
        self._fetched_at: float | None = None
        self._fetching = asyncio.Lock()
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            exp={"essential": True},
            sub={"essential": True},
            org={"essential": True},
        )

    async def verify(self, token: str) -> Caller:
        """Who the token speaks for. Raises Unauthenticated; Unavailable if no key could be fetched to judge it."""
        kid = _key_id(token)
        keys = self._parts if kid.startswith("part:") else await self._people_with(kid)
        try:
            claims = jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
        except (JoseError, ValueError) as error:
            raise Unauthenticated(NOT_SIGNED_IN) from error
        if self._revocations.cover((claims["sub"], claims.get("sid", "")), claims.get("iat", 0)):
            raise Unauthenticated(NOT_SIGNED_IN)
        return _caller(claims, kid)

    async def _people_with(self, kid: str) -> KeySet:
        async with self._fetching:
            known = any(key.kid == kid for key in self._people.keys)
            now = time.monotonic()
            old = self._fetched_at is None or now - self._fetched_at > self._keys_live
            if (old or not known) and now - self._tried_at > self._refetch_after:
                self._tried_at = now
                await self._fetch()
        if not known and self._fetched_at is None:
            raise Unavailable("Tokens cannot be verified right now. Try again in a moment.")
        return self._people

    async def _fetch(self) -> None:
        """Get the keys that are published now; those that are known stay while nobody answers."""
        try:
            async with self._http.get(self._url, timeout=aiohttp.ClientTimeout(total=1)) as answer:
                answer.raise_for_status()
                self._people = KeySet.import_key_set(await answer.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, JoseError) as error:
            log.warning("keys_not_fetched", why=type(error).__name__)
            self._tried_at = time.monotonic() + RETRY_SECONDS - self._refetch_after
            return
        self._fetched_at = time.monotonic()


def _key_id(token: str) -> str:
    segment = token.split(".", 1)[0]
    try:
        return msgspec.json.decode(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)), type=_Header).kid
    except (ValueError, msgspec.MsgspecError) as error:
        raise Unauthenticated(NOT_SIGNED_IN) from error


def _caller(claims: dict[str, Any], kid: str) -> Caller:
    subject, org_id = claims["sub"], claims["org"]
    if kid.startswith("part:"):
        if subject != kid:  # a part may only speak for itself
            raise Unauthenticated(NOT_SIGNED_IN)
        return Caller(org_id=org_id, part=kid.removeprefix("part:"))
    return Caller(
        org_id=org_id,
        user_id=subject,
        roles=tuple(claims.get("roles", ())),
        programme_ids=tuple(claims.get("programmes", ())),
        scopes=tuple(claims["scopes"]) if "scopes" in claims else None,
    )
