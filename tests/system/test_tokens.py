"""Forged and altered tokens at the endpoint: each is refused with 401, over HTTP and on a socket."""

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from deploy.local.parts import IDENTITY
from deploy.local.stack import Stack
from kit.auth import ALGORITHM, AUDIENCE, ISSUER
from kit.rpc import http_session
from tests.parts import Organisation, Parts, an_organisation

ASK = {"query": "{ me { id } organisation { id } }"}


@dataclass(frozen=True)
class Mint:
    """Makes tokens with the platform's own keys, as nobody outside could, and with others."""

    key: OKPKey
    part: OKPKey
    claims: dict[str, Any]

    @property
    def kid(self) -> str:
        """The key id under which people's tokens are verified."""
        return str(self.key.kid)

    def token(self, key: Any = None, *, kid: str | None = "", alg: str = ALGORITHM, **claims: Any) -> str:
        """A token that is right except for what is given; a claim that is None is left out."""
        kid = self.kid if kid == "" else kid
        header = {"alg": alg, "typ": "JWT"} | ({"kid": kid} if kid else {})
        given = {name: value for name, value in {**self.claims, **claims}.items() if value is not None}
        return jwt.encode(header, given, key or self.key, algorithms=[alg])


def segment(content: Any) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned(mint: Mint) -> str:
    return f"{segment({'alg': 'none', 'kid': mint.kid})}.{segment(mint.claims)}."


def signed_with_the_public_pem(mint: Mint) -> str:
    said = f"{segment({'alg': 'HS256', 'kid': mint.kid})}.{segment(mint.claims)}"
    digest = hmac.digest(mint.key.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def signed_with_the_public_key(mint: Mint) -> str:
    return mint.token(OctKey.import_key(str(mint.key.as_dict(private=False)["x"])), alg="HS256")


def tampered(mint: Mint) -> str:
    head, body, signature = mint.token().split(".")
    content = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return f"{head}.{segment({**content, 'roles': ['org_admin']})}.{signature}"


def of_another(kid: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid})


REFUSED: dict[str, Callable[[Mint], str]] = {
    "alg none": unsigned,
    "HS256 with the public key": signed_with_the_public_key,
    "HS256 with the public PEM": signed_with_the_public_pem,
    "another audience": lambda mint: mint.token(aud="elsewhere"),
    "no audience": lambda mint: mint.token(aud=None),
    "another issuer": lambda mint: mint.token(iss="elsewhere"),
    "no issuer": lambda mint: mint.token(iss=None),
    "an unknown kid": lambda mint: mint.token(of_another("unknown"), kid="unknown"),
    "no kid": lambda mint: mint.token(kid=None),
    "our kid and another key": lambda mint: mint.token(of_another(mint.kid)),
    "a part's key under our kid": lambda mint: mint.token(mint.part),
    "a part that speaks for a person": lambda mint: mint.token(mint.part, kid=str(mint.part.kid)),
    "expired": lambda mint: mint.token(exp=int(time.time()) - 61),
    "no end": lambda mint: mint.token(exp=None),
    "not valid yet": lambda mint: mint.token(nbf=int(time.time()) + 120),
    "no organisation": lambda mint: mint.token(org=None),
    "no person": lambda mint: mint.token(sub=None),
    "a tampered payload": tampered,
    "a cut signature": lambda mint: mint.token()[:-4],
    "no token": lambda mint: "hello",
}


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client without manners."""
    async with http_session() as session:
        yield session


@pytest.fixture(scope="module")
async def tenant(stack: Stack, http: aiohttp.ClientSession) -> Organisation:
    """Somebody in whose name to forge."""
    return await an_organisation(Parts(stack, http))


@pytest.fixture(scope="module")
def mint(stack: Stack, tenant: Organisation) -> Mint:
    """The platform's own keys."""
    keys = KeySet.import_key_set(msgspec.json.decode(stack.site.secrets.token_keys.read_bytes())).keys
    part = OKPKey.import_key(msgspec.json.decode(stack.site.secrets.part_key("goals").read_bytes()))
    assert isinstance(keys[0], OKPKey)
    now = int(time.time())
    who = {"sub": tenant.admin_id, "org": tenant.id, "roles": []}
    return Mint(keys[0], part, {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, **who})


async def asked(http: aiohttp.ClientSession, stack: Stack, token: str) -> tuple[int, Any]:
    """Status and body of a query that is asked with this token."""
    headers = {"authorization": f"Bearer {token}"}
    async with http.post(f"{stack.gateway_url}/graphql", json=ASK, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_token_that_is_right_in_everything_is_taken(
    http: aiohttp.ClientSession, stack: Stack, mint: Mint
) -> None:
    status, body = await asked(http, stack, mint.token())
    assert (status, body.get("errors")) == (200, None)
    assert body["data"]["me"]


@pytest.mark.parametrize("forged", REFUSED.values(), ids=REFUSED.keys())
async def test_a_token_that_is_wrong_in_one_thing_is_refused(
    http: aiohttp.ClientSession, stack: Stack, mint: Mint, forged: Callable[[Mint], str]
) -> None:
    status, body = await asked(http, stack, forged(mint))
    assert status == 401
    assert "data" not in body
    assert [error["extensions"]["code"] for error in body["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("forged", [unsigned, signed_with_the_public_key, tampered])
async def test_a_forged_token_opens_no_socket(
    http: aiohttp.ClientSession, stack: Stack, mint: Mint, forged: Callable[[Mint], str]
) -> None:
    url, payload = f"{stack.gateway_url}/graphql", {"authorization": f"Bearer {forged(mint)}"}
    async with http.ws_connect(url, protocols=["graphql-transport-ws"]) as socket:
        await socket.send_json({"type": "connection_init", "payload": payload})
        assert [message async for message in socket] == []
        assert socket.close_code == 4403


async def test_a_part_cannot_be_played_by_naming_it(http: aiohttp.ClientSession, stack: Stack, mint: Mint) -> None:
    url = f"{stack.site.url(IDENTITY)}/operations/identity.list_revocations"
    asked = {"since": "2026-01-01T00:00:00Z"}
    for headers in ({"x-user": "part:goals"}, {"authorization": f"Bearer {mint.token()}", "x-part": "goals"}):
        async with http.post(url, json=asked, headers=headers) as answer:
            assert answer.status in {401, 403}
