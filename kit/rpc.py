"""Calls between parts: an operation over HTTP/1.1, JSON decoded by msgspec at both ends, the caller's token passed on.

A refusal crosses as its code and is raised at the other end as the same class; anything else becomes INTERNAL with an
id that the log knows.
"""

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.errors import BY_CODE, BudgetExceeded, Forbidden, Invalid, Refusal, Unauthenticated, Unavailable
from contracts.identity import REACH
from contracts.wire import Caller, Operation, Record
from kit.auth import NOT_SIGNED_IN, Verifier
from kit.command import until_fresh
from kit.metrics import OPERATIONS
from kit.telemetry import attached, correlation_id, current_traceparent, log
from kit.turns import awaited_until

DEADLINE = 2.0  # seconds for one question, retries included: the rest of an answer does not wait longer for it
PATIENCE = 4.0  # seconds for a command: whoever gives up earlier would not know whether it was carried out
RETRIES = 2  # of what can be repeated without harm, when the part did not answer
BODY_LIMIT = 1_000_000  # bytes; the gateway lets through far less

STATUS = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "IDEMPOTENCY_MISMATCH": 409,
    "INVALID": 422,
    "BUDGET_EXCEEDED": 413,
    "RATE_LIMITED": 429,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}

_WORDS = {  # what msgspec says about a value, and what we say
    r"matching regex": "Write something here, it cannot be blank",
    r"`str` of length >= (\d+)": "Write at least {} characters",
    r"`str` of length <= (\d+)": "Write at most {} characters",
    r"`array` of length >= (\d+)": "Give at least {}",
    r"`array` of length <= (\d+)": "Give at most {}",
    r"`(?:int|float)` >= (\S+)": "Give {} or more",
    r"`(?:int|float)` <= (\S+)": "Give {} or less",
    r"Invalid RFC3339": "Give a date and time as RFC 3339 says, like 2027-03-01T09:00:00+01:00",
}

type Handler[Q: Record, A] = Callable[[Caller, Q], Awaitable[A]]


class Problem(Record, frozen=True, kw_only=True):
    """A refusal on the wire."""

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Answer[Q: Record, A]:
    """An operation and the action that answers it; `public` ones also for callers without a token."""

    operation: Operation[Q, A]
    handler: Handler[Q, A]
    public: bool = False


def operation_routes(answers: Sequence[Answer[Any, Any]], verifier: Verifier) -> list[Route]:
    """One route for each operation."""
    return [
        Route(f"/operations/{answer.operation.name}", _endpoint(answer, verifier), methods=["POST"])
        for answer in answers
    ]


def _endpoint(answer: Answer[Any, Any], verifier: Verifier) -> Callable[[Request], Awaitable[Response]]:
    name = answer.operation.name
    decoder = msgspec.json.Decoder(answer.operation.request)

    async def endpoint(request: Request) -> Response:
        headers = request.headers
        correlation = headers.get("x-correlation-id") or uuid4().hex
        with attached(name, headers.get("traceparent", ""), correlation):
            awaited_until.set(_until(headers.get("x-patience", "")))
            began, caller, code = time.perf_counter(), Caller(), "OK"
            try:
                caller = await _caller(request, verifier, public=answer.public)
                check_reach(caller, name)
                question = _decoded(decoder, await _body(request))
                return _response(200, await until_fresh(lambda: answer.handler(caller, question)))
            except Refusal as refusal:
                code = refusal.code
                return _response(STATUS[code], Problem(code=code, message=refusal.message, field=refusal.field))
            except Exception as error:
                code = "INTERNAL"
                return _response(500, _masked(name, error))
            finally:
                took = time.perf_counter() - began
                OPERATIONS.labels(name, code).observe(took)
                log.info(
                    "operation_answered",
                    operation=name,
                    caller=caller.name,
                    code=code,
                    milliseconds=round(took * 1000, 1),
                )

    return endpoint


def _until(patience: str) -> float | None:
    """When the caller gives up, by the clock of the event loop."""
    try:
        return asyncio.get_running_loop().time() + float(patience)
    except ValueError:
        return None


