"""Units, places, and finding people at the endpoint, with their refusals."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.people import a_story

FIND = """query($filter: UserFilter, $first: Int!, $after: String) {
  users(filter: $filter, first: $first, after: $after) {
    edges { node { id name unit { name } manager { name } } } pageInfo { hasNextPage endCursor } } }"""
NAMES = ("Zoë Łukasz", "Zora Ahn", "zo Bell", "Émile Zola", "Emil Ek")


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An organisation with Priya, Maria and Sofia, and five people to look for."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        for number, name in enumerate(NAMES):
            roles = ["AUDITOR"] if number == 0 else []
            email = f"p{number}@{story.domain}"
            await story.priya.do("addUser", "user { id }", name=name, email=email, password=PASSWORD, roles=roles)
        yield story


async def found(person: Person, *, first: int = 100, after: str | None = None, **filter: Any) -> list[str]:
    answer = await person.ask(FIND, filter=filter, first=first, after=after)
    return [edge["node"]["name"] for edge in answer["users"]["edges"]]


async def code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


async def test_people_are_found_by_how_their_name_begins(story: Story) -> None:
    assert await found(story.priya, name="zo") == ["zo Bell", "Zoë Łukasz", "Zora Ahn"]
    assert await found(story.priya, name="ZOE  luk") == ["Zoë Łukasz"]
    assert await found(story.priya, name="emil") == ["Emil Ek", "Émile Zola"]
    assert await found(story.priya, name="zola") == []


async def test_people_are_found_by_how_their_address_begins(story: Story) -> None:
    assert sorted(await found(story.priya, email="P")) == sorted([*NAMES, "Priya"])
    assert await found(story.priya, email=f"p3@{story.domain}") == ["Émile Zola"]


async def test_a_search_is_read_page_by_page(story: Story) -> None:
    names, after = [], None
    while True:
        page = (await story.priya.ask(FIND, filter={"state": "ACTIVE"}, first=3, after=after))["users"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert names == ["Emil Ek", "Émile Zola", "Maria", "Priya", "Sofia", "zo Bell", "Zoë Łukasz", "Zora Ahn"]


async def test_choices_are_taken_together(story: Story) -> None:
    assert await found(story.priya, role="AUDITOR", state="ACTIVE") == ["Zoë Łukasz"]
    assert await found(story.priya, role="AUDITOR", name="em") == []
    assert await found(story.priya, state="SUSPENDED") == []


async def test_a_person_is_placed_and_found_in_the_unit(story: Story, stranger: Person) -> None:
    berlin = (await story.priya.do("createUnit", "orgUnit { id }", name="Berlin"))["orgUnit"]["id"]
    again = await story.priya.do("createUnit", "orgUnit { id }", name="BERLIN ")
    assert again["orgUnit"]["id"] == berlin
    lab = await story.priya.do("createUnit", "orgUnit { id parent { name } }", name="Lab", parentId=berlin)
    assert lab["orgUnit"]["parent"] == {"name": "Berlin"}
    placed = await story.priya.do(
        "placeUser", "user { unit { name } manager { name } }",
        userId=story.maria.id, unitId=berlin, managerId=story.sofia.id,
    )  # fmt: skip
    assert placed["user"] == {"unit": {"name": "Berlin"}, "manager": {"name": "Sofia"}}
    assert await found(story.priya, unitId=berlin, state="ACTIVE", name="mar") == ["Maria"]
    assert await code(found(stranger, unitId="T3JnVW5pdDp4", name="x", email="y")) == "INVALID"
    units = await story.maria.ask("{ orgUnits { edges { node { name } } } }")
    assert [edge["node"]["name"] for edge in units["orgUnits"]["edges"]] == ["Berlin", "Lab"]

    everyone = "query($id: ID!) { node(id: $id) { ... on User { unit { name } manager { name } } } }"
    assert (await story.sofia.ask(everyone, id=story.maria.id))["node"] == {"unit": None, "manager": None}
    assert (await story.maria.ask(everyone, id=story.maria.id))["node"]["unit"] == {"name": "Berlin"}


async def test_what_may_not_be_placed_is_refused(story: Story, stranger: Person) -> None:
    unknown = "T3JnVW5pdDp4"
    place = {"userId": story.maria.id}
    assert await code(story.maria.do("createUnit", "orgUnit { id }", name="Mine")) == "FORBIDDEN"
    assert await code(story.maria.do("placeUser", "user { id }", **place)) == "FORBIDDEN"
    assert await code(stranger.do("placeUser", "user { id }", **place)) == "NOT_FOUND"
    assert await code(story.priya.do("placeUser", "user { id }", **place, unitId=unknown)) == "NOT_FOUND"
    assert await code(story.priya.do("placeUser", "user { id }", **place, managerId=stranger.id)) == "NOT_FOUND"
    assert await code(story.priya.do("placeUser", "user { id }", **place, managerId=story.maria.id)) == "INVALID"
    assert await code(story.priya.do("placeUser", "user { id }", **place, version=99)) == "CONFLICT"
    assert await code(story.priya.do("createUnit", "orgUnit { id }", name="Deep", parentId=unknown)) == "NOT_FOUND"
    assert await code(story.priya.do("createUnit", "orgUnit { id }", name=" ")) == "INVALID"
    taken = uuid.uuid4().hex
    await story.priya.do("createUnit", "orgUnit { id }", name=taken)
    root = (await story.priya.do("createUnit", "orgUnit { id }", name="Root"))["orgUnit"]["id"]
    assert await code(story.priya.do("createUnit", "orgUnit { id }", name=taken, parentId=root)) == "CONFLICT"


async def test_only_those_who_administer_look_for_people(story: Story) -> None:
    assert await code(found(story.maria, name="zo")) == "FORBIDDEN"
    assert await code(found(story.priya, name="zo", email="p")) == "INVALID"
    assert await code(found(story.priya, name=" ")) == "INVALID"
    assert await code(found(story.priya, first=101, name="zo")) == "INVALID"
