"""Taking part in a programme at the endpoint: consent, approval, places, the waiting list, and both sides at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.system.people import until_told
from tests.system.polling import until
from tests.system.programmes import ENROLMENT, Circle, a_circle, nodes

UNKNOWN = "Q29ob3J0Om5vd2hlcmU="  # Cohort:nowhere


@pytest.fixture(scope="module")
async def circle(stack: Stack) -> AsyncIterator[Circle]:
    """One organisation for all; each test has a programme of its own."""
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        yield circle


async def _refused(attempt: Any, code: str, field: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    assert (refused.value.code, refused.value.field) == (code, field), refused.value
    return refused.value.message


def _wish(programme_id: str, **fields: Any) -> dict[str, Any]:
    return {"programmeId": programme_id, "party": "MENTEE", "consent": True, "languages": ["en"], **fields}


async def _enrol(person: Person, programme_id: str, **fields: Any) -> str:
    return str((await person.do("enrol", ENROLMENT, **_wish(programme_id, **fields)))["enrolment"]["id"])


async def _state(person: Person, enrolment_id: str) -> str:
    found = await person.ask("query($id: ID!) { node(id: $id) { ... on Enrolment { state } } }", id=enrolment_id)
    return str(found["node"]["state"])


async def test_the_same_person_is_mentee_and_mentor(circle: Circle) -> None:
    programme, maria = await circle.programme(), circle.story.maria
    await circle.mentee(maria, programme)
    await circle.mentor(maria, programme)
    document = "{ myEnrolments { edges { node { party state consentedAt programme { id } } } } }"
    mine = [each for each in nodes((await maria.ask(document))["myEnrolments"]) if each["programme"]["id"] == programme]
    assert {each["party"]: each["state"] for each in mine} == {"MENTEE": "APPROVED", "MENTOR": "APPROVED"}
    assert all(each["consentedAt"] for each in mine)


async def test_who_finds_a_cohort_full_waits_and_moves_up(circle: Circle) -> None:
    programme, (mara, sonja) = await circle.programme(), [await circle.join(name) for name in ("Mara", "Sonja")]
    cohort = await circle.cohort(programme, places=1)
    first, second = [await _enrol(each, programme, cohortId=cohort) for each in (mara, sonja)]
    await circle.approve(first)
    await circle.approve(second)
    assert [await _state(circle.priya, each) for each in (first, second)] == ["APPROVED", "WAITING"]
    await mara.do("withdrawEnrolment", ENROLMENT, enrolmentId=first)

    async def moved_up() -> bool:
        return await _state(sonja, second) == "APPROVED"

    await until(moved_up, "the next one to move up")
    assert [each["rule"] for each in await until_told(mara, "ENROLMENT_APPROVED")] == ["identity.enrolment_approved.v1"]
    for template in ("ENROLMENT_WAITLISTED", "ENROLMENT_APPROVED"):
        assert len(await until_told(sonja, template)) == 1
    listed = "query($id: ID!) { cohorts(programmeId: $id) { edges { node { places placesTaken } } } }"
    (shown,) = nodes((await circle.priya.ask(listed, id=programme))["cohorts"])
    assert shown == {"places": 1, "placesTaken": 1}
    again = await mara.do("enrol", ENROLMENT, **_wish(programme, cohortId=cohort))
    assert (again["enrolment"]["id"], again["enrolment"]["state"]) == (first, "SUBMITTED")


async def test_of_two_approved_at_once_for_the_last_place_one_waits(circle: Circle) -> None:
    programme = await circle.programme()
    cohort = await circle.cohort(programme, places=1)
    both = [await _enrol(each, programme, cohortId=cohort) for each in (circle.story.maria, circle.story.sofia)]
    await asyncio.gather(*(circle.approve(each) for each in both))
    assert sorted([await _state(circle.priya, each) for each in both]) == ["APPROVED", "WAITING"]


async def test_a_programme_manager_lists_by_side_and_state_and_declines(circle: Circle) -> None:
    programme = await circle.programme()
    declined = await _enrol(circle.story.maria, programme)
    await circle.priya.do("declineEnrolment", ENROLMENT, enrolmentId=declined)
    (told,) = await until_told(circle.story.maria, "ENROLMENT_DECLINED")
    assert "this time" in told["subject"]
    await circle.mentor(circle.story.sofia, programme)
    document = """query($id: ID!, $party: Party, $state: EnrolmentState) {
      enrolments(programmeId: $id, party: $party, state: $state) { edges { node { user { name } } } } }"""

    async def names(**words: str) -> list[str]:
        found = await circle.priya.ask(document, id=programme, **words)
        return [each["user"]["name"] for each in nodes(found["enrolments"])]

    assert await names() == ["Maria", "Sofia"]
    assert await names(party="MENTOR", state="APPROVED") == ["Sofia"]
    assert await names(state="DECLINED") == ["Maria"]
    assert await names(party="MENTEE", state="APPROVED") == []
    await _refused(circle.story.maria.ask(document, id=programme), "FORBIDDEN")
    late = circle.priya.do("approveEnrolment", ENROLMENT, enrolmentId=declined)
    assert "declined" in await _refused(late, "CONFLICT")


async def test_a_training_is_recorded_once(circle: Circle) -> None:
    programme = await circle.programme(trainingFor=["MENTEE"])
    enrolment = await _enrol(circle.story.maria, programme)
    made = [
        await circle.priya.do("recordTraining", ENROLMENT, enrolmentId=enrolment, idempotencyKey=f"again-{number}")
        for number in range(2)
    ]
    assert made[0]["enrolment"]["trainedAt"]
    assert made[0] == made[1]


async def test_enrolments_belong_to_their_person_and_manager(circle: Circle, stranger: Person) -> None:
    programme, (maria, sofia) = await circle.programme(), (circle.story.maria, circle.story.sofia)
    enrolment = await _enrol(maria, programme)
    said = {
        (await _refused(attempt, "NOT_FOUND")).replace(enrolment, "X")
        for attempt in (
            sofia.do("withdrawEnrolment", ENROLMENT, enrolmentId=enrolment),
            stranger.do("withdrawEnrolment", ENROLMENT, enrolmentId=enrolment),
            stranger.do("approveEnrolment", ENROLMENT, enrolmentId=enrolment),
        )
    }
    assert len(said) == 1
    for mutation in ("approveEnrolment", "declineEnrolment", "recordTraining"):
        await _refused(maria.do(mutation, ENROLMENT, enrolmentId=enrolment), "FORBIDDEN")
    await _refused(sofia.ask("query($id: ID!) { node(id: $id) { id } }", id=enrolment), "NOT_FOUND")
    await _refused(stranger.do("enrol", ENROLMENT, **_wish(programme)), "NOT_FOUND")
    await _refused(maria.do("openCohort", "cohort { id }", programmeId=programme, name="Mine"), "FORBIDDEN")
    await _refused(stranger.do("openCohort", "cohort { id }", programmeId=programme, name="Mine"), "NOT_FOUND")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"consent": False}, "consent"),
        ({"languages": []}, "languages"),
        ({"languages": ["klingonish"]}, "languages"),
        ({"languages": ["en"] * 6}, "languages"),
        ({"fields": ["x"] * 9}, "fields"),
        ({"fields": [" "]}, "fields[0]"),
    ],
)
async def test_an_enrolment_that_breaks_a_rule_is_refused(circle: Circle, fields: dict[str, Any], field: str) -> None:
    programme = await circle.programme()
    await _refused(circle.story.maria.do("enrol", ENROLMENT, **_wish(programme, **fields)), "INVALID", field)


async def test_who_comes_at_the_wrong_time_or_to_the_wrong_place_is_refused(circle: Circle) -> None:
    programme, other = await circle.programme(), await circle.programme()
    maria, priya = circle.story.maria, circle.priya
    elsewhere = await circle.cohort(other)
    early = await circle.cohort(programme, opensAt="2099-01-01T00:00:00Z")
    late = await circle.cohort(programme, closesAt="2020-01-01T00:00:00Z")
    for cohort in (elsewhere, UNKNOWN):
        await _refused(maria.do("enrol", ENROLMENT, **_wish(programme, cohortId=cohort)), "NOT_FOUND")
    assert "opens" in await _refused(
        maria.do("enrol", ENROLMENT, **_wish(programme, cohortId=early)), "CONFLICT", "cohortId"
    )
    assert "closed" in await _refused(
        maria.do("enrol", ENROLMENT, **_wish(programme, cohortId=late)), "CONFLICT", "cohortId"
    )
    await _refused(priya.do("enrol", ENROLMENT, **_wish(programme, party="MENTOR")), "CONFLICT", "party")
    await _enrol(maria, programme)
    assert "already" in await _refused(maria.do("enrol", ENROLMENT, **_wish(programme)), "CONFLICT")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"places": 0}, "places"),
        ({"places": 2_001}, "places"),
        ({"name": " "}, "name"),
        ({"opensAt": "2030-01-02T00:00:00Z", "closesAt": "2030-01-01T00:00:00Z"}, "closesAt"),
    ],
)
async def test_a_cohort_that_breaks_a_rule_is_refused(circle: Circle, fields: dict[str, Any], field: str) -> None:
    given = {"programmeId": await circle.programme(), "name": "Spring", **fields}
    await _refused(circle.priya.do("openCohort", "cohort { id }", **given), "INVALID", field)
