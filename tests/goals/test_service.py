"""Goals on the real stack: who may do what, and what a repeated, foreign or wrong command meets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.errors import Conflict, Forbidden, IdempotencyMismatch, Invalid, NotFound
from contracts.goals import (
    ACKNOWLEDGE_FEEDBACK,
    ADD_ACTION_ITEM,
    AGREE_GOAL,
    COMPLETE_ACTION_ITEM,
    DRAFT_GOAL,
    GET_FEEDBACK,
    GET_GOALS,
    GIVE_FEEDBACK,
    LIST_FEEDBACK,
    LIST_GOALS,
    LOG_PROGRESS,
    PROPOSE_GOAL,
    AcknowledgeFeedback,
    AddActionItem,
    AgreeGoal,
    CompleteActionItem,
    DraftGoal,
    FeedbackKind,
    GiveFeedback,
    Goal,
    GoalState,
    LogProgress,
    MetricKind,
    ProposeGoal,
)
from contracts.identity import RESPOND_TO_MATCH, OfMentorships, Phase, RespondToMatch
from contracts.wire import ByIds, Operation
from deploy.local.stack import Stack
from kit.rpc import http_session
from tests.builders import a_goal_draft, a_metric
from tests.parts import Pair, Parts, a_pair, a_proposed_pair


@pytest.fixture(scope="module")
async def parts(stack: Stack) -> AsyncIterator[Parts]:
    """The running parts."""
    async with http_session() as http:
        yield Parts(stack, http)


@pytest.fixture(scope="module")
async def pair(parts: Parts) -> Pair:
    """A pair that says what it expects."""
    return await a_pair(parts)


def a_draft(pair: Pair, **fields: Any) -> DraftGoal:
    due = (pair.parts.now() + timedelta(days=90)).date()
    return a_goal_draft(**{"mentorship_id": pair.mentorship_id, "due": due, **fields})


async def an_agreed_goal(pair: Pair, **fields: Any) -> Goal:
    goal = await pair.call(DRAFT_GOAL, pair.maria, a_draft(pair, **fields))
    await pair.call(PROPOSE_GOAL, pair.maria, ProposeGoal(goal_id=goal.id))
    return await pair.call(AGREE_GOAL, pair.sofia, AgreeGoal(goal_id=goal.id))


def progress(pair: Pair, goal: Goal, **fields: Any) -> LogProgress:
    return LogProgress(**{"goal_id": goal.id, "value": 1, "on": pair.parts.now().date(), **fields})


async def test_a_goal_is_drafted_proposed_and_agreed_by_whose_turn_it_is(pair: Pair) -> None:
    with pytest.raises(Forbidden):
        await pair.call(DRAFT_GOAL, pair.sofia, a_draft(pair))
    goal = await pair.call(DRAFT_GOAL, pair.maria, a_draft(pair))
    with pytest.raises(Forbidden):
        await pair.call(PROPOSE_GOAL, pair.sofia, ProposeGoal(goal_id=goal.id))
    with pytest.raises(Conflict):
        await pair.call(AGREE_GOAL, pair.sofia, AgreeGoal(goal_id=goal.id))
    await pair.call(PROPOSE_GOAL, pair.maria, ProposeGoal(goal_id=goal.id))
    with pytest.raises(Forbidden):
        await pair.call(AGREE_GOAL, pair.maria, AgreeGoal(goal_id=goal.id))
    assert (await pair.call(AGREE_GOAL, pair.sofia, AgreeGoal(goal_id=goal.id))).state is GoalState.AGREED


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": " \n"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"due": -1}, "due"),
        ({"metric": a_metric(target=0)}, "target"),
        ({"metric": a_metric(unit="")}, "metric.unit"),
        ({"metric": a_metric(target=1e13)}, "metric.target"),
        ({"smart": msgspec.structs.replace(a_goal_draft().smart, relevant="x" * 5_001)}, "smart.relevant"),
    ],
)
async def test_a_goal_that_breaks_a_rule_is_refused_and_not_kept(
    pair: Pair, fields: dict[str, Any], field: str
) -> None:
    if fields.get("due") == -1:
        fields = {"due": (pair.parts.now() - timedelta(days=1)).date()}
    before = await goals_of(pair)
    with pytest.raises(Invalid) as refused:
        await pair.call(DRAFT_GOAL, pair.maria, a_draft(pair, **fields))
    assert refused.value.field == field
    assert await goals_of(pair) == before


async def goals_of(pair: Pair) -> tuple[Goal, ...]:
    (page,) = await pair.call(LIST_GOALS, pair.maria, OfMentorships(mentorship_ids=(pair.mentorship_id,), first=100))
    assert page is not None
    return page.items


async def test_twenty_equal_drafts_make_one_goal_and_get_twenty_equal_answers(pair: Pair) -> None:
    before = len(await goals_of(pair))
    request = a_draft(pair, idempotency_key="once")
    answers = await asyncio.gather(*(pair.call(DRAFT_GOAL, pair.maria, request) for _ in range(20)))
    assert answers == [answers[0]] * 20
    assert len(await goals_of(pair)) == before + 1
    with pytest.raises(IdempotencyMismatch):
        await pair.call(DRAFT_GOAL, pair.maria, msgspec.structs.replace(request, title="Another"))


async def test_progress_that_many_log_at_once_is_all_counted(pair: Pair) -> None:
    goal = await an_agreed_goal(pair, metric=a_metric(kind=MetricKind.SUM, target=1_000))
    await asyncio.gather(*(pair.call(LOG_PROGRESS, pair.maria, progress(pair, goal)) for _ in range(20)))
    (after,) = await pair.call(GET_GOALS, pair.sofia, ByIds(ids=(goal.id,)))
    assert (after.current, len(after.entries), after.version) == (20, 20, goal.version + 20)


async def test_repeated_progress_counts_once(pair: Pair) -> None:
    goal = await an_agreed_goal(pair)
    request = progress(pair, goal, idempotency_key="monday")
    for _ in range(3):
        assert (await pair.call(LOG_PROGRESS, pair.maria, request)).current == 1
    with pytest.raises(IdempotencyMismatch):
        await pair.call(LOG_PROGRESS, pair.maria, msgspec.structs.replace(request, value=2))


async def test_progress_on_a_version_that_is_gone_is_a_conflict(pair: Pair) -> None:
    goal = await an_agreed_goal(pair)
    await pair.call(LOG_PROGRESS, pair.maria, progress(pair, goal, expected_version=goal.version))
    with pytest.raises(Conflict) as refused:
        await pair.call(LOG_PROGRESS, pair.maria, progress(pair, goal, expected_version=goal.version))
    assert refused.value.field == "version"


async def test_progress_is_the_mentees_and_not_of_the_future(pair: Pair) -> None:
    goal = await an_agreed_goal(pair)
    with pytest.raises(Forbidden):
        await pair.call(LOG_PROGRESS, pair.sofia, progress(pair, goal))
    later = (pair.parts.now() + timedelta(days=3)).date()
    with pytest.raises(Invalid) as refused:
        await pair.call(LOG_PROGRESS, pair.maria, progress(pair, goal, on=later))
    assert refused.value.field == "on"


async def test_before_the_phase_for_it_nothing_can_be_done(parts: Parts) -> None:
    proposed = await a_proposed_pair(parts)
    with pytest.raises(Conflict):
        await proposed.call(DRAFT_GOAL, proposed.maria, a_draft(proposed))
    with pytest.raises(Conflict):
        await proposed.call(GIVE_FEEDBACK, proposed.maria, a_word(proposed))
    with pytest.raises(Conflict):
        await proposed.call(ADD_ACTION_ITEM, proposed.maria, an_item(proposed))


async def test_news_of_a_phase_that_travel_slowly_hold_nobody_up(parts: Parts) -> None:
    pair = await a_proposed_pair(parts)
    for token in (pair.maria, pair.sofia):
        await pair.call(RESPOND_TO_MATCH, token, RespondToMatch(mentorship_id=pair.mentorship_id, accept=True))
    await pair.reaches(Phase.EXPECTATION_SETTING)
    assert await pair.call(DRAFT_GOAL, pair.maria, a_draft(pair))


def a_word(pair: Pair, **fields: Any) -> GiveFeedback:
    defaults = {
        "mentorship_id": pair.mentorship_id,
        "kind": FeedbackKind.IMPROVE,
        "situation": "Monday",
        "behaviour": "late",
        "impact": "we waited",
    }
    return GiveFeedback(**{**defaults, **fields})


def an_item(pair: Pair, **fields: Any) -> AddActionItem:
    defaults: dict[str, Any] = {
        "mentorship_id": pair.mentorship_id,
        "owner_id": pair.id_of("maria"),
        "title": "Book a room",
        "due": pair.parts.now().date() + timedelta(days=7),
    }
    return AddActionItem(**{**defaults, **fields})


async def test_feedback_is_read_by_the_two_and_acknowledged_by_its_recipient(pair: Pair) -> None:
    feedback = await pair.call(GIVE_FEEDBACK, pair.sofia, a_word(pair))
    ask = ByIds(ids=(feedback.id,))
    for token in (pair.maria, pair.sofia):
        assert await pair.call(GET_FEEDBACK, token, ask) == (feedback,)
    with pytest.raises(Forbidden):
        await pair.call(ACKNOWLEDGE_FEEDBACK, pair.sofia, AcknowledgeFeedback(feedback_id=feedback.id))
    taken = await pair.call(ACKNOWLEDGE_FEEDBACK, pair.maria, AcknowledgeFeedback(feedback_id=feedback.id))
    assert taken.acknowledged_at is not None


async def test_feedback_and_goals_are_nobody_elses_to_read(pair: Pair) -> None:
    goal = await an_agreed_goal(pair)
    feedback = await pair.call(GIVE_FEEDBACK, pair.sofia, a_word(pair))
    of = OfMentorships(mentorship_ids=(pair.mentorship_id,))
    for token in (pair.priya, pair.tom, pair.olga, pair.cycle, pair.parts.part_token("gateway", pair.home.id)):
        assert await pair.call(GET_FEEDBACK, token, ByIds(ids=(feedback.id,))) == ()
        assert await pair.call(GET_GOALS, token, ByIds(ids=(goal.id,))) == ()
        assert await pair.call(LIST_FEEDBACK, token, of) == (None,)
        assert await pair.call(LIST_GOALS, token, of) == (None,)


@pytest.mark.parametrize(
    ("operation", "request_of"),
    [
        (DRAFT_GOAL, lambda pair, made, of: a_draft(pair, mentorship_id=of)),
        (PROPOSE_GOAL, lambda pair, made, of: ProposeGoal(goal_id=of)),
        (AGREE_GOAL, lambda pair, made, of: AgreeGoal(goal_id=of)),
        (LOG_PROGRESS, lambda pair, made, of: progress(pair, made, goal_id=of)),
        (ADD_ACTION_ITEM, lambda pair, made, of: an_item(pair, mentorship_id=of)),
        (COMPLETE_ACTION_ITEM, lambda pair, made, of: CompleteActionItem(action_item_id=of)),
        (GIVE_FEEDBACK, lambda pair, made, of: a_word(pair, mentorship_id=of)),
        (ACKNOWLEDGE_FEEDBACK, lambda pair, made, of: AcknowledgeFeedback(feedback_id=of)),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
async def test_strangers_meet_the_same_refusal_as_for_an_unknown_id(
    pair: Pair, operation: Operation[Any, Any], request_of: Any
) -> None:
    goal = await an_agreed_goal(pair)
    made = {
        "mentorship": pair.mentorship_id,
        "goal": goal.id,
        "action": (await pair.call(ADD_ACTION_ITEM, pair.maria, an_item(pair))).id,
        "feedback": (await pair.call(GIVE_FEEDBACK, pair.sofia, a_word(pair))).id,
    }
    kinds = {DRAFT_GOAL: "mentorship", ADD_ACTION_ITEM: "mentorship", GIVE_FEEDBACK: "mentorship"}
    kinds |= {COMPLETE_ACTION_ITEM: "action", ACKNOWLEDGE_FEEDBACK: "feedback"}
    foreign = made[kinds.get(operation, "goal")]
    told = set()
    strangers = [(token, foreign) for token in (pair.olga, pair.tom, pair.priya, pair.cycle)]
    for token, object_id in (*strangers, (pair.olga, "unknown"), (pair.maria, "unknown")):
        with pytest.raises(NotFound) as refused:
            await pair.call(operation, token, request_of(pair, goal, object_id))
        told.add((refused.value.message.replace(object_id, "X"), refused.value.field))
    assert len(told) == 1


async def test_an_action_item_names_a_goal_of_its_own_mentorship(parts: Parts, pair: Pair) -> None:
    goal = await an_agreed_goal(pair)
    assert (await pair.call(ADD_ACTION_ITEM, pair.maria, an_item(pair, goal_id=goal.id))).goal_id == goal.id
    other = await a_pair(parts)
    theirs = await an_agreed_goal(other)
    for goal_id in (theirs.id, "unknown"):
        with pytest.raises(NotFound):
            await pair.call(ADD_ACTION_ITEM, pair.maria, an_item(pair, goal_id=goal_id))


async def test_an_action_item_is_completed_once_by_its_owner(pair: Pair) -> None:
    item = await pair.call(ADD_ACTION_ITEM, pair.sofia, an_item(pair))
    done = CompleteActionItem(action_item_id=item.id)
    with pytest.raises(Forbidden):
        await pair.call(COMPLETE_ACTION_ITEM, pair.sofia, done)
    await pair.call(COMPLETE_ACTION_ITEM, pair.maria, done)
    with pytest.raises(Conflict):
        await pair.call(COMPLETE_ACTION_ITEM, pair.maria, done)
    with pytest.raises(Invalid) as refused:
        await pair.call(ADD_ACTION_ITEM, pair.maria, an_item(pair, owner_id=pair.id_of("tom")))
    assert refused.value.field == "ownerId"


async def test_more_lists_at_once_than_allowed_are_refused(pair: Pair) -> None:
    with pytest.raises(Invalid):
        await pair.call(LIST_GOALS, pair.maria, OfMentorships(mentorship_ids=(pair.mentorship_id,) * 101))
    with pytest.raises(Invalid):
        await pair.call(GET_GOALS, pair.maria, ByIds(ids=("x",) * 201))
