"""A real engine for the tests of this folder, started once; every test has cycles of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from deploy.local.backends import Backends
from tests.workflows.engine import CIPHER
from workflows.codec import converter


@pytest.fixture(scope="session")
async def temporal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a development server whose time can be moved."""
    state: Path = tmp_path_factory.mktemp("temporal")
    async with Backends(state=state, only={"temporal"}, disposable=True) as backends:
        yield backends["temporal"].url


@pytest.fixture(scope="session")
async def client(temporal: str) -> Client:
    """A client that encrypts as the part does."""
    return await Client.connect(temporal, data_converter=converter(CIPHER))
