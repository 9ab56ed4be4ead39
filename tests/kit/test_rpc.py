"""Calls between parts: what crosses, what does not, and what happens when nobody answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts import errors
from contracts.errors import NotFound, Refusal, Stale, Unauthenticated, Unavailable
from contracts.wire import Caller, Line, Operation, Record
from kit import rpc
from kit.auth import Verifier
from kit.rpc import Answer, Client, http_session, operation_routes
from kit.telemetry import attached, correlation_id, current_traceparent
from kit.turns import awaited_until
from tests.kit.serving import Keys, serving
from tests.kit.things import ADD_TO_THING, AddToThing, Thing

SECRET = "what nobody outside may read"
NOBODY = "http://127.0.0.1:9"
KEYS = st.sampled_from(["what", "times", "field", "idempotencyKey"])
JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["hello", "say"])


def encoded(content: object) -> bytes:
    """As JSON, with the NaN and infinities that some clients send."""
    return json.dumps(content).encode()


class Say(Record, frozen=True, kw_only=True):
    """Ask for something to happen."""

    what: Line
    times: int = 1
    field: str | None = None


class Said(Record, frozen=True, kw_only=True):
    """What happened."""

    what: str
    caller: Caller
    correlation: str = ""
    traceparent: str = ""
    awaited: float | None = None


SAY = Operation("testing.say", Say, Said)
ASK = Operation("testing.ask", Say, Said, safe=True)
GREET = Operation("testing.greet", Say, Said)


@dataclass
class Part:
    """A part that does what it is told and counts how often it was told so."""

    calls: list[str] = field(default_factory=list)
    stale: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, caller: Caller, request: Say) -> Said:
        """Do it."""
        self.calls.append(request.what)
        if request.what in errors.BY_CODE:
            raise errors.BY_CODE[request.what](f"No: {request.what}.", field=request.field)
        if request.what == "break":
            raise RuntimeError(SECRET)
        if request.what == "hang":
            await self.released.wait()
        if self.stale:
            self.stale -= 1
            raise Stale("somebody was first")
        until = awaited_until.get()
        return Said(
            what=request.what,
            caller=caller,
            correlation=correlation_id(),
            traceparent=current_traceparent(),
            awaited=until and until - asyncio.get_running_loop().time(),
        )

    async def add(self, caller: Caller, request: AddToThing) -> Thing:
        """Give back a thing."""
        return Thing(id=request.thing_id, org_id=caller.org_id, value=request.by)

    def routes(self, verifier: Verifier) -> list[Route]:
        """What it answers."""
        answers: list[Answer[Any, Any]] = [
            Answer(SAY, self.say),
            Answer(ASK, self.say),
            Answer(GREET, self.say, public=True),
            Answer(ADD_TO_THING, self.add),
        ]
        return operation_routes(answers, verifier)


@dataclass
class Wire:
    """A caller's end of a line to a part."""

    part: Part
    client: Client
    url: str
    token: str
    http: aiohttp.ClientSession

    async def post(self, body: bytes, *, operation: str = "testing.say", **headers: str) -> tuple[int, dict[str, Any]]:
        """Send these bytes as they are."""
        headers = {"authorization": f"Bearer {self.token}", **headers}
        async with self.http.post(f"{self.url}/operations/{operation}", data=body, headers=headers) as answer:
            return answer.status, json.loads(await answer.read())


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    """A part that is served, and a client of it."""
    keys, part = Keys(tmp_path_factory.mktemp("secrets")), Part()
    async with http_session() as http, serving(part.routes(keys.verifier(NOBODY, http))) as url:
        yield Wire(part, Client("testing", url, http), url, keys.signer("goals").token("acme"), http)


@pytest.fixture
def wire(served: Wire) -> Wire:
    """The same, with nothing said yet."""
    served.part.calls.clear()
    return served


async def test_an_answer_crosses_with_the_caller_that_the_token_names(wire: Wire) -> None:
    said = await wire.client.call(SAY, wire.token, Say(what="hello"))
    assert (said.what, said.caller) == ("hello", Caller(org_id="acme", part="goals"))


@pytest.mark.parametrize("field", [None, "what"])
@pytest.mark.parametrize("kind", errors.KINDS)
async def test_a_refusal_crosses_as_the_same_class(wire: Wire, kind: type[Refusal], field: str | None) -> None:
    with pytest.raises(kind) as refused:
        await wire.client.call(SAY, wire.token, Say(what=kind.code, field=field))
    assert type(refused.value) is kind
    assert (refused.value.message, refused.value.field) == (f"No: {kind.code}.", field)


