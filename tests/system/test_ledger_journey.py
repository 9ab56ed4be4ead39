"""The ledger on the running platform: fed by what the two do, asked and corrected through the endpoint."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.people import a_story, attempt
from tests.system.polling import until

COMMITMENTS = """commitments(first: 100) { edges { node {
  id party promise kind state due doneAt version renegotiation { accepted } } } }"""
SCORE = """score { pair balance
  mentee { score exact band coverage { settled } kinds { kind settled mean } }
  mentor { score coverage { settled } }
  explain { commitmentId party kind state fulfilment weight contribution } }"""


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An active mentorship that has had its first check-in."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            await story.check_in(1)
            yield story


async def _commitments(story: Story, promise: str) -> list[dict[str, Any]]:
    edges = (await story.mentorship(COMMITMENTS))["commitments"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["promise"] == promise]


async def _settled(story: Story, promise: str, count: int) -> list[dict[str, Any]]:
    async def found() -> list[dict[str, Any]]:
        kept = [each for each in await _commitments(story, promise) if each["state"] in {"KEPT", "MISSED"}]
        return kept if len(kept) >= count else []

    return await until(found, f"{count} settled {promise}")


@pytest.mark.parametrize(
    ("promise", "count"),
    [("SIGN_AGREEMENT", 2), ("ATTEND", 2), ("PREPARE", 1), ("COMPLETE_ACTION", 1), ("ACKNOWLEDGE_FEEDBACK", 1)],
)
async def test_what_the_two_did_is_kept_in_the_ledger(story: Story, promise: str, count: int) -> None:
    assert [each["state"] for each in await _settled(story, promise, count)] == ["KEPT"] * count


async def test_a_score_is_shown_once_there_is_enough_and_with_every_term(story: Story) -> None:
    await _settled(story, "ACKNOWLEDGE_FEEDBACK", 1)
    await _settled(story, "COMPLETE_ACTION", 1)
    score = (await story.mentorship(SCORE))["score"]

    assert (score["mentee"]["score"], score["mentee"]["band"]) == (100, "STRONG")
    assert score["mentor"]["score"] is None, "two settled commitments are too few to go by"
    assert score["pair"] is None
    counting = [term for term in score["explain"] if term["party"] == "MENTEE" and term["weight"]]
    assert len(counting) == score["mentee"]["coverage"]["settled"]


async def test_a_programme_manager_sees_no_score(story: Story) -> None:
    document = f"query($id: ID!) {{ mentorship(id: $id) {{ {SCORE} }} }}"
    with pytest.raises(Refused) as refused:
        await story.priya.ask(document, id=story.mentorship_id)
    assert refused.value.code == "NOT_FOUND"


async def _new_item(story: Story, title: str, days: int = 5) -> dict[str, Any]:
    due = (await story.now() + timedelta(days=days)).date().isoformat()
    made = await story.maria.do(
        "addActionItem", "actionItem { id due }", mentorshipId=story.mentorship_id, ownerId=story.maria.id, title=title,
        due=due,
    )  # fmt: skip
    item: dict[str, Any] = made["actionItem"]
    return item


async def _promise_of(story: Story, item: dict[str, Any]) -> dict[str, Any]:
    day = item["due"]

    async def found() -> dict[str, Any] | None:
        promises = await _commitments(story, "COMPLETE_ACTION")
        return next((each for each in promises if each["state"] == "OPEN" and each["due"].startswith(day)), None)

    return await until(found, "the promise to do the item") or {}


async def test_a_due_date_moves_once_when_the_other_one_agrees(story: Story) -> None:
    item = await _new_item(story, "Ask three colleagues")
    promise = await _promise_of(story, item)
    later = (datetime.fromisoformat(promise["due"]) + timedelta(days=7)).isoformat()
    asked = {"commitmentId": promise["id"], "due": later}
    await story.maria.do("proposeRenegotiation", "commitment { id }", **asked)
    own = story.maria.do("respondToRenegotiation", "commitment { id }", commitmentId=promise["id"], accept=True)
    with pytest.raises(Refused, match="FORBIDDEN"):
        await own

    moved = await story.sofia.do(
        "respondToRenegotiation", "commitment { due originalDue }", commitmentId=promise["id"], accept=True
    )

    assert datetime.fromisoformat(moved["commitment"]["due"]) == datetime.fromisoformat(later)
    assert moved["commitment"]["originalDue"] == promise["due"]
    with pytest.raises(Refused, match="CONFLICT"):
        await story.maria.do("proposeRenegotiation", "commitment { id }", **{**asked, "due": promise["due"]})

    async def day() -> bool:
        found = await story.maria.ask("query($id: ID!) { node(id: $id) { ... on ActionItem { due } } }", id=item["id"])
        return bool(found["node"]["due"] == later[:10])

    await until(day, "the item's new day")


RENEGOTIATED = "commitment { due version state renegotiation { proposedDue proposedBy accepted answeredAt } }"


def _one_won(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the one who won made of it; the other was told CONFLICT and shown just that."""
    (won,) = [answer for answer in answers if not answer["userErrors"]]
    (lost,) = [answer for answer in answers if answer["userErrors"]]
    assert lost["userErrors"][0]["code"] == "CONFLICT"
    assert lost["commitment"] == won["commitment"]
    made: dict[str, Any] = won["commitment"]
    return made


