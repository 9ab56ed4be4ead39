"""An auditor lets a score be worked out anew, at the endpoint, with the refusals."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD
from tests.system.people import refusal
from tests.system.polling import until
from tests.system.programmes import Circle, a_circle

FIGURES = "{ at policyVersion pair pairExact balance mentee { exact coverage { settled } } mentor { exact } }"
RECOMPUTED = f"""query($id: ID!) {{ scoreRecomputation(mentorshipId: $id) {{
  stored {FIGURES} recomputed {FIGURES} equal }} }}"""
TRACES = "query { auditLog(first: 100) { edges { node { kind mentorshipId people } } } }"


@pytest.fixture(scope="module")
async def circle(stack: Stack) -> AsyncIterator[Circle]:
    """One active mentorship, and an auditor."""
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        await circle.story.propose()
        async with circle.story.watching():
            await circle.story.agree()
            yield circle


@pytest.fixture(scope="module")
async def ada(circle: Circle) -> Person:
    """The auditor."""
    ada = await circle.join("Ada")
    await circle.priya.do("grantRole", "user { id }", userId=ada.id, role="AUDITOR")
    await ada.sign_in(f"ada@{circle.story.domain}", PASSWORD)
    return ada


async def recomputed(person: Person, circle: Circle) -> dict[str, Any]:
    found = await person.ask(RECOMPUTED, id=circle.story.mentorship_id)
    return dict(found["scoreRecomputation"])


async def test_what_the_two_see_is_what_their_commitments_come_to(circle: Circle, ada: Person) -> None:
    async def settled() -> dict[str, Any] | None:
        found = await recomputed(ada, circle)
        return found if found["stored"]["mentee"]["coverage"]["settled"] else None

    found = await until(settled, "the signatures to be settled")
    assert found is not None
    assert found["equal"]
    assert found["stored"] == found["recomputed"]


async def test_the_look_leaves_a_trace(circle: Circle, ada: Person) -> None:
    await recomputed(ada, circle)

    async def traced() -> bool:
        edges = (await ada.ask(TRACES))["auditLog"]["edges"]
        looks = [edge["node"] for edge in edges if edge["node"]["kind"] == "Score"]
        return any(each["mentorshipId"] == circle.story.mentorship_id and len(each["people"]) == 2 for each in looks)

    await until(traced, "the trace of the look")


async def test_nobody_else_may_let_it_be_worked_out(circle: Circle, ada: Person, stranger: Person) -> None:
    for person in (circle.priya, circle.story.maria, circle.story.sofia, stranger):
        assert (await refusal(recomputed(person, circle))).code == "FORBIDDEN"
    unknown = await refusal(ada.ask(RECOMPUTED, id=circle.story.programme_id))
    assert unknown.code == "NOT_FOUND"


async def test_an_auditor_of_another_organisation_is_told_of_no_mentorship(
    circle: Circle, stranger: Person, endpoint: str
) -> None:
    email, password = f"otto@{circle.story.domain}.example", "a long phrase for otto"
    made = await stranger.do("addUser", "user { id }", name="Otto", email=email, password=password)
    await stranger.do("grantRole", "user { id }", userId=made["user"]["id"], role="AUDITOR")
    async with Person("Otto", endpoint) as otto:
        await otto.sign_in(email, password)
        assert (await refusal(recomputed(otto, circle))).code == "NOT_FOUND"