async def _caller(request: Request, verifier: Verifier, *, public: bool) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await verifier.verify(token)
    if public:
        return Caller()
    raise Unauthenticated(NOT_SIGNED_IN)


def check_reach(caller: Caller, operation: str) -> None:
    """Keep programs to the scopes of their tokens: what no scope names is out of reach for all of them."""
    if caller.scopes is not None and not any(operation in REACH.get(scope, ()) for scope in caller.scopes):
        raise Forbidden("The scopes of this API token do not reach that. Make one with other scopes, or sign in.")


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_LIMIT:
            raise BudgetExceeded(f"A request may have at most {BODY_LIMIT} bytes. Send less at a time.")
        parts.append(chunk)
    return b"".join(parts)


def _decoded(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise invalid(error) from error


def invalid(error: Exception) -> Invalid:
    """Say in words what msgspec found, and name the field (its path is behind `$.`)."""
    reason, _, path = str(error).partition(" - at `$.")
    field = path.rstrip("`") or None
    for form, words in _WORDS.items():
        if found := re.search(form, reason):
            reason = words.format(*found.groups())
            break
    return Invalid(f"{field or 'The request'}: {reason}.", field=field)


def _response(status: int, content: object) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


def _masked(operation: str, error: Exception) -> Problem:
    error_id = uuid4().hex
    log.error("operation_failed", operation=operation, error_id=error_id, exc_info=error)
    return Problem(code="INTERNAL", message=f"Something went wrong on our side. Report it with the id {error_id}.")


class Client:
    """Calls the operations of one other part. Connections are kept alive and shared."""

    def __init__(self, part: str, url: str, http: aiohttp.ClientSession, *, deadline: float | None = None) -> None:
        self._part = part
        self._url = url.rstrip("/")
        self._http = http
        self._deadline = deadline

    async def call[Q: Record, A](self, operation: Operation[Q, A], token: str, request: Q) -> A:
        """The answer, within the deadline. Raises the Refusal that the other part raised, or Unavailable."""
        body, patience = msgspec.json.encode(request), self._deadline or (DEADLINE if operation.safe else PATIENCE)
        try:
            async with asyncio.timeout(patience):
                again = operation.safe or getattr(request, "idempotency_key", None) is not None
                status, answer = await self._send(operation, _headers(token, patience), body, RETRIES if again else 0)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("part_unreachable", other=self._part, operation=operation.name, why=type(error).__name__)
            raise Unavailable(f"The {self._part} part does not answer right now. Try again in a moment.") from error
        if status == 200:
            return msgspec.json.decode(answer, type=operation.answer)
        raise _refusal(answer)

    async def _send(
        self, operation: Operation[Any, Any], headers: dict[str, str], body: bytes, retries: int
    ) -> tuple[int, bytes]:
        while True:
            try:
                url = f"{self._url}/operations/{operation.name}"
                async with self._http.post(url, data=body, headers=headers) as answer:
                    return answer.status, await answer.read()
            except (aiohttp.ClientError, OSError):
                if not retries:
                    raise
                retries -= 1
                await asyncio.sleep(random.uniform(0.02, 0.1))  # a restarting part is back within a moment


def _headers(token: str, patience: float) -> dict[str, str]:
    headers = {
        "content-type": "application/json",
        "x-correlation-id": correlation_id(),
        "traceparent": current_traceparent(),
        "x-patience": str(patience),
    }
    if token:
        headers["authorization"] = f"Bearer {token}"
    return headers


def _refusal(answer: bytes) -> Exception:
    try:
        problem = msgspec.json.decode(answer, type=Problem)
    except msgspec.MsgspecError:
        return RuntimeError("The other part's answer has no known form.")
    kind = BY_CODE.get(problem.code)
    return kind(problem.message, field=problem.field) if kind else RuntimeError(problem.message)


def http_session() -> aiohttp.ClientSession:
    """One bounded pool of connections for everything that a part asks of others. Make it inside the running loop."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100), auto_decompress=False)
