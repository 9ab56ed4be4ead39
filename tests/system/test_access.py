"""Roles and suspension at the endpoint: at once, also for tokens that are out and sockets that are open."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.people import a_story
from tests.system.polling import until

WATCH = "subscription($id: ID!) { mentorshipEvents(id: $id) { type } }"
AT_ONCE = 5  # seconds
ADMINS = ["ORG_ADMIN"]


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An organisation with a proposed pair, for all tests of this file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        yield story


@pytest.fixture
async def max_(story: Story, endpoint: str) -> AsyncIterator[Person]:
    """A colleague who manages nothing yet."""
    async with Person("Max", endpoint) as person:
        await join(story, person)
        yield person


async def join(story: Story, person: Person, roles: list[str] | None = None) -> str:
    """Add somebody to the organisation and sign them in; gives the address."""
    email = f"{person.name.lower()}-{uuid.uuid4().hex[:6]}@{story.domain}"
    await story.priya.do("addUser", "user { id }", name=person.name, email=email, password=PASSWORD, roles=roles or [])
    await person.sign_in(email, PASSWORD)
    return email


async def refusal(attempt: Awaitable[Any]) -> tuple[str, str | None]:
    """Code and field of a refusal."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


async def is_out(person: Person) -> bool:
    """Whether the access token is refused."""
    try:
        await person.ask("{ me { id } }")
    except Refused as refused:
        return refused.code == "UNAUTHENTICATED"
    return False


@asynccontextmanager
async def watching(story: Story, endpoint: str, person: Person) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket that watches the mentorship in a person's name."""
    token = person.authorization
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(endpoint, protocols=["graphql-transport-ws"]) as socket,
    ):
        await socket.send_json({"type": "connection_init", "payload": {"authorization": token}})
        assert (await socket.receive_json(timeout=AT_ONCE))["type"] == "connection_ack"
        payload = {"query": WATCH, "variables": {"id": story.mentorship_id}}
        await socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
        await socket.send_json({"type": "ping"})
        assert (await socket.receive_json(timeout=AT_ONCE))["type"] == "pong"
        yield socket


async def closes(socket: aiohttp.ClientWebSocketResponse) -> tuple[int | None, list[Any]]:
    """With which code the socket closes within five seconds, and what came before that."""
    async with asyncio.timeout(AT_ONCE):
        seen = [message.json() async for message in socket]
    return socket.close_code, seen


async def test_a_role_opens_what_it_says_with_the_next_token(story: Story, max_: Person) -> None:
    assert await refusal(max_.do("createProgramme", "programme { id }", name="Mine")) == ("FORBIDDEN", None)
    granted = await story.priya.do("grantRole", "user { roles }", userId=max_.id, role="PROGRAMME_MANAGER")
    assert granted["user"]["roles"] == ["PROGRAMME_MANAGER"]
    await max_.renew()
    await max_.do("createProgramme", "programme { id }", name="Mine")
    await story.priya.do("revokeRole", "user { roles }", userId=max_.id, role="PROGRAMME_MANAGER")
    await until(lambda: is_out(max_), "the token to be called back", seconds=AT_ONCE)
    await max_.renew()
    assert await refusal(max_.do("createProgramme", "programme { id }", name="Mine")) == ("FORBIDDEN", None)


