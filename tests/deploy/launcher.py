"""A launcher as a real process, and a look at what is left of it."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from deploy.local.state import StateFolder, started_at

GIVEN = {
    "INZPIREU_MONGODB_URL": "mongodb://given:1/",
    "INZPIREU_AMQP_URL": "amqp://user:secret@given:2/",
    "INZPIREU_REDIS_URL": "redis://given:3/0",
    "INZPIREU_TEMPORAL_ADDRESS": "given:4",
    "INZPIREU_SMTP_URL": "smtp://given:5",
}


async def eventually(holds: Callable[[], object], *, within: float = 20) -> None:
    """Return when it holds; fail when it does not in time."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"did not happen within {within} s"
        await asyncio.sleep(0.05)


class Launcher:
    """A launcher as a process of its own, on a stack of stub parts."""

    def __init__(self, state: Path, environ: dict[str, str]) -> None:
        self.folder = StateFolder(state)
        self._log = state.parent / "launcher.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.deploy.stub_up", state], env=environ, stdout=log, stderr=log
            )
        self._seen: dict[int, float | None] = {}

    @property
    def said(self) -> str:
        """All it printed."""
        return self._log.read_text()

    async def is_up(self) -> None:
        """Return when its stack is up, having noted every process it consists of."""
        await eventually(lambda: self.folder.read() or self.process.poll() is not None, within=60)
        assert self.process.poll() is None, self.said
        tree = psutil.Process(self.process.pid).children(recursive=True)
        self._seen = {process.pid: started_at(process.pid) for process in tree}

    def count(self) -> int:
        """How many processes it had when it was up."""
        return len(self._seen)

    def send(self, number: signal.Signals) -> None:
        """Signal the launcher alone, not its children."""
        self.process.send_signal(number)

    def left(self) -> list[int]:
        """Which of its processes still run."""
        return [pid for pid, started in self._seen.items() if started and started_at(pid) == started]

    async def ended(self) -> int:
        """How it ended."""
        await eventually(lambda: self.process.poll() is not None, within=60)
        return self.process.wait()
