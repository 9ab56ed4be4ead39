"""Matching at the endpoint: worked out in the background, explained, confirmed in parts; or a mentee's own choice."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.system.polling import until
from tests.system.programmes import RUN, RUN_READ, Circle, a_circle, nodes

MINE = "{ myMentorships { edges { node { id phase accepted requested reasons { kind fit } mentor { name } } } } }"


@pytest.fixture(scope="module")
async def circle(stack: Stack) -> AsyncIterator[Circle]:
    """One organisation for all; each test brings people and a programme of its own."""
    async with a_circle(f"{stack.gateway_url}/graphql") as circle:
        yield circle


async def _refused(attempt: Any, code: str) -> Refused:
    with pytest.raises(Refused) as refused:
        await attempt
    assert refused.value.code == code, refused.value
    return refused.value


async def test_a_programme_is_matched_explained_and_confirmed_in_parts(circle: Circle) -> None:
    programme = await circle.programme(trainingFor=["MENTOR"])
    ada, bea, cleo = [await circle.join(name) for name in ("Ada", "Bea", "Cleo")]
    dan, eve = [await circle.join(name) for name in ("Dan", "Eve")]
    for mentee, field in ((ada, "finance"), (bea, "law"), (cleo, "law")):
        await circle.mentee(mentee, programme, fields=[field], languages=["fr" if mentee is cleo else "en"])
    enrolments = [
        await circle.mentor(dan, programme, fields=["law"]), await circle.mentor(eve, programme, fields=["finance"]),
    ]  # fmt: skip

    _, untrained = await circle.matched(programme)
    assert (untrained["state"], untrained["matched"]) == ("DONE", 0)
    why = {each["user"]["name"]: each["why"] for each in nodes(untrained["unmatched"])}
    assert {name for name, because in why.items() if because == ["UNTRAINED"]} == {"Dan", "Eve"}
    assert {name for name, because in why.items() if because == ["NO_ROOM"]} == {"Ada", "Bea", "Cleo"}
    for enrolment in enrolments:
        await circle.priya.do("recordTraining", "enrolment { trainedAt }", enrolmentId=enrolment)

    run_id, run = await circle.matched(programme)
    pairs = {pair["mentee"]["name"]: pair for pair in nodes(run["pairs"])}
    assert {mentee: pair["mentor"]["name"] for mentee, pair in pairs.items()} == {"Ada": "Eve", "Bea": "Dan"}
    assert (run["progress"], run["mentees"], run["mentors"], run["seats"]) == (100, 3, 2, 10)
    for pair in pairs.values():
        assert {reason["kind"] for reason in pair["reasons"]} == {"FIELDS", "SENIORITY", "LANGUAGE", "ZONE", "ROOM"}
        assert sum(reason["weight"] for reason in pair["reasons"]) == 100
        assert pair["score"] == pytest.approx(sum(reason["points"] for reason in pair["reasons"]))
    assert [(each["user"]["name"], each["why"]) for each in nodes(run["unmatched"])] == [
        ("Cleo", ["NO_LANGUAGE_IN_COMMON"])
    ]

    await circle.priya.do("confirmMatches", RUN, matchRunId=run_id, menteeIds=[ada.id])
    (proposed,) = await until(lambda: _mine(ada), "Ada's proposal")
    assert (proposed["phase"], proposed["accepted"], proposed["requested"]) == ("PROPOSED", [], False)
    assert len(proposed["reasons"]) == 5
    assert await _mine(bea) == []

    await circle.priya.do("confirmMatches", RUN, matchRunId=run_id)
    await circle.priya.do("confirmMatches", RUN, matchRunId=run_id)
    (other,) = await until(lambda: _mine(bea), "Bea's proposal")
    assert other["mentor"]["name"] == "Dan"

    async def settled() -> bool:
        read = (await circle.priya.ask(RUN_READ, id=run_id))["matchRun"]
        return {pair["state"] for pair in nodes(read["pairs"])} == {"PROPOSED"}

    await until(settled, "both pairs to be proposed")
    launched = (await circle.priya.ask(RUN_READ, id=run_id))["matchRun"]
    assert (launched["confirmed"], launched["proposed"], launched["skipped"]) == (0, 2, 0)
    assert len(await _mine(ada)) == len(await _mine(bea)) == 1

    _, again = await circle.matched(programme)
    assert [each["user"]["name"] for each in nodes(again["unmatched"])] == ["Cleo"], "who has a proposal is left alone"


async def test_a_programmes_manager_sees_how_many_cycles_run(circle: Circle, stranger: Person) -> None:
    programme, story = await circle.programme(), circle.story
    document = "query($id: ID!) { programme(id: $id) { runningCycles } }"

    async def running() -> int:
        return int((await circle.priya.ask(document, id=programme))["programme"]["runningCycles"])

    assert await running() == 0
    pair = {"programmeId": programme, "mentorId": story.sofia.id, "menteeId": story.maria.id}
    key = uuid.uuid4().hex
    for _ in range(2):
        await circle.priya.do("proposeMentorship", "mentorship { id }", idempotencyKey=key, **pair)
    await until(running, "the cycle to run")
    assert await running() == 1
    await _refused(story.maria.ask(document, id=programme), "FORBIDDEN")
    await _refused(stranger.ask(document, id=programme), "NOT_FOUND")


async def _mine(person: Person) -> list[dict[str, Any]]:
    return nodes((await person.ask(MINE))["myMentorships"])


async def test_a_mentee_chooses_a_mentor_and_may_take_the_question_back(circle: Circle) -> None:
    programme = await circle.programme()
    finn, gus, hal = [await circle.join(name) for name in ("Finn", "Gus", "Hal")]
    await circle.mentee(finn, programme, fields=["design"])
    await circle.mentor(gus, programme, fields=["design"], seniority="EXECUTIVE")
    await circle.mentor(hal, programme)
    document = """query($id: ID!) { matchSuggestions(programmeId: $id) {
      score mentor { user { id name } seatsFree } reasons { kind weight fit } } }"""
    found = (await finn.ask(document, id=programme))["matchSuggestions"]
    assert [each["mentor"]["user"]["name"] for each in found] == ["Gus", "Hal"]
    assert all(len(each["reasons"]) == 5 for each in found)

    key = uuid.uuid4().hex
    ask = {"programmeId": programme, "mentorId": gus.id, "idempotencyKey": key}
    made = [await finn.do("requestMentor", "mentorship { id accepted requested }", **ask) for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["mentorship"]["accepted"], made[0]["mentorship"]["requested"]) == (["MENTEE"], True)
    assert (await gus.ask("{ myCapacity { seatsTaken } }"))["myCapacity"]["seatsTaken"] == 0
    await _refused(finn.do("requestMentor", "mentorship { id }", programmeId=programme, mentorId=hal.id), "CONFLICT")
    mentorship_id = made[0]["mentorship"]["id"]
    await _refused(gus.do("withdrawRequest", "mentorship { id }", mentorshipId=mentorship_id), "FORBIDDEN")
    await _refused(hal.do("withdrawRequest", "mentorship { id }", mentorshipId=mentorship_id), "NOT_FOUND")
    await finn.do("withdrawRequest", "mentorship { id }", mentorshipId=mentorship_id)

    async def declined() -> bool:
        return [each["phase"] for each in await _mine(finn)] == ["DECLINED"]

    await until(declined, "the question to be over")
    again = finn.do("requestMentor", "mentorship { id }", programmeId=programme, mentorId=gus.id)
    assert "before" in (await _refused(again, "CONFLICT")).message
    asked = await finn.do("requestMentor", "mentorship { id }", programmeId=programme, mentorId=hal.id)
    other = asked["mentorship"]["id"]
    await hal.do("respondToMatch", "mentorship { id }", mentorshipId=other, accept=True)
    assert (await hal.ask("{ myCapacity { seatsTaken } }"))["myCapacity"]["seatsTaken"] == 1
    late = finn.do("withdrawRequest", "mentorship { id }", mentorshipId=other)
    await _refused(late, "CONFLICT")


@pytest.fixture(scope="module")
async def small(circle: Circle) -> tuple[str, Person, Person]:
    """A programme of one mentee and one mentor without room."""
    programme = await circle.programme()
    ines, jon = await circle.join("Ines"), await circle.join("Jon")
    await circle.mentee(ines, programme)
    await circle.mentor(jon, programme)
    return programme, ines, jon


async def test_a_mentor_without_room_or_language_or_who_pauses_is_not_asked(
    circle: Circle, small: tuple[str, Person, Person]
) -> None:
    programme, ines, jon = small
    ask = {"programmeId": programme, "mentorId": jon.id}
    await jon.do("setCapacity", "mentorProfile { id }", capacity=0)
    assert "room" in (await _refused(ines.do("requestMentor", "mentorship { id }", **ask), "CONFLICT")).message
    await jon.do("setCapacity", "mentorProfile { id }", capacity=1)
    await jon.do("setAvailability", "mentorProfile { id }", availability="PAUSED")
    assert "nobody new" in (await _refused(ines.do("requestMentor", "mentorship { id }", **ask), "CONFLICT")).message
    await jon.do("setAvailability", "mentorProfile { id }", availability="OPEN")
    await jon.do("writeMentorProfile", "mentorProfile { id }", fields=["law"], seniority="LEAD", languages=["pt-BR"])
    assert "language" in (await _refused(ines.do("requestMentor", "mentorship { id }", **ask), "CONFLICT")).message
    _, run = await circle.matched(programme)
    assert [each["why"] for each in nodes(run["unmatched"])] == [["NO_LANGUAGE_IN_COMMON"]]


async def test_only_who_takes_part_asks_and_only_mentors_of_the_programme_are_asked(
    circle: Circle, small: tuple[str, Person, Person], stranger: Person
) -> None:
    programme, ines, jon = small
    request = "mentorship { id }"
    await _refused(jon.do("requestMentor", request, programmeId=programme, mentorId=ines.id), "CONFLICT")
    said = set()
    for somebody in (circle.priya.id, stranger.id):
        refused = await _refused(
            ines.do("requestMentor", request, programmeId=programme, mentorId=somebody), "NOT_FOUND"
        )
        said.add(refused.message.split(" that ")[-1])
    assert len(said) == 1
    await _refused(stranger.do("requestMentor", request, programmeId=programme, mentorId=jon.id), "NOT_FOUND")
    document = "query($id: ID!, $first: Int!) { matchSuggestions(programmeId: $id, first: $first) { score } }"
    await _refused(jon.ask(document, id=programme, first=5), "CONFLICT")
    await _refused(ines.ask(document, id=programme, first=21), "INVALID")


async def test_matchings_are_the_programme_managers_alone(
    circle: Circle, small: tuple[str, Person, Person], stranger: Person
) -> None:
    programme, ines, _ = small
    run_id, _run = await circle.matched(programme)
    read = "query($id: ID!) { matchRun(id: $id) { state } }"
    listed = "query($id: ID!) { matchRuns(programmeId: $id) { edges { node { id } } } }"
    assert run_id in {each["id"] for each in nodes((await circle.priya.ask(listed, id=programme))["matchRuns"])}
    await _refused(ines.do("runMatching", RUN, programmeId=programme), "FORBIDDEN")
    await _refused(ines.do("confirmMatches", RUN, matchRunId=run_id), "NOT_FOUND")
    await _refused(ines.ask(read, id=run_id), "NOT_FOUND")
    await _refused(ines.ask(listed, id=programme), "FORBIDDEN")
    await _refused(stranger.ask(read, id=run_id), "NOT_FOUND")
    await _refused(stranger.do("runMatching", RUN, programmeId=programme), "NOT_FOUND")
    await _refused(stranger.do("confirmMatches", RUN, matchRunId=run_id), "NOT_FOUND")


async def test_what_cannot_be_confirmed_is_refused(circle: Circle, small: tuple[str, Person, Person]) -> None:
    programme, _, jon = small
    run_id, _run = await circle.matched(programme)
    await _refused(circle.priya.do("confirmMatches", RUN, matchRunId=run_id, menteeIds=[jon.id]), "NOT_FOUND")
    await _refused(circle.priya.do("confirmMatches", RUN, matchRunId=run_id, menteeIds=[]), "INVALID")
    other = await circle.programme()
    cohort = await circle.cohort(other)
    await _refused(circle.priya.do("runMatching", RUN, programmeId=programme, cohortId=cohort), "NOT_FOUND")


async def test_a_matching_is_worked_out_again_when_the_service_died_in_the_middle(circle: Circle, stack: Stack) -> None:
    programme = await circle.programme()
    kim, lou = await circle.join("Kim"), await circle.join("Lou")
    await circle.mentee(kim, programme)
    await circle.mentor(lou, programme)
    stack.overrides["identity"] = "tests.system.dies_while_matching"
    await stack.restart("identity")
    stack.overrides.pop("identity")
    _, run = await circle.matched(programme)
    (pair,) = nodes(run["pairs"])
    assert (run["state"], pair["mentee"]["name"], pair["mentor"]["name"]) == ("DONE", "Kim", "Lou")
