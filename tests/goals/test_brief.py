"""The brief: what has moved since a moment, in lists and in words, and as many reads for much as for little."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from contracts.errors import NotFound
from contracts.goals import (
    ActionItem,
    ActionState,
    Brief,
    BriefOf,
    Feedback,
    FeedbackState,
    GoalMetric,
    Milestone,
    PlannedAction,
    ProgressEntry,
)
from contracts.identity import Mentorship, MentorshipCard
from contracts.wire import Change
from deploy.local.backends import Backends
from kit.audit import Trail
from kit.clock import Clock
from kit.command import Stamp, natural_id
from kit.mongo import connect
from services.goals.actions import Context
from services.goals.actions.brief import brief_of
from services.goals.model import brief
from services.goals.store import Store
from tests.builders import NOW, a_caller, a_card, a_goal, a_metric
from tests.goals.test_page import COUNTING, _fill

DAY = timedelta(days=1)
CARD = a_card()
BY = Stamp(org_id=CARD.org_id, actor_id="maria", at=NOW)


def an_entry(number: int, *, days: int, value: float = 1, metric_id: str | None = None) -> ProgressEntry:
    """Logged so many days from now."""
    at = NOW + days * DAY
    return ProgressEntry(
        id=f"entry-{number}", value=value, on=at.date(), note="", logged_by="maria", logged_at=at, metric_id=metric_id
    )


def an_item(item_id: str = "item", **fields: object) -> ActionItem:
    defaults: dict[str, object] = {
        "id": item_id,
        "org_id": "acme",
        "mentorship_id": CARD.id,
        "owner_id": "maria",
        "title": "Book a room",
        "due": NOW.date(),
        "added_by": "maria",
        "created_at": NOW,
    }
    return ActionItem(**{**defaults, **fields})  # type: ignore[arg-type]


def some_feedback(**fields: object) -> Feedback:
    defaults: dict[str, object] = {
        "id": "feedback",
        "org_id": "acme",
        "mentorship_id": CARD.id,
        "author_id": "sofia",
        "recipient_id": "maria",
        "kind": "improve",
        "situation": "s",
        "behaviour": "You  spoke\nfast",
        "impact": "i",
        "given_at": NOW,
    }
    return Feedback(**{**defaults, **fields})  # type: ignore[arg-type]


def test_each_metric_with_new_entries_moved_from_where_it_stood() -> None:
    pace = GoalMetric(id="pace", metric=a_metric(name="Pace", kind="last", target=9), current=0, added_at=NOW)
    entries = (
        an_entry(1, days=-9),
        an_entry(2, days=0),
        an_entry(3, days=1),
        an_entry(4, days=-9, value=5, metric_id="pace"),
        an_entry(5, days=2, value=7, metric_id="pace"),
    )
    goal = a_goal(entries=entries, more_metrics=(pace,))
    main, other = brief.moved([goal, a_goal(id="goal-2")], NOW)
    assert (main.metric, main.before, main.now, main.entries) == ("Presentations given", 1, 3, 2)
    assert (other.metric, other.before, other.now, other.entries) == ("Pace", 5, 7, 1)
    assert brief.moved([goal], NOW + 3 * DAY) == ()
    assert [each.entries for each in brief.moved([goal], None)] == [3, 2]


def test_only_milestones_reached_since_are_named_the_oldest_first() -> None:
    def milestone(name: str, days: int | None) -> Milestone:
        reached_at = None if days is None else NOW + days * DAY
        return Milestone(id=name, title=name, due=NOW.date(), added_at=NOW, reached_at=reached_at)

    goals = [
        a_goal(milestones=(milestone("late", 2), milestone("open", None))),
        a_goal(milestones=(milestone("before", -1), milestone("now", 0))),
    ]
    assert [each.title for each in brief.reached(goals, NOW)] == ["now", "late"]
    assert [each.title for each in brief.reached(goals, None)] == ["before", "now", "late"]


def test_the_draft_has_a_line_for_each_thing_that_was_closed() -> None:
    accepted = some_feedback(
        state=FeedbackState.ACCEPTED, tags=("Presenting",), action=PlannedAction(title="Rehearse", due=NOW.date())
    )
    found = Brief(
        mentorship_id=CARD.id,
        completed=(an_item(),),
        milestones=brief.reached(
            [a_goal(milestones=(Milestone(id="m", title="First talk", due=NOW.date(), added_at=NOW, reached_at=NOW),))],
            None,
        ),
        progress=brief.moved([a_goal(entries=(an_entry(1, days=0),))], None),
        feedback=(accepted, some_feedback(state=FeedbackState.ACKNOWLEDGED)),
    )
    assert brief.draft(found).splitlines() == [
        "Done: Book a room",
        "Reached: First talk",
        "Presentations given: from 0 to 1 presentations",
        "Feedback (Presenting): I act on it, Rehearse",
        "Feedback (You spoke fast): taken in",
    ]


def test_a_draft_of_nothing_is_empty_and_one_of_very_much_still_fits_a_summary() -> None:
    assert brief.draft(Brief(mentorship_id=CARD.id)) == ""
    much = Brief(mentorship_id=CARD.id, completed=tuple(an_item(str(n), title="x" * 200) for n in range(100)))
    written = brief.draft(much)
    assert len(written) <= 5_000
    shown = written.count("Done: ")
    assert written.endswith(f"And {100 - shown} more.")


@pytest.fixture
async def context(backends: Backends, request: pytest.FixtureRequest) -> AsyncIterator[Context]:
    """The service's actions on a database of their own."""

    async def ask_card(_org_id: str, _mentorship_id: str) -> MentorshipCard:
        return CARD

    async def ask_mentorship(_org_id: str, _mentorship_id: str) -> Mentorship | None:
        return None

    client, database = connect(backends["mongodb"].url, f"test_brief_{natural_id(request.node.name)[:8]}")
    store = Store(database, ask_card, lambda: None)
    for each in store.aggregates:
        await each.prepare()
    await store.mentorships.keep(CARD.org_id, CARD)
    yield Context(store, Clock(), ask_mentorship, Trail(database, "goals"))
    client.close()


