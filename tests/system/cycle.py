"""What a cycle tells the sessions part, said now: so that a test need not let weeks go by for it."""

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from contracts.wire import CycleCommand, Operation
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from gateway.types.relay import global_id
from kit.rpc import http_session
from tests.parts import Parts


def local(global_id: str) -> str:
    """The id by which the parts know it."""
    return b64decode(global_id).decode().partition(":")[2]


@dataclass
class Said:
    """Gives commands in the name of the workflows part."""

    parts: Parts
    token: str

    async def tell[C: CycleCommand, A](self, operation: Operation[C, A], mentorship_id: str, **fields: Any) -> A:
        """One command about a mentorship (by its global id), decided at this moment."""
        given: dict[str, Any] = {"mentorship_id": local(mentorship_id), "at": self.parts.now(), **fields}
        request = operation.request(**given)
        return await self.parts.call(operation, self.token, request)


@asynccontextmanager
async def cycle_of(stack: Stack, story: Story) -> AsyncIterator[Said]:
    """The workflows part, as the organisation of this story hears it."""
    organisation = (await story.priya.ask("{ organisation { id } }"))["organisation"]["id"]
    async with http_session() as http:
        parts = Parts(stack, http)
        yield Said(parts, parts.part_token("workflows", local(organisation)))


def id_of(kind: str, record: Any) -> str:
    """The global id of a record."""
    return str(global_id(kind, record.id))


@asynccontextmanager
async def somebody(story: Story, name: str, endpoint: str, *roles: str) -> AsyncIterator[Person]:
    """One more person of the organisation, signed in."""
    async with Person(name, endpoint) as person:
        password, email = "a long phrase for tests", f"{name.lower()}@{story.domain}"
        await story.priya.do("addUser", "user { id }", name=name, email=email, password=password, roles=list(roles))
        await person.sign_in(email, password)
        yield person


@asynccontextmanager
async def a_manager_of(story: Story, name: str, endpoint: str, programme_id: str) -> AsyncIterator[Person]:
    """One more person, who manages this programme and no other."""
    async with somebody(story, name, endpoint) as person:
        given = {"userId": person.id, "role": "PROGRAMME_MANAGER", "programmeId": programme_id}
        await story.priya.do("grantRole", "user { id }", **given)
        await person.sign_in(f"{name.lower()}@{story.domain}", "a long phrase for tests")
        yield person


async def code_of(attempt: Any) -> str:
    """The code of the refusal that it meets; what is not refused fails."""
    try:
        await attempt
    except Refused as refused:
        return refused.code
    raise AssertionError("this was to be refused")
