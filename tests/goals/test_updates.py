"""Progress updates by example: one for each party and week, changed while the week lasts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import (
    MetricValue,
    ProgressLogged,
    ProgressReported,
    ProgressUpdate,
    Promise,
    ReportedValue,
    SubmitProgressUpdate,
)
from contracts.identity import Party
from services.goals.model import rhythm
from services.goals.model import updates as model
from tests.builders import NOW, a_card

WEEK = "2027-W09"  # NOW is its Monday
BEGINS = datetime(2027, 2, 28, 10, tzinfo=UTC)  # where the earth turns to Monday first
ENDS = datetime(2027, 3, 8, 12, tzinfo=UTC)  # where it is Sunday for longest


def said(**fields: Any) -> SubmitProgressUpdate:
    defaults = {"mentorship_id": "mentorship-1", "period": WEEK, "done": "Two talks", "next": "A third"}
    return SubmitProgressUpdate(**{**defaults, **fields})


def a_value(value: float = 1, entry_id: str = "entry-1") -> ReportedValue:
    return ReportedValue(goal_id="goal-1", value=value, entry_id=entry_id)


def an_update(*values: ReportedValue, at: datetime = NOW, party: Party = Party.MENTEE) -> ProgressUpdate:
    return model.submit_update("update-1", a_card(), said(), values, at, party=party).state


@pytest.mark.parametrize("at", [BEGINS, NOW, ENDS, ENDS + timedelta(days=35)])
def test_an_update_is_taken_from_the_beginning_of_its_week_to_five_weeks_later(at: datetime) -> None:
    change = model.submit_update("update-1", a_card(), said(), (), at, party=Party.MENTOR)
    assert (change.state.author_id, change.state.submitted_at) == ("sofia", at)
    assert change.events == (
        ProgressReported(
            mentorship_id="mentorship-1", progress_update_id="update-1", author_id="sofia", party=Party.MENTOR
        ),
    )


@pytest.mark.parametrize(
    ("period", "at"),
    [
        (WEEK, BEGINS - timedelta(seconds=1)),
        (WEEK, ENDS + timedelta(days=35, seconds=1)),
        ("2027-W00", NOW),
        ("2027-W53", NOW),
        ("2027-W54", NOW),
        ("0000-W01", NOW),
        ("0001-W01", NOW),
        ("9999-W52", NOW),
    ],
)
def test_a_week_that_is_not_now_or_not_at_all_is_refused(period: str, at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        model.submit_update("update-1", a_card(), said(period=period), (), at, party=Party.MENTEE)
    assert refused.value.field == "period"


def test_an_update_is_changed_until_the_week_is_over_everywhere() -> None:
    request = said(done="Three talks", blocked=" The room ")
    edited = model.edit_update(an_update(), request, (), ENDS - timedelta(seconds=1)).state
    assert (edited.done, edited.blocked, edited.version) == ("Three talks", "The room", 2)
    with pytest.raises(Conflict):
        model.edit_update(an_update(), request, (), ENDS)
    assert model.edit_update(an_update(), said(), (), ENDS).events == (), "the same words again change nothing"


def test_a_value_stays_and_further_ones_are_added() -> None:
    update = an_update(a_value())
    edited = model.edit_update(update, said(), (a_value(2, "entry-2"),), NOW).state
    assert [value.value for value in edited.metrics] == [1, 2]
    with pytest.raises(Conflict):
        model.edit_update(update, said(), (a_value(3),), NOW)


def test_an_update_has_at_most_ten_values() -> None:
    update = an_update(*(a_value(1, f"entry-{number}") for number in range(10)))
    with pytest.raises(Invalid):
        model.edit_update(update, said(), (a_value(1, "entry-11"),), NOW)


def test_values_are_the_mentees_and_one_for_each_metric() -> None:
    value = MetricValue(goal_id="goal-1", value=1)
    with pytest.raises(Forbidden):
        model.check_values(Party.MENTOR, (value,))
    with pytest.raises(Invalid):
        model.check_values(Party.MENTEE, (value, MetricValue(goal_id="goal-1", value=2)))
    model.check_values(Party.MENTEE, (value, MetricValue(goal_id="goal-1", metric_id="more", value=2)))


def test_the_values_of_a_week_that_is_over_are_of_its_sunday() -> None:
    assert model.day_of(an_update(), NOW) == NOW.date()
    assert model.day_of(an_update(), ENDS + timedelta(days=3)) == date(2027, 3, 7)


def test_the_mentees_update_keeps_the_promise_to_log_progress_and_the_mentors_does_not() -> None:
    done = (Promise.LOG_PROGRESS, rhythm.Done(id="u", at=NOW))
    for party, kept in ((Party.MENTEE, done), (Party.MENTOR, None)):
        fact = ProgressReported(mentorship_id="m", progress_update_id="u", author_id="a", party=party)
        assert rhythm.promise_kept_by(fact, a_card(), NOW) == kept
    entered = ProgressLogged(mentorship_id="m", goal_id="g", owner_id="maria", entry_id="e", progress_update_id="u")
    assert rhythm.promise_kept_by(entered, a_card(), NOW) == done, "it is one thing with its update"
