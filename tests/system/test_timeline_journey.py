"""What the two look back at together, at the endpoint, with the refusals."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story, refusal
from tests.system.polling import until

TIMELINE = """query($id: ID!, $first: Int! = 100, $after: String) { mentorship(id: $id) {
  timeline(first: $first, after: $after) {
    edges { node { at type title subject { __typename id } } } pageInfo { hasNextPage endCursor }
  }
} }"""


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def entries(person: Person, active: Story, *topics: str) -> list[dict[str, Any]]:
    """The timeline, once it tells of all these."""

    async def found() -> list[dict[str, Any]] | None:
        page = (await person.ask(TIMELINE, id=active.mentorship_id))["mentorship"]["timeline"]
        nodes = [edge["node"] for edge in page["edges"]]
        return nodes if set(topics) <= {node["type"] for node in nodes} else None

    seen = await until(found, "the timeline to tell of it")
    assert seen is not None
    return seen


async def test_the_two_see_what_happened_the_newest_first(active: Story) -> None:
    due = (await active.now()).date().isoformat()
    item = await active.maria.do(
        "addActionItem", "actionItem { id }", mentorshipId=active.mentorship_id, ownerId=active.maria.id,
        title="Book the room", due=due,
    )  # fmt: skip
    item_id = item["actionItem"]["id"]
    await active.maria.do("completeActionItem", "actionItem { id }", actionItemId=item_id)
    given = await active.sofia.do(
        "giveFeedback", "feedback { id }", mentorshipId=active.mentorship_id, kind="STRENGTH", situation="Today",
        behaviour="You asked", impact="Calm",
    )  # fmt: skip
    topics = ("goals.goal_agreed.v1", "goals.action_completed.v1", "goals.feedback_given.v1")
    of_maria, of_sofia = [await entries(person, active, *topics) for person in (active.maria, active.sofia)]
    assert of_maria[: len(of_sofia)] == of_sofia[: len(of_maria)]
    assert [each["at"] for each in of_maria] == sorted((each["at"] for each in of_maria), reverse=True)
    told = {each["type"]: (each["title"], each["subject"]) for each in of_maria}
    assert told["goals.goal_agreed.v1"] == ("A goal was agreed", {"__typename": "Goal", "id": active.goal_id})
    assert told["goals.action_completed.v1"] == (
        "An action item was completed", {"__typename": "ActionItem", "id": item_id},
    )  # fmt: skip
    assert told["goals.feedback_given.v1"][1] == {"__typename": "Feedback", "id": given["feedback"]["id"]}
    phases = [each["title"] for each in of_maria if each["type"] == "identity.mentorship_phase_changed.v1"]
    assert phases[0] == "The mentorship is now in the phase: active"


async def test_pages_meet_every_entry_once(active: Story) -> None:
    whole = await entries(active.maria, active, "goals.goal_agreed.v1", "identity.mentorship_phase_changed.v1")
    found, after = [], None
    while True:
        asked = await active.maria.ask(TIMELINE, id=active.mentorship_id, first=2, after=after)
        page = asked["mentorship"]["timeline"]
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found[-len(whole) :] == whole


async def test_nobody_else_sees_it_and_a_page_has_its_bounds(active: Story, stranger: Person) -> None:
    for person in (active.priya, stranger):
        assert (await refusal(person.ask(TIMELINE, id=active.mentorship_id))).code == "NOT_FOUND"
    wrong = await refusal(active.maria.ask(TIMELINE, id=active.mentorship_id, first=101))
    assert wrong.code == "INVALID"
