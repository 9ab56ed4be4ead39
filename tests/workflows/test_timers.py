"""Every timer at its instant, one second before, one after, and with what it waits for arriving in that instant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec.structs import replace

from contracts.identity import CaseKind, ChangePhase, Closure, OpenCase, Party, Phase
from contracts.notifications import Prompt, Template
from contracts.sessions import OpenPulse
from contracts.wire import CycleCommand
from tests.workflows.play import BOTH, PATIENT, START, Play, a_cadence, a_cycle
from workflows import machine
from workflows.facts import (
    Accepted,
    ChangeAsked,
    EndAsked,
    Fact,
    GoalAgreed,
    GoalMet,
    HelpAsked,
    HelpGiven,
    ItemBlocked,
    ItemUnblocked,
    Lived,
    Outcome,
    Paused,
    Progressed,
    Replaced,
    Settled,
    Signed,
    Told,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Timer:
    """What leads to it, when it is due, what then happens, and the facts that keep it from happening."""

    name: str
    prelude: Callable[[Play], None]
    after: timedelta
    shows: Callable[[CycleCommand], bool]
    awaited: tuple[Fact, ...] = ()
    patient: bool = True


def case(kind: CaseKind) -> Callable[[CycleCommand], bool]:
    return lambda command: isinstance(command, OpenCase) and command.kind is kind


def told(template: Template, step: str = "") -> Callable[[CycleCommand], bool]:
    return lambda command: (
        isinstance(command, Prompt) and command.template is template and command.step.startswith(step)
    )


def enters(phase: Phase, closure: Closure | None = None) -> Callable[[CycleCommand], bool]:
    return lambda command: (
        isinstance(command, ChangePhase) and command.phase is phase and closure in {None, command.closure}
    )


def nothing(_: Play) -> None:
    pass


def accept(play: Play) -> None:
    play.accept()


def active(play: Play) -> None:
    """Active, with a cadence that gives no meeting: nothing but one timer shows."""
    play.accept()
    play.sign()
    play.tell(GoalAgreed(goal_id="g1"), a_cadence(zone="Nowhere/Land"))


def then(*facts: Fact) -> Callable[[Play], None]:
    def prelude(play: Play) -> None:
        active(play)
        play.tell(*facts)

    return prelude


def closing(play: Play) -> None:
    active(play)
    play.wait(days=154)


def closed(play: Play) -> None:
    then(EndAsked(closure=Closure.BY_PROGRAMME))(play)
    play.review()


ACCEPTED: tuple[Fact, ...] = tuple(Accepted(party=party) for party in BOTH)
SIGNED: tuple[Fact, ...] = (*(Signed(party=party, version=1) for party in BOTH), GoalAgreed(goal_id="g1"), a_cadence())
PAUSE = Paused(started_at=START, until=START + 30 * DAY)
HELP = HelpAsked(help_request_id="h1", asked_by="u-mentee", due=(START + 3 * DAY).date())

TIMERS = [
    Timer("match response", nothing, 14 * DAY, enters(Phase.EXPIRED), ACCEPTED),
    Timer("signatures overdue", accept, 14 * DAY, case(CaseKind.AGREEMENT_OVERDUE), SIGNED),
    Timer("not started", accept, 28 * DAY, enters(Phase.CLOSED, Closure.NOT_STARTED), SIGNED),
    Timer("first meeting", accept, 14 * DAY, case(CaseKind.FIRST_MEETING)),
    Timer("silence", active, 30 * DAY, case(CaseKind.AT_RISK), (Lived(),), patient=False),
    Timer("inactivity", active, 60 * DAY, case(CaseKind.INACTIVITY), (Lived(),), patient=False),
    Timer("inactivity notice", active, 90 * DAY, told(Template.INACTIVITY_NOTICE), (Lived(),), patient=False),
    Timer("inactivity closing", active, 97 * DAY, enters(Phase.CLOSING), (Lived(),), patient=False),
    Timer("stale goal", active, 28 * DAY, told(Template.GOAL_STALE), (Progressed(goal_id="g1"),)),
    Timer("help escalated", then(HELP), 7 * DAY, case(CaseKind.HELP_OVERDUE), (HelpGiven(help_request_id="h1"),)),
    Timer(
        "blocked item", then(ItemBlocked(item_id="i1")), 7 * DAY, case(CaseKind.BLOCKED_ITEM),
        (ItemUnblocked(item_id="i1"),),
    ),
    Timer("milestone review", active, 84 * DAY, told(Template.REVIEW_OPENED)),
    Timer("mid-term", active, 91 * DAY, told(Template.RENEGOTIATION_WINDOW)),
    Timer("pause reminder", then(PAUSE), 23 * DAY, told(Template.PAUSE_ENDING)),
    Timer("pause", then(PAUSE), 30 * DAY, enters(Phase.ACTIVE)),
    Timer("rematch buffer", then(ChangeAsked()), 14 * DAY, told(Template.MENTOR_CHANGE_REQUESTED)),
    Timer(
        "rematch limit", then(ChangeAsked()), 21 * DAY, case(CaseKind.NO_MENTOR),
        (Replaced(mentor_id="u-next", agreement_version=2),),
    ),
    Timer(
        "goals met", then(GoalMet(goal_id="g1")), 28 * DAY, enters(Phase.CLOSING), (GoalAgreed(goal_id="g2"),)
    ),
    Timer("early closing", then(EndAsked(closure=Closure.EARLY_BY_MENTOR)), 14 * DAY, enters(Phase.CLOSED)),
    Timer("closing", active, 154 * DAY, enters(Phase.CLOSING), (EndAsked(closure=Closure.CONDUCT),)),
    Timer("hard close", closing, 42 * DAY, enters(Phase.CLOSED), ()),
    Timer("first survey", closed, 90 * DAY, told(Template.ALUMNI_SURVEY, "survey-1")),
    Timer("second survey", closed, 180 * DAY, told(Template.ALUMNI_SURVEY, "survey-2")),
    Timer("archive", closed, 208 * DAY, enters(Phase.ARCHIVED)),
]  # fmt: skip


def played(timer: Timer) -> tuple[Play, Callable[[], int]]:
    play = Play(a_cycle(policy=PATIENT)) if timer.patient else Play()
    timer.prelude(play)
    before = len(play.commands)
    return play, lambda: sum(map(timer.shows, play.commands[before:]))


@pytest.mark.parametrize("timer", TIMERS, ids=lambda timer: timer.name)
def test_it_happens_at_its_instant_and_not_a_second_before(timer: Timer) -> None:
    play, count = played(timer)
    due = play.now + timer.after
    play.wait(seconds=(timer.after - SECOND).total_seconds())
    assert count() == 0
    play.wait(seconds=1)
    assert count() == 1
    (when,) = [command.at for command in play.commands if timer.shows(command)][-1:]
    assert when == due
    play.wait(seconds=1)
    assert count() == 1


@pytest.mark.parametrize("timer", [each for each in TIMERS if each.awaited], ids=lambda timer: timer.name)
def test_what_is_awaited_wins_when_it_arrives_in_the_same_instant(timer: Timer) -> None:
    play, count = played(timer)
    play.wait(seconds=(timer.after - SECOND).total_seconds())
    play.now += SECOND
    for number, fact in enumerate(timer.awaited):
        told_now = Told(event_id=f"late-{number}", fact=fact)
        if number < len(timer.awaited) - 1:
            play.now -= SECOND  # all but the last were there before
            machine.hear(play.cycle, told_now, play.now)
            play.now += SECOND
        else:
            machine.hear(play.cycle, told_now, play.now)
        play.deliver()
    assert count() == 0


def test_a_held_check_in_of_the_same_instant_is_the_first_meeting() -> None:
    play = Play(a_cycle(policy=replace(PATIENT, attendance_tacit_after=30 * DAY)))
    play.accept()
    play.sign()
    play.tell(GoalAgreed(goal_id="g1"), a_cadence())
    play.wait(days=13, hours=23)
    play.now = START + 14 * DAY
    play.tell(Settled(check_in_id="c1", index=1, outcome=Outcome.HELD))
    play.wait(days=1)
    assert not any(map(case(CaseKind.FIRST_MEETING), play.commands))


def test_help_is_reminded_of_when_its_day_is_over() -> None:
    play = Play(a_cycle(policy=PATIENT))
    then(HELP)(play)
    play.wait(days=4)
    reminders = [command for command in play.of(Prompt) if command.template is Template.HELP_OVERDUE]
    assert [(each.recipient_ids, each.at.date()) for each in reminders] == [(play.cycle.users(Party.MENTOR), HELP.due)]


def test_both_are_asked_how_it_goes_twice_and_then_monthly() -> None:
    play = Play(a_cycle(policy=PATIENT))
    active(play)
    play.wait(days=60)
    asked = [(pulse.index, (pulse.at - START).days) for pulse in play.of(OpenPulse)]
    assert asked == [(1, 14), (2, 28), (3, 58)]
