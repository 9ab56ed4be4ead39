"""How the machine says what it wants: one verb for each command that a service takes from a cycle. Pure."""

from datetime import datetime, timedelta
from zlib import crc32

from contracts.goals import OPEN_COMMITMENT, OpenCommitment, Promise
from contracts.identity import (
    CHANGE_PHASE,
    OPEN_CASE,
    SET_HEALTH,
    CaseKind,
    ChangePhase,
    Closure,
    Gap,
    Health,
    OpenCase,
    Party,
    Phase,
    SetHealth,
)
from contracts.notifications import PROMPT, Prompt, Template
from contracts.sessions import (
    MOVE_CHECK_IN,
    OPEN_PULSE,
    OPEN_REVIEW,
    SCHEDULE_CHECK_IN,
    SETTLE_ATTENDANCE,
    SKIP_CHECK_IN,
    MoveCheckIn,
    MoveReason,
    OpenPulse,
    OpenReview,
    ReviewKind,
    ScheduleCheckIn,
    SettleAttendance,
    SkipCheckIn,
)
from workflows.state import Cycle

BOTH = (Party.MENTEE, Party.MENTOR)
_RAISED_KEPT = 64  # cases that a cycle remembers to have opened; their owner remembers all


def enter(cycle: Cycle, phase: Phase, closure: Closure | None = None, gaps: tuple[Gap, ...] = ()) -> None:
    """Enter a phase: the version goes up by one and identity is told."""
    cycle.phase, cycle.closure = phase, closure
    cycle.phase_version += 1
    _tell_phase(cycle, gaps=gaps)


def tell_again(cycle: Cycle) -> None:
    """Say where it stands: identity has it otherwise."""
    _tell_phase(cycle, again=True)


def _tell_phase(cycle: Cycle, *, gaps: tuple[Gap, ...] = (), again: bool = False) -> None:
    command = ChangePhase(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        phase=cycle.phase,
        phase_version=cycle.phase_version,
        closure=cycle.closure,
        gaps=gaps,
        again=again,
    )
    cycle.want(CHANGE_PHASE, command)


def schedule_check_in(cycle: Cycle, *, index: int, starts_at: datetime, cadence_version: int) -> None:
    """Put an occurrence on the calendar."""
    command = ScheduleCheckIn(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        index=index,
        starts_at=starts_at,
        cadence_version=cadence_version,
        horizon=cycle.policy.reschedule_horizon,
    )
    cycle.want(SCHEDULE_CHECK_IN, command)


def move_check_in(cycle: Cycle, check_in_id: str, *, starts_at: datetime, reason: MoveReason) -> None:
    """Give a check-in another time."""
    command = MoveCheckIn(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        check_in_id=check_in_id,
        starts_at=starts_at,
        reason=reason,
    )
    cycle.want(MOVE_CHECK_IN, command)


def skip_check_in(cycle: Cycle, check_in_id: str) -> None:
    """Leave a check-in out."""
    cycle.want(SKIP_CHECK_IN, SkipCheckIn(idempotency_key=cycle.next_key(), at=cycle.clock, check_in_id=check_in_id))


def settle_attendance(cycle: Cycle, check_in_id: str) -> None:
    """End the time in which the parties may say who was there."""
    command = SettleAttendance(idempotency_key=cycle.next_key(), at=cycle.clock, check_in_id=check_in_id)
    cycle.want(SETTLE_ATTENDANCE, command)


def open_review(cycle: Cycle, kind: ReviewKind, index: int, *, due: datetime) -> None:
    """Ask both parties to look back."""
    command = OpenReview(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        kind=kind,
        index=index,
        due_at=due,
    )
    cycle.want(OPEN_REVIEW, command)


def open_pulse(cycle: Cycle) -> None:
    """Let both say how it goes, one more time."""
    cycle.pulse_index += 1
    command = OpenPulse(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        index=cycle.pulse_index,
    )
    cycle.want(OPEN_PULSE, command)


def prompt(
    cycle: Cycle,
    template: Template,
    parties: tuple[Party, ...],
    *,
    cause: str,
    step: str,
    rule: str,
    about: datetime | None = None,
) -> None:
    """Tell these parties something because of a rule of the policy; nothing is sent to nobody."""
    if not parties:
        return
    command = Prompt(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        recipient_ids=cycle.users(*parties),
        template=template,
        cause=cause,
        step=step,
        about=about,
        rule=rule,
        policy_version=cycle.policy.version,
    )
    cycle.want(PROMPT, command)


def open_case(cycle: Cycle, kind: CaseKind, *, occasion: str, rule: str) -> None:
    """Let the programme managers know, once for each kind and occasion."""
    name = f"{kind}:{occasion}"
    if name in cycle.raised:
        return
    cycle.raised = [*cycle.raised, name][-_RAISED_KEPT:]
    command = OpenCase(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        kind=kind,
        occasion=occasion,
        rule=rule,
    )
    cycle.want(OPEN_CASE, command)


def set_health(cycle: Cycle, health: Health) -> None:
    """Say how it does."""
    cycle.health = health
    command = SetHealth(
        idempotency_key=cycle.next_key(), at=cycle.clock, mentorship_id=cycle.mentorship_id, health=health
    )
    cycle.want(SET_HEALTH, command)


def open_commitment(cycle: Cycle, party: Party, promise: Promise, *, cause: str, due: datetime) -> None:
    """Write a promise that recurs into the ledger."""
    command = OpenCommitment(
        idempotency_key=cycle.next_key(),
        at=cycle.clock,
        mentorship_id=cycle.mentorship_id,
        party=party,
        promise=promise,
        cause_id=cause,
        due=due,
    )
    cycle.want(OPEN_COMMITMENT, command)


def spread(cycle: Cycle, lead: timedelta) -> timedelta:
    """Up to ten minutes (and a tenth of the lead) that are this cycle's own, or all would wake at Monday 09:00."""
    most = min(timedelta(minutes=10), lead / 10)
    return timedelta(seconds=int(most.total_seconds()) * (crc32(cycle.mentorship_id.encode()) % 1000) // 1000)
