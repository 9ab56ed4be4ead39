"""A programme's goals and coverage in numbers at the endpoint, with the refusals."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD
from tests.system.people import refusal
from tests.system.polling import until
from tests.system.programmes import Circle, a_circle

GOALS = "query($id: ID!) { programme(id: $id) { goals { drafted proposed agreed achieved abandoned onTrack behind } } }"
COVERAGE = """query($id: ID!) { programme(id: $id) {
  coverage { mentorships withAgreement withGoal withRecentContact } } }"""


@pytest.fixture(scope="module")
async def circle(stack: Stack) -> AsyncIterator[Circle]:
    """One active mentorship with one goal."""
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        story = circle.story
        await story.propose()
        async with story.watching():
            await story.agree()
            yield circle


async def ask(person: Person, document: str, circle: Circle) -> dict[str, Any]:
    (found,) = (await person.ask(document, id=circle.story.programme_id))["programme"].values()
    return dict(found)


async def test_the_manager_sees_how_many_goals_are_where(circle: Circle) -> None:
    async def counted() -> bool:
        return bool((await ask(circle.priya, GOALS, circle))["agreed"] == 1)

    await until(counted, "the goal to be counted")
    assert await ask(circle.priya, GOALS, circle) == {
        "drafted": 0, "proposed": 0, "agreed": 1, "achieved": 0, "abandoned": 0, "onTrack": 1, "behind": 0,
    }  # fmt: skip


async def test_the_manager_sees_what_mentorships_have(circle: Circle) -> None:
    wanted = {"mentorships": 1, "withAgreement": 1, "withGoal": 1, "withRecentContact": 0}

    async def counted() -> bool:
        return await ask(circle.priya, COVERAGE, circle) == wanted

    await until(counted, "the mentorship to be counted")


async def test_hr_sees_no_numbers_about_few(circle: Circle) -> None:
    hana = await circle.join("Hana")
    await circle.priya.do("grantRole", "user { id }", userId=hana.id, role="HR_ANALYST")
    await hana.sign_in(f"hana@{circle.story.domain}", PASSWORD)
    for document in (GOALS, COVERAGE):
        assert set((await ask(hana, document, circle)).values()) == {None}


async def test_others_are_refused(circle: Circle, stranger: Person) -> None:
    ada = await circle.join("Ada")
    await circle.priya.do("grantRole", "user { id }", userId=ada.id, role="AUDITOR")
    await ada.sign_in(f"ada@{circle.story.domain}", PASSWORD)
    for document in (GOALS, COVERAGE):
        for person in (circle.story.maria, circle.story.sofia, ada):
            assert (await refusal(ask(person, document, circle))).code == "FORBIDDEN"
        assert (await refusal(ask(stranger, document, circle))).code == "NOT_FOUND"
