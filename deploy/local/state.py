"""The folder of one running stack: who holds it, and what is running there."""

import fcntl
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import psutil


class StateInUse(RuntimeError):
    """Another launcher runs on the same state folder."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """One process as it was last seen; `started` tells it from a later one with the same pid."""

    name: str
    pid: int | None
    started: float | None
    address: str
    seconds_to_ready: float | None
    given: bool = False

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        now = started_at(self.pid) if self.pid else None
        return now is not None and self.started is not None and abs(now - self.started) < 1

    @property
    def state(self) -> Literal["given", "up", "down"]:
        """Whether it runs; what was given runs elsewhere and is not looked at."""
        return "given" if self.given else "up" if self.alive else "down"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What `stack.json` says."""

    pid: int
    started: float | None
    sandbox: bool
    links: dict[str, str]
    running: list[Running] = field(default_factory=list)


class StateFolder:
    """Holds the folder while a stack runs there. The kernel lets go of the hold when the launcher dies."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._record = self.path / "stack.json"
        self._lock = self.path / "lock"
        self._held: int | None = None

    def hold(self) -> None:
        """Take the folder, or say who has it."""
        self.path.mkdir(parents=True, exist_ok=True)
        held = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(held, 32).decode().strip()
            os.close(held)
            raise StateInUse(
                f"A stack is already running on {self.path} (pid {pid}). Stop it with: kill {pid}, "
                "or give this one a folder of its own with --state."
            ) from None
        os.truncate(held, 0)
        os.write(held, str(os.getpid()).encode())
        self._held = held

    def empty(self) -> None:
        """Throw away everything an earlier stack left, keeping the hold."""
        for entry in self.path.iterdir():
            if entry == self._lock:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def release(self) -> None:
        """Let go; the record goes with the hold, so that nobody reads of what no longer runs."""
        if self._held is not None:
            self._record.unlink(missing_ok=True)
            os.close(self._held)
            self._held = None

    def write(self, record: Record) -> None:
        """Say what runs here."""
        draft = self._record.with_suffix(".part")
        draft.touch(mode=0o600)  # it names the user and password of the broker's web interface
        draft.write_text(json.dumps(asdict(record), indent=1))
        draft.replace(self._record)

    def read(self) -> Record | None:
        """What runs here; None when nothing does, whatever an old file says."""
        if not self._record.exists() or not self._is_held():
            return None
        content = json.loads(self._record.read_text())
        return Record(**{**content, "running": [Running(**entry) for entry in content["running"]]})

    def _is_held(self) -> bool:
        if not self._lock.exists():
            return False
        with self._lock.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def started_at(pid: int) -> float | None:
    """When that process started; None when there is none, or only its exit status is left."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
