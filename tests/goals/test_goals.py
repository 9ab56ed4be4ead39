"""The life of a goal: changes asked for, revised with its history, agreed anew, let go; milestones and metrics."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Invalid, NotFound
from contracts.goals import (
    AbandonGoal,
    AddMetric,
    AddMilestone,
    AttachFeedback,
    Feedback,
    FeedbackAttached,
    FeedbackKind,
    Goal,
    GoalAbandoned,
    GoalAchieved,
    GoalAgreed,
    GoalChangeRequested,
    GoalMetric,
    GoalProposed,
    GoalRevised,
    GoalState,
    LogProgress,
    MetricKind,
    MilestoneReached,
    ProgressEntry,
    ProgressLogged,
    ReachMilestone,
    RequestGoalChange,
    ReviseGoal,
)
from contracts.wire import Change
from services.goals.model import goals, measures, progress
from tests.builders import NOW, a_goal, a_metric

TODAY = NOW.date()
OPEN = (GoalState.DRAFT, GoalState.PROPOSED, GoalState.AGREED)
NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)


def revised(goal: Goal, **fields: Any) -> Change[Goal]:
    request = ReviseGoal(goal_id=goal.id, **{"reason": "I know more now", **fields})
    return goals.revise_goal(goal, request, "maria", NOW)


def an_entry(number: int, value: float = 1, **fields: Any) -> ProgressEntry:
    made = {"id": f"entry-{number}", "value": value, "on": TODAY, "note": "", "logged_by": "maria", "logged_at": NOW}
    return ProgressEntry(**{**made, **fields})


def feedback(feedback_id: str = "feedback-1", **fields: Any) -> Feedback:
    made = {
        "id": feedback_id, "org_id": "acme", "mentorship_id": "mentorship-1", "author_id": "sofia",
        "recipient_id": "maria", "kind": FeedbackKind.STRENGTH, "situation": "s", "behaviour": "b", "impact": "i",
        "given_at": NOW,
    }  # fmt: skip
    return Feedback(**{**made, **fields})


def kinds(change: Change[Goal]) -> list[type]:
    return [type(event) for event in change.events]


def test_a_change_is_asked_for_while_a_goal_is_proposed_and_makes_it_a_draft() -> None:
    request = RequestGoalChange(goal_id="goal-1", text=" Which room? ")
    change = goals.request_goal_change(a_goal(state=GoalState.PROPOSED), request, "sofia", NOW)
    assert (change.state.state, kinds(change)) == (GoalState.DRAFT, [GoalChangeRequested])
    assert [(each.by, each.text, each.at) for each in change.state.change_requests] == [("sofia", "Which room?", NOW)]
    for state in set(GoalState) - {GoalState.PROPOSED}:
        with pytest.raises(Conflict):
            goals.request_goal_change(a_goal(state=state), request, "sofia", NOW)


@pytest.mark.parametrize("state", OPEN)
def test_a_revision_keeps_who_when_why_and_what_it_was_before(state: GoalState) -> None:
    goal = a_goal(state=state)
    change = revised(goal, title=" Four talks ", metric=a_metric(target=4))
    (revision,) = change.state.revisions
    assert (revision.number, revision.by, revision.at, revision.reason) == (1, "maria", NOW, "I know more now")
    assert revision.changed == ("title", "metric")
    assert (revision.before.state, revision.before.title, revision.before.metric) == (state, goal.title, goal.metric)
    assert (revision.before.smart, revision.before.due) == (None, None)
    assert (change.state.title, change.state.metric.target) == ("Four talks", 4)


def test_what_was_agreed_is_proposed_again_with_its_entries_and_its_first_agreement() -> None:
    goal = a_goal(state=GoalState.AGREED, agreed_at=NOW, entries=(an_entry(1), an_entry(2)))
    change = revised(goal, metric=a_metric(target=2))
    assert (change.state.state, kinds(change)) == (GoalState.PROPOSED, [GoalRevised, GoalProposed])
    assert (len(change.state.entries), change.state.attainment) == (2, 1)
    again = goals.agree_goal(change.state, NOW + timedelta(days=3))
    assert kinds(again) == [GoalAgreed, GoalAchieved]
    assert (again.state.agreed_at, again.state.achieved_at) == (NOW, NOW + timedelta(days=3))


@pytest.mark.parametrize("state", [GoalState.DRAFT, GoalState.PROPOSED])
def test_what_was_not_yet_agreed_stays_where_it_is(state: GoalState) -> None:
    change = revised(a_goal(state=state), due=TODAY + timedelta(days=9))
    assert (change.state.state, kinds(change)) == (state, [GoalRevised])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "title"),
        ({"title": "Deliver three presentations in the next three months"}, "title"),
        ({"due": TODAY - timedelta(days=1)}, "due"),
        ({"metric": a_metric(target=0)}, "target"),
        ({"metric": a_metric(name=" mood ")}, "name"),
    ],
)
def test_a_revision_that_changes_nothing_or_breaks_a_rule_is_refused(fields: dict[str, Any], field: str) -> None:
    more = GoalMetric(id="m", metric=a_metric(name="Mood"), current=0, added_at=NOW)
    with pytest.raises(Invalid) as refused:
        revised(a_goal(more_metrics=(more,)), **fields)
    assert refused.value.field == field


def test_a_goal_takes_no_more_revisions_than_fit() -> None:
    goal = a_goal()
    for number in range(goals.REVISIONS_LIMIT):
        goal = revised(goal, title=f"Title {number}").state
    with pytest.raises(Conflict):
        revised(goal, title="Once more")


@pytest.mark.parametrize("state", GoalState)
def test_an_open_goal_is_let_go_with_a_reason_and_no_other(state: GoalState) -> None:
    goal, request = a_goal(state=state), AbandonGoal(goal_id="goal-1", reason="Another role")
    if state not in OPEN:
        with pytest.raises(Conflict):
            goals.abandon_goal(goal, request, NOW)
        return
    change = goals.abandon_goal(goal, request, NOW)
    assert (change.state.state, change.state.abandoned_at) == (GoalState.ABANDONED, NOW)
    assert change.state.abandoned_because == "Another role"
    assert kinds(change) == [GoalAbandoned]


@pytest.mark.parametrize(("place", "challenges"), [(1, ()), (3, ("a", "b"))])
def test_a_goal_names_only_a_challenge_that_the_agreement_has(place: int, challenges: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        goals.check_challenge(place, challenges)
    assert refused.value.field == "challenge"
    goals.check_challenge(None, challenges)
    goals.check_challenge(1, ("a",))


def test_a_challenge_is_addressed_by_a_goal_that_was_not_let_go() -> None:
    found = (a_goal(challenge=1), a_goal(challenge=2, state=GoalState.ABANDONED), a_goal())
    assert [each.place for each in goals.unaddressed(("a", "b", "c"), found)] == [2, 3]


@given(st.lists(st.integers(0, 92), max_size=12))
def test_milestones_stand_in_the_order_of_their_days(days: list[int]) -> None:
    goal = a_goal()
    for number, day in enumerate(days):
        request = AddMilestone(goal_id=goal.id, title="A step", due=TODAY + timedelta(days=day))
        goal = progress.add_milestone(goal, f"milestone-{number}", request, NOW).state
    assert [each.due for each in goal.milestones] == sorted(TODAY + timedelta(days=day) for day in days)


def test_a_milestone_is_reached_once_and_tells_of_it() -> None:
    request = AddMilestone(goal_id="goal-1", title="A step", due=TODAY)
    goal = progress.add_milestone(a_goal(state=GoalState.AGREED), "milestone-1", request, NOW).state
    reach = ReachMilestone(goal_id="goal-1", milestone_id="milestone-1")
    change = progress.reach_milestone(goal, reach, NOW)
    assert (change.state.milestones[0].reached_at, kinds(change)) == (NOW, [MilestoneReached])
    with pytest.raises(Conflict):
        progress.reach_milestone(change.state, reach, NOW)
    with pytest.raises(Conflict):
        progress.reach_milestone(msgspec.structs.replace(goal, state=GoalState.PROPOSED), reach, NOW)


def test_a_milestone_after_the_goal_and_one_too_many_are_refused() -> None:
    goal = a_goal()
    request = AddMilestone(goal_id=goal.id, title="A step", due=goal.due + timedelta(days=1))
    with pytest.raises(Invalid):
        progress.add_milestone(goal, "late", request, NOW)
    for number in range(progress.MILESTONES_LIMIT):
        step = AddMilestone(goal_id=goal.id, title="A step", due=TODAY)
        goal = progress.add_milestone(goal, f"milestone-{number}", step, NOW).state
    with pytest.raises(Invalid):
        progress.add_milestone(goal, "one too many", step, NOW)


def test_an_entry_that_needs_feedback_counts_from_when_it_has_it() -> None:
    goal = a_goal(state=GoalState.AGREED, metric=a_metric(target=1, needs_feedback=True), entries=(an_entry(1),))
    assert measures.current_value(goal.metric, goal.entries) == 0
    request = AttachFeedback(goal_id=goal.id, entry_id="entry-1", feedback_id="feedback-1")
    change = progress.attach_feedback(goal, request, feedback(), NOW)
    assert (change.state.state, kinds(change)) == (GoalState.ACHIEVED, [FeedbackAttached, GoalAchieved])
    with pytest.raises(Conflict):
        progress.attach_feedback(change.state, request, feedback("feedback-2"), NOW)


REFUSED: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"mentorship_id": "another"}, NotFound),
    ({"recipient_id": "sofia"}, Invalid),
    ({"feedback_id": "used"}, Invalid),
]


@pytest.mark.parametrize(("fields", "kind"), REFUSED)
def test_feedback_that_does_not_vouch_for_the_entry_is_refused(fields: dict[str, Any], kind: type[Exception]) -> None:
    metric = a_metric(needs_feedback=True)
    goal = a_goal(state=GoalState.AGREED, metric=metric, entries=(an_entry(1, feedback_id="used"), an_entry(2)))
    given_one = feedback(**fields)
    attach = AttachFeedback(goal_id=goal.id, entry_id="entry-2", feedback_id=given_one.id)
    log = LogProgress(goal_id=goal.id, value=1, on=TODAY, feedback_id=given_one.id)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: progress.attach_feedback(goal, attach, given_one, NOW),
        lambda: progress.log_progress(goal, "entry-3", log, "maria", NOW, given=given_one),
    )
    for attempt in attempts:
        with pytest.raises(kind):
            attempt()


def test_a_further_metric_accompanies_the_goal_and_does_not_decide_it() -> None:
    request = AddMetric(goal_id="goal-1", metric=a_metric(name="Mood", target=1))
    goal = progress.add_metric(a_goal(state=GoalState.AGREED), "metric-2", request, NOW).state
    log = LogProgress(goal_id="goal-1", value=1, on=TODAY, metric_id="metric-2")
    after = progress.log_progress(goal, "entry-1", log, "maria", NOW).state
    assert (after.state, after.current, after.more_metrics[0].attainment) == (GoalState.AGREED, 0, 1)
    with pytest.raises(Invalid) as refused:
        progress.log_progress(goal, "e", msgspec.structs.replace(log, metric_id="unknown"), "maria", NOW)
    assert refused.value.field == "metricId"


def test_a_whole_table_is_one_fact() -> None:
    entries = tuple(progress.NewEntry(f"entry-{number}", 1, TODAY) for number in range(3))
    change = progress.log_entries(a_goal(state=GoalState.AGREED, metric=a_metric(target=9)), entries, "maria", NOW)
    (told,) = change.events
    assert isinstance(told, ProgressLogged)
    assert (told.entry_id, told.entries, change.state.current) == ("entry-2", 3, 3)
    assert progress.log_entries(change.state, (), "maria", NOW) == Change(change.state)


def test_a_count_towards_less_goes_down() -> None:
    metric = a_metric(baseline=5, target=2)
    assert measures.current_value(metric, (an_entry(1), an_entry(2))) == 3


ENTRIES = st.lists(st.tuples(NUMBERS, st.dates(date(2026, 1, 1), TODAY), st.booleans()), max_size=12)


@given(kind=st.sampled_from(MetricKind), needs=st.booleans(), given_entries=ENTRIES)
def test_a_series_has_one_point_a_day_and_ends_at_the_current_value(
    kind: MetricKind, needs: bool, given_entries: list[tuple[float, date, bool]]
) -> None:
    metric = a_metric(kind=kind, needs_feedback=needs)
    entries = tuple(
        an_entry(number, value, on=on, feedback_id="f" if vouched else None)
        for number, (value, on, vouched) in enumerate(given_entries)
    )
    points = measures.series(metric, entries)
    days = [point.on for point in points]
    assert days == sorted({entry.on for entry in entries if measures.counts(metric, entry)})
    if points:
        assert points[-1].value == measures.current_value(metric, entries)


@pytest.mark.parametrize(
    ("days", "done", "on_track", "share"),
    [(0, 0, True, 0), (46, 1, False, 0.5), (46, 2, True, 0.5), (200, 2, False, 1)],
)
def test_a_metric_is_on_track_while_attainment_keeps_up_with_time(
    days: int, done: int, on_track: bool, share: float
) -> None:
    goal = a_goal(state=GoalState.AGREED, agreed_at=NOW, entries=tuple(an_entry(number) for number in range(done)))
    (main,) = measures.progress(goal, NOW + timedelta(days=days)).metrics
    assert (main.on_track, main.elapsed) == (on_track, share)


def test_before_the_agreement_nothing_is_on_or_off_track() -> None:
    (main,) = measures.progress(a_goal(), NOW).metrics
    assert (main.on_track, main.elapsed) == (None, None)
