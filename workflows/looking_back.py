"""Reads the past of a cohort from the services that keep it, and has it lived once more in a process beside the worker.

No fact of the past goes through the engine: what it keeps is which part was wanted, and what that came to.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from temporalio import activity

from contracts.goals import LIST_HEARD_EVENTS, HeardEvent
from contracts.identity import LIST_COURSES, ListCourses, MentorshipCourse, OfMentorships
from contracts.simulation import MOST_RELIVED
from contracts.wire import Page
from kit.auth import PartSigner
from kit.rpc import Client as Service
from workflows.hindsight import LOOK, RELIVE, Cohort, Once, Outlook, Part
from workflows.journal import life_of
from workflows.simulating import PROGRAM, beside
from workflows.simulation.past import BothSides, PastPlan
from workflows.simulation.tally import WEEK

_MENTEES = 10  # of one part: a step of its progress
_EVENTS = 100  # in one read
_MOST_WEEKS = 156  # what comes later is counted in the last one


class LookingBack:
    """Reads the past from the services that keep it, in the part's own name. No fact goes through the engine."""

    def __init__(self, identity: Service, goals: Service, signer: PartSigner) -> None:
        self._identity = identity
        self._goals = goals
        self._signer = signer

    @activity.defn(name=LOOK)
    async def look_back(self, cohort: Cohort) -> Outlook:
        """Divide a cohort into parts."""
        parts, longest, count = [], WEEK, 0
        async for after, courses in self._pages(cohort):
            count += len(courses)
            if courses and count <= MOST_RELIVED:
                parts.append(Part(after=after, mentorships=len(courses)))
                spans = ((each.ended_at or cohort.asked_at) - each.created_at for each in courses)
                longest = max(longest, *spans)
        return Outlook(parts=parts, weeks=min(_MOST_WEEKS, -(-longest // WEEK)), mentorships=count)

    @activity.defn(name=RELIVE)
    async def relive(self, once: Once) -> BothSides:
        """Read what is known of one part, and live it in a process of its own."""
        courses = (await self._courses(once.cohort, once.after)).items
        asked_at = once.cohort.asked_at
        lives = [life_of(each, await self._heard(each), asked_at) for each in courses]
        plan = PastPlan(policy=once.policy, weeks=once.weeks, lives=lives)
        return msgspec.json.decode(await beside((*PROGRAM, "past"), plan), type=BothSides)

    async def _pages(self, cohort: Cohort) -> AsyncIterator[tuple[str | None, tuple[MentorshipCourse, ...]]]:
        after: str | None = None
        while True:
            page = await self._courses(cohort, after)
            yield after, page.items
            if not page.has_next:
                return
            after = page.end_cursor

    async def _courses(self, cohort: Cohort, after: str | None) -> Page[MentorshipCourse]:
        asked = ListCourses(cohort_id=cohort.cohort_id, first=_MENTEES, after=after)
        return await self._identity.call(LIST_COURSES, self._signer.token(cohort.org_id), asked)

    async def _heard(self, course: MentorshipCourse) -> list[HeardEvent]:
        heard: list[HeardEvent] = []
        after: str | None = None
        while True:
            asked = OfMentorships(mentorship_ids=(course.id,), first=_EVENTS, after=after)
            (page,) = await self._goals.call(LIST_HEARD_EVENTS, self._signer.token(course.org_id), asked)
            if page is None:  # nothing was ever told of it
                return heard
            heard += page.items
            after = page.end_cursor
            if not page.has_next:
                return heard


def activities_of(identity: Service, goals: Service, signer: PartSigner) -> list[Callable[..., Any]]:
    """What a worker for hindsights does."""
    looking = LookingBack(identity, goals, signer)
    return [looking.look_back, looking.relive]
