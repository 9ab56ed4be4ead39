"""The servers everything stands on: given by URL, or started here as private child processes.

async with Backends(state=folder) as backends:
    backends.environment()                                  # what the parts and tests need to find them
    backends["amqp"].kill(); await backends["amqp"].restart()  # same port, same data
"""

import asyncio
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Self

from deploy.local import components
from deploy.local.backend import VARIABLES, Backend
from deploy.local.children import Child, Guard
from deploy.local.components import Maker
from deploy.local.ports import Ports
from deploy.local.rabbitmq import rabbitmq

MAKERS: Mapping[str, Maker] = {
    "mongodb": components.mongodb,
    "amqp": rabbitmq,
    "redis": components.redis,
    "temporal": components.temporal,
    "smtp": components.smtp,
}
# What is thrown away must outlive the server, not the machine: Temporal would wait for the disk often in each step.
DISPOSABLE: Mapping[str, Maker] = {**MAKERS, "temporal": partial(components.temporal, durable=False)}
# Settings of the machine's own servers, which would win over ours.
_LEAKS = ("RABBITMQ_", "ERL_", "TEMPORAL_")


class Backends:
    """All components, started together and stopped together."""

    def __init__(
        self,
        *,
        state: Path,
        only: Collection[str] | None = None,
        environ: Mapping[str, str] = os.environ,
        guard: Guard | None = None,
        on_ready: Callable[[Backend], None] = lambda _: None,
        disposable: bool = False,
    ) -> None:
        """Keep all state under `state`; `only` names the components wanted.

        `disposable` says that the data will be thrown away, so stopping need not wait for anything.
        """
        self.state = state.resolve()
        self.names = [name for name in MAKERS if only is None or name in only]
        self._environ = environ
        self._guard = guard or Guard()
        self._own_guard = guard is None
        self._on_ready = on_ready
        self._disposable = disposable
        self._backends: dict[str, Backend] = {}

    def __getitem__(self, name: str) -> Backend:
        return self._backends[name]

    def __iter__(self) -> Iterator[Backend]:
        return iter(self._backends.values())

    @property
    def mail(self) -> Path:
        """The folder into which the local mail server writes."""
        return self.state / "mail"

    def environment(self) -> dict[str, str]:
        """The settings by which a part finds them."""
        return {VARIABLES[backend.name]: backend.url for backend in self}

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start all at the same time; when one fails, stop the others and raise what it said."""
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            if not self._backends:
                self.prepare()
            try:
                async with asyncio.TaskGroup() as group:
                    for backend in self:
                        group.create_task(self._start_one(backend))
            except ExceptionGroup as failures:
                raise failures.exceptions[0] from None
            undo.pop_all()

    def prepare(self) -> None:
        """Settle where everything will be, without starting any of it."""
        self.state.mkdir(parents=True, exist_ok=True)
        if self._own_guard:
            self._guard.open()
        ports = Ports(self.state / "ports.json")
        self._backends = {name: self._make(name, ports) for name in self.names}

    async def stop(self) -> None:
        """Stop all at the same time."""
        await asyncio.gather(*(backend.stop(kill=self._disposable) for backend in self))
        if self._own_guard:
            self._guard.close()

    async def _start_one(self, backend: Backend) -> None:
        await backend.start()
        self._on_ready(backend)

    def _make(self, name: str, ports: Ports) -> Backend:
        if url := self._environ.get(VARIABLES[name]):
            return Backend(name, url)
        folder = self.state / name
        folder.mkdir(exist_ok=True)
        recipe = (DISPOSABLE if self._disposable else MAKERS)[name](folder, ports)
        children = [
            Child(
                program.name,
                program.command,
                environ={**_without_leaks(self._environ), **program.environ},
                log=self.state / "logs" / f"{program.name}.log",
                guard=self._guard,
            )
            for program in recipe.programs
        ]
        return Backend(name, recipe.url, recipe=recipe, children=children)


def _without_leaks(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith(_LEAKS)}