async def test_a_manager_of_one_programme_manages_that_one_alone(story: Story, max_: Person) -> None:
    other = await story.priya.do("createProgramme", "programme { id }", name="Another")
    returning = "user { roles managedProgrammes { id } }"
    given = {"userId": max_.id, "role": "PROGRAMME_MANAGER", "programmeId": other["programme"]["id"]}
    granted = await story.priya.do("grantRole", returning, **given)
    assert granted["user"] == {"roles": [], "managedProgrammes": [{"id": other["programme"]["id"]}]}
    await max_.renew()
    pair = {"mentorId": story.sofia.id, "menteeId": story.maria.id}
    made = await max_.do("proposeMentorship", "mentorship { id }", programmeId=other["programme"]["id"], **pair)
    refused = max_.do("proposeMentorship", "mentorship { id }", programmeId=story.programme_id, **pair)
    assert await refusal(refused) == ("FORBIDDEN", None)
    see = "query($id: ID!) { mentorship(id: $id) { phase checkIns { edges { node { id } } } } }"
    assert (await max_.ask(see, id=made["mentorship"]["id"]))["mentorship"]["phase"] == "PROPOSED"
    assert await refusal(max_.ask(see, id=story.mentorship_id)) == ("NOT_FOUND", None)
    await story.priya.do("revokeRole", returning, **given)
    await until(lambda: is_out(max_), "the token to be called back", seconds=AT_ONCE)
    await max_.renew()
    assert await refusal(max_.ask(see, id=made["mentorship"]["id"])) == ("NOT_FOUND", None)


async def test_a_role_that_is_taken_closes_what_is_watched(story: Story, endpoint: str, max_: Person) -> None:
    await story.priya.do("grantRole", "user { id }", userId=max_.id, role="PROGRAMME_MANAGER")
    await max_.renew()
    async with watching(story, endpoint, max_) as socket:
        await story.priya.do("revokeRole", "user { id }", userId=max_.id, role="PROGRAMME_MANAGER")
        assert await closes(socket) == (4403, [])


@pytest.mark.parametrize("how", ["signOut", "signOutEverywhere"])
async def test_signing_out_closes_what_is_watched_and_ends_the_token(
    story: Story, endpoint: str, max_: Person, how: str
) -> None:
    await story.priya.do("grantRole", "user { id }", userId=max_.id, role="PROGRAMME_MANAGER")
    await max_.renew()
    given = {"refreshToken": max_.refresh_token} if how == "signOut" else {}
    async with watching(story, endpoint, max_) as socket:
        await max_.do(how, "signedOut", **given)
        assert await closes(socket) == (4403, [])
    await until(lambda: is_out(max_), "the token to be called back", seconds=AT_ONCE)
    assert await refusal(max_.renew()) == ("UNAUTHENTICATED", None)


async def test_signing_out_on_one_device_leaves_the_other_alone(story: Story, endpoint: str) -> None:
    async with Person("Kim", endpoint) as phone, Person("Kim", endpoint) as laptop:
        email = await join(story, phone)
        await laptop.sign_in(email, PASSWORD)
        await phone.do("signOut", "signedOut", refreshToken=phone.refresh_token)
        await until(lambda: is_out(phone), "the phone to be signed out", seconds=AT_ONCE)
        assert not await is_out(laptop)
        await laptop.do("signOutEverywhere", "signedOut")
        await until(lambda: is_out(laptop), "the laptop to be signed out", seconds=AT_ONCE)
        await laptop.sign_in(email, PASSWORD)
        assert not await is_out(laptop)


async def test_a_suspended_person_is_out_at_once_and_everywhere(story: Story, endpoint: str) -> None:
    async with Person("Max", endpoint) as person:
        email = await join(story, person, ["PROGRAMME_MANAGER"])
        async with watching(story, endpoint, person) as socket:
            suspended = await story.priya.do("suspendUser", "user { state }", userId=person.id)
            assert suspended["user"]["state"] == "SUSPENDED"
            assert await closes(socket) == (4403, [])
        await until(lambda: is_out(person), "the token to be called back", seconds=AT_ONCE)
        assert (await refusal(person.renew()))[0] == "UNAUTHENTICATED"
        assert (await refusal(person.sign_in(email, "a wrong phrase")))[0] == "UNAUTHENTICATED"
        assert (await refusal(person.sign_in(email, PASSWORD)))[0] == "FORBIDDEN"
        await story.priya.do("reinstateUser", "user { state }", userId=person.id)
        await person.sign_in(email, PASSWORD)
        assert not await is_out(person)