async def test_of_two_who_renegotiate_at_once_one_wins_and_the_other_sees_what_became_of_it(story: Story) -> None:
    promise = await _promise_of(story, await _new_item(story, "Ask for the numbers", days=6))
    seen = {"commitmentId": promise["id"], "version": promise["version"]}
    later = [(datetime.fromisoformat(promise["due"]) + timedelta(days=days)).isoformat() for days in (7, 9)]

    proposals = await asyncio.gather(
        attempt(story.maria, "proposeRenegotiation", RENEGOTIATED, **seen, due=later[0]),
        attempt(story.sofia, "proposeRenegotiation", RENEGOTIATED, **seen, due=later[1]),
    )

    proposed = _one_won(proposals)
    by_maria = proposed["renegotiation"]["proposedBy"] == "MENTEE"
    assert (proposed["version"], proposed["due"]) == (promise["version"] + 1, promise["due"])
    due, other = (later[0], story.sofia) if by_maria else (later[1], story.maria)
    seen["version"] = proposed["version"]
    answers = await asyncio.gather(
        *(attempt(other, "respondToRenegotiation", RENEGOTIATED, **seen, accept=accept) for accept in (True, False))
    )
    answered = _one_won(answers)
    accepted = answered["renegotiation"]["accepted"]
    expected = due if accepted else promise["due"]
    assert datetime.fromisoformat(answered["due"]) == datetime.fromisoformat(expected)


async def test_a_missed_promise_is_excused_by_the_partner_alone(story: Story) -> None:
    item = await _new_item(story, "Write the summary")
    promise = await _promise_of(story, item)
    await story.live_until(datetime.fromisoformat(promise["due"]) + timedelta(days=8))
    with pytest.raises(Refused, match="FORBIDDEN"):
        await story.maria.do("excuseCommitment", "commitment { id }", commitmentId=promise["id"])

    excused = await story.sofia.do("excuseCommitment", "commitment { state excuse }", commitmentId=promise["id"])

    assert excused["commitment"] == {"state": "EXCUSED", "excuse": "PARTNER"}


async def test_a_dispute_is_decided_by_the_programme_manager(story: Story, stranger: Person) -> None:
    (kept,) = (await _settled(story, "PREPARE", 1))[:1]
    disputed = await story.maria.do("disputeCommitment", "commitment { state }", commitmentId=kept["id"])
    assert disputed["commitment"]["state"] == "DISPUTED"
    with pytest.raises(Refused, match="FORBIDDEN"):
        await story.maria.do("resolveDispute", "commitment { id }", commitmentId=kept["id"], kept=True)
    with pytest.raises(Refused, match="NOT_FOUND"):
        await stranger.do("resolveDispute", "commitment { id }", commitmentId=kept["id"], kept=True)

    await story.priya.do("resolveDispute", "commitment { id }", commitmentId=kept["id"], kept=True)

    (decided,) = [each for each in await _commitments(story, "PREPARE") if each["id"] == kept["id"]]
    assert decided["state"] == "KEPT"
