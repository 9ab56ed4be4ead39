"""People at the endpoint of one running platform; each test has an organisation of its own."""

import uuid
from collections.abc import AsyncIterator

import pytest

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story


@pytest.fixture
def endpoint(stack: Stack) -> str:
    """The one GraphQL endpoint."""
    return f"{stack.gateway_url}/graphql"


@pytest.fixture
async def story(endpoint: str) -> AsyncIterator[Story]:
    """Priya, Maria and Sofia, before anything has happened."""
    async with a_story(endpoint) as story:
        yield story


@pytest.fixture
async def active(story: Story) -> AsyncIterator[Story]:
    """The same three, with the mentorship active and its events watched."""
    await story.found()
    await story.propose()
    async with story.watching():
        await story.agree()
        yield story


@pytest.fixture
async def stranger(endpoint: str) -> AsyncIterator[Person]:
    """The administrator of another organisation."""
    async with Person("Stella", endpoint) as stella:
        email = f"stella@{uuid.uuid4().hex[:8]}.example"
        password = "another long phrase for tests"
        await stella.do(
            "registerOrganisation", "admin { id }", name="Elsewhere", adminName="Stella", adminEmail=email,
            password=password,
        )  # fmt: skip
        await stella.sign_in(email, password)
        yield stella
