"""News that comes late: what is counted from it is counted from when it happened, and a leave holds it all the same."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identity import CaseKind, OpenCase
from contracts.notifications import Prompt, Template
from tests.workflows.play import PATIENT, START, Play, a_cycle
from workflows import machine
from workflows.facts import Fact, HelpAsked, ItemBlocked, ItemPromised, Paused, Told

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PROMISED = ItemPromised(item_id="i1", owner_id="u-mentee", due=date(2026, 1, 15))
ASKED = HelpAsked(help_request_id="h1", asked_by="u-mentee", due=date(2026, 1, 9))
BLOCKED = ItemBlocked(item_id="i1")
LEFT = START + 2 * HOUR
PAUSED = Paused(started_at=LEFT, until=LEFT + 5 * DAY)


def active() -> Play:
    play = Play(a_cycle(policy=PATIENT))
    play.become_active()
    return play


def hear(play: Play, fact: Fact, at: datetime | None) -> None:
    machine.hear(play.cycle, Told(event_id=repr(fact), fact=fact, at=at), play.now)
    play.deliver()


def waiting(play: Play) -> set[str]:
    """What waits for the day of an item or of a question, and is not held."""
    return {name for name in play.cycle.deadlines if name.endswith((":i1", ":h1"))}


@pytest.mark.parametrize(("fact", "kind"), [(ASKED, CaseKind.HELP_OVERDUE), (BLOCKED, CaseKind.BLOCKED_ITEM)])
@pytest.mark.parametrize("late", [timedelta(), 3 * DAY, 7 * DAY, 9 * DAY])
def test_a_case_is_opened_a_week_after_it_was_asked_or_blocked_however_late_that_is_heard(
    fact: Fact, kind: CaseKind, late: timedelta
) -> None:
    play = active()
    play.wait(days=late / DAY)
    hear(play, fact, START)
    play.wait(days=12)
    (case,) = [each for each in play.of(OpenCase) if each.kind is kind]
    assert case.at == START + max(late, 7 * DAY)


def test_who_says_nothing_of_the_moment_is_taken_to_speak_at_once_and_nobody_speaks_of_the_future() -> None:
    for at in (None, START + 400 * DAY):
        play = active()
        play.wait(days=1)
        hear(play, ASKED, at)
        assert play.cycle.deadlines["help-escalated:h1"] == START + 8 * DAY


@given(st.permutations([(PROMISED, START + HOUR), (ASKED, START + HOUR), (BLOCKED, START + HOUR), (PAUSED, LEFT)]))
def test_a_leave_holds_what_was_said_before_it_in_whatever_order_they_are_heard(
    news: list[tuple[Fact, datetime]],
) -> None:
    play = active()
    play.wait(hours=2)
    for fact, at in news:
        hear(play, fact, at)
    assert waiting(play) == set()
    play.wait(days=30)
    reminded = [each.at.date() for each in play.of(Prompt) if each.template is Template.ACTION_REMINDER]
    assert reminded == [date(2026, 1, 18), date(2026, 1, 20)]
    opened = {each.kind: each.at for each in play.of(OpenCase)}
    assert opened[CaseKind.HELP_OVERDUE] == opened[CaseKind.BLOCKED_ITEM] == START + HOUR + 12 * DAY


def test_what_is_promised_during_a_leave_is_reminded_of_in_it() -> None:
    play = active()
    play.wait(hours=3)
    hear(play, PAUSED, LEFT)
    hear(play, PROMISED, START + 3 * HOUR)
    assert waiting(play) == {"item-nudge:i1", "item-day:i1"}
