"""Moved, cancelled and left out: what a cycle makes of it, example by example."""

from datetime import date, datetime, timedelta

import pytest

from contracts.identity import ProgrammePolicy, TimeOffRule
from contracts.notifications import Prompt, Template
from contracts.sessions import MoveCheckIn, MoveReason, ScheduleCheckIn, SkipCheckIn
from tests.workflows.play import START, Play, a_cadence, a_cycle
from workflows.facts import ChangeAsked, Fact, Outcome, Paused, Scheduled, Settled, TimeOffHeard

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = datetime.fromisoformat("2026-01-14T09:00:00Z")  # ten in Berlin
SHIFTING = ProgrammePolicy(time_off=TimeOffRule.SHIFT)


def active(policy: ProgrammePolicy | None = None) -> Play:
    play = Play(a_cycle(policy=policy or ProgrammePolicy()))
    play.become_active()
    assert [command.starts_at for command in play.of(ScheduleCheckIn)] == [FIRST]
    return play


def off(first: str, last: str, number: int = 1, *, removed: bool = False) -> TimeOffHeard:
    return TimeOffHeard(
        time_off_id=f"off-{number}", first_day=date.fromisoformat(first), last_day=date.fromisoformat(last),
        is_removed=removed, sequence=2 if removed else 1,
    )  # fmt: skip


def starts(play: Play) -> list[tuple[int, datetime]]:
    return [(command.index, command.starts_at) for command in play.of(ScheduleCheckIn)]


def asked(play: Play, template: Template) -> list[datetime | None]:
    return [prompt.about for prompt in play.of(Prompt) if prompt.template is template]


def test_a_cancelled_index_is_spent_and_the_next_occurrence_is_planned_at_once() -> None:
    play = active()
    play.tell(Settled(check_in_id="c1", index=1, outcome=Outcome.CANCELLED))
    assert starts(play) == [(1, FIRST), (2, FIRST + 14 * DAY)]
    play.wait(days=8)
    assert asked(play, Template.CHECK_IN_BRIEF) == []
    assert asked(play, Template.ATTENDANCE_PROMPT) == []
    play.tell(Settled(check_in_id="c1", index=1, outcome=Outcome.MISSED))
    assert asked(play, Template.CHECK_IN_MISSED) == []


def test_prompts_move_with_a_check_in_and_the_cadence_goes_on_from_its_own_place() -> None:
    play = active()
    play.tell(Scheduled(check_in_id="c1", index=1, starts_at=FIRST + 20 * DAY, minutes=60, sequence=2))
    play.wait(days=15)
    assert asked(play, Template.PREPARATION_PROMPT) == []
    assert starts(play) == [(1, FIRST), (2, FIRST + 14 * DAY)]
    play.wait(days=15)
    assert asked(play, Template.PREPARATION_PROMPT) == [FIRST + 14 * DAY, FIRST + 20 * DAY]
    assert asked(play, Template.CHECK_IN_BRIEF) == [FIRST + 14 * DAY, FIRST + 20 * DAY]


def test_who_was_asked_already_is_asked_again_only_ahead_of_the_new_time() -> None:
    play = active()
    play.wait(days=7)  # two days before: asked, not yet briefed
    assert asked(play, Template.PREPARATION_PROMPT) == [FIRST]
    play.tell(Scheduled(check_in_id="c1", index=1, starts_at=FIRST + HOUR, minutes=60, sequence=2))
    assert asked(play, Template.PREPARATION_PROMPT) == [FIRST]
    play.tell(Scheduled(check_in_id="c1", index=1, starts_at=FIRST + 5 * DAY, minutes=60, sequence=3))
    play.wait(days=7)
    assert asked(play, Template.PREPARATION_PROMPT) == [FIRST, FIRST + 5 * DAY]


def test_older_news_of_a_move_is_dropped() -> None:
    play = active()
    for sequence, days in ((3, 5), (2, 9)):
        play.tell(Scheduled(check_in_id="c1", index=1, starts_at=FIRST + days * DAY, minutes=60, sequence=sequence))
    assert play.cycle.meetings[1].starts_at == FIRST + 5 * DAY


def test_a_new_cadence_moves_what_is_planned_outside_the_horizon() -> None:
    play = active()
    play.tell(a_cadence(rule="FREQ=WEEKLY", starts_at=datetime(2026, 1, 6, 8), version=2, moves=True))
    (move,) = play.of(MoveCheckIn)
    assert (move.check_in_id, move.reason) == ("c1", MoveReason.CADENCE)
    assert move.starts_at == datetime.fromisoformat("2026-01-13T07:00:00Z"), "the 6th is less than a day away"


