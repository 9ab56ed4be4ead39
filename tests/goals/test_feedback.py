"""The feedback loop: taken in, asked about, decided on; and the action item that accepted feedback leads to."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from contracts.goals import (
    ActionCreated,
    DeclineFeedback,
    Feedback,
    FeedbackAccepted,
    FeedbackClarified,
    FeedbackDeclined,
    FeedbackKind,
    FeedbackState,
    GiveFeedback,
    PlannedAction,
)
from contracts.identity import Party
from contracts.wire import Event
from services.goals.model import feedback, items
from tests.builders import NOW, a_card

DUE = NOW.date() + timedelta(days=7)
PLAN = PlannedAction(title="Practise pausing before I answer", due=DUE, size=2)


def given_feedback(**fields: Any) -> Feedback:
    """What Sofia saw in Maria's presentation."""
    request = GiveFeedback(
        mentorship_id="mentorship-1",
        kind=FeedbackKind.IMPROVE,
        situation="In the review",
        behaviour="you answered at length",
        impact="and the room lost the argument",
        **fields,
    )
    return feedback.give_feedback("feedback-1", a_card(), request, Party.MENTOR, NOW).state


def taken_in() -> Feedback:
    return feedback.acknowledge_feedback(given_feedback(), "maria", NOW).state


def asked() -> Feedback:
    return feedback.ask_clarification(taken_in(), "question-1", "Which answer?", "maria", NOW).state


def test_tags_are_kept_once_each_in_the_order_in_which_they_came() -> None:
    assert given_feedback(tags=("Listening", " pausing ", "listening")).tags == ("Listening", "pausing")


def test_more_than_ten_tags_are_refused_where_the_request_is_read() -> None:
    request = msgspec.to_builtins(GiveFeedback(
        mentorship_id="m", kind=FeedbackKind.STRENGTH, situation="a", behaviour="b", impact="c",
        tags=tuple(f"tag {number}" for number in range(11)),
    ))  # fmt: skip
    with pytest.raises(msgspec.ValidationError, match="tags"):
        msgspec.convert(request, GiveFeedback)


@pytest.mark.parametrize("verb", ["ask", "accept", "decline"])
def test_nothing_comes_before_the_acknowledgement(verb: str) -> None:
    verbs = {
        "ask": lambda word: feedback.ask_clarification(word, "question-1", "Which?", "maria", NOW),
        "accept": lambda word: feedback.accept_feedback(word, "item-1", PLAN, "maria", NOW),
        "decline": lambda word: feedback.decline_feedback(word, DeclineFeedback(feedback_id="f"), "maria", NOW),
    }
    with pytest.raises(Conflict, match="Acknowledge"):
        verbs[verb](given_feedback())
    assert verbs[verb](taken_in()).events


def test_only_the_recipient_asks_and_only_the_author_answers_and_once() -> None:
    with pytest.raises(Forbidden):
        feedback.ask_clarification(taken_in(), "question-1", "Which?", "sofia", NOW)
    with pytest.raises(Forbidden):
        feedback.answer_clarification(asked(), "question-1", "That one", "maria", NOW)
    with pytest.raises(NotFound):
        feedback.answer_clarification(asked(), "question-2", "That one", "sofia", NOW)
    answered = feedback.answer_clarification(asked(), "question-1", "The second one", "sofia", NOW)
    assert [(each.question, each.answer) for each in answered.state.clarifications] == [
        ("Which answer?", "The second one")
    ]
    assert [event.answered for event in answered.events if isinstance(event, FeedbackClarified)] == [True]
    with pytest.raises(Conflict):
        feedback.answer_clarification(answered.state, "question-1", "Another", "sofia", NOW)


def test_a_thread_takes_no_more_questions_than_a_talk_should_have() -> None:
    full = msgspec.structs.replace(asked(), clarifications=asked().clarifications * feedback.CLARIFICATIONS_LIMIT)
    with pytest.raises(Invalid) as refused:
        feedback.ask_clarification(full, "question-51", "And?", "maria", NOW)
    assert refused.value.field == "question"


def test_accepted_feedback_leads_to_one_item_of_its_recipient_and_both_name_each_other() -> None:
    accepted = feedback.accept_feedback(taken_in(), "item-1", PLAN, "maria", NOW)
    assert (accepted.state.state, accepted.state.action_item_id) == (FeedbackState.ACCEPTED, "item-1")
    assert [type(event) for event in accepted.events] == [FeedbackAccepted]
    made = items.act_on(accepted.state)
    item = made.state
    assert (item.id, item.owner_id, item.feedback_id, item.title) == ("item-1", "maria", "feedback-1", PLAN.title)
    assert (item.due, item.size, item.created_at) == (DUE, 2, NOW)
    assert [event.feedback_id for event in made.events if isinstance(event, ActionCreated)] == ["feedback-1"]
    assert items.act_on(accepted.state) == made, "whoever makes it later makes the same"


def test_feedback_that_was_not_accepted_leads_to_no_item() -> None:
    declined = feedback.decline_feedback(
        taken_in(), DeclineFeedback(feedback_id="f", reason="I tried this before"), "maria", NOW
    )
    assert [type(event) for event in declined.events] == [FeedbackDeclined]
    assert declined.state.decline_reason == "I tried this before"
    with pytest.raises(Conflict):
        items.act_on(declined.state)


def test_an_action_planned_for_a_day_that_is_over_is_refused() -> None:
    late = msgspec.structs.replace(PLAN, due=NOW.date() - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        feedback.accept_feedback(taken_in(), "item-1", late, "maria", NOW)
    assert refused.value.field == "due"


@given(st.lists(st.sampled_from(["acknowledge", "ask", "accept", "decline"]), max_size=12), st.booleans())
def test_whatever_is_tried_in_whatever_order_there_is_at_most_one_decision_and_it_stays(
    verbs: list[str], as_recipient: bool
) -> None:
    by, word = "maria" if as_recipient else "sofia", given_feedback()
    facts: list[Event] = []
    for verb in verbs:
        before = word
        try:
            match verb:
                case "acknowledge":
                    change = feedback.acknowledge_feedback(word, by, NOW)
                case "ask":
                    change = feedback.ask_clarification(word, f"question-{len(facts)}", "Why?", by, NOW)
                case "accept":
                    change = feedback.accept_feedback(word, "item-1", PLAN, by, NOW)
                case _:
                    change = feedback.decline_feedback(word, DeclineFeedback(feedback_id=word.id), by, NOW)
        except Refusal:
            continue
        word, facts = change.state, [*facts, *change.events]
        assert before.decided_at is None or word.state is before.state
    decisions = [fact for fact in facts if isinstance(fact, FeedbackAccepted | FeedbackDeclined)]
    assert len(decisions) <= 1
    assert (word.decided_at is not None) == bool(decisions)
    assert as_recipient or not facts
