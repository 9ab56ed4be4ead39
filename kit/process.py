"""The life of a part: build it, serve it, say whether it is live and ready, drain it on SIGTERM."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.metrics import exposition
from kit.settings import PartSettings, SettingsError, load
from kit.telemetry import configure, export_traces, log

type Check = Callable[[], bool]
type Build[S: PartSettings] = Callable[[S, AsyncExitStack], Awaitable[Part]]


@dataclass(frozen=True)
class Part:
    """A built part: what it answers, what must hold before it is sent work, and what must hold or it is restarted."""

    name: str
    routes: Sequence[BaseRoute]
    checks: Mapping[str, Check] = field(default_factory=dict)
    alive: Mapping[str, Check] = field(default_factory=dict)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: they end the process before what the part holds is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve[S: PartSettings](build: Build[S], settings: S, *, signals: bool = True) -> None:
    """Run one part until it is told to stop (SIGTERM, SIGINT, cancellation); then drain and close in reverse."""
    async with AsyncExitStack() as running:
        part = await build(settings, running)
        if settings.runs == "prepare":
            await _prepared(part)
            return
        retirement = Retirement()
        server = _Server(_config(part, settings, retirement))
        if signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, retirement.begin, server, settings.retire_seconds)
        log.info("part_started", port=settings.port)
        try:
            await server.serve(sockets=[_socket(settings)])
        except asyncio.CancelledError:
            server.should_exit = True
            await server.shutdown()
            raise
        finally:
            log.info("part_draining")


async def _prepared(part: Part) -> None:
    """Return once everything that the part needs is made; a process that waits for ever is ended by who started it."""
    while not all(check() for check in part.checks.values()):  # noqa: ASYNC110  a check is a question, not an event
        await asyncio.sleep(0.1)
    log.info("part_prepared")


def _socket(settings: PartSettings) -> socket.socket:
    """Where the part listens. Raises SettingsError where it cannot."""
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.share_port:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise SettingsError(f"Cannot listen on {settings.host}, port {settings.port}: {error.strerror}.") from error
    return listening


class Retirement:
    """The time between the word to stop and the end: no new connection is taken, and each answer closes its own.

    Without it, a request that is on its way through a kept connection while that is closed would be lost.
    """

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self, server: uvicorn.Server, seconds: float) -> None:
        """Retire; a second word ends it at once."""
        if self.has_begun or not seconds:
            server.should_exit = True
            return
        self.has_begun = True
        for listening in server.servers:
            listening.close()
        asyncio.get_running_loop().call_later(seconds, setattr, server, "should_exit", True)

    def around(self, app: ASGIApp) -> ASGIApp:
        """The app, whose answers close their connections once this has begun."""

        async def answering(scope: Scope, receive: Receive, send: Send) -> None:
            async def last(message: Message) -> None:
                if self.has_begun and message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
                await send(message)

            await app(scope, receive, last)

        return answering


def _config(part: Part, settings: PartSettings, retirement: Retirement) -> uvicorn.Config:
    sockets = any(isinstance(route, WebSocketRoute) for route in part.routes)
    return uvicorn.Config(
        retirement.around(Starlette(routes=[*_health(part), *(part.routes if settings.answers_calls else ())])),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=int(settings.drain_seconds),
        timeout_keep_alive=75,  # longer than the callers' pools keep a connection, so that none is cut under a request
        ws="websockets-sansio" if sockets else "none",
        ws_max_size=65_536,  # bytes of one frame
    )


def _health(part: Part) -> list[Route]:
    def answer(word: str, checks: Mapping[str, Check]) -> JSONResponse:
        found = {name: check() for name, check in checks.items()}
        holds = all(found.values())
        return JSONResponse({"part": part.name, word: holds, "checks": found}, 200 if holds else 503)

    async def live(_request: Request) -> JSONResponse:
        return answer("live", part.alive)

    async def ready(request: Request) -> JSONResponse:
        asked = request.query_params.get("pid", str(os.getpid()))  # which of several that share a port
        return answer("ready", {"pid": lambda: asked == str(os.getpid()), **part.checks})

    return [Route("/healthz", live), Route("/readyz", ready), Route("/metrics", exposition)]


def run[S: PartSettings](name: str, build: Build[S], kind: type[S]) -> None:
    """What `python -m <part>` does: settings once from the environment, logs as JSON, serve until told to stop."""
    configure(name)
    try:
        settings = load(kind)
    except SettingsError as error:
        raise SystemExit(f"{name}: {error}") from error
    if settings.otlp_url:
        export_traces(settings.otlp_url)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(build, settings))
    except SettingsError as error:
        raise SystemExit(f"{name}: {error}") from error
