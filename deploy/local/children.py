"""Child processes that cannot outlive the launcher. Knows nothing of what they run."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import psutil

LEADER_GRACE = 5.0  # seconds in which a closed pipe is noticed

type Probe = Callable[[], Awaitable[bool]]


class ChildFailed(RuntimeError):
    """A child process that did not come up, or did not stay up."""


class Guard:
    """A process group that dies with its owner, however the owner ends.

    The leader is a tiny shell that reads a pipe only the owner can write to. When the owner is gone, by SIGKILL too,
    the pipe closes and the shell kills its whole group at once. Children are born into that group, so there is no
    moment in which one of them is unguarded; and being in a group of their own, they do not see the owner's Ctrl-C.
    """

    _WAIT_THEN_KILL = "while read -r _; do :; done; kill -KILL 0"

    def __init__(self) -> None:
        self._leader: subprocess.Popen[bytes] | None = None

    def open(self) -> Self:
        """Start guarding."""
        self._leader = subprocess.Popen(  # noqa: S603  a constant
            ["/bin/sh", "-c", self._WAIT_THEN_KILL],
            stdin=subprocess.PIPE,
            process_group=0,
        )
        return self

    def close(self) -> None:
        """Kill whatever is still in the group, and the leader."""
        if self._leader and self._leader.stdin:
            self._leader.stdin.close()
            try:
                self._leader.wait(timeout=LEADER_GRACE)
            except subprocess.TimeoutExpired:  # somebody else holds the pipe open
                os.killpg(self._leader.pid, signal.SIGKILL)
                self._leader.wait()
        self._leader = None

    @property
    def group(self) -> int:
        """The process group to be born into."""
        if self._leader is None or self._leader.poll() is not None:
            raise ChildFailed("The process that guards the children is gone: stop this launcher and start it again.")
        return self._leader.pid


class Child:
    """One program run under a guard, with its output in a log file.

    It polls instead of using asyncio's subprocesses: those belong to one event loop, and a test session has many.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        log: Path,
        guard: Guard,
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(word) for word in command]
        self._environ = dict(environ)
        self._guard = guard
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self.running else None

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """How the last run ended; None while it runs or before it started."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the program; its output is appended to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  the launcher's own list
                self._command,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=self._guard.group,
            )

    async def wait_until(self, ready: Probe, *, within: float) -> None:
        """Return when the probe says yes; raise with the last log lines when the child ends or time runs out."""
        deadline = time.monotonic() + within
        while not await says_yes(ready):
            if not self.running:
                raise ChildFailed(f"{self.name} did not come up. {self.last_words()}")
            if time.monotonic() > deadline:
                raise ChildFailed(f"{self.name} was not ready within {within:.0f} s. {self.last_words()}")
            await asyncio.sleep(0.05)

    async def ended(self) -> None:
        """Return when the process is gone."""
        while self.running:  # noqa: ASYNC110  see the class
            await asyncio.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL the process and all it started, and wait until it is gone."""
        for process in reversed(self._tree()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self._process:
            self._process.wait()

    async def stop(self, *, grace: float) -> None:
        """Ask it to end with SIGTERM; kill it when it has not after `grace` seconds."""
        if self._process and self.running:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended(), grace)
        self.kill()

    def rss(self) -> int:
        """Bytes of memory resident in the process and all it started."""
        total = 0
        for process in self._tree():
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total

    def last_words(self, lines: int = 15) -> str:
        """How the last run ended and the last lines it wrote."""
        end = f"It ended with status {self.exit_status}. " if self.exit_status is not None else ""
        return f"{end}Its last log lines ({self.log}):\n{self._log_tail(lines)}"

    def _log_tail(self, lines: int) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 16_384))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def _tree(self) -> list[psutil.Process]:
        if (pid := self.pid) is None:
            return []
        try:
            root = psutil.Process(pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


async def says_yes(ready: Probe) -> bool:
    """What the probe says; no when it fails or hangs."""
    try:
        return await asyncio.wait_for(ready(), timeout=2)  # a probe that hangs is a no
    except (OSError, TimeoutError, EOFError):
        return False
