"""Mentors at the endpoint: they say what they can help with, are found, and say how much room there is."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story

PROFILE = "mentorProfile { id fields seniority languages availability capacity seatsFree hoursPerMonth listed version }"


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """Priya, Maria and Sofia; Sofia and Priya have written a profile."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.sofia.do("writeMentorProfile", PROFILE, **_profile())
        await story.priya.do("writeMentorProfile", PROFILE, **_profile(seniority="LEAD", languages=["de"]))
        yield story


def _profile(**fields: Any) -> dict[str, Any]:
    return {
        "fields": ["Leading teams", "finance"], "seniority": "EXECUTIVE", "languages": ["en-GB", "de"], **fields,
    }  # fmt: skip


async def _found(person: Person, words: str, first: int = 20) -> list[str]:
    names, after = [], None
    document = (
        f"query($after: String, $first: Int!) {{ searchMentors({words} first: $first, after: $after)"
        " { edges { node { user { name } } } pageInfo { hasNextPage endCursor } } }"
    )
    while True:
        page = (await person.ask(document, first=first, after=after))["searchMentors"]
        names += [edge["node"]["user"]["name"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return names
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", {"Priya", "Sofia"}),
        ('field: "LEADING  teams"', {"Priya", "Sofia"}),
        ("seniority: EXECUTIVE", {"Sofia"}),
        ('language: "en"', {"Sofia"}),
        ('language: "de-CH", seniority: LEAD, availability: OPEN, field: "finance"', {"Priya"}),
        ("availability: PAUSED", set()),
        ('field: "gardening"', set()),
    ],
)
async def test_a_mentee_finds_mentors_by_what_they_need(story: Story, words: str, names: set[str]) -> None:
    assert set(await _found(story.maria, words)) == names


async def test_the_directory_is_read_a_page_at_a_time_without_gaps_or_repeats(story: Story) -> None:
    assert await _found(story.maria, "", first=1) == await _found(story.maria, "")


async def test_a_mentor_sets_room_and_pauses(story: Story) -> None:
    set_to = await story.sofia.do("setCapacity", PROFILE, capacity=2)
    assert set_to["mentorProfile"]["seatsFree"] == 2
    await story.sofia.do("setAvailability", PROFILE, availability="PAUSED")
    assert await _found(story.maria, "availability: PAUSED") == ["Sofia"]
    opened = await story.sofia.do("setAvailability", PROFILE, availability="OPEN")
    assert opened["mentorProfile"]["availability"] == "OPEN"


async def test_my_capacity_is_there_before_a_profile_is_and_nobody_else_sees_it(story: Story) -> None:
    own = (await story.maria.ask("{ myCapacity { id capacity listed user { name } } }"))["myCapacity"]
    assert (own["listed"], own["user"]["name"]) == (False, "Maria")
    with pytest.raises(Refused) as refused:
        await story.sofia.ask("query($id: ID!) { node(id: $id) { id } }", id=own["id"])
    assert refused.value.code == "NOT_FOUND"


async def test_a_stranger_finds_nobody_of_another_organisation(story: Story, stranger: Person) -> None:
    own = (await story.sofia.ask("{ myCapacity { id } }"))["myCapacity"]
    assert await _found(stranger, "") == []
    with pytest.raises(Refused) as refused:
        await stranger.ask("query($id: ID!) { node(id: $id) { id } }", id=own["id"])
    assert refused.value.code == "NOT_FOUND"


async def test_a_programme_manager_writes_a_profile_for_somebody_and_a_colleague_may_not(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        await story.sofia.do("writeMentorProfile", PROFILE, **_profile(userId=story.maria.id))
    assert refused.value.code == "FORBIDDEN"
    written = await story.priya.do("writeMentorProfile", PROFILE, **_profile(userId=story.maria.id, fields=["law"]))
    assert written["mentorProfile"]["fields"] == ["law"]


async def test_a_profile_for_a_foreign_person_is_refused_like_one_for_nobody(story: Story, stranger: Person) -> None:
    said = set()
    for user_id in (stranger.id, "VXNlcjpub2JvZHk="):  # User:nobody
        with pytest.raises(Refused) as refused:
            await story.priya.do("writeMentorProfile", PROFILE, **_profile(userId=user_id))
        assert refused.value.code == "NOT_FOUND"
        said.add(refused.value.message.split()[:4].__repr__())
    assert len(said) == 1


@pytest.mark.parametrize(
    ("mutation", "given", "field"),
    [
        ("writeMentorProfile", {"languages": ["english"]}, "languages"),
        ("writeMentorProfile", {"languages": []}, "languages"),
        ("writeMentorProfile", {"fields": []}, "fields"),
        ("writeMentorProfile", {"fields": ["x"] * 9}, "fields"),
        ("writeMentorProfile", {"fields": [" "]}, "fields[0]"),
        ("writeMentorProfile", {"fields": ["x" * 61]}, "fields[0]"),
        ("writeMentorProfile", {"hoursPerMonth": 0}, "hoursPerMonth"),
        ("setCapacity", {"capacity": -1}, "capacity"),
        ("setCapacity", {"capacity": 21}, "capacity"),
    ],
)
async def test_what_breaks_a_rule_is_refused_with_its_field(
    story: Story, mutation: str, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        await story.sofia.do(mutation, PROFILE, **(_profile(**given) if mutation == "writeMentorProfile" else given))
    assert (refused.value.code, refused.value.field) == ("INVALID", field)


async def test_a_language_that_is_none_finds_nobody_and_says_why(story: Story) -> None:
    with pytest.raises(Refused) as refused:
        await _found(story.maria, 'language: "english"')
    assert refused.value.code == "INVALID"
