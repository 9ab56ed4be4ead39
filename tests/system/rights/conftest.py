"""Everything once, for all files here: nothing that is asked of it changes who may see it."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from tests.system.rights.asking import Asker
from tests.system.rights.everything import Everything, everything_of


@pytest.fixture(scope="session")
async def everything(stack: Stack) -> AsyncIterator[Everything]:
    """One object of every kind."""
    async with everything_of(stack) as found:
        yield found


@pytest.fixture(scope="session")
async def asker(stack: Stack, everything: Everything) -> AsyncIterator[Asker]:
    """Asks in the name of each principal, and keeps the answers as they are."""
    async with Asker(f"{stack.gateway_url}/graphql", everything) as asker:
        yield asker
