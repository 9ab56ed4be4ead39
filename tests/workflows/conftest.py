"""A real engine for the tests of this folder, started once; every test has cycles of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from deploy.local.backends import Backends
from tests.workflows.engine import CIPHER
from workflows.codec import converter


@pytest.fixture(scope="session")
async def temporal(data: Path) -> AsyncIterator[str]:
    """The address of a development server whose time can be moved."""
    async with Backends(state=data / "temporal", only={"temporal"}, disposable=True) as backends:
        yield backends["temporal"].url


@pytest.fixture(scope="session")
async def client(temporal: str) -> Client:
    """A client that encrypts as the part does."""
    return await Client.connect(temporal, data_converter=converter(CIPHER))
