"""Nothing that people wrote stands in the histories of their cycles, whatever way a mentorship goes."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from temporalio.client import Client, WorkflowExecution

from contracts.identity import Phase
from deploy.local.backends import Backends
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.cycle import local
from tests.system.people import a_story
from tests.system.recording import RecordingPerson
from tests.system.traces import found_nowhere, history_of
from workflows.codec import Cipher, converter

OPAQUE = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")
OF_THE_ENGINE = re.compile(r"Temporal\w+|BuildIds")
ALL_PHASES = ["EXPECTATION_SETTING", "ACTIVE", "PAUSED", "ACTIVE", "REMATCHING", "EXPECTATION_SETTING", "ACTIVE",
              "CLOSING", "CLOSED", "ALUMNI"]  # fmt: skip


@dataclass
class Told:
    """A mentorship, the way that it went, and every word that anybody wrote on it."""

    story: Story
    phases: list[str]
    words: set[str]


def _words(*people: Any) -> set[str]:
    found = {word for person in people for word in cast(RecordingPerson, person).words}
    return found | {"Northwind", "Women who lead", *(person.name for person in people)}


def _do(story: Story, person: Any, mutation: str, **given: Any) -> Any:
    return person.do(mutation, "mentorship { id }", mentorshipId=story.mentorship_id, **given)


async def _live(story: Story, nina: RecordingPerson) -> None:
    """A leave, another mentor with what the first one hands over, an early end with a case, and the look back at it."""
    await story.propose()
    async with story.watching():
        await story.agree()
        await story.give_feedback()
        await _do(story, story.maria, "requestPause", until=(await story.now() + timedelta(days=20)).isoformat())
        await _do(story, story.sofia, "answerPause", approve=True)
        await story.until_phase("PAUSED")
        await story.live_until(await story.now() + timedelta(days=2))
        await _do(story, story.maria, "resumeMentorship")
        await story.until_phase("ACTIVE")
        await _do(story, story.maria, "requestMentorChange")
        await story.until_phase("REMATCHING")
        await _do(story, story.sofia, "handOver", text="She thinks aloud; let her do so.")
        await _do(story, story.priya, "replaceMentor", newMentorId=nina.id)
        await _do(story, nina, "answerReplacement", accept=True)
        await story.until_phase("EXPECTATION_SETTING")
        await story.sign(story.maria)
        await story.sign(nina)
        await story.until_phase("ACTIVE")
        await story.add_and_complete("Ask the quiet colleague")
        for case in await _cases(story):
            await story.priya.do("workCase", "case { id }", caseId=case["id"])
            await story.priya.do("resolveCase", "case { id }", caseId=case["id"], resolution="TALKED")
        await _do(story, story.maria, "requestEarlyClosure")
        await story.until_phase("CLOSING")
        await _look_back(story, "FINAL", story.maria, nina)
        await story.until_phase("CLOSED")
        await story.live_until(await story.now() + timedelta(days=91))
        await story.until_phase("ALUMNI")


async def _cases(story: Story) -> list[dict[str, Any]]:
    document = "query($id: ID!) { escalations(programmeId: $id, state: OPEN) { edges { node { id } } } }"
    found = await story.priya.ask(document, id=story.programme_id)
    return [edge["node"] for edge in found["escalations"]["edges"]]


async def _look_back(story: Story, kind: str, *people: Any) -> None:
    review = await story.until(lambda: story.find_review(kind), f"the {kind.lower()} review")
    for person in people:
        text = "We said things early, and it made both of us better."
        await person.do("submitReview", "review { id }", reviewId=review["id"], rating=4, text=text)


@pytest.fixture(scope="module")
async def told(stack: Stack) -> AsyncIterator[tuple[Told, Told]]:
    """One that goes every way there is, and one that ends for conduct."""
    endpoint = f"{stack.gateway_url}/graphql"
    async with AsyncExitStack() as entered:
        story, other = [await entered.enter_async_context(a_story(endpoint)) for _ in range(2)]
        nina = await entered.enter_async_context(RecordingPerson("Nina", endpoint))
        await story.found()
        email = f"nina@{story.domain}"
        await story.priya.do("addUser", "user { id }", name="Nina", email=email, password=PASSWORD, zone="UTC")
        await nina.sign_in(email, PASSWORD)
        await _live(story, nina)
        await other.found()
        await other.propose()
        async with other.watching():
            await other.agree()
            report = {"mentorshipId": other.mentorship_id, "text": "What happened behind the door."}
            await other.maria.do("reportConduct", "conductReport { id }", **report)
            await other.until_phase("CLOSED")
        yield (
            Told(story, await _phases(story), _words(story.priya, story.maria, story.sofia, nina)),
            Told(other, await _phases(other), _words(other.priya, other.maria, other.sofia)),
        )


async def _phases(story: Story) -> list[str]:
    return [each["phase"] for each in (await story.mentorship("phases { phase }"))["phases"]]


async def test_no_words_are_in_any_run_of_a_cycle_whatever_way_it_goes(
    told: tuple[Told, Told], stack: Stack, backends: Backends
) -> None:
    whole, conduct = told
    assert whole.phases[-len(ALL_PHASES) :] == ALL_PHASES
    assert conduct.phases[-1] == "CLOSED"
    assert {"She thinks aloud; let her do so.", "We said things early, and it made both of us better."} <= whole.words
    assert "What happened behind the door." in conduct.words
    for each in told:
        found_nowhere(each.words, "the history", [await history_of(stack, backends, each.story)])


async def test_what_the_engine_keeps_readable_are_opaque_ids_and_where_a_cycle_stands(
    told: tuple[Told, Told], stack: Stack, backends: Backends
) -> None:
    cipher = Cipher.read(str(stack.site.secrets.payload_keys))
    engine = await Client.connect(backends["temporal"].url, data_converter=converter(cipher))
    seen = 0
    for each in told:
        async for run in engine.list_workflows(f"WorkflowId = '{local(each.story.mentorship_id)}'"):
            assert OPAQUE.fullmatch(run.id)
            assert set(await run.memo()) <= {"offset"}
            for name, value in _readable(run):
                seen += 1
                assert _says_nothing_of_people(name, value), (name, value)
    assert seen > 20


def _readable(run: WorkflowExecution) -> Iterator[tuple[str, Any]]:
    for name, values in run.search_attributes.items():
        yield from ((name, value) for value in values if not OF_THE_ENGINE.fullmatch(name))


def _says_nothing_of_people(name: str, value: Any) -> bool:
    match name:
        case "Org" | "Programme":
            return OPAQUE.fullmatch(value) is not None
        case "Phase":
            return value in set(Phase)
        case "NextCheckIn":
            return isinstance(value, datetime)
        case "MissedStreak":
            return isinstance(value, int)
    return False


def test_the_engines_own_files_hold_no_words_either(told: tuple[Told, Told], backends: Backends) -> None:
    if not backends["temporal"].ours:
        pytest.skip("the engine's files are elsewhere")
    files = list((backends.state / "temporal").glob("temporal.db*"))
    found_nowhere({word for each in told for word in each.words}, "the engine's store", [f.read_bytes() for f in files])
