"""The agenda at the endpoint: filled by both, ordered by both, and carried to the next check-in where one falls out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.meetings import a_check_in
from tests.system.people import a_story
from tests.system.polling import until

HOUR = timedelta(hours=1)
AGENDA = "agenda { version checkInId points { id text section addedBy { id } carriedFrom } }"
BRIEF = f"query($id: ID!) {{ checkInBrief(id: $id) {{ {AGENDA} }} }}"
SECTIONS = """query($id: ID!) { checkInBrief(id: $id) { agendaSections { section questions points { text }
  commitments { promise } carriedOver { title } blocked { title } challenges { text } progress { metric } } } }"""


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def refusal(attempt: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


async def agenda_of(person: Person, check_in: str) -> dict[str, Any]:
    found: dict[str, Any] = (await person.ask(BRIEF, id=check_in))["checkInBrief"]["agenda"]
    return found


async def add(person: Person, check_in: str, text: str, **more: Any) -> dict[str, Any]:
    added: dict[str, Any] = (await person.do("addAgendaPoint", AGENDA, checkInId=check_in, text=text, **more))["agenda"]
    return added


async def test_both_fill_order_and_see_the_same_agenda(active: Story, stack: Stack) -> None:
    coming = await a_check_in(active, stack, starts=HOUR)
    assert (await agenda_of(active.maria, coming))["points"] == []
    await add(active.maria, coming, "How do I say no?", section="QUESTIONS")
    both = await add(active.sofia, coming, "The board in May")
    first, second = both["points"]
    assert (first["section"], second["section"]) == ("QUESTIONS", "OTHER")
    given = {"checkInId": coming, "version": both["version"]}
    await active.maria.do("reorderAgenda", AGENDA, **given, pointIds=[second["id"], first["id"]])
    for person in (active.maria, active.sofia):
        seen = await agenda_of(person, coming)
        assert [point["text"] for point in seen["points"]] == ["The board in May", "How do I say no?"]
    removed = await active.sofia.do("removeAgendaPoint", AGENDA, checkInId=coming, pointId=second["id"])
    assert [point["id"] for point in removed["agenda"]["points"]] == [first["id"]]


async def test_who_orders_an_agenda_that_has_changed_gets_a_conflict_and_the_agenda_as_it_is(
    active: Story, stack: Stack
) -> None:
    coming = await a_check_in(active, stack, starts=HOUR)
    seen = await add(active.maria, coming, "One")
    await add(active.sofia, coming, "Two")
    document = f"""mutation($input: ReorderAgendaInput!) {{ reorderAgenda(input: $input) {{
      {AGENDA} userErrors {{ code }} }} }}"""
    wanted = {"checkInId": coming, "version": seen["version"], "pointIds": [seen["points"][0]["id"]]}
    answer = (await active.maria.ask(document, input=wanted))["reorderAgenda"]
    assert answer["userErrors"] == [{"code": "CONFLICT"}]
    assert [point["text"] for point in answer["agenda"]["points"]] == ["One", "Two"]


async def test_ten_points_added_at_once_are_all_there(active: Story, stack: Stack) -> None:
    coming = await a_check_in(active, stack, starts=HOUR)
    people = (active.maria, active.sofia)
    await asyncio.gather(*(add(people[number % 2], coming, f"Point {number}") for number in range(10)))
    points = (await agenda_of(active.maria, coming))["points"]
    assert sorted(point["text"] for point in points) == [f"Point {number}" for number in range(10)]


async def test_the_sections_are_filled_with_what_is_known(active: Story, stack: Stack) -> None:
    coming = await a_check_in(active, stack, starts=30 * HOUR)
    await add(active.sofia, coming, "Why it matters", section="CHALLENGES")
    await active.maria.do(
        "submitPreparation", "checkIn { id }", checkInId=coming, summary="A talk given", questions=["What next?"]
    )
    today = (await active.now()).date().isoformat()
    await active.maria.do("logProgress", "goal { id }", goalId=active.goal_id, value=1, on=today)

    async def filled() -> dict[str, Any] | None:
        parts = (await active.sofia.ask(SECTIONS, id=coming))["checkInBrief"]["agendaSections"]
        found = {part["section"]: part for part in parts}
        return found if {"promise": "PREPARE"} in found["PROMISES"]["commitments"] else None

    found = await until(filled, "the promises on the agenda")
    assert found
    assert list(found) == ["PROMISES", "QUESTIONS", "CHALLENGES", "PROGRESS", "OTHER"]
    assert found["QUESTIONS"]["questions"] == ["What next?"]
    assert found["CHALLENGES"]["points"] == [{"text": "Why it matters"}]
    assert found["CHALLENGES"]["challenges"] == [{"text": "Being heard in rooms full of senior people"}]
    assert found["PROGRESS"]["progress"] == [{"metric": "Presentations"}]
    assert (found["OTHER"]["commitments"], found["PROMISES"]["questions"]) == ([], [])


@pytest.mark.parametrize("falls_out", ["cancelled", "missed"])
@pytest.mark.parametrize("next_is_known", [True, False])
async def test_what_a_check_in_left_open_is_on_the_next_ones_agenda(
    active: Story, stack: Stack, falls_out: str, next_is_known: bool
) -> None:
    starts = HOUR if falls_out == "cancelled" else timedelta()
    first = await a_check_in(active, stack, starts=starts)
    await add(active.maria, first, "Left open")
    second = await a_check_in(active, stack, starts=2 * HOUR) if next_is_known else ""
    if second:
        await add(active.sofia, second, "New")
    if falls_out == "cancelled":
        await active.sofia.do("cancelCheckIn", "checkIn { id }", checkInId=first, reason="WORK")
    else:
        for person in (active.maria, active.sofia):
            await person.do("attestAttendance", "checkIn { id }", checkInId=first, attendance="MENTEE_ABSENT")
    following = second or await a_check_in(active, stack, starts=2 * HOUR)

    async def carried() -> list[dict[str, Any]] | None:
        points: list[dict[str, Any]] = (await agenda_of(active.maria, following))["points"]
        return points if points and points[0]["text"] == "Left open" else None

    points = await until(carried, "what was left open on the next agenda")
    assert points
    assert [(point["text"], point["carriedFrom"]) for point in points] == [
        ("Left open", first),
        *([("New", None)] if second else []),
    ]


async def test_what_cannot_be_done_to_an_agenda_is_refused(active: Story, stack: Stack, stranger: Person) -> None:
    coming = await a_check_in(active, stack, starts=HOUR)
    agenda = await add(active.maria, coming, "Mine")
    point = {"checkInId": coming, "pointId": agenda["points"][0]["id"]}
    assert (await refusal(active.sofia.do("removeAgendaPoint", "agenda { id }", **point))).code == "FORBIDDEN"
    wrong = await refusal(active.maria.do("reorderAgenda", "agenda { id }", checkInId=coming, pointIds=["x"]))
    assert (wrong.code, wrong.field) == ("INVALID", "pointIds")
    blank = await refusal(add(active.maria, coming, "  "))
    assert (blank.code, blank.field) == ("INVALID", "text")
    gone = await refusal(active.maria.do("removeAgendaPoint", "agenda { id }", checkInId=coming, pointId="x"))
    assert gone.code == "NOT_FOUND"
    document = "query($id: ID!) { node(id: $id) { ... on Agenda { points { text } } } }"
    own = await active.maria.do("reorderAgenda", "agenda { id }", checkInId=coming, pointIds=[point["pointId"]])
    assert (await active.sofia.ask(document, id=own["agenda"]["id"]))["node"]["points"] == [{"text": "Mine"}]
    for person in (active.priya, stranger):
        assert (await refusal(person.ask(document, id=own["agenda"]["id"]))).code == "NOT_FOUND"
        assert (await refusal(add(person, coming, "Hello"))).code == "NOT_FOUND"
    await active.maria.do("cancelCheckIn", "checkIn { id }", checkInId=coming)
    over = await refusal(add(active.maria, coming, "Too late"))
    assert (over.code, "cancelled" in over.message) == ("CONFLICT", True)
