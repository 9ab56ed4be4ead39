"""Stand-ins at the gateway's edges: parts that answer from memory, tokens of their own, and ASGI without a port."""

import asyncio
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.applications import Starlette

from contracts.errors import NotFound, Refusal, Unauthenticated
from contracts.goals import Goal
from contracts.identity import Mentorship, ProgrammePolicy, User
from contracts.wire import ByIds, Caller, Envelope, Operation
from gateway.app import graphql_routes
from gateway.context import Parts
from gateway.live import Live
from gateway.settings import Settings
from kit.revocations import Revocations
from tests import builders

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
SETTINGS = Settings(
    part_key_file="",
    parts_jwks_file="",
    amqp_url="",
    identity_url="",
    goals_url="",
    sessions_url="",
    notifications_url="",
    workflows_url="",
)


class Answering:
    """All five parts at once: what an operation answers is set by its name, and every call is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.calls: list[tuple[str, str, Any]] = []

    def answer(self, operation: Operation[Any, Any], answer: Any) -> None:
        """Let an operation answer this: a value, an exception to raise, or a function of the request."""
        self.answers[operation.name] = answer if callable(answer) else lambda _request: answer

    def hold(self, operation: Operation[ByIds, Any], records: Iterable[Any]) -> None:
        """Let a GET_* operation find these records."""
        kept = {record.id: record for record in records}
        self.answer(operation, lambda request: tuple(kept[one] for one in request.ids if one in kept))

    async def call(self, operation: Operation[Any, Any], token: str, request: Any) -> Any:
        """What `kit.rpc.Client` does, without a network."""
        self.calls.append((operation.name, token, request))
        await asyncio.sleep(0)
        msgspec.json.decode(msgspec.json.encode(request), type=operation.request)  # it must survive the wire
        known = self.answers.get(operation.name)
        answer = known(request) if known else NotFound("Nothing here answers that.")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def count(self, operation: Operation[Any, Any]) -> int:
        """How often an operation was called."""
        return sum(name == operation.name for name, _, _ in self.calls)


def a_token(user_id: str = "ann", *, lives: float = 600, roles: tuple[str, ...] = ()) -> str:
    """A token that `Tokens` believes."""
    claims = {"sub": user_id, "exp": time.time() + lives, "roles": roles}
    return f"good.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sealed"


class Tokens:
    """Believes the tokens that `a_token` makes."""

    refusal: Refusal | None = None

    async def access_token(self, token: str) -> str:
        """Every token is one already."""
        return token

    async def verify(self, token: str) -> Caller:
        """What `kit.auth.Verifier` does, without keys."""
        if self.refusal:
            raise self.refusal
        if not token.startswith("good."):
            raise Unauthenticated("Sign in first.")
        segment = token.split(".")[1]
        claims = msgspec.json.decode(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
        return Caller(org_id="org", user_id=claims["sub"], roles=tuple(claims["roles"]))


class Reply:
    """One HTTP answer."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.body)

    @property
    def data(self) -> Any:
        """What was asked for, of an answer without errors."""
        assert "errors" not in self.json, self.json
        return self.json["data"]

    @property
    def codes(self) -> list[str]:
        """The code of each error."""
        return [error["extensions"]["code"] for error in self.json.get("errors", [])]


class Gateway:
    """The real routes over stand-ins."""

    def __init__(self, *, mode: Any = "development") -> None:
        self.parts, self.tokens, self.live = Answering(), Tokens(), Live()
        self.revocations = Revocations()
        settings = msgspec.structs.replace(SETTINGS, mode=mode)
        everywhere = Parts(self.parts, self.parts, self.parts, self.parts, self.parts)
        self.app = Starlette(routes=graphql_routes(settings, self.tokens, everywhere, self.live, self.revocations))

    async def run(self, query: str, *, token: str | None = "", **variables: Any) -> Reply:
        """A well-formed request, as ann unless another token (None: no token) is given."""
        headers = {} if token is None else {"authorization": f"Bearer {token or a_token()}"}
        return await self.post(json.dumps({"query": query, "variables": variables}).encode(), headers=headers)

    async def post(
        self, body: bytes, *, headers: dict[str, str] | None = None, kind: str = "application/json"
    ) -> Reply:
        """Any body."""
        return await self.request("POST", body, {"content-type": kind, **(headers or {})})

    async def get(self, headers: dict[str, str] | None = None, **parameters: str) -> Reply:
        """Any parameters."""
        return await self.request("GET", b"", headers or {}, urlencode(parameters))

    async def request(self, method: str, body: bytes, headers: dict[str, str], query: str = "") -> Reply:
        """One HTTP exchange with the app."""
        chunks = [body[start : start + 65_536] for start in range(0, len(body), 65_536)] or [b""]
        sent: list[Any] = []

        async def receive() -> Any:
            chunk = chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(_scope("http", headers, method=method, query_string=query.encode()), receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Reply(sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}, body)

    def connect(self, **headers: str) -> "Socket":
        """A websocket that is open as long as the block lasts."""
        return Socket(self.app, headers)


