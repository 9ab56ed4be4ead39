"""What waits for whom: only what the other has done their part of, and no longer than it can be answered."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.errors import Invalid
from contracts.goals import (
    Clarification,
    Commitment,
    Encourage,
    Feedback,
    FeedbackKind,
    FeedbackState,
    GoalState,
    HelpKind,
    HelpRequest,
    HelpState,
    LedgerPolicy,
    Outcome,
    OutcomeKind,
    Promise,
    Renegotiation,
    ReplyKind,
)
from contracts.identity import Party
from services.goals.model import ledger
from services.goals.model.replies import Desk, awaited, due_soon
from services.goals.model.support import encourage
from tests.builders import NOW, a_card, a_goal

CARD, POLICY = a_card(), LedgerPolicy()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OF: dict[str, Any] = {"org_id": "acme", "mentorship_id": "mentorship-1"}


def a_help_request(**fields: Any) -> HelpRequest:
    defaults = {
        **OF, "id": "help-1", "asked_by": "maria", "kind": HelpKind.ADVICE, "text": "How?", "due": NOW.date(),
        "asked_at": NOW,
    }  # fmt: skip
    return HelpRequest(**{**defaults, **fields})


def a_word(**fields: Any) -> Feedback:
    defaults = {
        **OF, "id": "feedback-1", "author_id": "sofia", "recipient_id": "maria", "kind": FeedbackKind.IMPROVE,
        "situation": "s", "behaviour": "b", "impact": "i", "given_at": NOW,
    }  # fmt: skip
    return Feedback(**{**defaults, **fields})


def an_outcome(**fields: Any) -> Outcome:
    defaults = {
        **OF, "id": "outcome-1", "kind": OutcomeKind.PROJECT, "title": "t", "on": NOW.date(), "evidence": "e",
        "attribution": 3, "recorded_by": "maria", "recorded_at": NOW,
    }  # fmt: skip
    return Outcome(**{**defaults, **fields})


def a_moved_commitment(**fields: Any) -> Commitment:
    opened = ledger.open_commitment(
        "commitment-1", CARD, POLICY, party=Party.MENTEE, promise=Promise.COMPLETE_ACTION, cause_id="c",
        due=NOW + 9 * DAY, at=NOW,
    ).state  # fmt: skip
    proposal = Renegotiation(proposed_due=NOW + 12 * DAY, proposed_by=Party.MENTEE, proposed_at=NOW)
    return replace(opened, renegotiation=replace(proposal, **fields))


QUESTION = Clarification(id="q", question="Which?", asked_at=NOW + HOUR)
ANSWERED = replace(QUESTION, answer="That", answered_at=NOW + DAY)
TAKEN_IN = {"state": FeedbackState.ACKNOWLEDGED}
PROPOSED = a_goal(state=GoalState.PROPOSED, proposed_at=NOW + HOUR)

CASES: list[tuple[Desk, Party | None, ReplyKind | None]] = [
    (Desk(goals=[PROPOSED]), Party.MENTOR, ReplyKind.AGREE_GOAL),
    (Desk(goals=[a_goal()]), None, None),
    (Desk(help_requests=[a_help_request()]), Party.MENTOR, ReplyKind.ANSWER_HELP),
    (Desk(help_requests=[a_help_request(asked_by="sofia")]), Party.MENTEE, ReplyKind.ANSWER_HELP),
    (Desk(help_requests=[a_help_request(state=HelpState.ANSWERED)]), None, None),
    (Desk(feedback=[a_word()]), Party.MENTEE, ReplyKind.ACKNOWLEDGE_FEEDBACK),
    (Desk(feedback=[a_word(**TAKEN_IN)]), None, None),
    (Desk(feedback=[a_word(**TAKEN_IN, clarifications=(QUESTION,))]), Party.MENTOR, ReplyKind.ANSWER_CLARIFICATION),
    (Desk(feedback=[a_word(**TAKEN_IN, clarifications=(ANSWERED,))]), None, None),
    (Desk(commitments=[a_moved_commitment()]), Party.MENTOR, ReplyKind.ANSWER_RENEGOTIATION),
    (Desk(commitments=[a_moved_commitment(proposed_by=Party.MENTOR)]), Party.MENTEE, ReplyKind.ANSWER_RENEGOTIATION),
    (Desk(commitments=[a_moved_commitment(accepted=False)]), None, None),
    (Desk(outcomes=[an_outcome()]), Party.MENTOR, ReplyKind.VERIFY_OUTCOME),
    (Desk(outcomes=[an_outcome(verified_at=NOW)]), None, None),
]


@pytest.mark.parametrize(("desk", "party", "kind"), CASES)
def test_it_waits_for_the_one_whose_turn_it_is(desk: Desk, party: Party | None, kind: ReplyKind | None) -> None:
    for each in Party:
        found = [reply.kind for reply in awaited(desk, CARD, each, POLICY, NOW + DAY)]
        assert found == ([kind] if each is party else [])


@pytest.mark.parametrize(("at", "waits"), [(NOW + 72 * HOUR, True), (NOW + 72 * HOUR + timedelta(seconds=1), False)])
def test_a_wish_for_another_day_waits_for_as_long_as_it_can_be_answered(at: datetime, waits: bool) -> None:
    found = awaited(Desk(commitments=[a_moved_commitment()]), CARD, Party.MENTOR, POLICY, at)
    assert bool(found) == waits


def test_the_longest_comes_first_and_each_says_since_when_and_by_when() -> None:
    desk = Desk(goals=[PROPOSED], help_requests=[a_help_request()], outcomes=[an_outcome(recorded_at=NOW - DAY)])
    found = awaited(desk, CARD, Party.MENTOR, POLICY, NOW)
    assert [each.kind for each in found] == [ReplyKind.VERIFY_OUTCOME, ReplyKind.ANSWER_HELP, ReplyKind.AGREE_GOAL]
    assert [each.since for each in found] == [NOW - DAY, NOW, NOW + HOUR]
    assert [each.due is not None for each in found] == [False, True, False]


@given(st.lists(st.integers(0, 99), unique=True, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_known_makes_no_difference(numbers: list[int], chance: random.Random) -> None:
    requests = [a_help_request(id=f"help-{each}", asked_at=NOW + each % 5 * HOUR) for each in numbers]
    shuffled = chance.sample(requests, len(requests))
    one, other = (awaited(Desk(help_requests=each), CARD, Party.MENTOR, POLICY, NOW) for each in (requests, shuffled))
    assert one == other


def test_a_kind_word_is_about_one_thing() -> None:
    request = Encourage(mentorship_id=CARD.id, text="Well done", goal_id="goal-1", action_item_id="item-1")
    with pytest.raises(Invalid) as refused:
        encourage("word-1", CARD, request, "sofia", NOW)
    assert refused.value.field == "actionItemId"


@pytest.mark.parametrize(
    ("days", "is_due"), [(-1, True), (7, True), (7.01, False), (-30, False)], ids=["late", "a week", "later", "lapsed"]
)
def test_a_promise_is_due_soon_from_a_week_before_until_it_lapses(days: float, is_due: bool) -> None:
    due = NOW + days * DAY
    opened = ledger.open_commitment(
        "commitment-1", CARD, POLICY, party=Party.MENTOR, promise=Promise.COMPLETE_ACTION, cause_id="c", due=due,
        at=NOW - 40 * DAY,
    ).state  # fmt: skip
    assert [each.id for each in due_soon([opened], "sofia", NOW)] == ["commitment-1"] * is_due
    assert due_soon([opened], "maria", NOW) == []