def test_every_refusal_has_a_status_of_its_own_and_none_is_a_servers_fault() -> None:
    assert rpc.STATUS.keys() == {*errors.BY_CODE, "INTERNAL"}
    assert all(400 <= status < 500 for code, status in rpc.STATUS.items() if code not in {"INTERNAL", "UNAVAILABLE"})


async def test_a_defect_is_masked_and_found_again_by_its_id(wire: Wire) -> None:
    with structlog.testing.capture_logs() as logs:
        status, answer = await wire.post(b'{"what": "break"}')
    assert (status, answer["code"]) == (500, "INTERNAL")
    assert SECRET not in json.dumps(answer)
    (line,) = [each for each in logs if each["event"] == "operation_failed"]
    assert line["error_id"] in answer["message"]
    with pytest.raises(RuntimeError) as broken:
        await wire.client.call(SAY, wire.token, Say(what="break"))
    assert SECRET not in str(broken.value)


async def test_an_action_that_loses_the_race_is_tried_again(wire: Wire) -> None:
    wire.part.stale = 3
    assert (await wire.client.call(SAY, wire.token, Say(what="hello"))).what == "hello"
    assert len(wire.part.calls) == 4


async def test_without_a_token_only_public_operations_answer(wire: Wire) -> None:
    assert (await wire.client.call(GREET, "", Say(what="hello"))).caller == Caller()
    with pytest.raises(Unauthenticated):
        await wire.client.call(SAY, "", Say(what="hello"))
    assert wire.part.calls == ["hello"]


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic bWFyaWE6eA==", "Bearer a.b.c", "token"])
async def test_what_is_no_token_is_refused(wire: Wire, authorization: str) -> None:
    status, answer = await wire.post(b'{"what": "hello"}', authorization=authorization)
    assert (status, answer["code"]) == (401, "UNAUTHENTICATED")


async def test_a_bad_token_is_refused_where_none_is_needed(wire: Wire) -> None:
    with pytest.raises(Unauthenticated):
        await wire.client.call(GREET, "a.b.c", Say(what="hello"))


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        (b"", None, ""),
        (b"null", None, ""),
        (b"5", None, ""),
        (b'"x"', None, ""),
        (b"[]", None, ""),
        (b"{", None, ""),
        (b"\xff\xfe", None, ""),
        (b'{"what": "\xff"}', None, ""),
        (b'{"what": "\\ud800"}', None, ""),
        (b"[" * 20_000, None, ""),
        (b'{"what": ' + b"[" * 20_000, "what", ""),
        (b"{}", None, "what"),
        (b'{"what": null}', "what", ""),
        (b'{"what": ""}', "what", "at least 1"),
        (b'{"what": " \\n\\t"}', "what", "blank"),
        (b'{"what": "' + b"x" * 201 + b'"}', "what", "at most 200"),
        (b'{"what": "hello", "times": "many"}', "times", ""),
        (b'{"what": "hello", "times": 1.5}', "times", ""),
        (b'{"what": "hello", "times": 1e999}', "times", ""),
        (b'{"what": "hello", "times": ' + b"9" * 5_000 + b"}", "times", ""),
    ],
    ids=lambda each: repr(each)[:30],
)
async def test_a_body_that_is_wrong_is_refused_with_the_field_at_fault(
    wire: Wire, body: bytes, field: str | None, said: str
) -> None:
    status, answer = await wire.post(body)
    assert (status, answer["code"], answer["field"]) == (422, "INVALID", field)
    assert said in answer["message"]
    assert wire.part.calls == []


async def test_fields_that_nobody_knows_are_ignored(wire: Wire) -> None:
    status, answer = await wire.post(b'{"what": "hello", "since": "v2", "orgId": "other"}')
    assert (status, answer["caller"]["orgId"]) == (200, "acme")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(body=st.binary(max_size=200) | st.recursive(JSON, lambda each: st.dictionaries(KEYS, each)).map(encoded))
async def test_no_body_is_our_fault(wire: Wire, body: bytes) -> None:
    status, answer = await wire.post(body)
    assert status in (200, 422) or answer["code"] in errors.BY_CODE
    assert status != 500


async def test_a_body_beyond_the_limit_is_refused(wire: Wire) -> None:
    status, answer = await wire.post(b'{"what": "' + b"x" * rpc.BODY_LIMIT + b'"}')
    assert (status, answer["code"]) == (413, "BUDGET_EXCEEDED")


