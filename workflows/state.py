"""What a cycle knows and wants done. Data only: ids, enumerations and instants, never a person's words."""

from datetime import date, datetime, timedelta

import msgspec

from contracts.goals import OPEN_COMMITMENT
from contracts.identity import (
    CHANGE_PHASE,
    OPEN_CASE,
    SET_HEALTH,
    Closure,
    Health,
    Mentorship,
    Party,
    Phase,
    ProgrammePolicy,
)
from contracts.notifications import PROMPT
from contracts.sessions import (
    MOVE_CHECK_IN,
    OPEN_PULSE,
    OPEN_REVIEW,
    SCHEDULE_CHECK_IN,
    SETTLE_ATTENDANCE,
    SKIP_CHECK_IN,
)
from contracts.wire import CycleCommand, Operation
from workflows.facts import CadenceSet, FeedbackRhythm, Outcome, TimeOffHeard, Trace

REMEMBERED = 256  # event ids: a redelivery comes within minutes, and facts are safe to hear again even later
OPERATIONS = {
    operation.name: operation
    for operation in (
        CHANGE_PHASE,
        SET_HEALTH,
        OPEN_CASE,
        SCHEDULE_CHECK_IN,
        MOVE_CHECK_IN,
        SKIP_CHECK_IN,
        SETTLE_ATTENDANCE,
        OPEN_REVIEW,
        OPEN_PULSE,
        OPEN_COMMITMENT,
        PROMPT,
    )
}
NO_TRACE = Trace()
EDITION = 3  # of the rules: a cycle that began under an older one goes on by it until it continues as new
ENDED = frozenset({Phase.DECLINED, Phase.EXPIRED, Phase.ARCHIVED})
TERMINAL = ENDED | {Phase.CLOSED}  # there may be no cycle any more


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One command that the cycle wants given: the name of its operation and the request, already written down."""

    operation: str
    request: msgspec.Raw
    trace: Trace = Trace()

    @classmethod
    def of[C: CycleCommand, A](cls, operation: Operation[C, A], command: C, trace: Trace) -> "Effect":
        """Write a command down."""
        return cls(operation=operation.name, request=msgspec.Raw(msgspec.json.encode(command)), trace=trace)

    @property
    def command(self) -> CycleCommand:
        """The request as its own class."""
        return msgspec.json.decode(self.request, type=OPERATIONS[self.operation].request)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be delivered in one go, in order."""

    org_id: str
    mentorship_id: str
    effects: list[Effect]


