"""Programme managers hear of cases as they are opened, each of the own programmes alone."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from gql.transport.exceptions import TransportConnectionFailed

from contracts.identity import OPEN_CASE, CaseKind
from deploy.local.person import Person
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.cycle import Said, a_manager_of, code_of, cycle_of
from tests.system.people import a_story

CASES = """subscription($id: ID!) { caseOpened(programmeId: $id) {
  id kind state rule mentorship { id } programme { id } } }"""


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """A proposed pair in a programme."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        yield story


@pytest.fixture
async def cycle(stack: Stack, story: Story) -> AsyncIterator[Said]:
    """What opens cases."""
    async with cycle_of(stack, story) as said:
        yield said


class Heard:
    """What somebody is told while they watch."""

    def __init__(self) -> None:
        self.cases: list[dict[str, Any]] = []
        self.ended: BaseException | None = None
        self.news = asyncio.Condition()

    async def listen(self, watching: Any) -> None:
        """Until the watch ends."""
        try:
            async with aclosing(watching) as cases:
                async for case in cases:
                    async with self.news:
                        self.cases.append(case)
                        self.news.notify_all()
        except TransportConnectionFailed as error:
            self.ended = error
        async with self.news:
            self.news.notify_all()

    async def until(self, seen: Any) -> None:
        """Return once that is so."""
        async with asyncio.timeout(15), self.news:
            await self.news.wait_for(seen)


@asynccontextmanager
async def watching(person: Person, programme_id: str) -> AsyncIterator[Heard]:
    """Somebody watches the cases of a programme."""
    heard = Heard()
    task = asyncio.create_task(heard.listen(person.subscribe(CASES, "caseOpened", id=programme_id)))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait([task])


async def opened(cycle: Said, story: Story, kind: CaseKind = CaseKind.AT_RISK) -> str:
    """One more case of the pair; gives its occasion."""
    occasion = uuid.uuid4().hex
    await cycle.tell(OPEN_CASE, story.mentorship_id, kind=kind, occasion=occasion, rule="silence")
    return occasion


async def opened_until(cycle: Said, story: Story, heard: Heard) -> None:
    """Nothing tells when a watch has begun: cases are opened until one is heard of."""
    while not heard.cases:
        await opened(cycle, story)
        await asyncio.sleep(0.05)


async def test_a_manager_hears_of_each_case_once_and_of_no_other_programme(
    story: Story, cycle: Said, endpoint: str
) -> None:
    other = (await story.priya.do("createProgramme", "programme { id }", name="Another"))["programme"]["id"]
    async with (
        a_manager_of(story, "Max", endpoint, story.programme_id) as max_,
        watching(max_, story.programme_id) as heard,
        watching(story.priya, other) as elsewhere,
    ):
        async with asyncio.timeout(15):
            await opened_until(cycle, story, heard)
        await opened(cycle, story, CaseKind.HELP_OVERDUE)
        await heard.until(lambda: heard.cases[-1]["kind"] == "HELP_OVERDUE")
        assert heard.cases[-1] == {
            "id": heard.cases[-1]["id"],
            "kind": "HELP_OVERDUE",
            "state": "OPEN",
            "rule": "silence",
            "mentorship": {"id": story.mentorship_id},
            "programme": {"id": story.programme_id},
        }
        ids = [each["id"] for each in heard.cases]
        assert len(ids) == len(set(ids))
        assert elsewhere.cases == []


async def test_who_may_not_see_cases_may_not_watch_them(story: Story, endpoint: str, stranger: Person) -> None:
    other = (await story.priya.do("createProgramme", "programme { id }", name="Another"))["programme"]["id"]

    async def code(person: Person, programme_id: str) -> str:
        async with aclosing(person.subscribe(CASES, "caseOpened", id=programme_id)) as cases:
            return await code_of(anext(cases))

    async with a_manager_of(story, "Mia", endpoint, story.programme_id) as mia:
        assert await code(mia, other) == "FORBIDDEN"
    assert await code(story.maria, story.programme_id) == "FORBIDDEN"
    assert await code(stranger, story.programme_id) == "NOT_FOUND"
    assert await code(story.priya, "UHJvZ3JhbW1lOm5vd2hlcmU=") == "NOT_FOUND"
    assert await code(story.priya, story.mentorship_id) == "NOT_FOUND"


async def test_suspension_ends_what_is_watched(story: Story, cycle: Said, endpoint: str) -> None:
    async with (
        a_manager_of(story, "Moe", endpoint, story.programme_id) as moe,
        watching(moe, story.programme_id) as heard,
    ):
        async with asyncio.timeout(15):
            await opened_until(cycle, story, heard)
        await story.priya.do("suspendUser", "user { state }", userId=moe.id)
        await heard.until(lambda: heard.ended is not None)
        before = len(heard.cases)
        await opened(cycle, story)
        assert len(heard.cases) == before
