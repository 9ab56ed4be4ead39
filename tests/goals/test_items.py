"""Action items: who may do what to them, being early, being stuck, and days that do not move."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import (
    ActionBlocked,
    ActionCompleted,
    ActionEdited,
    ActionItem,
    ActionUnblocked,
    AddActionItem,
    EditActionItem,
)
from services.goals.model import items
from tests.builders import NOW, a_card

DUE = NOW.date() + timedelta(days=7)


def an_item(**fields: Any) -> ActionItem:
    """Maria is going to book a room."""
    request: dict[str, Any] = {"mentorship_id": "mentorship-1", "owner_id": "maria", "title": "Book a room", "due": DUE}
    return items.add_action_item("item-1", a_card(), AddActionItem(**{**request, **fields}), "sofia", NOW).state


def edit(**fields: Any) -> EditActionItem:
    return EditActionItem(action_item_id="item-1", **fields)


def done(at: datetime = NOW) -> ActionItem:
    return items.complete_action_item(an_item(), "maria", at).state


def test_an_item_comes_from_one_thing_at_most() -> None:
    assert an_item(note_id="note-1").note_id == "note-1"
    with pytest.raises(Invalid) as refused:
        an_item(feedback_id="feedback-1", check_in_id="check-in-1")
    assert refused.value.field == "checkInId"


def test_an_edit_changes_what_it_names_and_leaves_the_rest() -> None:
    change = items.edit_action_item(an_item(size=2), edit(title=" Book a quiet room "))
    assert (change.state.title, change.state.size, change.state.due) == ("Book a quiet room", 2, DUE)
    assert change.events == (
        ActionEdited(mentorship_id="mentorship-1", action_item_id="item-1", owner_id="maria", size=2),
    )
    assert items.edit_action_item(an_item(), edit(title="Book a room", size=1, due=DUE)).events == ()


def test_a_due_date_does_not_move_by_an_edit() -> None:
    with pytest.raises(Invalid, match="renegotiation") as refused:
        items.edit_action_item(an_item(), edit(due=DUE + timedelta(days=1)))
    assert refused.value.field == "due"


def test_what_is_done_is_neither_edited_nor_flagged() -> None:
    with pytest.raises(Conflict):
        items.edit_action_item(done(), edit(size=3))
    with pytest.raises(Conflict):
        items.flag_blocked(done(), "No room is free", "maria", NOW)
    with pytest.raises(Conflict):
        items.clear_blocked(done(), NOW)


@pytest.mark.parametrize(("days", "early"), [(0, 7), (6, 1), (7, 0), (9, 0)])
def test_being_early_is_seen_in_days_and_being_late_is_not_held_up(days: int, early: int) -> None:
    completed = items.complete_action_item(an_item(), "maria", NOW + timedelta(days=days))
    assert completed.state.days_early == early
    assert [event.days_early for event in completed.events if isinstance(event, ActionCompleted)] == [early]


def test_an_item_that_is_open_is_not_early_yet() -> None:
    assert an_item().days_early is None


def test_the_clock_of_a_block_runs_from_its_flag_until_it_is_cleared_by_either_of_the_two() -> None:
    blocked = items.flag_blocked(an_item(), "No room is free", "maria", NOW)
    assert (blocked.state.blocked_at, blocked.state.blocked_reason) == (NOW, "No room is free")
    assert [type(event) for event in blocked.events] == [ActionBlocked]
    cleared = items.clear_blocked(blocked.state, NOW + timedelta(days=2))
    assert (cleared.state.blocked_at, cleared.state.blocked_reason) == (None, None)
    assert cleared.state.blocked_for == timedelta(days=2)
    assert [type(event) for event in cleared.events] == [ActionUnblocked]


def test_only_its_owner_flags_an_item_and_not_twice() -> None:
    with pytest.raises(Forbidden):
        items.flag_blocked(an_item(), "No room is free", "sofia", NOW)
    blocked = items.flag_blocked(an_item(), "No room is free", "maria", NOW).state
    with pytest.raises(Conflict):
        items.flag_blocked(blocked, "Still none", "maria", NOW)


def test_completing_a_blocked_item_stops_its_clock() -> None:
    blocked = items.flag_blocked(an_item(), "No room is free", "maria", NOW).state
    completed = items.complete_action_item(blocked, "maria", NOW + timedelta(hours=5)).state
    assert (completed.blocked_at, completed.blocked_for) == (None, timedelta(hours=5))


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), max_size=8))
def test_the_time_of_all_blocks_adds_up(blocks: list[tuple[int, int]]) -> None:
    item, at = an_item(), NOW
    for free, stuck in blocks:
        at += timedelta(minutes=free)
        item = items.flag_blocked(item, "Waiting", "maria", at).state
        at += timedelta(minutes=stuck)
        item = items.clear_blocked(item, at).state
    assert item.blocked_for == timedelta(minutes=sum(stuck for _, stuck in blocks))
    assert item.due == DUE


@given(due=st.dates(min_value=date(2020, 1, 1)), at=st.datetimes(min_value=datetime(2020, 1, 1)))
def test_nobody_is_ever_less_than_nought_days_early(due: date, at: datetime) -> None:
    item = ActionItem(
        id="i", org_id="acme", mentorship_id="m", owner_id="maria", title="t", due=due, completed_at=at,
        added_by="maria", created_at=NOW,
    )  # fmt: skip
    assert item.days_early is not None
    assert item.days_early >= 0
