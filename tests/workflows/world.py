"""What may happen to one cycle, in any order: facts, answers, duplicates, and a clock that nobody can trust."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contracts.identity import ChangePhase, Closure, Party, Phase, ProgrammePolicy
from contracts.sessions import MoveCheckIn, ReviewKind, ScheduleCheckIn, SettleAttendance, SkipCheckIn
from contracts.wire import CycleCommand
from tests.workflows.play import START, a_cadence, a_cycle
from tests.workflows.policies import policies
from workflows import machine
from workflows.facts import (
    Accepted,
    CadenceSet,
    ChangeAsked,
    Declined,
    Drafted,
    EndAsked,
    Extended,
    Fact,
    FeedbackRhythm,
    GoalAgreed,
    GoalMet,
    GoalReopened,
    HelpAsked,
    HelpGiven,
    ItemBlocked,
    ItemDone,
    ItemPromised,
    ItemUnblocked,
    Lived,
    NotScheduled,
    Outcome,
    Paused,
    Progressed,
    Replaced,
    Resumed,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
    Told,
)
from workflows.state import Cycle

PARTIES = st.sampled_from(Party)
RULES = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=DAILY;COUNT=3", "FREQ=HOURLY", "?"]
)
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Mars/Base"])
VERSIONS = st.sampled_from([[1, 1], [1, 1], [1, 2], [2, 2]])
PRELUDE: list[Fact] = [*(Accepted(party=party) for party in Party), GoalAgreed(goal_id="g1"), a_cadence()]


class World(RuleBasedStateMachine):
    """One cycle, a sessions service that answers when it likes, a bus that repeats itself, a clock that may stop."""

    @initialize(policy=policies(), prelude=st.permutations(PRELUDE), versions=VERSIONS, missing=st.integers(0, 2))
    def propose(self, policy: ProgrammePolicy, prelude: list[Fact], versions: list[int], missing: int) -> None:
        """Begin with nearly all that ACTIVE needs, in any order: what comes then is worth more tries."""
        self.cycle = a_cycle(policy=policy)
        self.now = self.cycle.clock
        self.told: list[Told] = []
        self.commands: list[CycleCommand] = []
        self.unanswered: list[ScheduleCheckIn | SettleAttendance] = []
        self.scheduled: dict[int, datetime] = {}
        self.refused: set[int] = set()
        self.settled: set[int] = set()
        self.off: set[int] = set()
        self.mentors = 0
        self.read = 0
        self.cadences: dict[int, CadenceSet] = {}
        self.sequences: dict[int, int] = {}
        self.asked_for: list[MoveCheckIn | SkipCheckIn] = []
        machine.begin(self.cycle)
        signatures = [Signed(party=party, version=version) for party, version in zip(Party, versions, strict=True)]
        for fact in [*prelude, *signatures][missing:]:
            self.tell(fact)

    def tell(self, fact: Fact) -> None:
        told = Told(event_id=f"e{len(self.told)}", fact=fact)
        self.told.append(told)
        self.live(lambda cycle: machine.hear(cycle, told, self.now))

    def live(self, do: Callable[[Cycle], None]) -> None:
        """Let the machine do something, and look at all it wants because of it."""
        was_over = self.cycle.is_over
        do(self.cycle)
        wanted, self.cycle.pending = [effect.command for effect in self.cycle.pending], []
        assert not (was_over and wanted), "18: nothing happens after the end"
        if any(isinstance(c, ChangePhase) and c.phase in {Phase.PAUSED, Phase.REMATCHING} for c in wanted):
            self.off |= self.scheduled.keys() - self.cycle.meetings.keys() - self.settled - self.refused
        for command in wanted:
            self.commands.append(command)
            if isinstance(command, ScheduleCheckIn):
                self.look_at_check_in(command)
            self.look_at(command)
            if isinstance(command, ScheduleCheckIn | SettleAttendance):
                self.unanswered.append(command)

    def look_at(self, command: CycleCommand) -> None:
        """Every command, as it comes."""

    def look_at_check_in(self, command: ScheduleCheckIn) -> None:
        """Invariant 8: never twice, never back, never in the past, never after the end."""
        assert command.index == len(self.scheduled) + 1
        known = [told.fact.version for told in self.told if isinstance(told.fact, CadenceSet)]
        assert command.cadence_version == max(known)
        assert command.starts_at > max([command.at, *self.scheduled.values()])
        assert self.cycle.activated_at is not None
        more = self.cycle.extended + self.cycle.rested
        planned_end = self.cycle.activated_at + self.cycle.policy.length + more
        assert command.starts_at < max(planned_end, self.cycle.closing_ends or planned_end)
        assert self.cycle.phase in {Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED, Phase.ALUMNI, Phase.ARCHIVED}
        not_begun = [i for i, start in self.scheduled.items() if start > command.at and i not in self.settled]
        assert set(not_begun) <= self.refused | self.off, "one occurrence ahead"
        self.scheduled[command.index] = command.starts_at

    @rule(party=PARTIES)
    def accept(self, party: Party) -> None:
        self.tell(Accepted(party=party))

    @rule(party=PARTIES, luck=st.integers(0, 9))
    def decline(self, party: Party, luck: int) -> None:
        if luck == 0:
            self.tell(Declined(party=party))

    @rule(version=st.integers(1, 3))
    def draft(self, version: int) -> None:
        self.tell(Drafted(version=version))

    @rule(party=PARTIES, version=st.integers(1, 3))
    def sign(self, party: Party, version: int) -> None:
        self.tell(Signed(party=party, version=version))

    @rule(number=st.integers(1, 3))
    def agree_goal(self, number: int) -> None:
        self.tell(GoalAgreed(goal_id=f"g{number}"))

    @rule(text=RULES, zone=ZONES, version=st.integers(1, 20), hours=st.integers(-200, 2_000))
    def set_cadence(self, text: str, zone: str, version: int, hours: int) -> None:
        anchor = START.replace(tzinfo=None) + timedelta(hours=hours)
        self.tell(a_cadence(rule=text, zone=zone, version=version, starts_at=anchor))

    @precondition(lambda self: self.unanswered)
    @rule(by_event=st.booleans(), refused=st.integers(0, 3).map(lambda luck: luck == 0), data=st.data())
    def answer(self, by_event: bool, refused: bool, data: st.DataObject) -> None:
        """Sessions answers something it was asked, in any order."""
        asked = self.unanswered.pop(data.draw(st.integers(0, len(self.unanswered) - 1)))
        fact = self.answer_to(asked, refused=refused)
        if by_event:
            self.tell(fact)
        else:
            self.live(lambda cycle: machine.step(cycle, [fact], self.now))

    def answer_to(self, asked: ScheduleCheckIn | SettleAttendance, *, refused: bool) -> Fact:
        if isinstance(asked, SettleAttendance):
            index = int(asked.check_in_id[1:])
            self.settled.add(index)
            return Settled(check_in_id=asked.check_in_id, index=index, outcome=Outcome.MISSED)
        if refused:
            self.refused.add(asked.index)
            return NotScheduled(index=asked.index)
        return Scheduled(check_in_id=f"c{asked.index}", index=asked.index)

    @precondition(lambda self: self.scheduled)
    @rule(outcome=st.sampled_from(Outcome), data=st.data())
    def settle(self, outcome: Outcome, data: st.DataObject) -> None:
        """The parties' words settle a check-in that has begun; perhaps one that is long settled."""
        index = data.draw(st.sampled_from(sorted(self.scheduled)))
        if self.scheduled[index] <= self.cycle.clock and index not in self.refused:
            self.settled.add(index)
            self.tell(Settled(check_in_id=f"c{index}", index=index, outcome=outcome))

    @rule(kind=st.sampled_from(ReviewKind), index=st.integers(1, 3), party=PARTIES)
    def review(self, kind: ReviewKind, index: int, party: Party) -> None:
        self.tell(Reviewed(kind=kind, index=1 if kind is ReviewKind.FINAL else index, party=party))

    @precondition(lambda self: self.cycle.phase is Phase.ACTIVE)
    @rule(days=st.integers(1, 60))
    def pause(self, days: int) -> None:
        self.tell(Paused(started_at=self.cycle.clock, until=self.cycle.clock + timedelta(days=days)))

    @precondition(lambda self: self.cycle.phase is Phase.PAUSED)
    @rule(hours=st.integers(1, 48))
    def come_back(self, hours: int) -> None:
        assert self.cycle.paused_at is not None
        at = min(self.cycle.clock + timedelta(hours=hours), self.cycle.deadlines["resume"])
        self.now = max(self.now, at)
        self.tell(Resumed(started_at=self.cycle.paused_at, ended_at=at))

    @rule(closure=st.sampled_from(Closure), luck=st.integers(0, 7))
    def end_early(self, closure: Closure, luck: int) -> None:
        if luck == 0:
            self.tell(EndAsked(closure=closure))

    @rule(luck=st.integers(0, 3))
    def change_mentor(self, luck: int) -> None:
        if luck == 0:
            self.tell(ChangeAsked())

    @precondition(lambda self: self.cycle.phase is Phase.REMATCHING)
    @rule(signing=st.booleans())
    def replace_mentor(self, signing: bool) -> None:
        self.mentors += 1
        version = self.cycle.agreement_version + 1
        self.tell(Replaced(mentor_id=f"u-mentor-{self.mentors}", agreement_version=version))
        for party in Party if signing else ():
            self.tell(Signed(party=party, version=version))

    @rule(days=st.integers(1, 30))
    def extend(self, days: int) -> None:
        self.tell(Extended(extended_by=timedelta(days=days)))

    @rule(number=st.integers(1, 3), fact=st.sampled_from([GoalMet, GoalReopened, Progressed]))
    def work_on_goal(self, number: int, fact: type[GoalMet] | type[GoalReopened] | type[Progressed]) -> None:
        self.tell(fact(goal_id=f"g{number}"))

    @rule(number=st.integers(1, 3), days=st.integers(0, 9))
    def promise(self, number: int, days: int) -> None:
        due = (self.now + timedelta(days=days)).date()
        self.tell(HelpAsked(help_request_id=f"h{number}", asked_by="u-mentee", due=due))
        self.tell(ItemPromised(item_id=f"i{number}", owner_id="u-mentee", due=due))

    @rule(number=st.integers(1, 3), sign=st.sampled_from([HelpGiven, ItemDone, ItemBlocked, ItemUnblocked, Lived]))
    def keep(self, number: int, sign: type[Any]) -> None:
        names: dict[type[Any], dict[str, Any]] = {
            HelpGiven: {"help_request_id": f"h{number}"},
            Lived: {"evidence": number == 1},
        }
        self.tell(sign(**names.get(sign, {"item_id": f"i{number}"})))

    @rule(version=st.integers(1, 3), text=RULES)
    def set_feedback_rhythm(self, version: int, text: str) -> None:
        anchor = START.replace(tzinfo=None)
        self.tell(FeedbackRhythm(rule=text, starts_at=anchor, zone="Europe/Berlin", version=version))

    @rule(hours=st.integers(0, 24 * 40))
    def oversleep(self, hours: int) -> None:
        """Nobody was awake at the deadlines: all that is due happens late and at once."""
        self.now += timedelta(hours=hours)
        self.live(lambda cycle: machine.step(cycle, [], self.now))

    @rule(hours=st.integers(1, 48))
    def go_back(self, hours: int) -> None:
        """A clock was wrong."""
        self.now -= timedelta(hours=hours)
        self.live(lambda cycle: machine.step(cycle, [], self.now))

    @rule(deadlines=st.integers(1, 12))
    def wake_on_time(self, deadlines: int) -> None:
        for _ in range(deadlines):
            if (due := self.cycle.next_due) is not None:
                self.now = max(self.now, due)
                self.live(lambda cycle: machine.step(cycle, [], self.now))

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        """The same event again changes nothing, not even the clock."""
        told = data.draw(st.sampled_from(self.told))
        before = deepcopy(self.cycle)
        machine.hear(self.cycle, told, self.now)
        assert self.cycle == before

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """An old fact comes again as a new event: stale versions and settled things stay as they are."""
        self.tell(data.draw(st.sampled_from(self.told)).fact)
