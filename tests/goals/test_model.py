"""Goals, action items and feedback: what they are, and what cannot happen to them."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import (
    ActionCompleted,
    ActionCreated,
    ActionState,
    AddActionItem,
    FeedbackAcknowledged,
    FeedbackGiven,
    FeedbackKind,
    GiveFeedback,
    Goal,
    GoalAchieved,
    GoalAgreed,
    GoalDrafted,
    GoalProposed,
    GoalState,
    LogProgress,
    Metric,
    MetricKind,
    ProgressEntry,
    ProgressLogged,
)
from contracts.identity import Party
from contracts.wire import Change, Event
from services.goals.model import feedback, goals, items, measures, progress
from tests.builders import NOW, a_card, a_goal, a_goal_draft, a_metric

TODAY = NOW.date()
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


def an_entry(value: float, *, on: date = TODAY, minutes: int = 0) -> ProgressEntry:
    at = NOW + timedelta(minutes=minutes)
    return ProgressEntry(id=f"entry-{minutes}", value=value, on=on, note="", logged_by="maria", logged_at=at)


def logged(goal: Goal, *values: float) -> Change[Goal]:
    change = Change(goal)
    for number, value in enumerate(values):
        request = LogProgress(goal_id=goal.id, value=value, on=TODAY)
        change = progress.log_progress(change.state, f"entry-{number}", request, "maria", NOW)
    return change


def test_a_drafted_goal_starts_at_its_baseline_and_belongs_to_the_mentee() -> None:
    change = goals.draft_goal("goal-1", a_card(), a_goal_draft(metric=a_metric(baseline=2, target=5)), NOW)
    assert (change.state.state, change.state.current, change.state.attainment) == (GoalState.DRAFT, 2, 0)
    assert (change.state.owner_id, change.state.org_id, change.state.version) == ("maria", "acme", 1)
    assert change.events == (GoalDrafted(mentorship_id="mentorship-1", goal_id="goal-1", owner_id="maria"),)


def test_a_goal_that_is_due_before_today_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        goals.draft_goal("goal-1", a_card(), a_goal_draft(due=TODAY - timedelta(days=1)), NOW)
    assert refused.value.field == "due"


def test_a_goal_may_be_due_today() -> None:
    assert goals.draft_goal("goal-1", a_card(), a_goal_draft(due=TODAY), NOW).state.due == TODAY


def test_a_goal_whose_target_is_its_baseline_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        goals.draft_goal("goal-1", a_card(), a_goal_draft(metric=a_metric(baseline=3, target=3)), NOW)
    assert refused.value.field == "target"


VERBS: dict[str, Callable[[Goal], Change[Goal]]] = {
    "propose": lambda goal: goals.propose_goal(goal, NOW),
    "agree": lambda goal: goals.agree_goal(goal, NOW),
    "log": lambda goal: logged(goal, 1),
}
ALLOWED = {
    (GoalState.DRAFT, "propose"): (GoalState.PROPOSED, GoalProposed),
    (GoalState.PROPOSED, "agree"): (GoalState.AGREED, GoalAgreed),
    (GoalState.AGREED, "log"): (GoalState.AGREED, ProgressLogged),
    (GoalState.ACHIEVED, "log"): (GoalState.ACHIEVED, ProgressLogged),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", GoalState)
def test_a_goal_goes_from_draft_to_proposed_to_agreed_and_nowhere_else(state: GoalState, verb: str) -> None:
    goal = a_goal(state=state, version=7)
    if (state, verb) not in ALLOWED:
        with pytest.raises(Conflict):
            VERBS[verb](goal)
        return
    after, fact = ALLOWED[state, verb]
    change = VERBS[verb](goal)
    assert (change.state.state, change.state.version) == (after, 8)
    assert [type(event) for event in change.events] == [fact]


def test_reaching_the_target_achieves_the_goal_once() -> None:
    goal = a_goal(state=GoalState.AGREED)
    assert logged(goal, 1, 1).state.state is GoalState.AGREED
    third = logged(goal, 1, 1, 1)
    assert (third.state.state, third.state.attainment, third.state.achieved_at) == (GoalState.ACHIEVED, 1, NOW)
    assert [type(event) for event in third.events] == [ProgressLogged, GoalAchieved]
    fourth = logged(third.state, 1)
    assert [type(event) for event in fourth.events] == [ProgressLogged]


def test_an_achieved_goal_stays_achieved_when_a_later_value_falls_back() -> None:
    goal = a_goal(state=GoalState.AGREED, metric=a_metric(kind=MetricKind.LAST, baseline=0, target=10))
    after = logged(goal, 10, 4).state
    assert (after.state, after.current) == (GoalState.ACHIEVED, 4)


def test_progress_of_a_day_that_has_not_begun_anywhere_is_refused() -> None:
    goal = a_goal(state=GoalState.AGREED)
    tomorrow = LogProgress(goal_id=goal.id, value=1, on=TODAY + timedelta(days=1))
    assert progress.log_progress(goal, "entry", tomorrow, "maria", NOW).state.entries
    later = LogProgress(goal_id=goal.id, value=1, on=TODAY + timedelta(days=2))
    with pytest.raises(Invalid) as refused:
        progress.log_progress(goal, "entry", later, "maria", NOW)
    assert refused.value.field == "on"


def test_a_goal_takes_no_more_entries_than_fit_into_one_document() -> None:
    full = a_goal(state=GoalState.AGREED, entries=(an_entry(1),) * progress.ENTRIES_LIMIT)
    with pytest.raises(Invalid):
        logged(full, 1)


@pytest.mark.parametrize(
    ("kind", "current"),
    [(MetricKind.COUNT, 13), (MetricKind.SUM, 16), (MetricKind.LAST, 1), (MetricKind.AVERAGE, 2)],
)
def test_the_current_value_follows_from_the_entries_by_the_kind_of_metric(kind: MetricKind, current: float) -> None:
    metric = a_metric(kind=kind, baseline=10, target=20)
    assert measures.current_value(metric, (an_entry(3), an_entry(2, minutes=1), an_entry(1, minutes=2))) == current


def test_the_last_value_is_that_of_the_last_day_whenever_it_was_entered() -> None:
    metric = a_metric(kind=MetricKind.LAST)
    late_news = an_entry(1, on=TODAY - timedelta(days=3), minutes=9)
    assert measures.current_value(metric, (an_entry(5), late_news)) == 5


def test_the_last_of_two_values_of_one_day_counts() -> None:
    metric = a_metric(kind=MetricKind.LAST)
    assert measures.current_value(metric, (an_entry(5, minutes=1), an_entry(2, minutes=0))) == 5


@pytest.mark.parametrize("kind", MetricKind)
def test_without_entries_a_metric_stands_at_its_baseline(kind: MetricKind) -> None:
    assert measures.current_value(a_metric(kind=kind, baseline=4), ()) == 4


def test_a_metric_may_go_downwards() -> None:
    metric = a_metric(kind=MetricKind.LAST, baseline=40, target=20)
    assert [measures.attainment(metric, current) for current in (50, 40, 30, 20, 10)] == [0, 0, 0.5, 1, 1]


@given(baseline=NUMBERS, target=NUMBERS, current=NUMBERS)
def test_attainment_is_a_share(baseline: float, target: float, current: float) -> None:
    assume(baseline != target)
    assert 0 <= measures.attainment(a_metric(baseline=baseline, target=target), current) <= 1


@given(baseline=NUMBERS, target=NUMBERS, values=st.lists(NUMBERS, min_size=2))
def test_attainment_never_falls_on_the_way_to_the_target(baseline: float, target: float, values: list[float]) -> None:
    assume(baseline != target)
    metric = a_metric(baseline=baseline, target=target)
    shares = [measures.attainment(metric, value) for value in sorted(values, reverse=target < baseline)]
    assert all(before <= after for before, after in pairwise(shares))


@given(kind=st.sampled_from(MetricKind), values=st.lists(NUMBERS, max_size=12))
def test_whatever_is_logged_the_goal_is_achieved_at_most_once_and_every_entry_is_kept(
    kind: MetricKind, values: list[float]
) -> None:
    goal, reached = a_goal(state=GoalState.AGREED, metric=a_metric(kind=kind)), False
    facts: list[Event] = []
    for value in values:
        change = logged(goal, value)
        goal, facts = change.state, [*facts, *change.events]
        reached = reached or goal.attainment == 1
    assert [entry.value for entry in goal.entries] == values
    assert goal.version == 1 + len(values)
    assert sum(isinstance(fact, GoalAchieved) for fact in facts) == reached
    assert (goal.state is GoalState.ACHIEVED) == reached


def test_an_average_counts_every_entry_alike() -> None:
    metric = Metric(name="Team feedback", unit="points", kind=MetricKind.AVERAGE, baseline=3.4, target=4.2)
    current = measures.current_value(metric, (an_entry(3.9),))
    assert measures.attainment(metric, current) == pytest.approx(0.625)  # as the golden example says


def an_item(**fields: object) -> AddActionItem:
    defaults = {"mentorship_id": "mentorship-1", "owner_id": "maria", "title": "Book a room", "due": TODAY}
    return AddActionItem(**{**defaults, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("owner_id", ["maria", "sofia"])
def test_an_action_item_has_exactly_one_of_the_two_as_its_owner(owner_id: str) -> None:
    change = items.add_action_item("item-1", a_card(), an_item(owner_id=owner_id), "sofia", NOW)
    assert (change.state.owner_id, change.state.added_by) == (owner_id, "sofia")
    (fact,) = change.events
    assert isinstance(fact, ActionCreated)
    assert (fact.action_item_id, fact.owner_id, fact.added_by) == ("item-1", owner_id, "sofia")
    assert (fact.due, fact.size) == (change.state.due, change.state.size)


def test_an_action_item_for_somebody_else_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        items.add_action_item("item-1", a_card(), an_item(owner_id="stranger"), "maria", NOW)
    assert refused.value.field == "ownerId"


def test_an_action_item_due_in_the_past_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        items.add_action_item("item-1", a_card(), an_item(due=TODAY - timedelta(days=1)), "maria", NOW)
    assert refused.value.field == "due"


def test_only_the_owner_completes_an_action_item_and_only_once() -> None:
    item = items.add_action_item("item-1", a_card(), an_item(), "sofia", NOW).state
    with pytest.raises(Forbidden):
        items.complete_action_item(item, "sofia", NOW)
    done = items.complete_action_item(item, "maria", NOW)
    assert (done.state.state, done.state.completed_at) == (ActionState.DONE, NOW)
    assert [type(event) for event in done.events] == [ActionCompleted]
    with pytest.raises(Conflict):
        items.complete_action_item(done.state, "maria", NOW)


def a_word() -> GiveFeedback:
    return GiveFeedback(
        mentorship_id="mentorship-1",
        kind=FeedbackKind.STRENGTH,
        situation="In Monday's meeting",
        behaviour="you let everybody finish",
        impact="and we heard two ideas that we would have missed",
    )


@pytest.mark.parametrize(
    ("by", "author", "recipient"), [(Party.MENTOR, "sofia", "maria"), (Party.MENTEE, "maria", "sofia")]
)
def test_feedback_goes_from_one_party_to_the_other(by: Party, author: str, recipient: str) -> None:
    change = feedback.give_feedback("feedback-1", a_card(), a_word(), by, NOW)
    assert (change.state.author_id, change.state.recipient_id) == (author, recipient)
    assert change.events == (
        FeedbackGiven(mentorship_id="mentorship-1", feedback_id="feedback-1", author_id=author, recipient_id=recipient),
    )


def test_only_the_recipient_acknowledges_feedback_and_only_once() -> None:
    given = feedback.give_feedback("feedback-1", a_card(), a_word(), Party.MENTOR, NOW).state
    with pytest.raises(Forbidden):
        feedback.acknowledge_feedback(given, "sofia", NOW)
    taken = feedback.acknowledge_feedback(given, "maria", NOW)
    assert taken.state.acknowledged_at == NOW
    assert [type(event) for event in taken.events] == [FeedbackAcknowledged]
    with pytest.raises(Conflict):
        feedback.acknowledge_feedback(taken.state, "maria", NOW)