async def test_a_body_in_endless_pieces_is_refused_at_the_limit(wire: Wire) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 50_000

    headers = {"authorization": f"Bearer {wire.token}"}
    async with wire.http.post(f"{wire.url}/operations/testing.say", data=pieces(), headers=headers) as answer:
        assert answer.status == 413


async def test_a_part_that_does_not_answer_in_time_is_unavailable(wire: Wire) -> None:
    with pytest.raises(Unavailable):
        await Client("testing", wire.url, wire.http, deadline=0.2).call(ASK, wire.token, Say(what="hang"))
    assert wire.part.calls == ["hang"]
    wire.part.released.set()


@pytest.mark.parametrize(("operation", "seconds"), [(ASK, rpc.DEADLINE), (SAY, rpc.PATIENCE)])
async def test_a_part_knows_how_long_it_is_waited_for(
    wire: Wire, operation: Operation[Say, Said], seconds: float
) -> None:
    said = await wire.client.call(operation, wire.token, Say(what="hello"))
    assert said.awaited is not None
    assert 0 < said.awaited <= seconds


@pytest.mark.parametrize("patience", [{}, {"x-patience": ""}, {"x-patience": "long"}])
async def test_who_does_not_say_how_long_is_waited_for_without_end(wire: Wire, patience: dict[str, str]) -> None:
    _, answer = await wire.post(b'{"what": "hello"}', **patience)
    assert answer.get("awaited") is None


class Unreliable:
    """A server that hangs up on the first calls and answers the next."""

    def __init__(self, hang_ups: int) -> None:
        self.hang_ups = hang_ups
        self.calls = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request; hang up or answer."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.calls += 1
        if self.calls > self.hang_ups:
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            body = msgspec.json.encode(Said(what="hello", caller=Caller()))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Listen; gives the address."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()


async def test_a_safe_operation_is_tried_again_when_the_line_breaks(http: aiohttp.ClientSession) -> None:
    unreliable = Unreliable(hang_ups=2)
    async with unreliable.open() as url:
        assert (await Client("testing", url, http).call(ASK, "", Say(what="hello"))).what == "hello"
    assert unreliable.calls == 3


async def test_a_safe_operation_is_given_up_after_three_tries(http: aiohttp.ClientSession) -> None:
    unreliable = Unreliable(hang_ups=9)
    async with unreliable.open() as url:
        with pytest.raises(Unavailable):
            await Client("testing", url, http).call(ASK, "", Say(what="hello"))
    assert unreliable.calls == 3


async def test_an_operation_that_changes_something_is_never_tried_again(http: aiohttp.ClientSession) -> None:
    unreliable = Unreliable(hang_ups=1)
    async with unreliable.open() as url:
        with pytest.raises(Unavailable):
            await Client("testing", url, http).call(SAY, "", Say(what="hello"))
    assert unreliable.calls == 1


async def test_a_part_that_is_not_there_is_unavailable(http: aiohttp.ClientSession) -> None:
    with pytest.raises(Unavailable, match="testing"):
        await Client("testing", NOBODY, http).call(ASK, "", Say(what="hello"))


async def test_a_refusal_is_not_tried_again(wire: Wire) -> None:
    with pytest.raises(NotFound):
        await wire.client.call(ASK, wire.token, Say(what="NOT_FOUND"))
    assert wire.part.calls == ["NOT_FOUND"]


async def test_an_answer_that_is_no_part_of_ours_is_a_defect(http: aiohttp.ClientSession) -> None:
    async def teapot(_request: Request) -> Response:
        return Response(b"<html>hello</html>", 418)

    async with serving([Route("/operations/testing.say", teapot, methods=["POST"])]) as url:
        with pytest.raises(RuntimeError):
            await Client("testing", url, http).call(SAY, "", Say(what="hello"))


async def test_the_ids_of_a_request_follow_it_to_the_other_part(wire: Wire) -> None:
    with attached("test", correlation="request-1"):
        here = current_traceparent()
        said = await wire.client.call(SAY, wire.token, Say(what="hello"))
    assert said.correlation == "request-1"
    if here:  # a tracer was set up by whoever runs the tests
        assert said.traceparent.split("-")[1] == here.split("-")[1]


async def test_a_request_that_brings_no_ids_gets_one(wire: Wire) -> None:
    _, answer = await wire.post(b'{"what": "hello"}')
    assert len(answer["correlation"]) == 32