def test_inside_the_horizon_a_new_cadence_leaves_the_check_in_and_begins_behind_it() -> None:
    play = active()
    play.wait(days=8, hours=1)
    play.tell(a_cadence(rule="FREQ=WEEKLY", starts_at=datetime(2026, 1, 15, 8), version=2, moves=True))
    assert play.of(MoveCheckIn) == []
    play.wait(days=1)
    assert starts(play)[-1] == (2, datetime.fromisoformat("2026-01-15T07:00:00Z"))


def test_a_new_cadence_does_not_go_back_into_what_was_cancelled() -> None:
    play = active()
    play.tell(Settled(check_in_id="c1", index=1, outcome=Outcome.CANCELLED))
    play.tell(a_cadence(rule="FREQ=DAILY", version=2, moves=True))
    assert [move.starts_at for move in play.of(MoveCheckIn)] == [FIRST + DAY]


def test_a_cadence_told_before_there_was_this_rule_moves_nothing() -> None:
    play = active()
    play.tell(a_cadence(rule="FREQ=DAILY", version=2))
    assert play.of(MoveCheckIn) == []


def test_time_off_leaves_a_check_in_out_or_moves_it_behind() -> None:
    for policy, skipped, moved in ((None, ["c1"], []), (SHIFTING, [], [FIRST + 3 * DAY])):
        play = active(policy)
        play.tell(off("2026-01-13", "2026-01-16"))
        assert [command.check_in_id for command in play.of(SkipCheckIn)] == skipped
        assert [command.starts_at for command in play.of(MoveCheckIn)] == moved


def test_time_off_inside_the_horizon_comes_too_late() -> None:
    play = active()
    play.wait(days=8, hours=1)
    play.tell(off("2026-01-14", "2026-01-20"))
    assert play.of(SkipCheckIn) == []


def test_occurrences_in_known_time_off_are_skipped_or_shifted_and_never_doubled() -> None:
    for policy, expected in ((None, FIRST + 42 * DAY), (SHIFTING, FIRST + 30 * DAY)):
        play = active(policy)
        play.tell(off("2026-01-28", "2026-02-12"))
        play.wait(days=10)
        assert starts(play)[1:] == [(2, expected)]


def test_time_off_that_was_removed_is_none_in_whatever_order_the_news_comes() -> None:
    play = active()
    play.tell(off("2026-01-13", "2026-01-16", removed=True), off("2026-01-13", "2026-01-16"))
    assert play.of(SkipCheckIn) == []


def test_past_times_off_are_forgotten() -> None:
    play = active()
    play.tell(off("2026-01-06", "2026-01-07"))
    play.wait(days=30)
    play.tell(off("2026-03-01", "2026-03-02", 2))
    assert list(play.cycle.times_off) == ["off-2"]


def test_a_zone_that_cannot_be_read_does_not_wedge_a_cycle_that_hears_of_time_off() -> None:
    play = active()
    play.tell(a_cadence(zone="Mars/Base", version=2), off("2026-01-13", "2026-01-16"))
    play.tell(Scheduled(check_in_id="c1", index=1, starts_at=FIRST + DAY, minutes=60, sequence=2))
    assert play.of(SkipCheckIn) == []
    assert play.cycle.meetings[1].starts_at == FIRST + DAY


def test_what_is_planned_inside_a_leave_leaves_the_calendar_and_the_next_one_follows_it() -> None:
    play = active()
    play.tell(Paused(started_at=play.now, until=FIRST + 8 * DAY))
    assert [command.check_in_id for command in play.of(SkipCheckIn)] == ["c1"]
    play.tell(Settled(check_in_id="c1", index=1, outcome=Outcome.CANCELLED))
    play.wait(days=20)
    assert starts(play) == [(1, FIRST), (2, FIRST + 14 * DAY)]
    assert asked(play, Template.CHECK_IN_MISSED) == []


def test_what_is_planned_behind_a_leave_stays() -> None:
    play = active()
    play.tell(Paused(started_at=play.now, until=FIRST))
    assert play.of(SkipCheckIn) == []
    play.wait(days=9)
    assert starts(play) == [(1, FIRST), (2, FIRST + 14 * DAY)]


@pytest.mark.parametrize("fact", [Paused(started_at=START, until=START + 20 * DAY), ChangeAsked()])
def test_what_comes_onto_the_calendar_while_a_leave_begins_is_left_out_once(fact: Fact) -> None:
    play = Play(answering=False)
    play.become_active()
    play.tell(fact)
    for number in range(3):
        play.tell(Scheduled(check_in_id="c1", index=1, sequence=number))
    assert [command.check_in_id for command in play.of(SkipCheckIn)] == ["c1"]


def test_what_is_planned_with_a_mentor_who_leaves_is_left_out() -> None:
    play = active()
    play.tell(ChangeAsked())
    assert [command.check_in_id for command in play.of(SkipCheckIn)] == ["c1"]
