"""The whole platform on this machine: servers first, then parts; kept alive, and stopped the other way round."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import ModuleType
from typing import Self

import psutil

from deploy.local import facts, probes
from deploy.local.backend import Backend
from deploy.local.backends import Backends
from deploy.local.children import Child, Guard, Probe
from deploy.local.parts import GATEWAY, PARTS, Part, Site
from deploy.local.ports import Ports
from deploy.local.running import Notice, Runner, RunningPart
from deploy.local.secrets import Secrets
from deploy.local.state import StateFolder

# Parts reach the broker whenever it comes up, and it is the slowest to do so.
_NOT_WAITED_FOR = {"amqp"}


class Stack:
    """Servers and parts under one state folder.

    `overrides` (part name to module) and `extra` (part name to more environment) are read at each start of a part, so
    a test may change them before a restart.
    """

    def __init__(
        self,
        state: Path,
        *,
        sandbox: bool = False,
        joined: bool = False,
        environ: Mapping[str, str] = os.environ,
        home: Path | None = None,
        parts: Collection[Part] = PARTS,
        overrides: Mapping[str, str] | None = None,
        extra: Mapping[str, Mapping[str, str]] | None = None,
        disposable: bool = False,
        on_notice: Callable[[Notice], None] = lambda _: None,
    ) -> None:
        self.state = state.resolve()
        self.folder = StateFolder(self.state)
        self.home = home or self.state
        self.sandbox = sandbox
        self.overrides = dict(overrides or {})
        self.extra = {name: dict(more) for name, more in (extra or {}).items()}
        self.seconds_to_ready: float | None = None
        self._joined = joined
        self._disposable = disposable
        self._environ = {name: value for name, value in environ.items() if name != "INZPIREU_SANDBOX_CLOCK"}
        self._notify = on_notice
        self._parts = {part.name: part for part in parts}
        self._guard = Guard()
        self._up: dict[str, asyncio.Event] = {}
        self.running: dict[str, RunningPart] = {}
        used = {name for part in parts for name in part.backends}
        self.backends = Backends(
            state=self.state,
            only=used,
            environ=self._environ,
            guard=self._guard,
            on_ready=self._backend_is_up,
            disposable=disposable,
        )

    @property
    def gateway_url(self) -> str:
        """Where the GraphQL API answers."""
        return self.site.url(GATEWAY)

    @property
    def names(self) -> list[str]:
        """All that is to come up."""
        return [*self.backends.names, *self._parts]

    @property
    def sandbox_clock(self) -> Path | None:
        """The file that says how far ahead this sandbox lives."""
        return self.state / "clock" if self.sandbox else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Bring everything up, or leave nothing behind and raise what went wrong."""
        began = time.monotonic()
        async with AsyncExitStack() as undo:
            self.folder.hold()
            undo.push_async_callback(self.stop)
            self._prepare()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.backends.start())
                    for part in self._parts.values():
                        group.create_task(self._bring_up(part))
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None
            undo.pop_all()
        self.seconds_to_ready = time.monotonic() - began
        self._record()

    async def stop(self) -> None:
        """Stop the parts, those that call others first, then the servers; kill whatever is left."""
        try:
            for layer in sorted({part.layer for part in self._parts.values()}, reverse=True):
                names = [name for name in self.running if self._parts[name].layer == layer]
                await asyncio.gather(*(self.running[name].stop() for name in names))
            await self.backends.stop()
        finally:
            self._guard.close()
            self.folder.release()

    def abandon(self) -> None:
        """Kill everything at once."""
        self._guard.close()

    def kill(self, name: str) -> None:
        """SIGKILL a part and leave it dead until `restart`."""
        self.running[name].kill()

    async def roll(self, name: str) -> None:
        """Put a new process in the place of a part's, without a moment in which nobody answers."""
        await self.running[name].roll()

    async def restart(self, name: str) -> None:
        """Start a part again, stopping it first if it runs; return when it is ready."""
        await self.running[name].restart()

    def rss(self) -> int:
        """Bytes of memory resident in all servers and parts, and in the launcher."""
        parts = sum(part.rss() for part in self.running.values())
        return parts + sum(backend.rss() for backend in self.backends) + int(psutil.Process().memory_info().rss)

    def _prepare(self) -> None:
        if self._disposable:
            self.folder.empty()
        self._guard.open()
        self.backends.prepare()
        secrets = Secrets(self.state / "secrets")
        secrets.make(part.name for part in PARTS)
        if self.sandbox_clock and not self.sandbox_clock.exists():
            self.sandbox_clock.write_text("0")
        if self._joined:
            _joined().send_logs_to(self.state / "logs" / "parts.log")
        ports = Ports(self.state / "ports.json")
        self.site = Site(
            secrets=secrets,
            ports={part.name: ports.take(part.name) for part in PARTS},
            backends=self.backends.environment(),
            sandbox_clock=str(self.sandbox_clock) if self.sandbox_clock else None,
        )
        self._up = {backend.name: asyncio.Event() for backend in self.backends}
        self.running = {part.name: self._running(part) for part in self._parts.values()}

    def _running(self, part: Part) -> RunningPart:
        port = self.site.ports[part.name]

        def ready(pid: int) -> Probe:
            return probes.http(port, f"/readyz?pid={pid}")

        return RunningPart(
            part.name, f"127.0.0.1:{port}", run=lambda: self._run(part), ready=ready, notify=self._part_changed
        )

    def _run(self, part: Part) -> Runner:
        module = self.overrides.get(part.name, part.module)
        environ = {**self._environ, **self.site.environment(part), **self.extra.get(part.name, {})}
        if self._joined:
            run: Runner = _joined().JoinedRun(part.name, module, environ)
            return run
        log = self.state / "logs" / f"{part.name}.log"
        return Child(part.name, [sys.executable, "-m", module], environ=environ, log=log, guard=self._guard)

    async def _bring_up(self, part: Part) -> None:
        for name in part.backends - _NOT_WAITED_FOR:
            await self._up[name].wait()
        await self.running[part.name].start()

    def _backend_is_up(self, backend: Backend) -> None:
        self._up[backend.name].set()
        how = f"in {backend.seconds_to_ready:.1f} s" if backend.ours else f"given: {backend.address}"
        self._notify(Notice("ready", backend.name, how))

    def _part_changed(self, notice: Notice) -> None:
        self._notify(notice)
        if self.seconds_to_ready is not None:
            self._record()

    def _record(self) -> None:
        self.folder.write(facts.record(self))


def _joined() -> ModuleType:
    from deploy.local import joined  # noqa: PLC0415  imports what the parts import, which takes a while

    return joined
