"""Time at the endpoint: logged, edited, withdrawn, approved, disputed and decided; never twice the same minute."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from contracts.sessions import SCHEDULE_CHECK_IN
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.cycle import Said, a_manager_of, code_of, cycle_of, id_of, local, somebody
from tests.system.people import a_story
from tests.system.polling import until

HOUR = timedelta(hours=1)
FIELDS = "id state kind startedAt minutes month version"
ENTRIES = f"timeEntries(first: 100) {{ edges {{ node {{ {FIELDS} person {{ id }} checkInId }} }} }}"
SUMS = "timeSummary { person { id } kind minutes disputed } timeByMonth { person { id } kind month minutes disputed }"
DISPUTES = "{ timeDisputes(first: 100) { edges { node { id } } } }"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture(scope="module")
async def cycle(stack: Stack, active: Story) -> AsyncIterator[Said]:
    """Who schedules check-ins."""
    async with cycle_of(stack, active) as cycle:
        yield cycle


@pytest.fixture(scope="module")
async def noon(active: Story) -> datetime:
    """A day of its own for each test, counted back from here."""
    return (await active.now()).replace(hour=12, minute=0, second=0, microsecond=0)


async def log(story: Story, person: Person, start: datetime, minutes: int = 30, **fields: Any) -> dict[str, Any]:
    given = {"mentorshipId": story.mentorship_id, "kind": "ASYNC", "startedAt": start.isoformat(), "minutes": minutes}
    entry: dict[str, Any] = (await person.do("logTime", f"timeEntry {{ {FIELDS} }}", **{**given, **fields}))[
        "timeEntry"
    ]
    return entry


async def change(person: Person, mutation: str, entry: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = await person.do(mutation, f"timeEntry {{ {FIELDS} }}", timeEntryId=entry["id"], **fields)
    changed: dict[str, Any] = answer["timeEntry"]
    return changed


async def entries(story: Story) -> list[dict[str, Any]]:
    return [edge["node"] for edge in (await story.mentorship(ENTRIES))["timeEntries"]["edges"]]


async def test_time_that_overlaps_is_refused_and_the_other_entry_named(active: Story, noon: datetime) -> None:
    start = noon - timedelta(days=2)
    first = await log(active, active.maria, start)
    with pytest.raises(Refused) as refused:
        await log(active, active.maria, start + timedelta(minutes=29))
    assert (refused.value.code, refused.value.field) == ("CONFLICT", "startedAt")
    assert local(first["id"]) in refused.value.message
    assert (await log(active, active.maria, start + timedelta(minutes=30)))["state"] == "LOGGED", "they touch"
    assert (await log(active, active.sofia, start))["state"] == "LOGGED", "another person's time"


async def test_of_twenty_at_once_that_overlap_one_is_logged(active: Story, noon: datetime) -> None:
    start = noon - timedelta(days=3)
    answers = await asyncio.gather(
        *(log(active, active.maria, start + timedelta(minutes=number)) for number in range(20)), return_exceptions=True
    )
    codes = Counter(answer.code if isinstance(answer, Refused) else "logged" for answer in answers)
    assert codes == {"logged": 1, "CONFLICT": 19}
    day = [each for each in await entries(active) if each["startedAt"].startswith(f"{start:%Y-%m-%d}")]
    assert len(day) == 1


async def test_the_same_hour_is_not_given_to_two_mentorships(active: Story, noon: datetime, endpoint: str) -> None:
    start = noon - timedelta(days=4)
    await log(active, active.maria, start)
    async with somebody(active, "Tom", endpoint) as tom:
        made = await active.priya.do(
            "proposeMentorship", "mentorship { id }", programmeId=active.programme_id, mentorId=active.maria.id,
            menteeId=tom.id,
        )  # fmt: skip
        other = made["mentorship"]["id"]
        for person in (tom, active.maria):
            await person.do("respondToMatch", "mentorship { id }", mentorshipId=other, accept=True)

        async def entered() -> bool:
            answer = await tom.ask("query($id: ID!) { mentorship(id: $id) { phase } }", id=other)
            return bool(answer["mentorship"]["phase"] == "EXPECTATION_SETTING")

        await until(entered, "the other mentorship to begin")
        assert await code_of(log(active, active.maria, start, mentorshipId=other)) == "CONFLICT"
        await log(active, active.maria, start + HOUR, mentorshipId=other)
        mine = (await active.maria.ask("{ myTime { mentorshipId minutes } }"))["myTime"]
        assert {each["mentorshipId"] for each in mine} == {active.mentorship_id, other}
        assert (await tom.ask("{ myTime { minutes } }"))["myTime"] == []


async def test_its_owner_edits_and_withdraws_an_entry_with_its_version(
    active: Story, noon: datetime, stranger: Person
) -> None:
    start = noon - timedelta(days=5)
    entry, other = await log(active, active.maria, start), await log(active, active.maria, start + HOUR)
    edited = await change(active.maria, "editTime", entry, minutes=60, kind="PREPARATION", version=1)
    assert (edited["minutes"], edited["kind"], edited["version"]) == (60, "PREPARATION", 2)
    for fields, code, field in (
        ({"minutes": 61}, "CONFLICT", "startedAt"),
        ({"minutes": 10, "version": 1}, "CONFLICT", "version"),
        ({"minutes": 0}, "INVALID", "minutes"),
        ({"kind": "MEETING"}, "INVALID", "kind"),
        ({"startedAt": (await active.now() + HOUR).isoformat()}, "INVALID", "startedAt"),
    ):
        with pytest.raises(Refused) as refused:
            await change(active.maria, "editTime", entry, **fields)
        assert (refused.value.code, refused.value.field) == (code, field), fields
    for mutation in ("editTime", "withdrawTime"):
        for person, code in ((active.sofia, "FORBIDDEN"), (active.priya, "NOT_FOUND"), (stranger, "NOT_FOUND")):
            assert await code_of(change(person, mutation, entry)) == code
    assert await code_of(change(active.maria, "withdrawTime", entry, version=1)) == "CONFLICT"
    assert (await change(active.maria, "withdrawTime", entry, version=2))["state"] == "WITHDRAWN"
    assert await code_of(change(active.maria, "editTime", entry, minutes=5)) == "CONFLICT"
    moved = await change(active.maria, "editTime", other, startedAt=start.isoformat())
    assert moved["startedAt"] == entry["startedAt"], "withdrawn time is free again"


async def test_the_other_party_approves_or_disputes_and_the_manager_decides(
    active: Story, noon: datetime, stranger: Person, endpoint: str
) -> None:
    start = noon - timedelta(days=6)
    kept, dropped = await log(active, active.maria, start), await log(active, active.maria, start + HOUR)
    for mutation in ("approveTime", "disputeTime"):
        for person, code in ((active.maria, "FORBIDDEN"), (active.priya, "NOT_FOUND"), (stranger, "NOT_FOUND")):
            assert await code_of(change(person, mutation, kept)) == code
    assert (await change(active.sofia, "approveTime", kept))["state"] == "APPROVED"
    assert await code_of(change(active.sofia, "approveTime", kept)) == "CONFLICT"
    for entry in (kept, dropped):
        assert (await change(active.sofia, "disputeTime", entry))["state"] == "DISPUTED"
    await until(lambda: active.was_told(active.maria, "TIME_DISPUTED"), "whose time it is to be told")
    waiting = {edge["node"]["id"] for edge in (await active.priya.ask(DISPUTES))["timeDisputes"]["edges"]}
    assert waiting == {kept["id"], dropped["id"]}
    assert (await stranger.ask(DISPUTES))["timeDisputes"]["edges"] == []
    async with somebody(active, "Audrey", endpoint, "AUDITOR", "HR_ANALYST", "ORG_ADMIN") as audrey:
        for person in (active.maria, active.sofia, audrey):
            assert await code_of(person.ask(DISPUTES)) == "FORBIDDEN"
            assert await code_of(change(person, "resolveTimeDispute", kept, counts=True)) == "FORBIDDEN"
        node = "query($id: ID!) { node(id: $id) { id } }"
        assert await code_of(audrey.ask(node, id=kept["id"])) == "NOT_FOUND"
    assert await code_of(change(stranger, "resolveTimeDispute", kept, counts=True)) == "NOT_FOUND"
    made = await active.priya.do("createProgramme", "programme { id }", name="Another")
    async with a_manager_of(active, "Pavel", endpoint, made["programme"]["id"]) as pavel:
        assert (await pavel.ask(DISPUTES))["timeDisputes"]["edges"] == [], "another programme's"
        assert await code_of(change(pavel, "resolveTimeDispute", kept, counts=True)) == "NOT_FOUND"
    assert (await change(active.priya, "resolveTimeDispute", kept, counts=True))["state"] == "APPROVED"
    assert (await change(active.priya, "resolveTimeDispute", dropped, counts=False))["state"] == "REJECTED"
    assert await code_of(change(active.priya, "resolveTimeDispute", kept, counts=False)) == "CONFLICT"
    for person in (active.maria, active.sofia):
        await until(partial(active.was_told, person, "TIME_DISPUTE_RESOLVED"), "both to be told")
    assert await code_of(change(active.sofia, "disputeTime", kept)) == "CONFLICT", "that is decided"
    assert (await log(active, active.maria, start + HOUR))["state"] == "LOGGED", "rejected time is free again"


async def test_a_held_check_in_takes_its_time_of_both_once_and_displaces_what_was_logged(
    active: Story, cycle: Said, noon: datetime
) -> None:
    start = noon - timedelta(days=7)
    earlier = await log(active, active.maria, start - timedelta(minutes=10))
    check_in = await cycle.tell(SCHEDULE_CHECK_IN, active.mentorship_id, index=201, starts_at=start, cadence_version=1)
    check_in_id = id_of("CheckIn", check_in)
    for person in (active.maria, active.sofia):
        await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance="BOTH_PRESENT")

    async def of_the_meeting() -> list[dict[str, Any]]:
        found = [each for each in await entries(active) if each["checkInId"] == check_in_id]
        return found if len(found) == 2 else []

    met = await until(of_the_meeting, "the meeting's time")
    assert {(each["kind"], each["state"], each["minutes"]) for each in met} == {("MEETING", "APPROVED", 60)}
    assert {each["person"]["id"] for each in met} == {active.maria.id, active.sofia.id}
    aside = next(each for each in await entries(active) if each["id"] == earlier["id"])
    assert aside["state"] == "SET_ASIDE"
    back = await change(active.maria, "editTime", earlier, minutes=10)
    assert (back["state"], back["minutes"]) == ("LOGGED", 10)
    own = next(each for each in met if each["person"]["id"] == active.maria.id)
    for person, mutation in ((active.maria, "withdrawTime"), (active.maria, "editTime"), (active.sofia, "disputeTime")):
        assert await code_of(change(person, mutation, own)) == "CONFLICT"
    assert await code_of(log(active, active.sofia, start)) == "CONFLICT"


async def test_a_check_in_that_was_not_held_takes_no_time(active: Story, cycle: Said, noon: datetime) -> None:
    start = noon - timedelta(days=8)
    check_in = await cycle.tell(SCHEDULE_CHECK_IN, active.mentorship_id, index=202, starts_at=start, cadence_version=1)
    check_in_id = id_of("CheckIn", check_in)
    for person in (active.maria, active.sofia):
        await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance="MENTOR_ABSENT")
    assert (await log(active, active.maria, start))["state"] == "LOGGED"
    assert [each for each in await entries(active) if each["checkInId"] == check_in_id] == []


async def test_every_sum_is_the_sum_of_the_entries_after_random_changes(active: Story, noon: datetime) -> None:
    chance, known, codes = random.Random(7), list[dict[str, Any]](), set[str]()
    people = {active.maria.id: active.maria, active.sofia.id: active.sofia}
    for _ in range(60):
        person = chance.choice(list(people.values()))
        start = noon - timedelta(days=60) + timedelta(minutes=chance.randrange(50 * 24 * 60))
        deed = chance.choice(["logTime", "logTime", "editTime", "withdrawTime", "approveTime", "disputeTime"])
        try:
            if deed == "logTime" or not known:
                known.append(await log(active, person, start, chance.randint(1, 300), kind="PREPARATION"))
            else:
                fields = {"startedAt": start.isoformat()} if deed == "editTime" else {}
                await change(person, deed, chance.choice(known), **fields)
        except Refused as refused:
            codes.add(refused.code)
    assert codes <= {"CONFLICT", "FORBIDDEN"}
    await _sums_are_right(active)


async def _sums_are_right(active: Story) -> None:
    sums = await active.mentorship(SUMS)
    for states, of in (({"LOGGED", "APPROVED"}, "minutes"), ({"DISPUTED"}, "disputed")):
        of_kind, of_month = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
        for each in await entries(active):
            if each["state"] in states:
                of_kind[each["person"]["id"], each["kind"]] += each["minutes"]
                of_month[each["person"]["id"], each["kind"], each["startedAt"][:7]] += each["minutes"]
        assert len(of_kind) > (of == "minutes"), "there is something to add up"
        assert Counter({(each["person"]["id"], each["kind"]): each[of] for each in sums["timeSummary"]}) == of_kind
        assert of_month == Counter(
            {(each["person"]["id"], each["kind"], each["month"]): each[of] for each in sums["timeByMonth"]}
        )


async def test_a_manager_sees_time_and_a_stranger_none(active: Story, stranger: Person) -> None:
    document = f"query($id: ID!) {{ mentorship(id: $id) {{ {SUMS} }} }}"
    assert (await active.priya.ask(document, id=active.mentorship_id))["mentorship"]["timeByMonth"]
    assert await code_of(stranger.ask(document, id=active.mentorship_id)) == "NOT_FOUND"
    effort = (
        "query($id: ID!) { mentorship(id: $id) {"
        " effort { begun prepared preparationRate mentorMinutes menteeMinutes }"
        " timeSummary { person { id } minutes } } }"
    )
    for person in (active.priya, active.sofia):
        seen = (await person.ask(effort, id=active.mentorship_id))["mentorship"]
        minutes = {who.id: 0 for who in (active.sofia, active.maria)}
        for total in seen["timeSummary"]:
            minutes[total["person"]["id"]] += total["minutes"]
        assert seen["effort"] == {
            "begun": 2, "prepared": 0, "preparationRate": 0.0, "mentorMinutes": minutes[active.sofia.id],
            "menteeMinutes": minutes[active.maria.id],
        }  # fmt: skip
    results = "query($id: ID!) { mentorship(id: $id) { effort { results { total } resultsPerMentorHour } } }"
    seen = (await active.sofia.ask(results, id=active.mentorship_id))["mentorship"]["effort"]
    assert seen["results"] == {"total": 0}
    assert seen["resultsPerMentorHour"] in {None, 0.0}
    for person in (active.priya, stranger):
        assert await code_of(person.ask(results, id=active.mentorship_id)) == "NOT_FOUND"
    assert await code_of(stranger.ask(effort, id=active.mentorship_id)) == "NOT_FOUND"