class Socket:
    """The client's end of a websocket."""

    def __init__(self, app: Starlette, headers: dict[str, str], protocol: str = "graphql-transport-ws") -> None:
        self._to: asyncio.Queue[Any] = asyncio.Queue()
        self._from: asyncio.Queue[Any] = asyncio.Queue()
        self._scope = _scope("websocket", headers, subprotocols=[protocol])
        self._app = app

    async def __aenter__(self) -> "Socket":
        self._to.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.ensure_future(self._app(self._scope, self._to.get, self._from.put))
        self.opened = await self._next()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._to.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(5):
            await self._task

    async def _next(self) -> Any:
        async with asyncio.timeout(5):
            return await self._from.get()

    def send(self, frame: object) -> None:
        """Send a frame: text as it is, anything else as JSON."""
        self._to.put_nowait(
            {"type": "websocket.receive", "text": frame if isinstance(frame, str) else json.dumps(frame)}
        )

    async def receive(self) -> Any:
        """The next frame."""
        message = await self._next()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def closed(self) -> int:
        """The code with which the server closes."""
        message = await self._next()
        assert message["type"] == "websocket.close", message
        return int(message["code"])

    async def init(self, token: str) -> None:
        """Say who is there."""
        self.send({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert (await self.receive())["type"] == "connection_ack"

    def subscribe(self, query: str, number: str = "1", **variables: Any) -> None:
        """Ask for a subscription."""
        self.send({"type": "subscribe", "id": number, "payload": {"query": query, "variables": variables}})


def _scope(kind: str, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    raw = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    fixed = {"type": kind, "path": "/graphql", "raw_path": b"/graphql", "root_path": "", "scheme": "http"}
    where = {"server": ("test", 80), "client": ("test", 1), "http_version": "1.1", "query_string": b""}
    return {**fixed, **where, "headers": raw, "asgi": {"version": "3.0"}, "state": {}, **more}


def a_user(user_id: str = "ann", **fields: Any) -> User:
    """A person."""
    given = {"org_id": "org", "name": user_id.title(), "email": f"{user_id}@example.org", "zone": "UTC"}
    return User(id=user_id, created_at=AT, **(given | fields))


def a_mentorship(mentorship_id: str = "m1", **fields: Any) -> Mentorship:
    """A mentorship of ann (mentee) and bob (mentor)."""
    given: dict[str, Any] = {
        "org_id": "org",
        "programme_id": "p1",
        "mentor_id": "bob",
        "mentee_id": "ann",
        "policy": ProgrammePolicy(),
    }
    return Mentorship(id=mentorship_id, created_at=AT, **(given | fields))


def a_goal(goal_id: str = "g1", **fields: Any) -> Goal:
    """A goal of ann's."""
    return builders.a_goal(id=goal_id, mentorship_id="m1", owner_id="ann", **fields)


def an_envelope(topic: str, number: int = 1, *, mentorship_id: str = "m1", actor: str = "bob", **data: Any) -> Envelope:
    """An event about a mentorship."""
    return Envelope(
        id=f"e{number}",
        source="/test",
        type=topic,
        subject="x1",
        time=AT,
        orgid="org",
        sequence=number,
        data=msgspec.Raw(msgspec.json.encode({"mentorshipId": mentorship_id, **data})),
        actorid=actor,
    )
