"""A part as a task of the launcher's own process: for a debugger, and for machines with little memory."""

import asyncio
import contextlib
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import structlog

from kit import process, settings, telemetry


def send_logs_to(file: Path) -> None:
    """Let all joined parts log there, so that the screen stays the launcher's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with redirect_stdout(file.open("a", buffering=1)):  # stays open: it is this process' log from now on
        telemetry.configure("joined")


class JoinedRun:
    """One run of a part beside the others. Killing it cancels it, which is kinder than SIGKILL."""

    def __init__(self, name: str, module: str, environ: Mapping[str, str]) -> None:
        self._name = name
        self._module = module
        self._environ = environ
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process it shares."""
        return os.getpid() if self.running else None

    @property
    def running(self) -> bool:
        """Whether it is being served."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Build and serve it."""
        self._task = asyncio.create_task(self._serve(), name=self._name)

    async def ended(self) -> None:
        """Return when it is no longer served, for whatever reason."""
        if self._task:
            await asyncio.wait([self._task])

    def kill(self) -> None:
        """Cancel it."""
        if self._task:
            self._task.cancel()

    async def stop(self, *, grace: float) -> None:
        """Cancel it and wait for its draining."""
        self.kill()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ended(), grace)

    def rss(self) -> int:
        """Unknown: the memory is the launcher's."""
        return 0

    def last_words(self) -> str:
        """What it failed with."""
        if self._task and self._task.done() and not self._task.cancelled():
            return f"It ended with {self._task.exception()!r}."
        return ""

    async def _serve(self) -> None:
        structlog.contextvars.bind_contextvars(part=self._name)
        app = import_module(f"{self._module}.app")
        wanted = import_module(f"{self._module}.settings").Settings
        await process.serve(app.build, settings.load(wanted, self._environ), signals=False)
