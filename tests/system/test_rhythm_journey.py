"""The rhythm of feedback, and what of the ledger is open now, at the endpoint."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story
from tests.system.polling import until

FIELDS = "feedbackCadence { id rule startsAt zone version setBy { name } }"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def _fridays(story: Story, **fields: Any) -> dict[str, Any]:
    starts_at = (await story.now() + timedelta(days=3)).strftime("%Y-%m-%dT16:00:00")
    rule = {"rule": "FREQ=WEEKLY;BYDAY=FR", "startsAt": starts_at, "zone": "Europe/Berlin"}
    return {"mentorshipId": story.mentorship_id, **rule, **fields}


async def _refused(attempt: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


async def test_feedback_gets_a_rhythm_of_its_own_that_both_can_read_and_set(active: Story) -> None:
    assert (await active.mentorship(FIELDS))["feedbackCadence"] is None
    given = await _fridays(active)
    made = (await active.maria.do("setFeedbackCadence", FIELDS, **given))["feedbackCadence"]
    assert (made["rule"], made["startsAt"], made["version"]) == (given["rule"], given["startsAt"], 1)
    await active.until_seen("goals.feedback_cadence_set.v1", 1)

    changed = await active.sofia.do("setFeedbackCadence", FIELDS, **{**given, "rule": "FREQ=WEEKLY;INTERVAL=2"})

    seen = (await active.mentorship(FIELDS))["feedbackCadence"]
    assert seen == changed["feedbackCadence"]
    assert (seen["id"], seen["version"], seen["setBy"]["name"]) == (made["id"], 2, "Sofia")
    rhythm = (await active.mentorship("cadence { rule }"))["cadence"]
    assert rhythm["rule"] == "FREQ=WEEKLY;INTERVAL=2", "the meetings keep their own"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"rule": "FREQ=HOURLY"}, "rule"), ({"rule": " "}, "rule"), ({"zone": "Mars/Olympus"}, "zone"),
     ({"startsAt": "2099-01-01T09:00:00"}, "startsAt")],
)  # fmt: skip
async def test_a_rhythm_that_cannot_be_kept_is_refused(active: Story, wrong: dict[str, str], field: str) -> None:
    attempt = active.maria.do("setFeedbackCadence", FIELDS, **await _fridays(active, **wrong))
    assert await _refused(attempt) == ("INVALID", field)


async def test_nobody_else_sets_or_reads_it(active: Story, stranger: Person) -> None:
    given = await _fridays(active)
    made = await active.maria.do("setFeedbackCadence", FIELDS, **given)
    document = "query($id: ID!) { node(id: $id) { id } }"
    for person in (active.priya, stranger):
        assert (await _refused(person.do("setFeedbackCadence", FIELDS, **given)))[0] == "NOT_FOUND"
        assert (await _refused(person.ask(document, id=made["feedbackCadence"]["id"])))[0] == "NOT_FOUND"
    stale = active.sofia.do("setFeedbackCadence", FIELDS, **{**given, "version": 99})
    assert await _refused(stale) == ("CONFLICT", "version")


async def test_of_two_who_set_it_at_once_the_later_changes_what_the_first_set(active: Story) -> None:
    given = await _fridays(active)
    made = await asyncio.gather(
        *(person.do("setFeedbackCadence", FIELDS, **given) for person in (active.maria, active.sofia))
    )
    one, other = sorted(each["feedbackCadence"]["version"] for each in made)
    assert other == one + 1


async def test_what_is_open_is_listed_by_itself_and_what_lapsed_no_more(active: Story) -> None:
    due = (await active.now() + timedelta(days=5)).date().isoformat()
    made = await active.maria.do(
        "addActionItem", "actionItem { id }", mentorshipId=active.mentorship_id, ownerId=active.maria.id,
        title="Read the paper", due=due,
    )  # fmt: skip
    assert made["actionItem"]["id"]

    async def titled(listing: str) -> list[dict[str, Any]]:
        fields = f"{listing} {{ edges {{ node {{ id promise state due }} }} }}"
        (page,) = (await active.mentorship(fields)).values()
        found = [edge["node"] for edge in page["edges"]]
        return [each for each in found if each["promise"] == "COMPLETE_ACTION" and each["due"].startswith(due)]

    (promised,) = await until(lambda: titled("openCommitments(first: 100)"), "the promise to be open")
    assert await titled("commitments(state: MISSED, first: 100)") == []
    await active.live_until(await active.now() + timedelta(days=14))
    assert await titled("openCommitments(first: 100)") == []
    (missed,) = await titled("commitments(state: MISSED, first: 100)")
    assert missed == {**promised, "state": "MISSED"}
    document = "query($id: ID!) { node(id: $id) { ... on Commitment { id promise state due } } }"
    assert (await active.maria.ask(document, id=promised["id"]))["node"] == missed
