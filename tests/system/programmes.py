"""A programme with people who take part in it, at an endpoint."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from deploy.local.person import Person
from deploy.local.story import PASSWORD, Story
from tests.system.people import a_story
from tests.system.polling import until

ENROLMENT = "enrolment { id state party trainedAt version }"
RUN = "matchRun { id state }"
RUN_READ = """query($id: ID!) { matchRun(id: $id) {
  state progress confirmed proposed skipped mentees mentors seats matched failedBecause
  pairs { edges { node { mentee { id name } mentor { id name } score state mentorship { id }
    reasons { kind weight fit points } } } }
  unmatched { edges { node { user { name } party why } } }
} }"""


class Circle:
    """An organisation of which Priya runs the programmes, with as many people as a test needs."""

    def __init__(self, story: Story, endpoint: str, people: AsyncExitStack) -> None:
        self.story = story
        self.priya = story.priya
        self._endpoint = endpoint
        self._people = people

    async def join(self, name: str) -> Person:
        """Somebody new, signed in."""
        email = f"{name.lower()}@{self.story.domain}"
        await self.priya.do("addUser", "user { id }", name=name, email=email, password=PASSWORD)
        person = await self._people.enter_async_context(Person(name, self._endpoint))
        await person.sign_in(email, PASSWORD)
        return person

    async def programme(self, **fields: Any) -> str:
        """A programme of its own for one test."""
        made = await self.priya.do("createProgramme", "programme { id }", name="Leaders", **fields)
        return str(made["programme"]["id"])

    async def cohort(self, programme_id: str, **fields: Any) -> str:
        """A cohort."""
        made = await self.priya.do("openCohort", "cohort { id }", programmeId=programme_id, name="Spring", **fields)
        return str(made["cohort"]["id"])

    async def mentee(self, person: Person, programme_id: str, **fields: Any) -> str:
        """Enrolled and let in; gives the enrolment's id."""
        wish: dict[str, Any] = {"fields": ["finance"], "languages": ["en"], **fields}
        made = await person.do("enrol", ENROLMENT, programmeId=programme_id, party="MENTEE", consent=True, **wish)
        return await self.approve(made["enrolment"]["id"])

    async def mentor(self, person: Person, programme_id: str, **profile: Any) -> str:
        """With a profile, enrolled and let in; gives the enrolment's id."""
        given: dict[str, Any] = {"fields": ["finance"], "seniority": "LEAD", "languages": ["en"], **profile}
        await person.do("writeMentorProfile", "mentorProfile { id }", **given)
        made = await person.do("enrol", ENROLMENT, programmeId=programme_id, party="MENTOR", consent=True)
        return await self.approve(made["enrolment"]["id"])

    async def approve(self, enrolment_id: str) -> str:
        """Priya lets somebody in."""
        await self.priya.do("approveEnrolment", ENROLMENT, enrolmentId=enrolment_id)
        return enrolment_id

    async def matched(self, programme_id: str, **fields: Any) -> tuple[str, dict[str, Any]]:
        """A matching that is done."""
        made = await self.priya.do("runMatching", RUN, programmeId=programme_id, **fields)
        run_id = made["matchRun"]["id"]

        async def done() -> dict[str, Any] | None:
            run = (await self.priya.ask(RUN_READ, id=run_id))["matchRun"]
            return run if run["state"] in {"DONE", "FAILED"} else None

        run = await until(done, "the matching to be done")
        assert run is not None
        return run_id, run


@asynccontextmanager
async def a_circle(endpoint: str) -> AsyncIterator[Circle]:
    """Priya with an organisation of her own."""
    async with a_story(endpoint) as story, AsyncExitStack() as people:
        await story.found()
        yield Circle(story, endpoint, people)


def nodes(page: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of a page."""
    return [edge["node"] for edge in page["edges"]]
