"""Check-ins that people move, cancel and take time off from, and a sessions part that does what it is asked to."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from contracts.identity import Phase
from contracts.sessions import MoveCheckIn, ScheduleCheckIn, SettleAttendance, SkipCheckIn
from contracts.wire import CycleCommand
from tests.workflows.invariants import Mentorships
from tests.workflows.play import START, a_cadence
from tests.workflows.world import RULES, ZONES
from workflows import machine
from workflows.facts import CadenceSet, Fact, NotScheduled, Outcome, Scheduled, Settled, TimeOffHeard


class Rearranged(Mentorships):
    """The same world, in which no check-in stays where it was planned."""

    def look_at_check_in(self, command: ScheduleCheckIn) -> None:
        """Each index once and in order, by the newest cadence, ahead and before the end, at a place of its own."""
        assert command.index == len(self.scheduled) + 1
        assert command.cadence_version == max(
            told.fact.version for told in self.told if isinstance(told.fact, CadenceSet)
        )
        assert command.at < command.starts_at
        assert self.cycle.activated_at is not None
        more = self.cycle.extended + self.cycle.rested
        planned_end = self.cycle.activated_at + self.cycle.policy.length + more
        assert command.starts_at < max(planned_end, self.cycle.closing_ends or planned_end)
        self.scheduled[command.index] = command.starts_at
        self.sequences[command.index] = 1

    def look_at(self, command: CycleCommand) -> None:
        """Nothing moves into the past, inside the horizon, or after it was settled."""
        if isinstance(command, MoveCheckIn | SkipCheckIn):
            index = int(command.check_in_id[1:])
            assert index not in self.settled
            self.asked_for.append(command)
            if self.cycle.phase in {Phase.PAUSED, Phase.REMATCHING}:
                return  # what lies in a leave is left out, however near it is
            assert index in self.cycle.meetings
            assert self.cycle.meetings[index].starts_at >= command.at + self.cycle.policy.reschedule_horizon
            if isinstance(command, MoveCheckIn):
                assert command.starts_at > command.at

    @rule(text=RULES, zone=ZONES, version=st.integers(1, 20), hours=st.integers(-200, 2_000))
    def set_moving_cadence(self, text: str, zone: str, version: int, hours: int) -> None:
        anchor = START.replace(tzinfo=None) + timedelta(hours=hours)
        self.tell(a_cadence(rule=text, zone=zone, version=version, starts_at=anchor, moves=True))

    @rule(number=st.integers(1, 4), days=st.integers(0, 20), length=st.integers(0, 20), removed=st.booleans())
    def take_time_off(self, number: int, days: int, length: int, removed: bool) -> None:
        first = (self.now + timedelta(days=days)).date()
        self.tell(
            TimeOffHeard(
                time_off_id=f"off{number}", first_day=first, last_day=first + timedelta(days=length),
                is_removed=removed, sequence=2 if removed else 1,
            )
        )  # fmt: skip

    @precondition(lambda self: self.asked_for)
    @rule(by_event=st.booleans(), data=st.data())
    def obey(self, by_event: bool, data: st.DataObject) -> None:
        """Sessions moves or leaves out what it was asked to, unless that is settled by now."""
        asked = self.asked_for.pop(data.draw(st.integers(0, len(self.asked_for) - 1)))
        index = int(asked.check_in_id[1:])
        if index in self.settled:
            return
        if isinstance(asked, SkipCheckIn):
            self.settled.add(index)
            fact: Fact = Settled(check_in_id=asked.check_in_id, index=index, outcome=Outcome.CANCELLED)
        else:
            fact = self.moved(index, asked.starts_at)
        if by_event:
            self.tell(fact)
        else:
            self.live(lambda cycle: machine.step(cycle, [fact], self.now))

    @precondition(lambda self: self.movable())
    @rule(hours=st.integers(1, 24 * 30), data=st.data())
    def reschedule(self, hours: int, data: st.DataObject) -> None:
        """The two agree on another time."""
        index = data.draw(st.sampled_from(self.movable()))
        self.tell(self.moved(index, self.cycle.clock + timedelta(hours=hours)))

    @precondition(lambda self: self.movable())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        index = data.draw(st.sampled_from(self.movable()))
        self.settled.add(index)
        self.tell(Settled(check_in_id=f"c{index}", index=index, outcome=Outcome.CANCELLED))

    def moved(self, index: int, starts_at: datetime) -> Scheduled:
        self.sequences[index] += 1
        self.scheduled[index] = starts_at
        sequence = self.sequences[index]
        return Scheduled(check_in_id=f"c{index}", index=index, starts_at=starts_at, minutes=60, sequence=sequence)

    def movable(self) -> list[int]:
        """Those on the calendar that have not begun."""
        unknown = {each.index for each in self.unanswered if isinstance(each, ScheduleCheckIn)} | self.refused
        known = self.scheduled.keys() - self.settled - self.off - unknown
        return sorted(index for index in known if self.scheduled[index] > self.cycle.clock)

    def answer_to(self, asked: ScheduleCheckIn | SettleAttendance, *, refused: bool) -> Fact:
        """With the version that the check-in has."""
        fact = super().answer_to(asked, refused=refused)
        if isinstance(fact, Settled | NotScheduled) or not isinstance(fact, Scheduled):
            return fact
        return Scheduled(check_in_id=fact.check_in_id, index=fact.index, sequence=self.sequences[fact.index])
