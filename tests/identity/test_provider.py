"""Where a provider may be in production, and how its secret is kept."""

import base64
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from contracts.errors import Conflict, Invalid, Unavailable
from services.identity.actions.provider import LARGEST, Providers, PublicResolver, is_public
from services.identity.actions.sealing import Seal
from tests.kit.serving import serving

NEVER = [
    "http://login.example.org",
    "ftp://login.example.org",
    "file:///etc/passwd",
    "https://",
    "https://user:password@login.example.org",
    "https://login.example.org@127.0.0.1",
    "https://login.example.org#x",
    "https://login.example.org?x=1",
    "https://login.example.org:22",
    "https://login.example.org:99999",
    "https://localhost",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0177.0.0.1",
    "https://0.0.0.0",
    "https://10.0.0.1",
    "https://172.16.0.1",
    "https://192.168.0.1",
    "https://169.254.169.254",
    "https://100.64.0.1",
    "https://224.0.0.1",
    "https://[::]",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[fe80::1]",
    "https://[fd00::1]",
    "https://[ff02::1]",
    "https://[::1",
    "login.example.org",
    "",
]


@pytest.fixture
async def strict() -> AsyncIterator[Providers]:
    """As in production."""
    providers = Providers(strict=True)
    yield providers
    await providers.close()


@pytest.fixture
async def lenient() -> AsyncIterator[Providers]:
    """As in development."""
    providers = Providers(strict=False)
    yield providers
    await providers.close()


@pytest.mark.parametrize("url", NEVER)
async def test_an_address_that_is_not_public_is_never_asked(strict: Providers, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        strict.check_url(url)
    assert refused.value.field == "issuer"


@pytest.mark.parametrize(
    "url", ["https://login.example.org", "https://login.example.org:8443/realm", "https://8.8.8.8"]
)
async def test_a_public_address_may_be_asked(strict: Providers, url: str) -> None:
    strict.check_url(url)


class Pointing(AbstractResolver):
    """A name service that somebody points at us."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[ResolveResult]:
        """What the name leads to."""
        return [
            {"hostname": host, "host": each, "port": port, "family": family, "proto": 0, "flags": 0}
            for each in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize(
    "addresses",
    [(), ("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("169.254.169.254",), ("::ffff:127.0.0.1",), ("fd00::1",)],
)
async def test_a_name_that_leads_inside_is_not_followed(addresses: tuple[str, ...]) -> None:
    with pytest.raises(OSError, match="not a public address"):
        await PublicResolver(Pointing(*addresses)).resolve("login.example.org", 443)


async def test_a_name_that_leads_outside_is_followed() -> None:
    (found,) = await PublicResolver(Pointing("8.8.8.8")).resolve("login.example.org", 443)
    assert found["host"] == "8.8.8.8"
    assert not is_public("login.example.org")


async def test_nothing_inside_is_reached_by_a_name(strict: Providers) -> None:
    asked = []

    async def canary(request: Request) -> Response:
        asked.append(request.url)
        return JSONResponse({})

    async with serving([Route("/{rest:path}", canary)]) as url:
        port = url.rpartition(":")[2]
        for issuer in (f"https://localhost:{port}", f"https://127.0.0.1:{port}", url):
            with pytest.raises(Invalid):
                await strict.discover(issuer)
    assert asked == []


async def test_a_redirect_is_not_followed_and_an_endless_answer_is_cut(lenient: Providers) -> None:
    reached = []

    async def away(request: Request) -> Response:
        return RedirectResponse("/inside")

    async def inside(request: Request) -> Response:
        reached.append(request.url)
        return JSONResponse({})

    async def endless(request: Request) -> Response:
        return Response(b"x" * (LARGEST + 1))

    found = "/.well-known/openid-configuration"
    async with serving([Route(found, away), Route("/inside", inside), Route(f"/endless{found}", endless)]) as url:
        for issuer in (url, f"{url}/endless"):
            with pytest.raises(Unavailable):
                await lenient.discover(issuer)
    assert reached == []


async def test_a_provider_is_the_one_that_it_says_it_is(lenient: Providers) -> None:
    async def metadata(request: Request) -> Response:
        names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        return JSONResponse(dict.fromkeys(names, "https://another.example"))

    async with serving([Route("/.well-known/openid-configuration", metadata)]) as url:
        with pytest.raises(Invalid) as refused:
            await lenient.discover(url)
    assert refused.value.field == "issuer"


def keys_file(folder: Path, current: str, *kids: str) -> str:
    keys = {kid: base64.b64encode(kid.encode().ljust(32, b"-")).decode() for kid in kids}
    file = folder / f"{current}.json"
    file.write_text(json.dumps({"current": current, "keys": keys}))
    return str(file)


def test_a_secret_is_opened_for_its_organisation_alone_and_after_a_change_of_keys(tmp_path: Path) -> None:
    old = Seal(keys_file(tmp_path, "one", "one"))
    sealed = old.sealed("a client's secret", "acme")
    assert "secret" not in sealed
    assert old.sealed("a client's secret", "acme") != sealed
    both = Seal(keys_file(tmp_path, "two", "one", "two"))
    assert both.opened(sealed, "acme") == "a client's secret"
    assert both.opened(both.sealed("another", "acme"), "acme") == "another"
    with pytest.raises(AssertionError):
        both.opened(sealed, "elsewhere")
    rest, _, seal = sealed.rpartition(".")
    with pytest.raises(JoseError):
        both.opened(f"{rest}.{'A' if seal[0] != 'A' else 'B'}{seal[1:]}", "acme")


def test_without_a_key_no_secret_is_taken() -> None:
    with pytest.raises(Conflict):
        Seal("").sealed("a client's secret", "acme")
