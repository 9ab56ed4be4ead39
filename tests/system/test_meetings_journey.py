"""Check-ins on the running platform: moved, cancelled, closed, disputed and decided, while the cadence changes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import ZONE, Story
from tests.system.people import a_story
from tests.system.polling import until

CHECK_IN = """id index state startsAt startsAtLocal zone minutes plannedFor moved horizon version attendance
  proposal { startsAt proposedBy accepted } cancellation { by inTime reason }
  nextSteps { closedBy actionItemIds } resolvedBy { name }"""
COMMITMENTS = "commitments(first: 100) { edges { node { id party promise state due } } }"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An active mentorship whose first check-in is a week away. The tests live on in it, one after the other."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def _check_in(story: Story, number: int) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        edges = (await story.mentorship(f"checkIns {{ edges {{ node {{ {CHECK_IN} }} }} }}"))["checkIns"]["edges"]
        return next((edge["node"] for edge in edges if edge["node"]["index"] == number), None)

    return await story.until(look, f"check-in {number}")


async def _code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


async def _told(story: Story, person: Person, template: str) -> list[str]:
    answer = await person.ask("{ notifications(first: 100) { edges { node { template subject } } } }")
    return [
        each["node"]["subject"] for each in answer["notifications"]["edges"] if each["node"]["template"] == template
    ]


async def _attending(story: Story) -> dict[str, dict[str, Any]]:
    """The newest promise of each party to be at a check-in."""
    edges = (await story.mentorship(COMMITMENTS))["commitments"]["edges"]
    attending = [edge["node"] for edge in edges if edge["node"]["promise"] == "ATTEND"]
    return {each["party"]: each for each in attending}


async def test_only_the_two_may_move_cancel_or_close_a_check_in(story: Story, stranger: Person) -> None:
    first = await _check_in(story, 1)
    given = {"checkInId": first["id"]}
    for person in (stranger, story.priya):
        for mutation, more in (
            ("rescheduleCheckIn", {"startsAt": "2030-01-01T09:00:00Z"}),
            ("respondToReschedule", {"accept": True}),
            ("cancelCheckIn", {}),
            ("closeCheckIn", {"none": True}),
        ):
            assert await _code(person.do(mutation, "checkIn { id }", **given, **more)) == "NOT_FOUND"
    assert await _check_in(story, 1) == first


async def test_bad_times_are_refused_with_their_field(story: Story) -> None:
    first = await _check_in(story, 1)
    for starts_at in (first["startsAt"], "2020-01-01T09:00:00Z", "2099-01-01T09:00:00Z"):
        with pytest.raises(Refused) as refused:
            await story.maria.do("rescheduleCheckIn", "checkIn { id }", checkInId=first["id"], startsAt=starts_at)
        assert (refused.value.code, refused.value.field) == ("INVALID", "startsAt")
    nothing = story.sofia.do("respondToReschedule", "checkIn { id }", checkInId=first["id"], accept=True)
    assert await _code(nothing) == "CONFLICT"


async def test_of_two_proposals_at_once_one_waits_for_its_answer(story: Story) -> None:
    first = await _check_in(story, 1)
    start = datetime.fromisoformat(first["startsAt"])
    asked = [
        person.do("rescheduleCheckIn", "checkIn { id }", checkInId=first["id"], startsAt=(start + later).isoformat())
        for person, later in ((story.maria, DAY), (story.sofia, 2 * DAY))
    ]
    codes = [each.code for each in await asyncio.gather(*asked, return_exceptions=True) if isinstance(each, Refused)]
    assert codes == ["CONFLICT"]
    waiting = await _check_in(story, 1)
    assert waiting["startsAt"] == first["startsAt"]
    own, other = (
        (story.maria, story.sofia) if waiting["proposal"]["proposedBy"] == "MENTEE" else (story.sofia, story.maria)
    )
    answer = {"checkInId": first["id"]}
    assert await _code(own.do("respondToReschedule", "checkIn { id }", **answer, accept=True)) == "FORBIDDEN"
    await until(lambda: _told(story, other, "RESCHEDULE_PROPOSED"), "the proposal being told")
    await other.do("respondToReschedule", "checkIn { id }", **answer, accept=False)
    await until(lambda: _told(story, own, "RESCHEDULE_DECLINED"), "the answer being told")
    assert (await _check_in(story, 1))["startsAt"] == first["startsAt"]


async def test_a_check_in_moves_once_both_agree_and_everything_about_it_moves_along(story: Story) -> None:
    first = await _check_in(story, 1)
    later = datetime.fromisoformat(first["startsAt"]) + 2 * DAY
    given = {"checkInId": first["id"]}
    await story.maria.do("rescheduleCheckIn", "checkIn { id }", **given, startsAt=later.isoformat())
    stale = story.sofia.do("respondToReschedule", "checkIn { version }", **given, accept=True, version=1)
    assert await _code(stale) == "CONFLICT"
    moved = (await story.sofia.do("respondToReschedule", f"checkIn {{ {CHECK_IN} }}", **given, accept=True))["checkIn"]
    assert datetime.fromisoformat(moved["startsAt"]) == later
    assert (moved["plannedFor"], moved["moved"], moved["index"]) == (first["startsAt"], "AGREED", 1)
    assert await _code(
        story.maria.do("rescheduleCheckIn", "checkIn { id }", **given, startsAt=(later + DAY).isoformat())
    ) == "CONFLICT"  # fmt: skip

    await until(lambda: _told(story, story.maria, "CHECK_IN_RESCHEDULED"), "the new time being told")

    async def moved_along() -> bool:
        return {datetime.fromisoformat(each["due"]) for each in (await _attending(story)).values()} == {later}

    await until(moved_along, "the promises at the new time")
    await story.live_until(later - 73 * HOUR)
    assert await _told(story, story.maria, "PREPARATION_PROMPT") == []
    await story.live_until(later - 71 * HOUR)
    (prompt,) = await until(lambda: _told(story, story.maria, "PREPARATION_PROMPT"), "the prompt for the new time")
    assert f"{later.astimezone(datetime.fromisoformat(moved['startsAtLocal']).tzinfo):%H:%M}" in prompt


async def test_a_time_is_shown_on_the_readers_own_clock(story: Story, stranger: Person) -> None:
    first = await _check_in(story, 1)
    assert first["zone"] == "Europe/Berlin"
    local = datetime.fromisoformat(first["startsAtLocal"])
    assert local == datetime.fromisoformat(first["startsAt"])
    assert local.utcoffset() in {HOUR, 2 * HOUR}
    assert local.hour == 17


def _on_the_wall(moment: str) -> datetime:
    """What the clock shows where they meet: two weeks are not always 336 hours."""
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


async def test_cancelling_late_counts_for_who_cancelled_unless_the_partner_excuses_it(story: Story) -> None:
    first = await _check_in(story, 1)
    start = datetime.fromisoformat(first["startsAt"])
    await story.live_until(start - 10 * HOUR)
    late = story.maria.do(
        "rescheduleCheckIn", "checkIn { id }", checkInId=first["id"], startsAt=(start + DAY).isoformat()
    )
    assert await _code(late) == "CONFLICT"
    done = await story.sofia.do("cancelCheckIn", f"checkIn {{ {CHECK_IN} }}", checkInId=first["id"], reason="WORK")
    assert done["checkIn"]["state"] == "CANCELLED"
    assert done["checkIn"]["cancellation"] == {"by": "MENTOR", "inTime": False, "reason": "WORK"}
    for mutation, more in (("cancelCheckIn", {}), ("attestAttendance", {"attendance": "BOTH_PRESENT"})):
        assert await _code(story.maria.do(mutation, "checkIn { id }", checkInId=first["id"], **more)) == "CONFLICT"
    await until(lambda: _told(story, story.maria, "CHECK_IN_CANCELLED"), "the cancellation being told")

    async def settled() -> list[dict[str, Any]]:
        edges = (await story.mentorship(COMMITMENTS))["commitments"]["edges"]
        found = [edge["node"] for edge in edges if datetime.fromisoformat(edge["node"]["due"]) == start]
        return found if {each["state"] for each in found} == {"MISSED", "EXCUSED"} else []

    both = {each["party"]: each for each in await until(settled, "what it means for the two")}
    assert (both["MENTOR"]["state"], both["MENTEE"]["state"]) == ("MISSED", "EXCUSED")
    await story.maria.do("excuseCommitment", "commitment { id }", commitmentId=both["MENTOR"]["id"])


async def test_the_next_one_has_the_next_index_and_nobody_is_asked_about_the_cancelled_one(story: Story) -> None:
    first, second = await _check_in(story, 1), await _check_in(story, 2)
    assert _on_the_wall(second["startsAt"]) == _on_the_wall(first["plannedFor"]) + 14 * DAY
    await story.live_until(datetime.fromisoformat(first["startsAt"]) + 80 * HOUR)
    assert (await _check_in(story, 1))["state"] == "CANCELLED"
    for template in ("CHECK_IN_BRIEF", "ATTENDANCE_PROMPT", "CHECK_IN_MISSED"):
        assert await _told(story, story.maria, template) == []


async def test_a_check_in_is_closed_with_next_steps_of_this_mentorship_or_none(story: Story) -> None:
    second = await _check_in(story, 2)
    given = {"checkInId": second["id"]}
    assert await _code(story.maria.do("closeCheckIn", "checkIn { id }", **given, none=True)) == "CONFLICT"
    await story.live_until(datetime.fromisoformat(second["startsAt"]) + HOUR)
    for person in (story.maria, story.sofia):
        await person.do("attestAttendance", "checkIn { id }", **given, attendance="BOTH_PRESENT")
    due = (await story.now() + 7 * DAY).date().isoformat()
    item = await story.maria.do(
        "addActionItem", "actionItem { id }", mentorshipId=story.mentorship_id, ownerId=story.maria.id,
        title="Rehearse", due=due, checkInId=second["id"],
    )  # fmt: skip
    item_id = item["actionItem"]["id"]
    assert await _code(story.maria.do("closeCheckIn", "checkIn { id }", **given)) == "INVALID"
    both = story.maria.do("closeCheckIn", "checkIn { id }", **given, none=True, actionItemIds=[item_id])
    assert await _code(both) == "INVALID"
    for foreign in (second["id"], "QWN0aW9uSXRlbTpub3doZXJl"):
        attempt = story.maria.do("closeCheckIn", "checkIn { id }", **given, actionItemIds=[item_id, foreign])
        assert await _code(attempt) == "NOT_FOUND"
    closed = await story.maria.do("closeCheckIn", f"checkIn {{ {CHECK_IN} }}", **given, actionItemIds=[item_id])
    assert closed["checkIn"]["nextSteps"] == {"closedBy": "MENTEE", "actionItemIds": [item_id]}
    assert await _code(story.sofia.do("closeCheckIn", "checkIn { id }", **given, none=True)) == "CONFLICT"


async def test_a_new_cadence_moves_what_has_not_begun_under_the_same_index(story: Story) -> None:
    third = await _check_in(story, 3)
    day = (datetime.fromisoformat(third["startsAt"]) + DAY).date()
    await story.maria.do(
        "setCadence", "cadence { id }", mentorshipId=story.mentorship_id, rule="FREQ=WEEKLY;INTERVAL=2",
        startsAt=f"{day}T09:30:00", zone="Europe/London", minutes=45,
    )  # fmt: skip

    async def is_moved() -> dict[str, Any]:
        found = await _check_in(story, 3)
        return found if found["moved"] == "CADENCE" else {}

    moved = await until(is_moved, "the third at its new time")
    assert (moved["id"], moved["minutes"], moved["zone"]) == (third["id"], 45, "Europe/London")
    assert moved["plannedFor"] == third["startsAt"]
    assert [(await _check_in(story, number))["state"] for number in (1, 2)] == ["CANCELLED", "HELD"]
    assert len((await story.mentorship("checkIns { edges { node { id } } }"))["checkIns"]["edges"]) == 3
    for person in (story.maria, story.sofia):

        async def told(person: Person = person) -> bool:
            return len(await _told(story, person, "CHECK_IN_RESCHEDULED")) >= 1

        await until(told, "both being told")


async def test_a_dispute_is_decided_by_the_programme_manager_for_both_sides(story: Story, stranger: Person) -> None:
    third = await _check_in(story, 3)
    await story.live_until(datetime.fromisoformat(third["startsAt"]) + HOUR)
    given = {"checkInId": third["id"]}
    await story.maria.do("attestAttendance", "checkIn { id }", **given, attendance="MENTOR_ABSENT")
    await story.sofia.do("attestAttendance", "checkIn { id }", **given, attendance="BOTH_PRESENT")
    listed = f"{{ disputes {{ edges {{ node {{ {CHECK_IN} preparation {{ summary }} }} }} }} }}"
    (waiting,) = [edge["node"] for edge in (await story.priya.ask(listed))["disputes"]["edges"]]
    assert (waiting["id"], waiting["preparation"]) == (third["id"], None)
    assert (await stranger.ask(listed))["disputes"]["edges"] == []
    assert await _code(story.maria.ask(listed)) == "FORBIDDEN"
    decide = {**given, "attendance": "MENTOR_ABSENT"}
    assert await _code(story.maria.do("resolveAttendance", "checkIn { id }", **decide)) == "FORBIDDEN"
    assert await _code(stranger.do("resolveAttendance", "checkIn { id }", **decide)) == "NOT_FOUND"

    async def disputed() -> list[str]:
        edges = (await story.mentorship(COMMITMENTS))["commitments"]["edges"]
        return [each["node"]["id"] for each in edges if each["node"]["state"] == "DISPUTED"]

    one_side, _ = await until(disputed, "both promises in dispute")
    alone = story.priya.do("resolveDispute", "commitment { id }", commitmentId=one_side, kept=True)
    assert await _code(alone) == "CONFLICT"

    decided = await story.priya.do("resolveAttendance", f"checkIn {{ {CHECK_IN} }}", **decide)

    assert (decided["checkIn"]["state"], decided["checkIn"]["attendance"]) == ("MISSED", "MENTOR_ABSENT")
    assert decided["checkIn"]["resolvedBy"] == {"name": "Priya"}
    assert await _code(story.priya.do("resolveAttendance", "checkIn { id }", **decide)) == "CONFLICT"
    assert (await story.priya.ask(listed))["disputes"]["edges"] == []

    async def settled() -> bool:
        edges = (await story.mentorship(COMMITMENTS))["commitments"]["edges"]
        found = {
            each["node"]["party"]: each["node"]["state"]
            for each in edges
            if each["node"]["promise"] == "ATTEND" and each["node"]["due"] == third["startsAt"]
        }
        return found == {"MENTEE": "KEPT", "MENTOR": "MISSED"}

    await until(settled, "both sides settled")
