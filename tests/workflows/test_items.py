"""Reminders of action items: they go where the day goes."""

from datetime import date, timedelta

from contracts.notifications import Prompt, Template
from tests.workflows.play import PATIENT, START, Play, a_cycle
from workflows.facts import Fact, ItemDone, ItemMoved, ItemPromised, Paused

DAY = timedelta(days=1)
PROMISED = ItemPromised(item_id="i1", owner_id="u-mentee", due=date(2026, 1, 15))
MOVED = ItemMoved(item_id="i1", due=date(2026, 1, 22))


def reminded(*facts: Fact, days: int = 40) -> list[tuple[date, str]]:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    play.tell(*facts)
    play.wait(days=days)
    return [(each.at.date(), each.step) for each in play.of(Prompt) if each.template is Template.ACTION_REMINDER]


def test_an_item_is_reminded_of_before_its_day_and_on_it() -> None:
    assert reminded(PROMISED) == [(date(2026, 1, 13), "before"), (date(2026, 1, 15), "day")]


def test_another_day_takes_the_reminders_along_in_whatever_order_the_news_comes() -> None:
    expected = [(date(2026, 1, 20), "before-20260122"), (date(2026, 1, 22), "day-20260122")]
    assert reminded(PROMISED, MOVED) == expected
    assert reminded(MOVED, PROMISED) == expected
    assert reminded(PROMISED, MOVED, PROMISED, MOVED) == expected


def test_who_was_reminded_of_the_old_day_is_reminded_of_the_new_one_too() -> None:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    play.tell(PROMISED)
    play.wait(days=9)
    play.tell(MOVED)
    play.wait(days=20)
    steps = [each.step for each in play.of(Prompt) if each.template is Template.ACTION_REMINDER]
    assert steps == ["before", "before-20260122", "day-20260122"]


def test_what_is_done_is_not_reminded_of_however_late_the_news_of_its_day_comes() -> None:
    assert reminded(PROMISED, ItemDone(item_id="i1"), MOVED) == []
    assert reminded(ItemDone(item_id="i1"), MOVED, PROMISED) == []


def test_what_is_done_during_a_leave_is_not_reminded_of_after_it() -> None:
    assert reminded(PROMISED, Paused(started_at=START, until=START + 5 * DAY), ItemDone(item_id="i1")) == []


def test_a_leave_takes_the_reminders_along() -> None:
    found = reminded(PROMISED, Paused(started_at=START, until=START + 5 * DAY))
    assert found == [(date(2026, 1, 18), "before"), (date(2026, 1, 20), "day")]
