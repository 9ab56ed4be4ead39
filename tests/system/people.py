"""Priya, Maria and Sofia at an endpoint, in an organisation of their own."""

import io
import uuid
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from rich.console import Console

from deploy.local.person import Person, Refused
from deploy.local.story import Story
from deploy.local.telling import Telling
from tests.system.polling import until
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


async def attempt(person: Person, mutation: str, returning: str, **given: Any) -> dict[str, Any]:
    """The payload of one mutation, refused or not."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = (
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {returning} userErrors {{ code field }} }} }}"
    )
    payload: dict[str, Any] = (await person.ask(document, input=given))[mutation]
    return payload


async def until_told(person: Person, template: str) -> list[dict[str, Any]]:
    """What somebody is told of this kind, once there is anything, the newest first."""
    document = "{ notifications(first: 50) { edges { node { template subject why rule } } } }"

    async def found() -> list[dict[str, Any]]:
        edges = (await person.ask(document))["notifications"]["edges"]
        return [edge["node"] for edge in edges if edge["node"]["template"] == template]

    return await until(found, f"{person.name} to be told {template}")


async def refusal(attempt: Awaitable[Any]) -> Refused:
    """The no that an attempt meets."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value
