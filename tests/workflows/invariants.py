"""What the machine answers for, whatever happens: the invariants that are its own."""

import re
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from hypothesis.stateful import invariant

from contracts.goals import OpenCommitment
from contracts.identity import ChangePhase, Closure, Health, OpenCase, Party, Phase
from contracts.notifications import Prompt
from contracts.sessions import OpenReview, ScheduleCheckIn, SettleAttendance
from tests.workflows.world import World
from workflows.facts import (
    CadenceSet,
    GoalAgreed,
    Signed,
)
from workflows.rhythm import STEPS
from workflows.state import Cycle

WATCHED = ("help", "help-escalated", "item-nudge", "item-day", "blocked", "silence", "inactive", "evidence")
NEXT = {
    None: {Phase.EXPECTATION_SETTING, Phase.DECLINED, Phase.EXPIRED, Phase.CLOSED},
    Phase.EXPECTATION_SETTING: {Phase.ACTIVE, Phase.CLOSED, Phase.CLOSING, Phase.REMATCHING},
    Phase.ACTIVE: {Phase.CLOSING, Phase.PAUSED, Phase.REMATCHING, Phase.CLOSED},
    Phase.PAUSED: {Phase.ACTIVE, Phase.CLOSING, Phase.CLOSED},
    Phase.REMATCHING: {Phase.EXPECTATION_SETTING, Phase.CLOSING, Phase.CLOSED},
    Phase.CLOSING: {Phase.CLOSED},
    Phase.CLOSED: {Phase.ALUMNI},
    Phase.ALUMNI: {Phase.ARCHIVED},
}
ONLY_BY_CONDUCT = {
    (None, Phase.CLOSED),
    (Phase.ACTIVE, Phase.CLOSED),
    (Phase.PAUSED, Phase.CLOSED),
    (Phase.REMATCHING, Phase.CLOSED),
}


class Mentorships(World):
    """One cycle whose every command is looked at."""

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

    @invariant()
    def the_policy_is_pinned(self) -> None:
        """Invariant 14: whatever is said is said under the version that was signed, and names the rule in it."""
        for command in self.commands:
            if isinstance(command, Prompt):
                assert command.policy_version == self.cycle.policy.version
            if isinstance(command, Prompt | OpenCase) and command.rule != "request_mentor_change":
                assert hasattr(self.cycle.policy, command.rule)

    @invariant()
    def nothing_that_leaves_has_words(self) -> None:
        """Invariant 15: ids, enumerations, numbers and times."""
        for command in self.commands[self.read :]:
            assert not re.search(rb"[^\x21-\x7e]", msgspec.json.encode(command))
        self.read = len(self.commands)

    @invariant()
    def a_check_in_is_where_its_cadence_puts_it(self) -> None:
        """Invariant 20: at its wall time in its zone, wherever that exists."""
        known = {told.fact.version: told.fact for told in reversed(self.told) if isinstance(told.fact, CadenceSet)}
        for command in [each for each in self.commands if isinstance(each, ScheduleCheckIn)]:
            cadence = self.cadences.setdefault(command.index, known[command.cadence_version])
            local = command.starts_at.astimezone(ZoneInfo(cadence.zone)).replace(tzinfo=None)
            wall = local.replace(hour=cadence.starts_at.hour, minute=cadence.starts_at.minute)
            assert local == wall or not exists(wall, cadence.zone)


def exists(wall: datetime, zone: str) -> bool:
    """Whether clocks there show that time on that day."""
    local = wall.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
