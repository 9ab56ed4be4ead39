"""Time off on the running platform: a check-in in it is left out, the next one lies behind it, and both are told."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

OFF = "id party firstDay lastDay kind removedAt version addedBy { name }"
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An active mentorship whose first check-in is a week away, and then every other week."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        await story.agree()
        yield story


async def _check_in(story: Story, number: int) -> dict[str, Any]:
    async def look() -> dict[str, Any]:
        fields = "checkIns { edges { node { id index state startsAt cancellation { by inTime reason } } } }"
        edges = (await story.mentorship(fields))["checkIns"]["edges"]
        return next((edge["node"] for edge in edges if edge["node"]["index"] == number), {})

    return await until(look, f"check-in {number}")


async def _code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


async def test_only_the_two_take_time_off_and_only_on_days_that_make_sense(story: Story, stranger: Person) -> None:
    today = (await story.now()).date()
    days = {"mentorshipId": story.mentorship_id, "firstDay": f"{today + DAY}", "lastDay": f"{today + 2 * DAY}"}
    for person in (stranger, story.priya):
        assert await _code(person.do("addTimeOff", "timeOff { id }", **days)) == "NOT_FOUND"
    with pytest.raises(Refused) as refused:
        await story.maria.do("addTimeOff", "timeOff { id }", **{**days, "lastDay": f"{today}"})
    assert (refused.value.code, refused.value.field) == ("INVALID", "lastDay")
    assert (await story.mentorship(f"timesOff {{ edges {{ node {{ {OFF} }} }} }}"))["timesOff"]["edges"] == []


async def test_a_check_in_in_time_off_is_left_out_and_the_next_one_lies_behind_it(story: Story) -> None:
    first = await _check_in(story, 1)
    day = datetime.fromisoformat(first["startsAt"]).date()
    days = {"firstDay": f"{day - DAY}", "lastDay": f"{day + 15 * DAY}"}
    added = await story.maria.do(
        "addTimeOff", f"timeOff {{ {OFF} }}", mentorshipId=story.mentorship_id, kind="LEAVE", **days
    )
    assert added["timeOff"] | days == added["timeOff"]
    assert (added["timeOff"]["party"], added["timeOff"]["addedBy"]) == ("MENTEE", {"name": "Maria"})

    async def left_out() -> bool:
        return bool((await _check_in(story, 1))["state"] == "CANCELLED")

    await until(left_out, "the first being left out")
    assert (await _check_in(story, 1))["cancellation"] == {"by": None, "inTime": True, "reason": "LEAVE"}
    second = await _check_in(story, 2)
    assert datetime.fromisoformat(second["startsAt"]).date() == day + 28 * DAY

    async def both_told() -> bool:
        return all([await story.was_told(person, "CHECK_IN_CANCELLED") for person in (story.maria, story.sofia)])

    await until(both_told, "both being told")

    async def excused() -> bool:
        edges = (await story.mentorship("commitments { edges { node { promise state due } } }"))["commitments"]["edges"]
        found = [each["node"]["state"] for each in edges if each["node"]["due"] == first["startsAt"]]
        return found == ["EXCUSED", "EXCUSED"]

    await until(excused, "what was promised for it being excused")


async def test_time_off_is_removed_by_who_took_it(story: Story, stranger: Person) -> None:
    edges = (await story.mentorship(f"timesOff {{ edges {{ node {{ {OFF} }} }} }}"))["timesOff"]["edges"]
    (off,) = [edge["node"] for edge in edges]
    given = {"timeOffId": off["id"]}
    assert await _code(story.sofia.do("removeTimeOff", "timeOff { id }", **given)) == "FORBIDDEN"
    assert await _code(stranger.do("removeTimeOff", "timeOff { id }", **given)) == "NOT_FOUND"
    assert await _code(story.maria.do("removeTimeOff", "timeOff { id }", timeOffId=story.mentorship_id)) == "NOT_FOUND"
    removed = await story.maria.do("removeTimeOff", f"timeOff {{ {OFF} }}", **given)
    assert removed["timeOff"]["removedAt"]
    assert (await _check_in(story, 1))["state"] == "CANCELLED"
    again = await story.maria.do("removeTimeOff", f"timeOff {{ {OFF} }}", **given)
    assert again["timeOff"]["version"] == removed["timeOff"]["version"]
    shown = await story.priya.ask("query($id: ID!) { node(id: $id) { ... on TimeOff { firstDay } } }", id=off["id"])
    assert shown["node"]["firstDay"] == off["firstDay"]


async def test_a_programme_says_what_becomes_of_check_ins_in_time_off(story: Story) -> None:
    made = await story.priya.do(
        "createProgramme", "programme { policy { timeOff rescheduleHorizon } }", name="Shifting",
        policy={"timeOff": "SHIFT", "rescheduleHorizon": "PT12H"},
    )  # fmt: skip
    assert made["programme"]["policy"] == {"timeOff": "SHIFT", "rescheduleHorizon": "PT43200S"}