async def test_the_reads_of_a_brief_do_not_grow_with_the_data(context: Context) -> None:
    async def reads() -> int:
        before = len(COUNTING.sent)
        await brief_of(context, a_caller(), BriefOf(mentorship_id=CARD.id, since=NOW))
        return len(COUNTING.sent) - before

    await _fill(context, 3)
    few = await reads()
    await _fill(context, 60, since=3)
    assert await reads() == few <= 8


async def test_open_late_and_done_items_each_stand_where_they_belong(context: Context) -> None:
    items = context.store.action_items
    late, ahead = context.clock.now().date() - DAY, context.clock.now().date() + DAY

    async def put(item: ActionItem) -> None:
        await items.create(BY, lambda _: Change(item), new_id=item.id)

    await put(an_item("late", due=late))
    await put(an_item("later", due=late - DAY))
    await put(an_item("ahead", due=ahead, blocked_at=NOW, blocked_reason="A room"))
    await put(an_item("done", due=late, state=ActionState.DONE, completed_at=NOW))
    await put(an_item("done before", due=late, state=ActionState.DONE, completed_at=NOW - DAY))
    found = await brief_of(context, a_caller(), BriefOf(mentorship_id=CARD.id, since=NOW))
    assert [item.id for item in found.carried_over] == ["later", "late"]
    assert [item.id for item in found.blocked] == ["ahead"]
    assert [item.id for item in found.completed] == ["done"]
    ever = await brief_of(context, a_caller("sofia"), BriefOf(mentorship_id=CARD.id))
    assert {item.id for item in ever.completed} == {"done", "done before"}


async def test_a_brief_is_for_the_two_parties_alone(context: Context) -> None:
    for caller in (a_caller("tom"), a_caller("priya", roles=("programme_manager",)), a_caller(org_id="other")):
        with pytest.raises(NotFound):
            await brief_of(context, caller, BriefOf(mentorship_id=CARD.id))
