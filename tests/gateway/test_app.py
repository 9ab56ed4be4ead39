"""The gateway as it is built and served: real ports, tokens and client; identity is a stub and the bus is down."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from joserfc.jwk import KeySet, OKPKey
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from contracts.identity import GET_USERS, User
from contracts.wire import ByIds, Caller
from gateway.app import build
from gateway.settings import Settings
from kit.auth import Verifier, signed
from kit.process import Part, serve
from kit.rpc import Answer, http_session, operation_routes
from kit.settings import PartSettings
from tests.gateway.fakes import a_user

KEY = OKPKey.generate_key("Ed25519", {"kid": "people-1", "use": "sig"})
PORT_OF_NOBODY = 9  # the discard service, which runs nowhere


async def _identity(keys_file: str, url: str, _settings: PartSettings, running: AsyncExitStack) -> Part:
    async def keys(_request: Request) -> JSONResponse:
        return JSONResponse(KeySet([KEY]).as_dict(private=False))

    async def users(caller: Caller, request: ByIds) -> tuple[User, ...]:
        return tuple(a_user(one, org_id=caller.org_id) for one in request.ids)

    jwks = "/.well-known/jwks.json"
    verifier = Verifier(keys_file, url + jwks, await running.enter_async_context(http_session()))
    return Part("identity", [Route(jwks, keys), *operation_routes([Answer(GET_USERS, users)], verifier)])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _part_keys(folder: Path) -> tuple[str, str]:
    """A file with the gateway's own key, and one with its public half."""
    key = OKPKey.generate_key("Ed25519", {"kid": "part:gateway"})
    own, known = folder / "gateway.json", folder / "parts.json"
    own.write_text(json.dumps(key.as_dict(private=True)))
    known.write_text(json.dumps(KeySet([key]).as_dict(private=False)))
    return str(own), str(known)


async def _until_served(http: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(10):
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(f"{url}/healthz"):
                    return
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
async def url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where the gateway answers."""
    own, keys_file = _part_keys(tmp_path_factory.mktemp("keys"))
    ports = _free_port(), _free_port()
    identity, nobody = f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{PORT_OF_NOBODY}"
    common: dict[str, Any] = {"part_key_file": own, "parts_jwks_file": keys_file, "identity_url": identity}
    common |= {"amqp_url": f"amqp://127.0.0.1:{PORT_OF_NOBODY}", "drain_seconds": 1.0}
    others: dict[str, Any] = dict.fromkeys(("goals_url", "sessions_url", "notifications_url", "workflows_url"), nobody)
    stub = serve(partial(_identity, keys_file, identity), PartSettings(port=ports[0], **common), signals=False)
    gateway = serve(build, Settings(port=ports[1], **common, **others), signals=False)
    running = [asyncio.ensure_future(stub), asyncio.ensure_future(gateway)]
    async with aiohttp.ClientSession() as http:
        for port in ports:
            await _until_served(http, f"http://127.0.0.1:{port}")
    yield f"http://127.0.0.1:{ports[1]}"
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client with ann's token."""
    token = signed({"sub": "ann", "org": "org"}, KEY, 600)
    async with aiohttp.ClientSession(headers={"authorization": f"Bearer {token}"}) as session:
        yield session


async def test_a_query_goes_through_to_the_part(url: str, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{url}/graphql", json={"query": "{ me { name } }"}) as answer:
        assert (answer.status, await answer.json()) == (200, {"data": {"me": {"name": "Ann"}}})


async def test_a_part_that_is_down_is_unavailable(url: str, http: aiohttp.ClientSession) -> None:
    async with http.post(f"{url}/graphql", json={"query": "{ me { name } clock { now } }"}) as answer:
        body = await answer.json()
    assert body["data"] == {"me": {"name": "Ann"}, "clock": None}
    assert body["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}


async def test_a_token_of_another_key_is_refused(url: str) -> None:
    other = OKPKey.generate_key("Ed25519", {"kid": "people-1"})
    headers = {"authorization": f"Bearer {signed({'sub': 'ann', 'org': 'org'}, other, 600)}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"{url}/graphql", json={"query": "{ me { name } }"}) as answer,
    ):
        assert answer.status == 401


async def test_the_keys_of_the_identity_part_are_published(url: str, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{url}/.well-known/jwks.json") as answer:
        assert (await answer.json())["keys"][0]["kid"] == "people-1"


async def test_it_lives_but_is_not_ready_without_the_bus(url: str, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{url}/readyz") as answer:
        assert (answer.status, (await answer.json())["checks"]) == (503, {"pid": True, "bus": False})


async def test_a_socket_speaks_the_protocol(url: str, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(f"{url}/graphql", protocols=["graphql-transport-ws"]) as client:
        await client.send_json({"type": "connection_init"})
        assert await client.receive_json() == {"type": "connection_ack"}
        query = 'subscription { mentorshipEvents(id: "x") { id } }'
        await client.send_json({"type": "subscribe", "id": "1", "payload": {"query": query}})
        assert (await client.receive_json())["payload"]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        assert (await client.receive_json())["type"] == "complete"
        await client.send_str("null")
        await client.receive()
        assert client.close_code == 4400


async def test_a_frame_over_64_kb_closes_the_socket(url: str, http: aiohttp.ClientSession) -> None:
    async with http.ws_connect(f"{url}/graphql", protocols=["graphql-transport-ws"]) as client:
        await client.send_str("x" * 70_000)
        await client.receive()
        assert client.close_code == 1009
