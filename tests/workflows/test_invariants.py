"""No sequence of facts, duplicates, reorderings and waits breaks an invariant that the machine answers for."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts.goals import OpenCommitment
from contracts.identity import ChangePhase, Closure, Health, OpenCase, Party, Phase, ProgrammePolicy
from contracts.notifications import Prompt
from contracts.sessions import OpenReview, ReviewKind, ScheduleCheckIn, SettleAttendance
from contracts.wire import CycleCommand
from tests.workflows.play import START, a_cadence, a_cycle
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
from workflows.rhythm import STEPS
from workflows.state import Cycle

WATCHED = ("help", "help-escalated", "item-nudge", "item-day", "blocked", "silence", "inactive", "evidence")
PARTIES = st.sampled_from(Party)
RULES = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=DAILY;COUNT=3", "FREQ=HOURLY", "?"]
)
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Mars/Base"])
NEXT = {
    None: {Phase.EXPECTATION_SETTING, Phase.DECLINED, Phase.EXPIRED},
    Phase.EXPECTATION_SETTING: {Phase.ACTIVE, Phase.CLOSED, Phase.CLOSING, Phase.REMATCHING},
    Phase.ACTIVE: {Phase.CLOSING, Phase.PAUSED, Phase.REMATCHING, Phase.CLOSED},
    Phase.PAUSED: {Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED},
    Phase.REMATCHING: {Phase.EXPECTATION_SETTING, Phase.CLOSING, Phase.CLOSED},
    Phase.CLOSING: {Phase.CLOSED},
    Phase.CLOSED: {Phase.ALUMNI},
    Phase.ALUMNI: {Phase.ARCHIVED},
}
ONLY_BY_CONDUCT = {(Phase.ACTIVE, Phase.CLOSED), (Phase.PAUSED, Phase.CLOSED), (Phase.REMATCHING, Phase.CLOSED)}
DAYS = st.integers(0, 40).map(lambda days: timedelta(days=days))
POLICIES = st.builds(
    ProgrammePolicy,
    length=st.integers(1, 200).map(lambda days: timedelta(days=days)),
    closing_lead=DAYS,
    milestone_every=DAYS,
    review_opens_before=DAYS,
    attendance_tacit_after=st.integers(0, 200).map(lambda hours: timedelta(hours=hours)),
    preparation_asked=st.integers(0, 100).map(lambda hours: timedelta(hours=hours)),
    progress_every=st.integers(1, 40).map(lambda days: timedelta(days=days)),
    silence=st.integers(5, 40).map(lambda days: timedelta(days=days)),
    alumni_surveys=st.sampled_from([(), (timedelta(days=9),), (timedelta(days=9), timedelta(days=20))]),
)
VERSIONS = st.sampled_from([[1, 1], [1, 1], [1, 2], [2, 2]])
PRELUDE: list[Fact] = [*(Accepted(party=party) for party in Party), GoalAgreed(goal_id="g1"), a_cadence()]


class Mentorships(RuleBasedStateMachine):
    """One cycle, a sessions service that answers when it likes, a bus that repeats itself, a clock that may stop."""

    @initialize(policy=POLICIES, prelude=st.permutations(PRELUDE), versions=VERSIONS, missing=st.integers(0, 2))
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
            if isinstance(command, ScheduleCheckIn | SettleAttendance):
                self.unanswered.append(command)

    def look_at_check_in(self, command: ScheduleCheckIn) -> None:
        """Invariant 8: never twice, never back, never in the past, never after the end."""
        assert command.index == len(self.scheduled) + 1
        known = [told.fact.version for told in self.told if isinstance(told.fact, CadenceSet)]
        assert command.cadence_version == max(known)
        assert command.starts_at > max([command.at, *self.scheduled.values()])
        assert self.cycle.activated_at is not None
        more = self.cycle.extended + self.cycle.rested
        assert command.starts_at < self.cycle.activated_at + self.cycle.policy.length + more
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

    @invariant()
    def what_rests_is_held(self) -> None:
        """Nobody is bothered during a pause, and nothing stays held after it."""
        assert not self.cycle.held or self.cycle.phase is Phase.PAUSED
        if self.cycle.phase is Phase.PAUSED:
            kinds = {name.partition(":")[0] for name in self.cycle.deadlines}
            assert kinds <= {"resume", "pause-reminder", *STEPS, "blocked", *WATCHED}

    @invariant()
    def chatter_alone_is_never_healthy(self) -> None:
        """A pair of which nothing but meetings is known is not on track."""
        if self.cycle.evidence_at is None:
            assert self.cycle.health is not Health.ON_TRACK

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

    @invariant()
    def phases_are_in_order(self) -> None:
        """Invariant 11."""
        changes = [command for command in self.commands if isinstance(command, ChangePhase)]
        assert [change.phase_version for change in changes] == list(range(1, len(changes) + 1))
        for before, after in zip([None, *(change.phase for change in changes)], changes, strict=False):
            assert after.phase in NEXT.get(before, set())
            assert (before, after.phase) not in ONLY_BY_CONDUCT or after.closure is Closure.CONDUCT
            assert after.phase is not Phase.CLOSED or after.closure is not None
        assert self.cycle.phase is (changes[-1].phase if changes else Phase.PROPOSED)

    @invariant()
    def active_has_all_that_it_needs(self) -> None:
        """Invariant 3."""
        if self.cycle.activated_at is not None:
            facts = [told.fact for told in self.told]
            signed = [{f.version for f in facts if isinstance(f, Signed) and f.party is party} for party in Party]
            assert set.intersection(*signed)  # one version that both have signed
            assert any(isinstance(fact, GoalAgreed) for fact in facts)
            assert self.cycle.cadence is not None

    @invariant()
    def no_check_in_is_lost(self) -> None:
        """Invariant 8: what is on the calendar stays there until it is settled."""
        if not self.cycle.is_over:
            assert self.scheduled.keys() - self.settled - self.refused - self.off <= self.cycle.meetings.keys()

    @invariant()
    def nobody_is_told_twice(self) -> None:
        """Invariant 18, and the same for reviews and settlements."""
        prompts = [command for command in self.commands if isinstance(command, Prompt)]
        steps = [(person, p.cause, p.step) for p in prompts for person in p.recipient_ids]
        reviews = [(c.kind, c.index) for c in self.commands if isinstance(c, OpenReview)]
        settlements = [c.check_in_id for c in self.commands if isinstance(c, SettleAttendance)]
        cases = [(c.kind, c.occasion) for c in self.commands if isinstance(c, OpenCase)]
        promises = [(c.promise, c.cause_id) for c in self.commands if isinstance(c, OpenCommitment)]
        for once in (Counter(steps), Counter(reviews), Counter(settlements), Counter(cases), Counter(promises)):
            assert not once or max(once.values()) == 1

    @invariant()
    def commands_are_numbered_and_time_goes_on(self) -> None:
        """Every effect has its own key, in order; `at` never goes back."""
        assert [c.idempotency_key for c in self.commands] == [f"m1:{n}" for n in range(1, len(self.commands) + 1)]
        instants = [command.at for command in self.commands]
        assert instants == sorted(instants)
        assert all(at.tzinfo is UTC for at in instants)

    @invariant()
    def an_open_cycle_waits_for_something(self) -> None:
        """Or it would sleep for ever; and what it knows survives being written down."""
        assert self.cycle.is_over == (not self.cycle.deadlines)
        assert all(due > self.cycle.clock for due in self.cycle.deadlines.values())
        assert msgspec.json.decode(msgspec.json.encode(self.cycle), type=Cycle) == self.cycle


TestMentorships = Mentorships.TestCase
TestMentorships.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
