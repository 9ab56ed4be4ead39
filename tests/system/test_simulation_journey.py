"""A programme played before it starts, at the endpoint: figures in the background, the same for the same seed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.system.polling import until
from tests.system.programmes import Circle, a_circle

SPREAD = "{ mean p10 p50 p90 }"
SHOWN = f"""
  id state progress pairs months seed policyVersion finishedAt behaviour {{ profile share }} programme {{ id }}
  requestedBy {{ name }} figures {{ pairs weeks notificationsSent checkInsHeld checkInsMissed escalations
    mentorHoursGiven staffHoursNeeded openAtEnd notifications {SPREAD} mentorHours {SPREAD} staffHours {SPREAD}
    coverage {SPREAD} kept {SPREAD} notificationsByTemplate {{ template count }} escalationsByKind {{ kind count }}
    closures {{ closure count }} series {{ week openPairs notifications {SPREAD} mentorHours {SPREAD}
      escalations staffHours coverage }} }}"""
READ = f"query($id: ID!) {{ simulation(id: $id) {{ {SHOWN} }} }}"
UNKNOWN = "U2ltdWxhdGlvbjpub3doZXJl"  # Simulation:nowhere
SMALL: dict[str, Any] = {"pairs": 12, "months": 2, "seed": 5}


@pytest.fixture(scope="module")
async def circle(stack: Stack) -> AsyncIterator[Circle]:
    """One organisation for all."""
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        yield circle


async def simulated(circle: Circle, programme_id: str, **fields: Any) -> dict[str, Any]:
    made = await circle.priya.do("simulateProgramme", "simulation { id }", programmeId=programme_id, **fields)

    async def done() -> dict[str, Any] | None:
        found: dict[str, Any] = (await circle.priya.ask(READ, id=made["simulation"]["id"]))["simulation"]
        assert found["state"] != "FAILED"
        return found if found["state"] == "DONE" else None

    found = await until(done, "the simulation", seconds=60)
    assert found is not None
    return found


async def _refused(attempt: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


async def test_a_programme_is_played_in_the_background_and_the_seed_says_all(circle: Circle) -> None:
    programme = await circle.programme()
    mix = [{"profile": "RELIABLE", "share": 60}, {"profile": "VANISHING", "share": 40}]
    first = await simulated(circle, programme, behaviour=mix, **SMALL)
    assert (first["progress"], first["pairs"], first["months"], first["seed"]) == (100, 12, 2, 5)
    assert first["behaviour"] == mix
    assert first["programme"]["id"] == programme
    assert first["requestedBy"]["name"] == "Priya"
    figures = first["figures"]
    assert (figures["pairs"], figures["weeks"], len(figures["series"])) == (12, 9, 9)
    assert figures["notificationsSent"] == sum(each["count"] for each in figures["notificationsByTemplate"]) > 100
    assert figures["escalations"] == sum(each["count"] for each in figures["escalationsByKind"])
    assert figures["openAtEnd"] + sum(each["count"] for each in figures["closures"]) == 12
    assert figures["series"][0]["openPairs"] == 12
    assert 0 < figures["kept"]["p50"] <= figures["kept"]["p90"] <= 1
    assert figures["checkInsHeld"] > 0 < figures["mentorHoursGiven"]

    again = await simulated(circle, programme, behaviour=mix[::-1], **SMALL)
    assert again["id"] != first["id"]
    assert again["figures"] == figures
    other = await simulated(circle, programme, behaviour=mix, **{**SMALL, "seed": 6})
    assert other["figures"] != figures


async def test_a_policy_is_tried_before_it_is_published(circle: Circle) -> None:
    programme = await circle.programme()
    before = await simulated(circle, programme, **SMALL)
    changed = await simulated(circle, programme, policy={"matchNudges": ["P1D", "P2D", "P3D", "P4D"]}, **SMALL)
    assert before["policyVersion"] == changed["policyVersion"] == 1
    assert changed["figures"] != before["figures"]
    read = "query($id: ID!) { programme(id: $id) { policy { version matchNudges } } }"
    kept = (await circle.priya.ask(read, id=programme))["programme"]["policy"]
    assert kept == {"version": 1, "matchNudges": ["P3D", "P7D"]}


async def test_a_repeat_with_its_key_begins_nothing_new(circle: Circle) -> None:
    programme = await circle.programme()
    given = {"programmeId": programme, "idempotencyKey": "played once", **SMALL}
    made = [(await circle.priya.do("simulateProgramme", "simulation { id }", **given))["simulation"] for _ in range(2)]
    assert made[0] == made[1]
    other = circle.priya.do("simulateProgramme", "simulation { id }", **{**given, "pairs": 13})
    assert (await _refused(other))[0] == "IDEMPOTENCY_MISMATCH"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"pairs": 0}, "pairs"),
        ({"pairs": 5_001}, "pairs"),
        ({"months": 0}, "months"),
        ({"months": 25}, "months"),
        ({"seed": -1}, "seed"),
        ({"behaviour": [{"profile": "BUSY", "share": 99}]}, "behaviour"),
        ({"behaviour": [{"profile": "BUSY", "share": 140}, {"profile": "RELIABLE", "share": -40}]}, "behaviour"),
        ({"behaviour": [{"profile": "BUSY", "share": 50}, {"profile": "BUSY", "share": 50}]}, "behaviour"),
        ({"policy": {"matchNudges": ["P20D"]}}, "matchNudges"),
    ],
)
async def test_what_cannot_be_played_is_refused(circle: Circle, given: dict[str, Any], field: str) -> None:
    programme = await circle.programme()
    attempt = circle.priya.do("simulateProgramme", "simulation { id }", programmeId=programme, **{**SMALL, **given})
    assert await _refused(attempt) == ("INVALID", field)


async def test_an_unknown_profile_is_no_request_at_all(circle: Circle) -> None:
    programme = await circle.programme()
    given = {"programmeId": programme, "behaviour": [{"profile": "HEROIC", "share": 100}], **SMALL}
    with pytest.raises(Refused) as refused:
        await circle.priya.do("simulateProgramme", "simulation { id }", **given)
    assert "HEROIC" in refused.value.message


async def test_only_the_programmes_manager_plays_it_and_sees_it(circle: Circle, stranger: Person) -> None:
    programme = await circle.programme()
    made = await simulated(circle, programme, **SMALL)
    given = {"programmeId": programme, **SMALL}
    assert await _refused(circle.story.maria.do("simulateProgramme", "simulation { id }", **given)) == (
        "FORBIDDEN", None,
    )  # fmt: skip
    assert await _refused(stranger.do("simulateProgramme", "simulation { id }", **given)) == ("NOT_FOUND", None)
    for person, found in ((circle.story.maria, made["id"]), (stranger, made["id"]), (circle.priya, UNKNOWN)):
        assert (await _refused(person.ask(READ, id=found)))[0] == "NOT_FOUND"
    mentorship = "TWVudG9yc2hpcDp4"  # Mentorship:x
    assert (await _refused(circle.priya.ask(READ, id=mentorship)))[0] == "NOT_FOUND"
