"""Policies at the endpoint: templates, versions that stay readable, and mentorships that keep theirs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.system.programmes import Circle, a_circle

SHOWN = "programme { id version policy { version length matchResponse } }"
VERSIONS = """query($id: ID!) { programme(id: $id) {
  policyVersions { policy { version length } publishedById publishedAt } } }"""


@pytest.fixture(scope="module")
async def circle(stack: Stack) -> AsyncIterator[Circle]:
    """One organisation for all; each test has a programme of its own."""
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        yield circle


async def _refused(attempt: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


async def test_a_running_mentorship_keeps_the_policy_that_it_was_proposed_under(circle: Circle) -> None:
    priya, (maria, sofia) = circle.priya, (circle.story.maria, circle.story.sofia)
    programme = await circle.programme()
    pair = {"programmeId": programme, "mentorId": sofia.id, "menteeId": maria.id}
    before = (await priya.do("proposeMentorship", "mentorship { id policy { version length } }", **pair))["mentorship"]
    published = await priya.do("publishPolicy", SHOWN, programmeId=programme, policy={"length": "P300D"})
    assert published["programme"]["policy"] == {"version": 2, "length": "P300D", "matchResponse": "P14D"}

    document = "query($id: ID!) { mentorship(id: $id) { policy { version length } } }"
    kept = (await maria.ask(document, id=before["id"]))["mentorship"]["policy"]
    assert kept == before["policy"] == {"version": 1, "length": "P182D"}
    after = await priya.do("proposeMentorship", "mentorship { policy { version length } }", **pair)
    assert after["mentorship"]["policy"] == {"version": 2, "length": "P300D"}

    versions = (await maria.ask(VERSIONS, id=programme))["programme"]["policyVersions"]
    assert [each["policy"] for each in versions] == [kept, {"version": 2, "length": "P300D"}]
    assert {each["publishedById"] for each in versions} == {priya.id}


async def test_a_programme_is_opened_by_its_template(circle: Circle) -> None:
    document = "{ programmeTemplates { key name description trainingFor policy { length milestoneEvery } } }"
    templates = (await circle.story.maria.ask(document))["programmeTemplates"]
    assert {each["key"] for each in templates} == {"HALF_YEAR", "LEADERSHIP_YEAR", "QUARTER", "ONBOARDING"}
    for template in templates:
        shown = "programme { trainingFor policy { length milestoneEvery } }"
        made = await circle.priya.do("createProgramme", shown, name=template["name"], template=template["key"])
        assert made["programme"] == {name: template[name] for name in ("trainingFor", "policy")}


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({}, "policy"),
        ({"matchNudges": ["P20D"]}, "matchNudges"),
        ({"matchNudges": ["P1D", "P1D"]}, "matchNudges"),
        ({"length": "PT0S"}, "length"),
        ({"length": "P4000D"}, "length"),
        ({"closingLead": "P182D"}, "closingLead"),
        ({"milestoneEvery": "P183D"}, "milestoneEvery"),
    ],
)
async def test_a_policy_that_cannot_be_lived_is_refused_and_nothing_is_published(
    circle: Circle, policy: dict[str, Any], field: str
) -> None:
    programme = await circle.programme()
    attempt = circle.priya.do("publishPolicy", SHOWN, programmeId=programme, policy=policy)
    assert await _refused(attempt) == ("INVALID", field)
    assert len((await circle.priya.ask(VERSIONS, id=programme))["programme"]["policyVersions"]) == 1


async def test_only_the_programmes_manager_publishes_on_the_version_that_was_seen(
    circle: Circle, stranger: Person
) -> None:
    programme = await circle.programme()
    given = {"programmeId": programme, "policy": {"length": "P200D"}}
    assert await _refused(circle.story.maria.do("publishPolicy", SHOWN, **given)) == ("FORBIDDEN", None)
    assert await _refused(stranger.do("publishPolicy", SHOWN, **given)) == ("NOT_FOUND", None)
    assert await _refused(circle.priya.do("publishPolicy", SHOWN, version=7, **given)) == ("CONFLICT", "version")
    key = "the same"
    made = [await circle.priya.do("publishPolicy", SHOWN, idempotencyKey=key, **given) for _ in range(2)]
    assert made[0] == made[1]
    both = circle.priya.do("createProgramme", SHOWN, name="Both", template="QUARTER", policy={"length": "P100D"})
    assert await _refused(both) == ("INVALID", "policy")
