"""What all tests share: where the servers come from, and one platform that stands on them.

`--backends local` (the default) starts private servers with the product's own launcher, `docker` starts the production
images through testcontainers, `external` uses those that the INZPIREU_*_URL variables name.
"""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest

from deploy.local.backends import Backends
from deploy.local.stack import Stack
from kit.mongo import Database, connect
from tests.containers import containers


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option: where MongoDB, RabbitMQ, Redis and Temporal come from."""
    parser.addoption("--backends", choices=("local", "docker", "external"), default="local", help=__doc__)


@pytest.fixture(scope="session")
async def backends(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Backends]:
    """The real servers, once for all tests; those that are not given are started here."""
    environ: Mapping[str, str] = {}
    match request.config.getoption("--backends"):
        case "external":
            environ = os.environ
        case "docker":
            environ = request.getfixturevalue("container_urls")
    async with Backends(state=tmp_path_factory.mktemp("backends"), environ=environ, disposable=True) as backends:
        yield backends


@pytest.fixture(scope="session")
def container_urls() -> Iterator[Mapping[str, str]]:
    """Servers in containers; fails where Docker cannot be used."""
    with containers() as urls:
        yield urls


@pytest.fixture(scope="session")
async def stack(backends: Backends, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The whole platform as processes, in a sandbox, on the servers above. Every test brings its own organisation."""
    state = tmp_path_factory.mktemp("stack")
    stack = Stack(state, sandbox=True, environ={**os.environ, **backends.environment()}, disposable=True)
    await stack.start()
    yield stack
    try:
        async with asyncio.timeout(60):
            await stack.stop()
    finally:
        stack.abandon()


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
