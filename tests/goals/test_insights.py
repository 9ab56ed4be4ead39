"""What shows in one mentorship: counted by hand here, said only where there is enough, and in neutral words."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.goals import (
    ActionItem,
    Commitment,
    Excuse,
    Feedback,
    FeedbackKind,
    Goal,
    GoalState,
    Insight,
    InsightKind,
    LedgerPolicy,
    MetricKind,
    ProgressEntry,
    Promise,
)
from contracts.identity import Party
from services.goals.model import ledger
from services.goals.model.insights import CONTRAST, LEAST_OF_A_TIME, Seen, insights
from tests.builders import a_card, a_goal, a_metric

CARD, POLICY = a_card(), LedgerPolicy()
DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(weeks=1)
MONDAY = datetime(2027, 3, 1, 15, tzinfo=UTC)  # 16:00 in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
AT = MONDAY + 40 * WEEK
BLAME = ("fail", "bad", "worse", "worst", "poor", "should", "must", "lazy", "never", "only", "late", "behind", "missed")


def promised(
    name: str, due: datetime, *, done: bool = True, promise: Promise = Promise.PREPARE, late: timedelta = -HOUR
) -> Commitment:
    """One promise, done an hour before it was due, or not at all."""
    opened = ledger.open_commitment(
        name, CARD, POLICY, party=Party.MENTEE, promise=promise, cause_id=name, due=due, at=due - 7 * DAY
    ).state
    return ledger.keep(opened, due + late).state if done else opened


def weekly(name: str, first: datetime, kept: int, of: int, promise: Promise = Promise.PREPARE) -> list[Commitment]:
    """One promise each week, of which the first `kept` were done in time."""
    return [promised(f"{name}-{week}", first + week * WEEK, done=week < kept, promise=promise) for week in range(of)]


def said(seen: Seen, kind: InsightKind) -> list[Insight]:
    return [each for each in insights(seen, BERLIN, AT) if each.kind is kind]


def numbers(insight: Insight) -> dict[str, float]:
    return {figure.name: figure.value for figure in insight.numbers}


def test_nothing_is_said_of_nothing() -> None:
    assert insights(Seen(), BERLIN, AT) == ()


def test_the_weekday_at_which_most_was_done_in_time_stands_beside_the_one_at_which_least_was() -> None:
    friday = weekly("friday", MONDAY + 4 * DAY, 9, 10)
    monday = weekly("monday", MONDAY, 3, 8)
    (found,) = said(Seen(commitments=[*friday, *monday]), InsightKind.WEEKDAY)
    assert found.text == (
        "Of what was due on a Friday, 9 of 10 was done in time; on a Monday, 3 of 8. You can choose due moments that"
        " suit you both."
    )
    assert numbers(found) == {
        "most_weekday": 5, "most_in_time": 9, "most_due": 10, "least_weekday": 1, "least_in_time": 3, "least_due": 8
    }  # fmt: skip


def test_a_day_and_an_hour_are_those_of_the_clock_on_the_wall() -> None:
    late = datetime(2027, 1, 4, 23, 30, tzinfo=UTC)  # half past midnight on Tuesday in Berlin
    noon = datetime(2027, 1, 7, 15, tzinfo=UTC)
    seen = Seen(commitments=[*weekly("late", late, 0, 4), *weekly("noon", noon, 4, 4)])
    assert said(seen, InsightKind.WEEKDAY) == []
    seen = Seen(commitments=[*weekly("late", late, 0, 5), *weekly("noon", noon, 5, 5)])
    ((weekday,), (hour,)) = (said(seen, kind) for kind in (InsightKind.WEEKDAY, InsightKind.HOUR))
    assert (numbers(weekday)["least_weekday"], numbers(hour)["least_hour"]) == (2, 0)
    assert numbers(hour)["most_hour"] == 16
    assert "between 16:00 and 16:59" in hour.text


def test_what_is_due_by_the_end_of_a_day_says_nothing_about_hours() -> None:
    end = MONDAY.replace(hour=23, minute=59, second=59)
    items = [
        *weekly("monday", end, 0, 6, Promise.COMPLETE_ACTION),
        *weekly("friday", end + 4 * DAY, 6, 6, Promise.COMPLETE_ACTION),
    ]
    assert said(Seen(commitments=items), InsightKind.HOUR) == []
    (weekday,) = said(Seen(commitments=items), InsightKind.WEEKDAY)
    assert (numbers(weekday)["least_weekday"], numbers(weekday)["most_weekday"]) == (1, 5), "the days that were named"


@pytest.mark.parametrize(("kept", "spoken"), [(8, False), (7, True)])  # of 10, beside 9 of 10
def test_a_small_difference_is_left_unsaid(kept: int, spoken: bool) -> None:
    assert CONTRAST * 10 == 2
    seen = Seen(commitments=[*weekly("a", MONDAY, 9, 10), *weekly("b", MONDAY + DAY, kept, 10)])
    assert bool(said(seen, InsightKind.WEEKDAY)) == spoken


def test_what_is_excused_disputed_or_open_says_nothing() -> None:
    released = [
        ledger.release(each, Excuse.PAUSE, each.due).state
        for each in weekly("excused", MONDAY + DAY, 0, LEAST_OF_A_TIME)
    ]
    disputed = [ledger.dispute(each, AT).state for each in weekly("disputed", MONDAY + 2 * DAY, 0, LEAST_OF_A_TIME)]
    still_open = weekly("open", AT + DAY, 0, LEAST_OF_A_TIME)
    kept = weekly("kept", MONDAY, 6, 6)
    assert said(Seen(commitments=[*released, *disputed, *still_open, *kept]), InsightKind.WEEKDAY) == []


def with_tags(number: int, *tags: str, done: bool) -> tuple[Feedback, ActionItem]:
    due = date(2027, 4, 1)
    item = ActionItem(
        id=f"item-{number}", org_id="acme", mentorship_id=CARD.id, owner_id="maria", title="t", due=due,
        completed_at=MONDAY if done else None, added_by="maria", created_at=MONDAY,
    )  # fmt: skip
    word = Feedback(
        id=f"feedback-{number}", org_id="acme", mentorship_id=CARD.id, author_id="sofia", recipient_id="maria",
        kind=FeedbackKind.IMPROVE, situation="s", behaviour="b", impact="i", tags=tags, given_at=MONDAY,
        action_item_id=item.id,
    )  # fmt: skip
    return word, item


def test_what_became_of_feedback_on_a_skill_is_counted_by_its_tag() -> None:
    given = [
        with_tags(1, "Presenting", "Slides", done=True),
        with_tags(2, "presenting", done=True),
        with_tags(3, "PRESENTING", "Slides", done=False),
    ]
    (found,) = said(Seen(feedback=[word for word, _ in given], items=[item for _, item in given]), InsightKind.TAG)
    assert found.text == "Feedback on “presenting” led to 3 action items that are done or were due; 2 are done."
    assert numbers(found) == {"action_items": 3, "done": 2}


def a_moving_goal(*days_and_values: tuple[int, float], due: date = date(2027, 6, 7)) -> Goal:
    entries = tuple(
        ProgressEntry(
            id=f"entry-{day}", value=value, on=(MONDAY + day * DAY).date(), note="", logged_by="maria",
            logged_at=MONDAY + day * DAY,
        )
        for day, value in days_and_values
    )  # fmt: skip
    metric = a_metric(name="Team score", unit="points", kind=MetricKind.LAST, baseline=3.0, target=4.2)
    return a_goal(state=GoalState.AGREED, metric=metric, entries=entries, due=due, agreed_at=MONDAY)


def test_a_metric_shows_where_it_is_moving_and_what_it_takes_from_here() -> None:
    goal = a_moving_goal((0, 3.0), (14, 3.2), (28, 3.6), (42, 3.8))
    (found,) = (each for each in insights(Seen(goals=[goal]), BERLIN, MONDAY + 42 * DAY))
    assert found.text == (
        "“Team score” went from 3.2 on 2027-03-15 to 3.8 on 2027-04-12: 0.2 points a week. From here, 0.1 a week lead"
        " to 4.2 by 2027-06-07."
    )
    assert numbers(found) == {"from": 3.2, "to": 3.8, "weeks": 4, "per_week": 0.15, "needed_per_week": 0.05}


def test_a_metric_with_two_days_or_within_one_week_shows_nothing_yet() -> None:
    for goal in (a_moving_goal((0, 3.0), (30, 3.5)), a_moving_goal((0, 3.0), (2, 3.1), (4, 3.2))):
        assert insights(Seen(goals=[goal]), BERLIN, MONDAY + 30 * DAY) == ()
    moving = a_moving_goal((0, 3.0), (14, 3.2), (28, 3.6))
    assert insights(Seen(goals=[replace(moving, state=GoalState.DRAFT)]), BERLIN, MONDAY + 30 * DAY) == ()


def test_a_rhythm_stands_beside_what_was_delivered() -> None:
    given = weekly("feedback", MONDAY, 8, 10, Promise.GIVE_FEEDBACK)
    (found,) = said(Seen(commitments=given), InsightKind.CADENCE)
    assert found.text == (
        "Feedback was due 10 times and came in time 8 times. What was done came typically 1 hours before that."
    )
    assert numbers(found) == {"due": 10, "in_time": 8, "median_lead_hours": 1}
    assert said(Seen(commitments=given[:3]), InsightKind.CADENCE) == []


@st.composite
def years(draw: st.DrawFn) -> Seen:
    """Whatever may have happened in a year."""
    commitments = [
        promised(
            f"c-{number}", MONDAY + draw(st.integers(0, 300)) * DAY + draw(st.integers(0, 23)) * HOUR,
            done=draw(st.booleans()), promise=draw(st.sampled_from(Promise)), late=draw(st.integers(-40, 40)) * HOUR,
        )
        for number in range(draw(st.integers(0, 30)))
    ]  # fmt: skip
    given = [
        with_tags(number, *draw(st.lists(st.sampled_from(("a", "B", "c")), unique=True)), done=draw(st.booleans()))
        for number in range(draw(st.integers(0, 8)))
    ]
    moving = draw(st.dictionaries(st.integers(0, 90), st.floats(-5, 5), max_size=6))
    return Seen(
        commitments, [a_moving_goal(*sorted(moving.items()))], [word for word, _ in given], [item for _, item in given]
    )


@given(years(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_known_makes_no_difference(seen: Seen, chance: random.Random) -> None:
    def mixed[T](things: Iterable[T]) -> list[T]:
        known = list(things)
        return chance.sample(known, len(known))

    shuffled = Seen(mixed(seen.commitments), mixed(seen.goals), mixed(seen.feedback), mixed(seen.items))
    assert insights(shuffled, BERLIN, AT) == insights(seen, BERLIN, AT)


@given(years())
def test_each_sentence_rests_on_numbers_and_blames_nobody(seen: Seen) -> None:
    for found in insights(seen, BERLIN, AT):
        assert found.numbers
        assert not [word for word in BLAME if word in found.text.lower().replace("due", "").split()]
        counted = numbers(found)
        for kept, due in (("most_in_time", "most_due"), ("least_in_time", "least_due"), ("in_time", "due")):
            assert 0 <= counted.get(kept, 0) <= counted.get(due, 0)
        assert counted.get("most_due", LEAST_OF_A_TIME) >= LEAST_OF_A_TIME