class Meeting(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A check-in that is not settled. It has no id until sessions has put it on the calendar.

    `sequence` is the newest version that was heard of, `moves` how often it got another time, and `cadence_version` the
    cadence that it was planned by. `asked_for` is the other time that the cycle itself asked for last.
    """

    starts_at: datetime
    minutes: int
    check_in_id: str = ""
    settling: bool = False
    sequence: int = 0
    moves: int = 0
    cadence_version: int = 0
    asked_for: datetime | None = None


class Cycle(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything that one cycle knows. `clock` is the latest instant it has lived, `seq` counts its effects.

    `last_start` is the cadence's own time of the latest check-in, wherever that was moved to; `previous_start` is that
    of the one before.
    """

    mentorship_id: str
    org_id: str
    programme_id: str
    mentor_id: str
    mentee_id: str
    policy: ProgrammePolicy
    clock: datetime
    offset: timedelta = timedelta()
    phase: Phase = Phase.PROPOSED
    phase_version: int = 0
    closure: Closure | None = None
    accepted: list[Party] = msgspec.field(default_factory=list)
    agreement_version: int = 0
    signed: dict[Party, int] = msgspec.field(default_factory=dict)
    agreed_goals: list[str] = msgspec.field(default_factory=list)
    goal_versions: dict[str, int] = msgspec.field(default_factory=dict)
    cadence: CadenceSet | None = None
    times_off: dict[str, TimeOffHeard] = msgspec.field(default_factory=dict)
    activated_at: datetime | None = None
    last_index: int = 0
    last_start: datetime | None = None
    previous_start: datetime | None = None
    meetings: dict[int, Meeting] = msgspec.field(default_factory=dict)
    outcomes: dict[int, Outcome] = msgspec.field(default_factory=dict)
    opened: list[str] = msgspec.field(default_factory=list)
    reviews: dict[str, list[Party]] = msgspec.field(default_factory=dict)
    deadlines: dict[str, datetime] = msgspec.field(default_factory=dict)
    seen: list[str] = msgspec.field(default_factory=list)
    edition: int = 1
    ending: Closure | None = None
    closing_ends: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    last_pause: datetime | None = None
    held: dict[str, datetime] = msgspec.field(default_factory=dict)
    rested: timedelta = timedelta()
    extended: timedelta = timedelta()
    left_at: datetime | None = None
    replacements: int = 0
    last_life: datetime | None = None
    evidence_at: datetime | None = None
    goals_moved: dict[str, datetime] = msgspec.field(default_factory=dict)
    goals_asked: dict[str, datetime] = msgspec.field(default_factory=dict)
    met_goals: list[str] = msgspec.field(default_factory=list)
    promised: dict[str, Party] = msgspec.field(default_factory=dict)
    done_items: list[str] = msgspec.field(default_factory=list)
    moved_items: dict[str, date] = msgspec.field(default_factory=dict)
    troubles: list[str] = msgspec.field(default_factory=list)
    raised: list[str] = msgspec.field(default_factory=list)
    health: Health | None = None
    feedback_rhythm: FeedbackRhythm | None = None
    feedback_index: int = 0
    progress_index: int = 0
    pulse_index: int = 0
    seq: int = 0
    pending: list[Effect] = msgspec.field(default_factory=list)
    trace: Trace = Trace()

    @classmethod
    def of(cls, mentorship: Mentorship, *, trace: Trace = NO_TRACE) -> "Cycle":
        """A cycle at its very beginning, with the policy it keeps."""
        return cls(
            mentorship_id=mentorship.id,
            org_id=mentorship.org_id,
            programme_id=mentorship.programme_id,
            mentor_id=mentorship.mentor_id,
            mentee_id=mentorship.mentee_id,
            policy=mentorship.policy,
            clock=mentorship.created_at,
            edition=EDITION,
            trace=trace,
        )

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen any more."""
        return self.phase in ENDED or (self.phase is Phase.CLOSED and not self.deadlines)

    @property
    def has_ladder(self) -> bool:
        """Whether it keeps the rules of the second edition: the ladder, recurring promises, alumni."""
        return self.edition > 1

    @property
    def has_alumni_reviews(self) -> bool:
        """Whether it keeps the rules of the third edition: alumni are asked by a review of their own."""
        return self.edition > 2

    @property
    def has_closed(self) -> bool:
        """Whether nothing that the two do matters any more."""
        return self.phase in TERMINAL or self.phase is Phase.ALUMNI

    @property
    def next_due(self) -> datetime | None:
        """The earliest deadline."""
        return min(self.deadlines.values(), default=None)

    @property
    def next_check_in(self) -> datetime | None:
        """The start of the earliest meeting that has not begun."""
        return min((m.starts_at for m in self.meetings.values() if m.starts_at > self.clock), default=None)

    @property
    def missed_streak(self) -> int:
        """How many check-ins in a row were missed, up to the latest; a disputed one neither counts nor interrupts."""
        streak = 0
        for _, outcome in sorted(self.outcomes.items(), reverse=True):
            if outcome is Outcome.HELD:
                break
            streak += outcome is Outcome.MISSED
        return streak

    def users(self, *parties: Party) -> tuple[str, ...]:
        """The ids of those people."""
        return tuple(self.mentor_id if party is Party.MENTOR else self.mentee_id for party in parties)

    def next_key(self) -> str:
        """The idempotency key of the next effect."""
        self.seq += 1
        return f"{self.mentorship_id}:{self.seq}"

    def want[C: CycleCommand, A](self, operation: Operation[C, A], command: C) -> None:
        """Let a command be delivered after those already wanted."""
        self.pending.append(Effect.of(operation, command, self.trace))

    def forget(self, *names: str) -> None:
        """Take these deadlines away, also where a pause holds them."""
        for name in names:
            self.deadlines.pop(name, None)
            self.held.pop(name, None)
