"""Promises are held to the durations of the policy that was signed, each at its instant, a second before and after."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from contracts.errors import Conflict
from contracts.goals import ActionCreated, FeedbackGiven
from contracts.goals.ledger import Commitment, CommitmentState, Promise
from contracts.identity import Party, PinnedTerms, ProgrammePolicy
from contracts.sessions import CheckInRescheduled, CheckInScheduled, MoveReason
from services.goals.model import ledger, promises
from services.goals.model.help import working_days_after
from services.goals.model.terms import policy_of
from tests.builders import NOW, a_card

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
OWN = ProgrammePolicy(
    version=7,
    preparation_due=36 * HOUR,
    attendance_tacit_after=10 * HOUR,
    feedback_acknowledged=5 * DAY,
    feedback_acted_on=20 * DAY,
    action_grace=2 * DAY,
    review_grace=4 * DAY,
    renegotiate_meeting_before=30 * HOUR,
    renegotiate_item_before=70 * HOUR,
    renegotiation_answer=12 * HOUR,
    feedback_grace=DAY,
    feedback_acknowledged_grace=6 * HOUR,
    feedback_acted_on_grace=9 * DAY,
    progress_grace=3 * DAY,
    help_grace=5 * DAY,
)
CARD = a_card(policy_version=7, terms=PinnedTerms.of(OWN))
GRACES = {
    Promise.SIGN_AGREEMENT: (7 * DAY, 7 * DAY),
    Promise.ATTEND: (72 * HOUR, 10 * HOUR),
    Promise.PREPARE: (DAY, DAY),
    Promise.READ_BRIEF: (DAY, DAY),
    Promise.GIVE_FEEDBACK: (7 * DAY, DAY),
    Promise.ACKNOWLEDGE_FEEDBACK: (3 * DAY, 6 * HOUR),
    Promise.ACT_ON_FEEDBACK: (14 * DAY, 9 * DAY),
    Promise.LOG_PROGRESS: (7 * DAY, 3 * DAY),
    Promise.ANSWER_HELP: (7 * DAY, 5 * DAY),
    Promise.COMPLETE_ACTION: (7 * DAY, 2 * DAY),
    Promise.SUBMIT_REVIEW: (7 * DAY, 4 * DAY),
}
CARDS = pytest.mark.parametrize("own", [False, True], ids=["default", "own"])


def promised(promise: Promise, *, own: bool) -> Commitment:
    card = CARD if own else a_card()
    change = ledger.open_commitment(
        "c1", card, policy_of(card), party=Party.MENTEE, promise=promise, cause_id="x", due=NOW + 30 * DAY, at=NOW
    )
    return change.state


@CARDS
@pytest.mark.parametrize("promise", Promise)
def test_a_promise_is_missed_a_second_after_its_last_instant_and_kept_in_it(promise: Promise, own: bool) -> None:
    commitment = promised(promise, own=own)
    last = commitment.due + GRACES[promise][own]
    assert ledger.as_of(commitment, last - SECOND).state is CommitmentState.OPEN
    assert ledger.as_of(commitment, last).state is CommitmentState.OPEN
    assert ledger.as_of(commitment, last + SECOND).state is CommitmentState.MISSED
    assert ledger.keep(commitment, last).state.missed_at is None
    assert ledger.keep(commitment, last + SECOND).state.missed_at == last


@pytest.mark.parametrize("promise", Promise)
def test_what_is_done_in_the_due_instant_counts_in_full_and_a_second_later_less(promise: Promise) -> None:
    commitment = promised(promise, own=True)
    counted = [ledger.fulfilment(ledger.keep(commitment, commitment.due + late).state) for late in (-SECOND, 0 * DAY)]
    assert counted == [1, 1]
    late = ledger.fulfilment(ledger.keep(commitment, commitment.due + SECOND).state)
    assert late == (0 if promise is Promise.ATTEND else 1 - Fraction(SECOND // SECOND, commitment.grace // SECOND))


@CARDS
@pytest.mark.parametrize(("promise", "hours"), [(Promise.COMPLETE_ACTION, (48, 70)), (Promise.PREPARE, (24, 30))])
def test_another_day_is_asked_for_until_the_horizon_and_not_a_second_later(
    promise: Promise, hours: tuple[int, int], own: bool
) -> None:
    card, commitment = CARD if own else a_card(), promised(promise, own=own)
    horizon, wanted = commitment.due - hours[own] * HOUR, commitment.due + DAY
    for at in (horizon - SECOND, horizon):
        assert ledger.propose_renegotiation(commitment, policy_of(card), wanted, at, Party.MENTEE).events
    with pytest.raises(Conflict):
        ledger.propose_renegotiation(commitment, policy_of(card), wanted, horizon + SECOND, Party.MENTEE)


@CARDS
def test_an_answer_counts_in_the_last_instant_and_a_second_later_the_old_day_stands(own: bool) -> None:
    card, commitment = CARD if own else a_card(), promised(Promise.COMPLETE_ACTION, own=own)
    asked = ledger.propose_renegotiation(commitment, policy_of(card), commitment.due + DAY, NOW, Party.MENTEE).state
    last = NOW + (12 if own else 72) * HOUR
    for at in (last - SECOND, last):
        answered = ledger.respond(asked, policy_of(card), at, Party.MENTOR, accept=True).state
        assert answered.due == commitment.due + DAY
    with pytest.raises(Conflict):
        ledger.respond(asked, policy_of(card), last + SECOND, Party.MENTOR, accept=True)


def test_what_events_open_is_due_by_the_policy_of_the_mentorship() -> None:
    check_in: dict[str, Any] = {"mentorship_id": CARD.id, "check_in_id": "k", "index": 1, "starts_at": NOW + 9 * DAY}
    given = FeedbackGiven(mentorship_id=CARD.id, feedback_id="f", author_id="sofia", recipient_id="maria")
    item = ActionCreated(
        mentorship_id=CARD.id,
        action_item_id="i",
        owner_id="maria",
        added_by="maria",
        feedback_id="f",
        due=NOW.date(),
        size=1,
    )
    due = {
        opening.promise: opening.due - NOW
        for event in (CheckInScheduled(**check_in), given, item)
        for opening in promises.openings(event, CARD, NOW)
    }
    assert due == {
        Promise.ATTEND: 9 * DAY,
        Promise.PREPARE: 9 * DAY - 36 * HOUR,
        Promise.ACKNOWLEDGE_FEEDBACK: 5 * DAY,
        Promise.ACT_ON_FEEDBACK: 20 * DAY,
    }
    none: dict[str, Any] = {"party": Party.MENTOR, "prepared": False, "brief_read": False}
    moved = CheckInRescheduled(**check_in, was=NOW, minutes=60, reason=MoveReason.AGREED, **none)
    (prepared,) = [news for news in promises.news(moved, CARD, NOW) if news.promise is Promise.PREPARE]
    assert prepared.at == NOW + 9 * DAY - 36 * HOUR


def test_a_score_says_which_policy_it_was_worked_out_under() -> None:
    assert promised(Promise.ATTEND, own=True).policy_version == 7


@pytest.mark.parametrize(("days", "due"), [(1, 1), (3, 3), (5, 7)])
def test_working_days_leave_weekends_out(days: int, due: int) -> None:
    assert working_days_after(NOW.date(), days) == NOW.date() + due * DAY
