"""Tokens: who may speak for whom, and who may not."""

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from contracts.errors import Unauthenticated, Unavailable
from contracts.wire import Caller
from kit.auth import ALGORITHM, AUDIENCE, ISSUER, Verifier, signed
from kit.rpc import http_session
from tests.kit.serving import Keys, serving

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
async def verifier(keys: Keys, http: aiohttp.ClientSession) -> AsyncIterator[Verifier]:
    """Verifies against keys that are published at a real address."""
    async with serving([keys.jwks_route()]) as url:
        yield keys.verifier(url, http)


async def test_a_persons_token_says_who_asks(keys: Keys, verifier: Verifier) -> None:
    token = keys.token("maria", org_id="acme", roles=["org_admin"])
    assert await verifier.verify(token) == Caller(org_id="acme", user_id="maria", roles=("org_admin",))


async def test_a_parts_token_says_which_part_asks_and_needs_no_address(keys: Keys, http: aiohttp.ClientSession) -> None:
    token = keys.signer("goals").token("acme")
    assert await keys.verifier(NOWHERE, http).verify(token) == Caller(org_id="acme", part="goals")


async def test_a_part_signs_a_token_for_each_organisation(keys: Keys, verifier: Verifier) -> None:
    signer = keys.signer("goals")
    assert signer.token("acme") == signer.token("acme")
    assert (await verifier.verify(signer.token("other"))).org_id == "other"


def claims(**fields: Any) -> dict[str, Any]:
    now = int(time.time())
    standard = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 60, "sub": "maria", "org": "acme"}
    return {name: value for name, value in {**standard, **fields}.items() if value is not None}


def encoded(key: Any, *, kid: str | None = "people-1", alg: str = ALGORITHM, **fields: Any) -> str:
    header = {"alg": alg, "kid": kid, "typ": "JWT"} if kid else {"alg": alg, "typ": "JWT"}
    return jwt.encode(header, claims(**fields), key, algorithms=[alg])


def segment(content: Any) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned(keys: Keys) -> str:
    return f"{segment({'alg': 'none', 'kid': 'people-1'})}.{segment(claims())}."


def signed_with_the_public_key(keys: Keys) -> str:
    return encoded(OctKey.import_key(str(keys.people[0].as_dict(private=False)["x"])), alg="HS256")


def signed_with_the_public_pem(keys: Keys) -> str:
    signed_part = f"{segment({'alg': 'HS256', 'kid': 'people-1'})}.{segment(claims())}"
    digest = hmac.digest(keys.people[0].as_pem(private=False), signed_part.encode(), "sha256")
    return f"{signed_part}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def tampered(keys: Keys) -> str:
    head, body, signature = keys.token("maria").split(".")
    content = json.loads(urlsafe_b64decode(body + "=="))
    return f"{head}.{segment({**content, 'roles': ['org_admin']})}.{signature}"


def with_another_signature(keys: Keys) -> str:
    return f"{keys.token('maria').rpartition('.')[0]}.{keys.token('sofia').rpartition('.')[2]}"


REFUSED: dict[str, Callable[[Keys], str]] = {
    "nothing": lambda keys: "",
    "no token": lambda keys: "hello",
    "dots": lambda keys: "..",
    "five parts": lambda keys: f"{keys.token()}.a.b",
    "not base64": lambda keys: "ä.ö.ü",
    "a header that is no object": lambda keys: f"{segment(5)}.{segment(claims())}.x",
    "a header without a kid": lambda keys: encoded(keys.people[0], kid=None),
    "a kid of another type": lambda keys: f"{segment({'alg': ALGORITHM, 'kid': 5})}.{segment(claims())}.x",
    "alg none": unsigned,
    "alg none of a part": lambda keys: f"{segment({'alg': 'none', 'kid': 'part:goals'})}.{segment(claims())}.",
    "HS256 with the public key": signed_with_the_public_key,
    "HS256 with the public PEM": signed_with_the_public_pem,
    "a key of our own making": lambda keys: encoded(OKPKey.generate_key("Ed25519", {"kid": "people-1"})),
    "an unknown kid": lambda keys: encoded(OKPKey.generate_key("Ed25519", {"kid": "people-9"}), kid="people-9"),
    "an unknown part": lambda keys: encoded(OKPKey.generate_key("Ed25519", {"kid": "part:x"}), kid="part:x"),
    "a person's key under a part's kid": lambda keys: encoded(keys.people[0], kid="part:goals", sub="part:goals"),
    "a part's key under a person's kid": lambda keys: encoded(keys.part_key("goals")),
    "a part that speaks for another part": lambda keys: encoded(
        keys.part_key("goals"), kid="part:goals", sub="part:workflows"
    ),
    "a part that speaks for a person": lambda keys: encoded(keys.part_key("goals"), kid="part:goals", sub="maria"),
    "a part under another part's kid": lambda keys: encoded(
        keys.part_key("goals"), kid="part:workflows", sub="part:workflows"
    ),
    "another audience": lambda keys: encoded(keys.people[0], aud="elsewhere"),
    "no audience": lambda keys: encoded(keys.people[0], aud=None),
    "another issuer": lambda keys: encoded(keys.people[0], iss="elsewhere"),
    "no issuer": lambda keys: encoded(keys.people[0], iss=None),
    "no organisation": lambda keys: encoded(keys.people[0], org=None),
    "an empty organisation": lambda keys: encoded(keys.people[0], org=""),
    "no subject": lambda keys: encoded(keys.people[0], sub=None),
    "an empty subject": lambda keys: encoded(keys.people[0], sub=""),
    "no end": lambda keys: encoded(keys.people[0], exp=None),
    "an end that is no number": lambda keys: encoded(keys.people[0], exp="tomorrow"),
    "expired": lambda keys: encoded(keys.people[0], exp=int(time.time()) - 61),
    "issued in the future": lambda keys: encoded(keys.people[0], iat=int(time.time()) + 120),
    "not valid yet": lambda keys: encoded(keys.people[0], nbf=int(time.time()) + 120),
    "a tampered payload": tampered,
    "another token's signature": with_another_signature,
    "a cut signature": lambda keys: keys.token()[:-4],
}


