"""What a pause and a mentor who goes do to open promises, by example and in any order."""

from datetime import datetime, timedelta

import pytest

from contracts.goals.ledger import Commitment, CommitmentState, Excuse, LedgerPolicy, Promise
from contracts.identity import MentorReplaced, MentorshipPaused, MentorshipResumed, Party
from services.goals.model import leaves, ledger
from tests.builders import NOW, a_card

DAY = timedelta(days=1)
CARD = a_card()
PAUSED = MentorshipPaused(mentorship=CARD, started_at=NOW, until=NOW + 20 * DAY)
RESUMED = MentorshipResumed(mentorship=CARD, started_at=NOW, ended_at=NOW + 5 * DAY)
ON_TIME = MentorshipResumed(mentorship=CARD, started_at=NOW, ended_at=NOW + 20 * DAY)


def a_promise(promise: Promise, due: datetime, opened_at: datetime = NOW - DAY) -> Commitment:
    return ledger.open_commitment(
        "c-1", CARD, LedgerPolicy(), party=Party.MENTOR, promise=promise, cause_id="x", due=due, at=opened_at
    ).state


def after(commitment: Commitment, *events: leaves.LeaveFact) -> Commitment:
    for number, event in enumerate(events):
        commitment = leaves.touched(commitment, leaves.leave_of(event, f"event-{number}", NOW)).state
    return commitment


@pytest.mark.parametrize("events", [[PAUSED, RESUMED], [RESUMED, PAUSED], [PAUSED, PAUSED, RESUMED, RESUMED]])
def test_what_is_due_moves_by_as_long_as_the_pause_lasted_in_whatever_order_it_is_told(
    events: list[leaves.LeaveFact],
) -> None:
    promise = a_promise(Promise.GIVE_FEEDBACK, NOW + 3 * DAY)
    assert after(promise, *events).due == NOW + 8 * DAY
    assert after(promise, *events).original_due == NOW + 3 * DAY


def test_a_pause_that_ends_as_agreed_moves_once() -> None:
    promise = after(a_promise(Promise.GIVE_FEEDBACK, NOW + 3 * DAY), PAUSED, ON_TIME)
    assert promise.due == NOW + 23 * DAY
    assert promise.state is CommitmentState.OPEN


def test_what_belongs_to_a_meeting_in_the_pause_is_excused_and_another_meeting_stays() -> None:
    within = after(a_promise(Promise.ATTEND, NOW + 10 * DAY), PAUSED)
    assert (within.state, within.excuse) == (CommitmentState.EXCUSED, Excuse.PAUSE)
    later = a_promise(Promise.ATTEND, NOW + 21 * DAY)
    assert after(later, PAUSED) == later


def test_what_was_missed_before_or_promised_after_the_beginning_is_not_touched() -> None:
    missed = a_promise(Promise.GIVE_FEEDBACK, NOW - 30 * DAY, NOW - 40 * DAY)
    younger = a_promise(Promise.GIVE_FEEDBACK, NOW + 3 * DAY, NOW + DAY)
    assert after(missed, PAUSED) == missed
    assert after(younger, PAUSED) == younger


def test_the_ledger_of_a_mentor_who_left_is_frozen_and_the_mentees_goes_on() -> None:
    replaced = MentorReplaced(mentorship=CARD, former_mentor_id=CARD.mentor_id, agreement_version=2)
    frozen = after(a_promise(Promise.GIVE_FEEDBACK, NOW + 3 * DAY), replaced)
    assert (frozen.state, frozen.excuse) == (CommitmentState.EXCUSED, Excuse.REPLACED)
    mentees = a_promise(Promise.LOG_PROGRESS, NOW + 3 * DAY)
    other = MentorReplaced(mentorship=CARD, former_mentor_id="somebody", agreement_version=2)
    assert after(mentees, other) == mentees
