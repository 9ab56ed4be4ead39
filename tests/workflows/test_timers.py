"""Every timer at its instant, one second before, one after, and with what it waits for arriving in that instant."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from contracts.identity import ChangePhase, Gap, Party, Phase
from contracts.notifications import Prompt, Template
from tests.workflows.play import PATIENT, START, Play, a_cycle
from tests.workflows.timers import DAY, HELP, PAUSE, REVIEWED, TIMERS, Timer, active, closing, then
from workflows import machine
from workflows.facts import Fact, Paused, Told
from workflows.rhythm import ends_at

SECOND = timedelta(seconds=1)


def played(timer: Timer) -> tuple[Play, Callable[[], int]]:
    play = Play(a_cycle(policy=timer.policy))
    timer.prelude(play)
    before = len(play.commands)
    return play, lambda: sum(map(timer.shows, play.commands[before:]))


def hear_at(play: Play, after: timedelta, facts: tuple[Fact, ...]) -> None:
    """Live until a second before, and hear the last of these facts in the instant itself, before its timer fires."""
    play.wait(seconds=(after - SECOND).total_seconds())
    play.tell(*facts[:-1])
    play.now += SECOND
    machine.hear(play.cycle, Told(event_id="late", fact=facts[-1]), play.now)
    play.deliver()


def test_the_table_has_every_timer_of_the_machine() -> None:
    assert {timer.kind for timer in TIMERS} == set(machine._WHEN_DUE)


@pytest.mark.parametrize("timer", TIMERS, ids=str)
def test_it_happens_at_its_instant_and_not_a_second_before(timer: Timer) -> None:
    play, count = played(timer)
    due = play.now + timer.after
    play.wait(seconds=(timer.after - SECOND).total_seconds())
    assert count() == 0
    play.wait(seconds=1)
    assert count() == 1
    when = [command.at for command in play.commands if timer.shows(command)][-1]
    assert when == due
    play.wait(seconds=1)
    assert count() == 1


@pytest.mark.parametrize("timer", TIMERS, ids=str)
def test_what_is_awaited_wins_when_it_arrives_in_the_same_instant(timer: Timer) -> None:
    play, count = played(timer)
    hear_at(play, timer.after, timer.awaited)
    play.wait(seconds=2)
    assert count() == timer.instead


@pytest.mark.parametrize("timer", TIMERS, ids=str)
def test_what_comes_after_its_timer_in_the_same_instant_does_not_make_it_happen_again(timer: Timer) -> None:
    play, count = played(timer)
    play.wait(seconds=timer.after.total_seconds())
    play.tell(*timer.awaited)
    play.wait(seconds=2)
    assert count() == 1


def test_looking_back_in_the_last_instant_leaves_no_gap() -> None:
    play = Play(a_cycle(policy=PATIENT))
    closing(play)
    hear_at(play, 42 * DAY, REVIEWED)
    assert play.of(ChangePhase)[-1].phase is Phase.CLOSED
    assert play.of(ChangePhase)[-1].gaps == (Gap.GOALS_OPEN,)


def test_help_is_reminded_of_when_its_day_is_over() -> None:
    play = Play(a_cycle(policy=PATIENT))
    then(HELP)(play)
    play.wait(days=4)
    reminders = [command for command in play.of(Prompt) if command.template is Template.HELP_OVERDUE]
    assert [(each.recipient_ids, each.at.date()) for each in reminders] == [(play.cycle.users(Party.MENTOR), HELP.due)]


def test_a_pause_holds_every_timer_and_lets_it_go_on_by_as_much() -> None:
    play = Play(a_cycle(policy=replace(PATIENT, milestone_every=40 * DAY, review_opens_before=DAY)))
    active(play)
    before = {name: at for name, at in play.cycle.deadlines.items() if not name.startswith(("progress", "schedule"))}
    play.tell(PAUSE)
    assert set(play.cycle.deadlines) == {"resume", "pause-reminder"}
    play.wait(days=30)
    after = {name: at for name, at in play.cycle.deadlines.items() if name in before}
    assert after == {name: at + 30 * DAY for name, at in before.items()}


def test_a_cycle_that_is_woken_long_after_its_pause_rested_no_longer_than_agreed() -> None:
    play = Play(a_cycle(policy=PATIENT))
    active(play)
    ends = ends_at(play.cycle)
    play.tell(PAUSE)
    play.now += PAUSE.until - PAUSE.started_at + 3 * DAY
    machine.step(play.cycle, [], play.now)
    assert play.cycle.phase is Phase.ACTIVE
    assert ends_at(play.cycle) == ends + (PAUSE.until - PAUSE.started_at)


def test_a_pause_that_is_shorter_than_its_reminder_reminds_nobody() -> None:
    play = Play(a_cycle(policy=PATIENT))
    then(Paused(started_at=START, until=START + 7 * DAY))(play)
    play.wait(days=8)
    assert not [prompt for prompt in play.of(Prompt) if prompt.template is Template.PAUSE_ENDING]
