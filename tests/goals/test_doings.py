"""What keeps a promise that recurs: every moment at which something was done, each thing once, in any order."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.goals import FeedbackGiven, ProgressLogged, ProgressReported, Promise
from contracts.identity import Party
from services.goals.model import rhythm
from services.goals.model.rhythm import Doings, Done
from tests.builders import NOW, a_card

CARD, HOUR = a_card(), timedelta(hours=1)


def noted(done: list[Done]) -> Doings | None:
    doings: Doings | None = None
    for each in done:
        doings = rhythm.note(doings, "doings-1", CARD, Promise.LOG_PROGRESS, each).state
    return doings


@given(st.lists(st.integers(0, 50), min_size=1, unique=True, max_size=12), st.randoms(use_true_random=False))
def test_what_is_heard_twice_and_in_any_order_is_noted_once(hours: list[int], chance: random.Random) -> None:
    done = [Done(id=f"entry-{each}", at=NOW + each * HOUR) for each in hours]
    shuffled = [*done, *done]
    chance.shuffle(shuffled)
    one, other = noted(sorted(done, key=lambda each: each.at)), noted(shuffled)
    assert one is not None
    assert other is not None
    assert other.done == one.done
    assert len(other.done) == len(done)


@pytest.mark.parametrize("hours", [(0, 5), (5, 0)])
def test_an_update_counts_from_its_first_word_on_in_whatever_order_its_words_come(hours: tuple[int, int]) -> None:
    doings = noted([Done(id="update-1", at=NOW + each * HOUR) for each in hours])
    assert doings is not None
    assert doings.done == (Done(id="update-1", at=NOW),)


def test_a_table_of_many_rows_counts_as_often_as_there_are_promises_to_keep() -> None:
    doings = noted([Done(id="entry-9", at=NOW, times=500), Done(id="entry-10", at=NOW + HOUR)])
    assert doings is not None
    assert rhythm.moments(doings, 3) == [NOW, NOW, NOW, NOW + HOUR]


def test_only_the_newest_are_kept() -> None:
    many = [Done(id=f"entry-{each}", at=NOW + each * HOUR) for each in range(rhythm.KEPT)]
    full = Doings(id="doings-1", org_id="acme", mentorship_id=CARD.id, promise=Promise.LOG_PROGRESS, done=tuple(many))
    after = rhythm.note(full, "doings-1", CARD, Promise.LOG_PROGRESS, Done(id="new", at=NOW + 9_999 * HOUR)).state
    assert (len(after.done), after.done[0].id, after.done[-1].id) == (rhythm.KEPT, "entry-1", "new")


def test_feedback_of_the_mentor_and_progress_keep_a_promise_and_feedback_of_the_mentee_keeps_none() -> None:
    ids = {"mentorship_id": CARD.id, "feedback_id": "feedback-1"}
    by_mentor = FeedbackGiven(**ids, author_id="sofia", recipient_id="maria")
    by_mentee = FeedbackGiven(**ids, author_id="maria", recipient_id="sofia")
    table = ProgressLogged(mentorship_id=CARD.id, goal_id="goal-1", owner_id="maria", entry_id="entry-7", entries=7)
    assert rhythm.promise_kept_by(by_mentor, CARD, NOW) == (Promise.GIVE_FEEDBACK, Done(id="feedback-1", at=NOW))
    with_update = replace(table, entries=1, progress_update_id="update-1")
    update = ProgressReported(
        mentorship_id=CARD.id, progress_update_id="update-1", author_id="maria", party=Party.MENTEE
    )
    once = (Promise.LOG_PROGRESS, Done(id="update-1", at=NOW))
    assert rhythm.promise_kept_by(with_update, CARD, NOW) == rhythm.promise_kept_by(update, CARD, NOW) == once
    assert rhythm.promise_kept_by(replace(update, party=Party.MENTOR), CARD, NOW) is None
    assert rhythm.promise_kept_by(by_mentee, CARD, NOW) is None
    assert rhythm.promise_kept_by(table, CARD, NOW) == (Promise.LOG_PROGRESS, Done(id="entry-7", at=NOW, times=7))
