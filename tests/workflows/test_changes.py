"""Whatever the two change and whenever: no check-in is doubled, lost or deleted, and nobody hears of a cancelled one.

The machine and the model of sessions are the real ones. Between them lies a bus that is slow, repeats itself and turns
the order around, and a delivery that may come late.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from contracts.errors import Refusal
from contracts.identity import MentorshipCard, Party, Phase, ProgrammePolicy, TimeOffRule
from contracts.notifications import Prompt
from contracts.sessions import (
    AddTimeOff,
    Cadence,
    CancelCheckIn,
    CheckIn,
    CheckInState,
    MoveCheckIn,
    MoveReason,
    RemoveTimeOff,
    RescheduleCheckIn,
    RespondToReschedule,
    ScheduleCheckIn,
    SetCadence,
    SettleAttendance,
    SkipCheckIn,
    TimeOff,
)
from contracts.wire import Change, CycleCommand, Event
from services.sessions.model import checkins, moving, time_off
from tests.workflows.play import BOTH, START, a_cycle
from workflows import machine
from workflows.activities import learned
from workflows.consumers import FACTS
from workflows.facts import Accepted, GoalAgreed, Scheduled, Signed, TimeOffHeard, Told
from workflows.rhythm import ends_at, is_running
from workflows.slots import next_slot

CARD = MentorshipCard(
    id="m1", org_id="o1", programme_id="p1", mentor_id="u-mentor", mentee_id="u-mentee", phase=Phase.ACTIVE, version=1
)
RULES = ["FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH"]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
PARTIES, HOUR = st.sampled_from(Party), timedelta(hours=1)


class Changes(RuleBasedStateMachine):
    """One active mentorship whose two parties cannot make up their minds."""

    @initialize(policy=st.builds(ProgrammePolicy, time_off=st.sampled_from(TimeOffRule)))
    def begin(self, policy: ProgrammePolicy) -> None:
        self.cycle, self.now = a_cycle(policy=policy), START
        self.check_ins: dict[str, CheckIn] = {}
        self.history: dict[str, list[CheckIn]] = {}
        self.times_off: dict[str, TimeOff] = {}
        self.cadence: Cadence | None = None
        self.news: list[Told] = []
        self.told: list[Told] = []
        self.heard_cancelled: set[str] = set()
        self.wanted: list[CycleCommand] = []
        self.prompts: list[Prompt] = []
        machine.begin(self.cycle)
        for party in BOTH:
            self.tell(self.as_news(Accepted(party=party)))
        for party in BOTH:
            self.tell(self.as_news(Signed(party=party, version=1)))
        self.tell(self.as_news(GoalAgreed(goal_id="g1")))
        self.set_cadence(RULES[0], ZONES[0], 3)
        self.settle_down()
        assert self.check_ins

    # what the bus and the delivery do

    def as_news(self, fact: Accepted | Signed | GoalAgreed) -> Told:
        return Told(event_id=f"e{len(self.news) + len(self.told)}-{len(self.history)}", fact=fact)

    def publish(self, event: Event, version: int) -> None:
        if (make := FACTS.get(type(event))) is None or (fact := make(event)) is None:
            return
        if isinstance(fact, Scheduled | TimeOffHeard):
            fact = replace(fact, sequence=version)
        number = len(self.news) + len(self.told)
        self.news.append(Told(event_id=f"{type(event).__name__}-{version}-{number}", fact=fact))

    def tell(self, told: Told) -> None:
        self.told.append(told)
        self.live(lambda: machine.hear(self.cycle, told, self.now))
        if getattr(told.fact, "outcome", None) == "cancelled":
            self.heard_cancelled.add(told.fact.check_in_id)  # type: ignore[union-attr]

    def live(self, do: Callable[[], None]) -> None:
        do()
        commands, self.cycle.pending = [effect.command for effect in self.cycle.pending], []
        for command in commands:
            if isinstance(command, Prompt):
                assert command.cause not in self.heard_cancelled, "nobody is prompted for a cancelled one"
                self.prompts.append(command)
            else:
                self.wanted.append(command)

    def deliver(self) -> None:
        """The commands in order; what the answers say is heard at once."""
        while self.wanted:
            answer = self.carry_out(self.wanted.pop(0))
            if answer is not None and (fact := learned(answer)) is not None:
                if answer.state is CheckInState.CANCELLED:
                    self.heard_cancelled.add(answer.id)
                self.live(lambda fact=fact: machine.step(self.cycle, [fact], self.now))  # type: ignore[misc]

    def carry_out(self, command: CycleCommand) -> CheckIn | None:
        match command:
            case ScheduleCheckIn(index=index):
                check_in_id = f"c{index}"
                if check_in_id not in self.check_ins:
                    assert self.cadence is not None
                    self.save(checkins.schedule(check_in_id, CARD, self.cadence, command))
            case MoveCheckIn(check_in_id=check_in_id):
                assert self.cadence is not None
                self.save(moving.move(self.check_ins[check_in_id], self.cadence, command))
            case SkipCheckIn(check_in_id=check_in_id):
                self.save(moving.skip(self.check_ins[check_in_id], command.at))
            case SettleAttendance(check_in_id=check_in_id):
                self.save(checkins.settle(self.check_ins[check_in_id], command.at))
            case _:
                return None
        return self.check_ins[check_in_id]

    def save(self, change: Change[CheckIn]) -> None:
        after = change.state
        before = self.check_ins.get(after.id)
        if before is not None and before.starts_at != after.starts_at:
            assert before.state is CheckInState.SCHEDULED, "what is over is not moved"
        self.check_ins[after.id] = after
        self.history.setdefault(after.id, []).append(after)
        for event in change.events:
            self.publish(event, after.version)

    def settle_down(self) -> None:
        """Everything that was said has been heard, and everything that was wanted is done."""
        while self.news or self.wanted:
            self.deliver()
            if self.news:
                self.tell(self.news.pop(0))

    # what the two do

    @rule(rrule=st.sampled_from(RULES), zone=st.sampled_from(ZONES), hours=st.integers(-300, 900))
    def set_cadence(self, rrule: str, zone: str, hours: int) -> None:
        if self.cycle.phase not in {Phase.EXPECTATION_SETTING, Phase.ACTIVE}:
            return  # as sessions refuses it
        first = (self.now + hours * HOUR).strftime("%Y-%m-%dT%H:30")
        request = SetCadence(mentorship_id="m1", rule=rrule, starts_at=first, zone=zone)
        change = checkins.set_cadence(self.cadence, CARD, request, "u-mentee", self.now)
        self.cadence = change.state
        self.publish(change.events[0], change.state.version)

    @precondition(lambda self: self.check_ins)
    @rule(party=PARTIES, act=st.sampled_from(["propose", "accept", "decline", "cancel"]), data=st.data())
    def change(self, party: Party, act: str, data: st.DataObject) -> None:
        check_in = self.check_ins[data.draw(st.sampled_from(sorted(self.check_ins)))]
        to = self.now + data.draw(st.integers(1, 600)) * HOUR
        of: dict[str, Any] = {"check_in_id": check_in.id}
        try:
            if act == "propose":
                self.save(moving.propose(check_in, RescheduleCheckIn(**of, starts_at=to), party, self.now))
            elif act == "cancel":
                self.save(moving.cancel(check_in, CancelCheckIn(**of), party, self.now))
            else:
                answer = RespondToReschedule(**of, accept=act == "accept")
                self.save(moving.respond(check_in, answer, party, self.now))
        except Refusal:
            return

    @rule(party=PARTIES, hours=st.integers(25, 600), data=st.data())
    def agree_on_another_time(self, party: Party, hours: int, data: st.DataObject) -> None:
        """The same in one go, for it would hardly come about by chance."""
        coming = sorted(each.id for each in self.check_ins.values() if each.starts_at > self.now + 24 * HOUR)
        if not coming:
            return
        of: dict[str, Any] = {"check_in_id": data.draw(st.sampled_from(coming))}
        other = Party.MENTEE if party is Party.MENTOR else Party.MENTOR
        try:
            request = RescheduleCheckIn(**of, starts_at=self.now + hours * HOUR)
            self.save(moving.propose(self.check_ins[of["check_in_id"]], request, party, self.now))
            answer = RespondToReschedule(**of, accept=True)
            self.save(moving.respond(self.check_ins[of["check_in_id"]], answer, other, self.now))
        except Refusal:
            return

    @rule(start=st.integers(0, 40), length=st.integers(0, 20))
    def take_time_off(self, start: int, length: int) -> None:
        first = self.now.date() + timedelta(days=start)
        request = AddTimeOff(mentorship_id="m1", first_day=first, last_day=first + timedelta(days=length))
        name = f"off-{len(self.times_off)}"
        try:
            change = time_off.add(
                name, CARD, request, by="u-mentee", at=self.now, known=self.times_off.values()
            )  # fmt: skip
        except Refusal:
            return
        self.times_off[name] = change.state
        self.publish(change.events[0], 1)

    @precondition(lambda self: self.times_off)
    @rule(data=st.data())
    def work_after_all(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.times_off)))
        assert RemoveTimeOff(time_off_id=name)
        change = time_off.remove(self.times_off[name], Party.MENTEE, self.now)
        self.times_off[name] = change.state
        for event in change.events:
            self.publish(event, change.state.version)

    # what time and the bus do

    @precondition(lambda self: self.news)
    @rule(data=st.data())
    def hear(self, data: st.DataObject) -> None:
        """Any of the news, in whatever order."""
        self.tell(self.news.pop(data.draw(st.integers(0, len(self.news) - 1))))

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def hear_again(self, data: st.DataObject) -> None:
        """Old news as a new event."""
        times = [told for told in self.told if isinstance(told.fact, Scheduled)]
        told = data.draw(st.sampled_from(times[-6:] or self.told))
        self.tell(Told(event_id=f"again-{len(self.told)}", fact=told.fact))

    @rule()
    def deliver_now(self) -> None:
        self.deliver()

    @rule(hours=st.integers(1, 24 * 20))
    def wait(self, hours: int) -> None:
        """From deadline to deadline, as the engine does; what is wanted is delivered on the way."""
        until = self.now + hours * HOUR
        while (due := self.cycle.next_due) is not None and due <= until:
            self.now = max(self.now, due)
            self.live(lambda: machine.step(self.cycle, [], self.now))
            self.deliver()
        self.now = until

    # what holds whenever everything has been heard

    @invariant()
    def no_index_is_used_twice_and_nothing_is_deleted(self) -> None:
        """Invariant 8."""
        indices = sorted(each.index for each in self.check_ins.values())
        assert indices == list(range(1, len(indices) + 1))
        for trail in self.history.values():
            assert {each.index for each in trail} == {trail[0].index}
            ends = [each.state for each in trail if each.state is not CheckInState.SCHEDULED]
            assert len(set(ends)) <= 1

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Invariant 18."""
        steps = Counter((person, each.cause, each.step) for each in self.prompts for person in each.recipient_ids)
        assert not steps or max(steps.values()) == 1

    @rule()
    def all_is_well_once_everything_is_heard(self) -> None:
        """Both sides know the same check-ins at the same times, none is doubled, and the rhythm goes on."""
        self.settle_down()
        if not is_running(self.cycle):  # it has come to its end, perhaps for want of any sign of life
            return
        planned = {each.index: each for each in self.check_ins.values() if each.state is CheckInState.SCHEDULED}
        assert {index: each.starts_at for index, each in planned.items()} == {
            index: meeting.starts_at for index, meeting in self.cycle.meetings.items()
        }
        by_rule = Counter(each.starts_at for each in planned.values() if each.moved is not MoveReason.AGREED)
        assert not by_rule or max(by_rule.values()) == 1, "no two at one time, unless the two agreed on it"
        for index, each in planned.items():
            assert self.cycle.meetings[index].settling or f"settle:{index}" in self.cycle.deadlines
            assert each.starts_at + 73 * HOUR > self.now, "none is forgotten"
        after = max(self.cycle.clock, self.cycle.last_start or self.cycle.clock)
        if next_slot(self.cycle, after=after, until=ends_at(self.cycle)) is not None:
            assert "schedule" in self.cycle.deadlines, "the rhythm goes on"


TestChanges = Changes.TestCase
TestChanges.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_news_is_told_with_days_and_instants_alone() -> None:
    added = AddTimeOff(mentorship_id="m1", first_day=date(2026, 2, 2), last_day=date(2026, 2, 3))
    at = datetime(2026, 1, 5, tzinfo=UTC)
    (event,) = time_off.add("off-1", CARD, added, by="u-mentee", at=at).events
    assert FACTS[type(event)](event) == TimeOffHeard(
        time_off_id="off-1", first_day=date(2026, 2, 2), last_day=date(2026, 2, 3)
    )
