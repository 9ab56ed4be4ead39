"""Bad input at the endpoint: each kind is refused with its code, nothing is stored, and nothing is a 500."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from tests.system.people import a_story

UNKNOWN = "R29hbDpub3doZXJl"  # Goal:nowhere


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for all refusals: none of them may change it."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def _code(attempt: Any) -> str:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code


def _goal(story: Story, **fields: Any) -> dict[str, Any]:
    answers = ("specific", "measurable", "achievable", "relevant", "timeBound")
    return {
        "mentorshipId": story.mentorship_id,
        "title": "Write twelve articles",
        "smart": dict.fromkeys(answers, "One article a month"),
        "metric": {"name": "Articles", "unit": "articles", "kind": "COUNT", "baseline": 0, "target": 12},
        "due": "2099-01-01",
        **fields,
    }


async def _goals(story: Story) -> int:
    return len((await story.mentorship("goals { edges { node { id } } }"))["goals"]["edges"])


async def test_an_unknown_and_a_foreign_id_are_refused_alike(active: Story, stranger: Person) -> None:
    document = "query($id: ID!) { goal(id: $id) { title } }"
    with pytest.raises(Refused) as unknown:
        await stranger.ask(document, id=UNKNOWN)
    with pytest.raises(Refused) as foreign:
        await stranger.ask(document, id=active.goal_id)

    assert unknown.value.code == foreign.value.code == "NOT_FOUND"
    said = {
        refused.value.message.replace(given, "X") for refused, given in ((unknown, UNKNOWN), (foreign, active.goal_id))
    }
    assert len(said) == 1


async def test_a_stranger_changes_nothing_in_another_organisation(active: Story, stranger: Person) -> None:
    before = await _goals(active)
    assert await _code(stranger.do("logProgress", "goal { id }", goalId=active.goal_id, value=1, on="2026-01-01")) == (
        "NOT_FOUND"
    )
    assert await _code(stranger.do("draftGoal", "goal { id }", **_goal(active))) == "NOT_FOUND"
    assert await _goals(active) == before


async def test_a_command_in_the_wrong_phase_is_a_conflict(active: Story) -> None:
    again = active.maria.do("respondToMatch", "mentorship { id }", mentorshipId=active.mentorship_id, accept=True)
    assert await _code(again) == "CONFLICT"
    late = active.maria.do(
        "draftAgreement", "mentorship { id }", mentorshipId=active.mentorship_id, challenges=["Another"],
        menteeExpectations="More", mentorExpectations="More",
    )  # fmt: skip
    assert await _code(late) == "CONFLICT"


async def test_the_mentee_cannot_do_what_is_the_mentors(active: Story) -> None:
    drafted = await active.maria.do("draftGoal", "goal { id }", **_goal(active))
    await active.maria.do("proposeGoal", "goal { id }", goalId=drafted["goal"]["id"])

    assert await _code(active.maria.do("approveGoal", "goal { id }", goalId=drafted["goal"]["id"])) == "FORBIDDEN"
    assert await _code(active.maria.do("createProgramme", "programme { id }", name="Mine")) == "FORBIDDEN"


async def test_the_programme_manager_reads_no_private_words(active: Story) -> None:
    given = await active.sofia.do(
        "giveFeedback", "feedback { id }", mentorshipId=active.mentorship_id, kind="STRENGTH", situation="Now",
        behaviour="You asked", impact="We heard",
    )  # fmt: skip
    document = "query($id: ID!) { node(id: $id) { id ... on Feedback { situation } } }"
    assert await _code(active.priya.ask(document, id=given["feedback"]["id"])) == "NOT_FOUND"
    listed = "query($id: ID!) { mentorship(id: $id) { feedback { edges { node { situation } } } } }"
    assert await _code(active.priya.ask(listed, id=active.mentorship_id)) == "NOT_FOUND"


async def test_a_private_note_is_its_authors_alone(active: Story) -> None:
    written = await active.maria.do(
        "writeNote", "note { id }", mentorshipId=active.mentorship_id, visibility="PRIVATE", text="For my eyes only"
    )
    document = "query($id: ID!) { node(id: $id) { ... on Note { text } } }"
    assert (await active.maria.ask(document, id=written["note"]["id"]))["node"]["text"] == "For my eyes only"
    assert await _code(active.sofia.ask(document, id=written["note"]["id"])) == "NOT_FOUND"


async def test_a_stale_version_is_a_conflict_and_changes_nothing(active: Story) -> None:
    drafted = await active.maria.do("draftGoal", "goal { id version }", **_goal(active))
    goal = drafted["goal"]

    stale = active.maria.do("proposeGoal", "goal { id }", goalId=goal["id"], version=goal["version"] + 1)
    assert await _code(stale) == "CONFLICT"
    after = await active.maria.ask("query($id: ID!) { goal(id: $id) { state version } }", id=goal["id"])
    assert after["goal"] == {"state": "DRAFT", "version": goal["version"]}


async def test_a_reused_key_with_another_body_is_refused(active: Story) -> None:
    key, before = uuid.uuid4().hex, await _goals(active)
    await active.maria.do("draftGoal", "goal { id }", **_goal(active, idempotencyKey=key))
    other = active.maria.do("draftGoal", "goal { id }", **_goal(active, idempotencyKey=key, title="Another title"))

    assert await _code(other) == "IDEMPOTENCY_MISMATCH"
    assert await _goals(active) == before + 1


async def test_twenty_equal_submissions_have_one_effect_and_twenty_equal_answers(active: Story) -> None:
    before = await _goals(active)
    given = _goal(active, idempotencyKey=uuid.uuid4().hex)
    answers = await asyncio.gather(*(active.maria.do("draftGoal", "goal { id version }", **given) for _ in range(20)))

    assert all(answer == answers[0] for answer in answers)
    assert await _goals(active) == before + 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "  \n "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"due": "2020-01-01"}, "due"),
        ({"metric": {"name": "A", "unit": "a", "kind": "SUM", "baseline": 3, "target": 3}}, "target"),
        ({"metric": {"name": "A", "unit": "a", "kind": "SUM", "baseline": 0, "target": 1e300}}, "target"),
    ],
)
async def test_a_goal_that_breaks_a_rule_is_refused_with_its_field(
    active: Story, fields: dict[str, Any], field: str
) -> None:
    before = await _goals(active)
    with pytest.raises(Refused) as refused:
        await active.maria.do("draftGoal", "goal { id }", **_goal(active, **fields))

    assert refused.value.code == "INVALID"
    assert (refused.value.field or "").endswith(field)
    assert await _goals(active) == before


async def test_time_in_the_future_and_words_without_end_are_refused(active: Story) -> None:
    tomorrow = (await active.now() + timedelta(days=1)).isoformat()
    logged = active.maria.do(
        "logTime", "timeEntry { id }", mentorshipId=active.mentorship_id, kind="ASYNC", startedAt=tomorrow, minutes=30
    )
    endless = active.maria.do("writeNote", "note { id }", mentorshipId=active.mentorship_id, text="x" * 5_001)

    assert await _code(logged) == "INVALID"
    assert await _code(endless) == "INVALID"
    answer = await active.mentorship("timeSummary { minutes }")
    assert answer == {"timeSummary": []}


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=SOMETIMES", "every other week", "FREQ=WEEKLY;INTERVAL=0"])
async def test_a_rule_that_is_no_rhythm_is_refused(active: Story, rule: str) -> None:
    attempt = active.sofia.do(
        "setCadence", "cadence { id }", mentorshipId=active.mentorship_id, rule=rule, startsAt="2099-01-01T09:00:00",
        zone="Europe/Berlin",
    )  # fmt: skip
    assert await _code(attempt) == "INVALID"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b'{"query": 5}', b"[" * 20_000])
async def test_a_body_that_is_no_request_is_refused(endpoint: str, http: aiohttp.ClientSession, body: bytes) -> None:
    async with http.post(endpoint, data=body, headers={"content-type": "application/json"}) as answer:
        content = await answer.json(content_type=None)

    assert answer.status == 400
    assert content["errors"][0]["extensions"]["code"] in {"INVALID", "BUDGET_EXCEEDED"}


async def test_a_tampered_token_signs_nobody_in(active: Story, endpoint: str) -> None:
    answer = await active.maria.do("signIn", "accessToken", email=f"maria@{active.domain}", password=PASSWORD)
    head, payload, signature = answer["accessToken"].split(".")
    async with Person("Mallory", endpoint) as mallory:
        for token in (f"{head}.{payload[:-2]}AA.{signature}", f"{head}.{payload}.", "x.y.z", "x"):
            mallory.use(token)
            assert await _code(mallory.ask("{ me { name } }")) == "UNAUTHENTICATED"


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(active: Story, endpoint: str) -> None:
    said = set()
    async with Person("Mallory", endpoint) as mallory:
        for email in (f"maria@{active.domain}", f"nobody@{active.domain}"):
            with pytest.raises(Refused) as refused:
                await mallory.sign_in(email, "not the right password")
            said.add((refused.value.code, refused.value.message))

    assert len(said) == 1
    assert said.pop()[0] == "UNAUTHENTICATED"


async def test_a_stranger_cannot_watch_a_mentorship(active: Story, stranger: Person) -> None:
    with pytest.raises(Refused, match="NOT_FOUND: There is no mentorship"):
        await anext(stranger.watch(active.mentorship_id))
