"""Reviews at the endpoint: a form for each side, what it refuses, and who reads the answers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.sessions import OPEN_REVIEW, Review, ReviewKind
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import Story
from tests.system.cycle import Said, code_of, cycle_of, id_of
from tests.system.people import a_story

FORM = """query($id: ID!) { node(id: $id) { ... on Review { kind formVersion unaddressedChallenges { place text }
  forms { party version questions { id text rated } }
  answers { party rating text attribution replies { questionId rating text } } } } }"""


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


@pytest.fixture(scope="module")
async def cycle(stack: Stack, active: Story) -> AsyncIterator[Said]:
    """Who asks for reviews."""
    async with cycle_of(stack, active) as cycle:
        yield cycle


async def opened(active: Story, cycle: Said, kind: ReviewKind, index: int) -> str:
    due_at = await active.now() + timedelta(days=7)
    review: Review = await cycle.tell(OPEN_REVIEW, active.mentorship_id, kind=kind, index=index, due_at=due_at)
    return id_of("Review", review)


async def filled_in(person: Person, review_id: str, party: str) -> list[dict[str, Any]]:
    """An answer to every question of a side's form."""
    forms = (await person.ask(FORM, id=review_id))["node"]["forms"]
    (form,) = [each for each in forms if each["party"] == party]
    return [
        {"questionId": each["id"], "rating": 4} if each["rated"] else {"questionId": each["id"], "text": "Less talk"}
        for each in form["questions"]
    ]


def given(review_id: str, answers: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    return {"reviewId": review_id, "rating": 4, "text": "It goes well", "answers": answers, **fields}


async def test_each_side_answers_its_own_form_of_a_milestone_review(active: Story, cycle: Said) -> None:
    review_id = await opened(active, cycle, ReviewKind.MILESTONE, 301)
    for person, party in ((active.maria, "MENTEE"), (active.sofia, "MENTOR")):
        answers = await filled_in(person, review_id, party)
        await person.do("submitReview", "review { id }", **given(review_id, answers))
        again = person.do("submitReview", "review { id }", **given(review_id, answers))
        assert await code_of(again) == "CONFLICT"
    shown = (await active.sofia.ask(FORM, id=review_id))["node"]
    assert [(each["party"], len(each["replies"]), each["attribution"]) for each in shown["answers"]] == [
        ("MENTEE", 5, None),
        ("MENTOR", 5, None),
    ]
    assert shown["answers"][0]["replies"][-1] == {"questionId": "change", "rating": None, "text": "Less talk"}
    assert shown["formVersion"] == 1


async def test_a_challenge_that_no_goal_names_is_shown_in_the_review(active: Story, cycle: Said) -> None:
    review_id = await opened(active, cycle, ReviewKind.MILESTONE, 302)
    for person in (active.maria, active.sofia):
        shown = (await person.ask(FORM, id=review_id))["node"]["unaddressedChallenges"]
        assert shown == [{"place": 1, "text": "Being heard in rooms full of senior people"}]


async def test_answers_that_the_form_does_not_ask_for_are_refused(active: Story, cycle: Said, stranger: Person) -> None:
    review_id = await opened(active, cycle, ReviewKind.MILESTONE, 303)
    answers = await filled_in(active.maria, review_id, "MENTEE")
    for wrong in (
        [*answers, {"questionId": "weather", "rating": 3}],
        [*answers, answers[0]],
        answers[1:],
        [{**answers[0], "rating": None}, *answers[1:]],
        [*answers[:-1], {"questionId": "change", "rating": 4, "text": "x"}],
        [*answers[:-1], {"questionId": "change"}],
        await filled_in(active.maria, review_id, "MENTOR"),
        [{"questionId": f"q{number}", "rating": 1} for number in range(21)],
    ):
        with pytest.raises(Refused) as refused:
            await active.maria.do("submitReview", "review { id }", **given(review_id, wrong))
        assert (refused.value.code, refused.value.field) == ("INVALID", "answers"), wrong
    for rating in (0, 6):
        wrong = [{**answers[0], "rating": rating}, *answers[1:]]
        assert await code_of(active.maria.do("submitReview", "review { id }", **given(review_id, wrong))) == "INVALID"
    for person in (active.priya, stranger):
        attempt = person.do("submitReview", "review { id }", **given(review_id, answers))
        assert await code_of(attempt) == "NOT_FOUND"
        assert await code_of(person.ask(FORM, id=review_id)) == "NOT_FOUND"
    assert (await active.maria.ask(FORM, id=review_id))["node"]["answers"] == []


async def test_a_rating_and_words_alone_are_still_a_review(active: Story, cycle: Said) -> None:
    review_id = await opened(active, cycle, ReviewKind.MILESTONE, 304)
    await active.maria.do("submitReview", "review { id }", **given(review_id))
    (answer,) = (await active.maria.ask(FORM, id=review_id))["node"]["answers"]
    assert (answer["rating"], answer["replies"]) == (4, [])


async def test_the_mentee_says_in_the_final_review_how_much_the_mentorship_did(active: Story, cycle: Said) -> None:
    review_id = await opened(active, cycle, ReviewKind.FINAL, 305)
    for person, party in ((active.maria, "MENTEE"), (active.sofia, "MENTOR")):
        answers = await filled_in(person, review_id, party)
        for each in answers:
            each.update({"rating": 5} if each["questionId"] == "attribution" else {})
        await person.do("submitReview", "review { id }", **given(review_id, answers))
    shown = (await active.maria.ask(FORM, id=review_id))["node"]
    assert [(each["party"], each["attribution"]) for each in shown["answers"]] == [("MENTEE", 5), ("MENTOR", None)]
