"""Keys and connections for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from kit.rpc import http_session
from tests.kit.serving import Keys


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """The keys of an installation of its own."""
    return Keys(tmp_path / "secrets")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A pool of connections."""
    async with http_session() as session:
        yield session
