"""Check-ins of a story at times that a test chooses, so that no time need be moved."""

from base64 import b64decode, b64encode
from datetime import timedelta
from itertools import count

import aiohttp

from contracts.sessions import SCHEDULE_CHECK_IN, ScheduleCheckIn
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.parts import Parts

_INDEXES = count(50)  # beyond those that the story's own cycle schedules


def local(global_id: str) -> str:
    """The id behind a global one."""
    return b64decode(global_id).decode().partition(":")[2]


async def a_check_in(story: Story, stack: Stack, *, starts: timedelta) -> str:
    """One more check-in than the cycle's own, by the cycle's own operation; gives its global id."""
    org_id = local((await story.priya.ask("{ organisation { id } }"))["organisation"]["id"])
    async with aiohttp.ClientSession() as http:
        parts = Parts(stack, http)
        now = parts.now()
        request = ScheduleCheckIn(
            mentorship_id=local(story.mentorship_id),
            index=next(_INDEXES),
            starts_at=now + starts,
            cadence_version=1,
            at=now,
        )
        made = await parts.call(SCHEDULE_CHECK_IN, parts.part_token("workflows", org_id), request)
    return b64encode(f"CheckIn:{made.id}".encode()).decode()


async def hold(story: Story, check_in_id: str) -> None:
    """Both say that both were there."""
    for person in (story.maria, story.sofia):
        await person.do("attestAttendance", "checkIn { id }", checkInId=check_in_id, attendance="BOTH_PRESENT")
