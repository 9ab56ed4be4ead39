"""Priya, Maria and Sofia at an endpoint, in an organisation of their own."""

import io
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from rich.console import Console

from deploy.local.story import Story
from deploy.local.telling import Telling
from tests.system.recording import RecordingPerson


@asynccontextmanager
async def a_story(endpoint: str) -> AsyncIterator[Story]:
    """The three of them, before anything has happened."""
    async with AsyncExitStack() as people:
        priya, maria, sofia = [
            await people.enter_async_context(RecordingPerson(name, endpoint)) for name in ("Priya", "Maria", "Sofia")
        ]
        silent = Telling(Console(file=io.StringIO()))
        yield Story(priya, maria, sofia, silent, domain=f"{uuid.uuid4().hex[:8]}.example")