@pytest.fixture(scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Keys, Verifier]]:
    """Keys, and a verifier that knows them: what it refuses is not refused for lack of a key."""
    keys = Keys(tmp_path_factory.mktemp("secrets"))
    async with http_session() as http, serving([keys.jwks_route()]) as url:
        verifier = keys.verifier(url, http)
        await verifier.verify(keys.token())
        yield keys, verifier


@pytest.mark.parametrize("forged", REFUSED.values(), ids=REFUSED.keys())
async def test_a_token_that_is_not_ours_is_refused(
    installation: tuple[Keys, Verifier], forged: Callable[[Keys], str]
) -> None:
    keys, verifier = installation
    with pytest.raises(Unauthenticated):
        await verifier.verify(forged(keys))


async def test_two_clocks_may_differ_by_less_than_a_minute(keys: Keys, verifier: Verifier) -> None:
    assert await verifier.verify(encoded(keys.people[0], exp=int(time.time()) - 50))


async def test_keys_are_fetched_once_for_many_tokens(keys: Keys, verifier: Verifier) -> None:
    for user in ("maria", "sofia", "pia"):
        await verifier.verify(keys.token(user))
    assert keys.fetched == 1


async def test_unknown_key_ids_do_not_hammer_the_address(keys: Keys, verifier: Verifier) -> None:
    for number in range(20):
        stranger = OKPKey.generate_key("Ed25519", {"kid": f"stranger-{number}"})
        with pytest.raises(Unauthenticated):
            await verifier.verify(encoded(stranger, kid=f"stranger-{number}"))
    assert keys.fetched == 1


async def test_without_keys_a_token_is_not_judged(keys: Keys, http: aiohttp.ClientSession) -> None:
    verifier = keys.verifier(NOWHERE, http)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await verifier.verify(keys.token())


async def test_known_keys_outlive_the_address_that_they_came_from(keys: Keys, http: aiohttp.ClientSession) -> None:
    async with serving([keys.jwks_route()]) as url:
        verifier = keys.verifier(url, http, keys_live=0.0, refetch_after=0.0)
        await verifier.verify(keys.token())
    assert await verifier.verify(keys.token("sofia"))


async def test_keys_are_rotated_without_signing_anybody_out(keys: Keys, http: aiohttp.ClientSession) -> None:
    old, new = keys.people[0], OKPKey.generate_key("Ed25519", {"kid": "people-2"})

    def token(key: OKPKey) -> str:
        return signed({"sub": "maria", "org": "acme"}, key, 60)

    async with AsyncExitStack() as running:
        url = await running.enter_async_context(serving([keys.jwks_route()]))
        verifier = keys.verifier(url, http, keys_live=0.0, refetch_after=0.0)
        keys.people = [old, new]  # the next one is published before it signs
        assert await verifier.verify(token(old))
        assert await verifier.verify(token(new))
        keys.people = [new]
        assert await verifier.verify(token(new))
        with pytest.raises(Unauthenticated):
            await verifier.verify(token(old))


async def test_a_new_key_is_found_as_soon_as_it_signs(keys: Keys, http: aiohttp.ClientSession) -> None:
    async with serving([keys.jwks_route()]) as url:
        verifier = keys.verifier(url, http, refetch_after=0.0)
        await verifier.verify(keys.token())
        keys.people.insert(0, OKPKey.generate_key("Ed25519", {"kid": "people-2"}))
        assert await verifier.verify(keys.token("sofia"))
        assert keys.fetched == 2