async def test_a_person_who_is_called_back_is_refused_by_every_part(story: Story, endpoint: str, stack: Stack) -> None:
    """The parts do not rely on the gateway: each is asked directly."""
    async with Person("Max", endpoint) as person, aiohttp.ClientSession() as http:
        await join(story, person)
        token = person.authorization
        operations = {
            "identity": "identity.get_organisation",
            "goals": "goals.get_goals",
            "sessions": "sessions.get_notes",
            "notifications": "notifications.get_notifications",
            "workflows": "cycles.read_clock",
        }

        async def statuses() -> set[int]:
            found = set()
            for part, operation in operations.items():
                url = f"http://127.0.0.1:{stack.site.ports[part]}/operations/{operation}"
                async with http.post(url, json={"ids": []}, headers={"authorization": token}) as answer:
                    found.add(answer.status)
            return found

        assert await statuses() == {200}
        await story.priya.do("suspendUser", "user { id }", userId=person.id)

        async def all_refuse() -> bool:
            return await statuses() == {401}

        await until(all_refuse, "every part to refuse", seconds=AT_ONCE)


async def test_the_last_administrator_stays(endpoint: str, stranger: Person) -> None:
    last = ("CONFLICT", "userId")
    me = (await stranger.ask("{ me { id } }"))["me"]["id"]
    assert await refusal(stranger.do("suspendUser", "user { id }", userId=me)) == last
    assert await refusal(stranger.do("revokeRole", "user { id }", userId=me, role="ORG_ADMIN")) == last
    email = f"ben@{uuid.uuid4().hex[:8]}.example"
    await stranger.do("addUser", "user { id }", name="Ben", email=email, password=PASSWORD, roles=ADMINS)
    async with Person("Ben", endpoint) as ben:
        await ben.sign_in(email, PASSWORD)
        both = await asyncio.gather(
            stranger.do("revokeRole", "user { id }", userId=ben.id, role="ORG_ADMIN"),
            ben.do("revokeRole", "user { id }", userId=me, role="ORG_ADMIN"),
            return_exceptions=True,
        )
        assert sum(isinstance(each, dict) for each in both) == 1


async def test_only_an_administrator_of_the_organisation_decides_who_may_what(
    story: Story, max_: Person, stranger: Person
) -> None:
    role = {"role": "AUDITOR"}
    for mutation, more in (("grantRole", role), ("revokeRole", role), ("suspendUser", {}), ("reinstateUser", {})):
        assert (await refusal(max_.do(mutation, "user { id }", userId=max_.id, **more)))[0] == "FORBIDDEN"
        assert (await refusal(stranger.do(mutation, "user { id }", userId=max_.id, **more)))[0] == "NOT_FOUND"
    scoped = story.priya.do("grantRole", "user { id }", userId=max_.id, programmeId=story.programme_id, **role)
    assert await refusal(scoped) == ("INVALID", "role")
    theirs = await stranger.do("grantRole", "user { id }", userId=(await me(stranger)), role="PROGRAMME_MANAGER")
    assert theirs
    foreign = stranger.do(
        "grantRole", "user { id }", userId=(await me(stranger)), role="PROGRAMME_MANAGER",
        programmeId=story.programme_id,
    )  # fmt: skip
    assert (await refusal(foreign))[0] == "NOT_FOUND"


async def me(person: Person) -> str:
    """A person's own id."""
    return str((await person.ask("{ me { id } }"))["me"]["id"])


async def test_colleagues_do_not_see_who_is_suspended(story: Story, max_: Person) -> None:
    document = "query($id: ID!) { node(id: $id) { ... on User { name state } } }"
    assert (await max_.ask(document, id=story.maria.id))["node"] == {"name": "Maria", "state": None}
    assert (await story.priya.ask(document, id=max_.id))["node"]["state"] == "ACTIVE"
