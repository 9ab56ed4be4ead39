"""Plays one cycle on the bare machine: facts in, commands out, time by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.identity import Mentorship, Party, Phase, ProgrammePolicy
from contracts.sessions import OpenReview, ReviewKind, ScheduleCheckIn, SettleAttendance
from contracts.wire import CycleCommand
from workflows import machine
from workflows.facts import (
    Accepted,
    CadenceSet,
    Fact,
    GoalAgreed,
    Outcome,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
    Told,
)
from workflows.state import Cycle

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
BOTH = (Party.MENTEE, Party.MENTOR)


PATIENT = ProgrammePolicy(
    silence=timedelta(days=900), inactivity_escalated=timedelta(days=900), inactivity_notice=timedelta(days=900)
)  # for stories in which nothing but one thing happens


def a_mentorship(**changes: Any) -> Mentorship:
    """A proposed pair under the default policy."""
    given: dict[str, Any] = {
        "id": "m1",
        "org_id": "o1",
        "programme_id": "p1",
        "mentor_id": "u-mentor",
        "mentee_id": "u-mentee",
        "policy": ProgrammePolicy(),
        "created_at": START,
    }
    return Mentorship(**(given | changes))


def a_cycle(**changes: Any) -> Cycle:
    """A cycle at its beginning."""
    return Cycle.of(a_mentorship(**changes))


def a_cadence(**changes: Any) -> CadenceSet:
    """Every second Wednesday at ten in Berlin."""
    given: dict[str, Any] = {
        "rule": "FREQ=WEEKLY;INTERVAL=2",
        "starts_at": datetime(2026, 1, 14, 10),
        "zone": "Europe/Berlin",
        "minutes": 60,
        "version": 1,
    }
    return CadenceSet(**(given | changes))


class Play:
    """A cycle with a hand on its clock and a record of all it wanted. Sessions answers at once, unless told not to."""

    def __init__(self, cycle: Cycle | None = None, *, answering: bool = True) -> None:
        self.cycle = cycle or a_cycle()
        self.now = self.cycle.clock
        self.commands: list[CycleCommand] = []
        self.answering = answering
        self._events = 0
        machine.begin(self.cycle)

    def tell(self, *facts: Fact, event_id: str | None = None) -> None:
        """Each fact as an event of its own."""
        for fact in facts:
            self._events += 1
            machine.hear(self.cycle, Told(event_id=event_id or f"e{self._events}", fact=fact), self.now)
            self.deliver()

    def wait(self, **duration: float) -> None:
        """Let time pass as the engine would: from deadline to deadline."""
        until = self.now + timedelta(**duration)
        while (due := self.cycle.next_due) is not None and due <= until:
            self.now = max(self.now, due)
            machine.step(self.cycle, [], self.now)
            self.deliver()
        self.now = until

    def deliver(self) -> None:
        """Take what is wanted, and answer for sessions."""
        while self.cycle.pending:
            wanted, self.cycle.pending = [effect.command for effect in self.cycle.pending], []
            self.commands += wanted
            if self.answering:
                machine.step(self.cycle, [answer for command in wanted for answer in self._answers(command)], self.now)

    def _answers(self, command: CycleCommand) -> list[Fact]:
        match command:
            case ScheduleCheckIn(index=index):
                return [Scheduled(check_in_id=f"c{index}", index=index)]
            case SettleAttendance(check_in_id=check_in_id):
                return [Settled(check_in_id=check_in_id, index=int(check_in_id[1:]), outcome=Outcome.MISSED)]
        return []

    def of[C: CycleCommand](self, kind: type[C]) -> list[C]:
        """All commands of one kind, in order."""
        return [command for command in self.commands if isinstance(command, kind)]

    def accept(self) -> None:
        """Both say yes."""
        self.tell(*(Accepted(party=party) for party in BOTH))

    def sign(self, version: int = 1) -> None:
        """Both sign."""
        self.tell(*(Signed(party=party, version=version) for party in BOTH))

    def become_active(self) -> None:
        """All that ACTIVE needs."""
        self.accept()
        self.sign()
        self.tell(GoalAgreed(goal_id="g1"), a_cadence())
        assert self.cycle.phase is Phase.ACTIVE

    def hold(self, index: int) -> None:
        """Both say that it took place."""
        self.tell(Settled(check_in_id=f"c{index}", index=index, outcome=Outcome.HELD))

    def review(self, kind: ReviewKind = ReviewKind.FINAL, index: int = 1) -> None:
        """Both answer."""
        self.tell(*(Reviewed(kind=kind, index=index, party=party) for party in BOTH))

    @property
    def reviews(self) -> list[OpenReview]:
        """The reviews that were opened."""
        return self.of(OpenReview)
