"""The check-in loop of a cycle: one occurrence ahead, prompts around it, and what became of it. Pure."""

from datetime import datetime, timedelta

from contracts.identity import Party, Phase
from contracts.notifications import Template
from contracts.sessions import MoveReason
from workflows import ladder
from workflows.commands import (
    BOTH,
    move_check_in,
    prompt,
    schedule_check_in,
    settle_attendance,
    skip_check_in,
    spread,
)
from workflows.facts import CadenceSet, NotScheduled, Outcome, Scheduled, Settled, TimeOffHeard
from workflows.slots import behind, is_off, next_slot
from workflows.state import Cycle, Meeting

STEPS = ("preparation", "brief", "attendance", "settle")
_PAST_DAYS = 2  # more than any two clocks on earth differ
_OUTCOMES_KEPT = 64  # more misses in a row than any ladder has rungs


def ends_at(cycle: Cycle) -> datetime:
    """The end date: no check-in begins then or later, and final reviews are due."""
    if cycle.closing_ends is not None:
        return cycle.closing_ends
    assert cycle.activated_at is not None, "only an active mentorship has an end"
    return cycle.activated_at + cycle.policy.length + cycle.extended + cycle.rested


def set_cadence(cycle: Cycle, fact: CadenceSet) -> None:
    """Take the newest cadence. What runs already stays; what was planned by the old one goes along, told early."""
    if cycle.cadence is not None and fact.version <= cycle.cadence.version:
        return
    cycle.cadence = fact
    if is_running(cycle):
        follow_cadence(cycle)
        plan_next(cycle)


def follow_cadence(cycle: Cycle) -> None:
    """Move the latest check-in to the newest cadence, if it is still far enough away for everybody to hear of it."""
    meeting, cadence = cycle.meetings.get(cycle.last_index), cycle.cadence
    if meeting is None or not meeting.check_in_id or cadence is None or not cadence.moves:
        return
    horizon = cycle.clock + cycle.policy.reschedule_horizon
    if meeting.cadence_version >= cadence.version or meeting.starts_at < horizon:
        return
    meeting.cadence_version = cadence.version
    slot = next_slot(cycle, after=max(horizon, cycle.previous_start or horizon), until=ends_at(cycle))
    if slot is None:
        return  # by the new rule they would not meet again: what is on the calendar stays there
    cycle.last_start = cycle.deadlines["schedule"] = slot.at
    if (slot.starts_at, cadence.minutes) != (meeting.starts_at, meeting.minutes):
        _move(cycle, meeting, slot.starts_at, MoveReason.CADENCE)


def take_time_off(cycle: Cycle, fact: TimeOffHeard) -> None:
    """Keep what the two said; what is planned for these days, outside the horizon, is left out or moved behind them."""
    known = cycle.times_off.get(fact.time_off_id)
    if known is not None and known.sequence >= fact.sequence:
        return
    long_ago = (cycle.clock - timedelta(days=_PAST_DAYS)).date()
    kept = {name: off for name, off in cycle.times_off.items() if off.last_day >= long_ago}
    cycle.times_off = kept | {fact.time_off_id: fact}
    for index in sorted(cycle.meetings if is_running(cycle) else ()):
        _respect_time_off(cycle, index)


def _respect_time_off(cycle: Cycle, index: int) -> None:
    meeting = cycle.meetings[index]
    horizon = cycle.clock + cycle.policy.reschedule_horizon
    if not meeting.check_in_id or meeting.starts_at < horizon or not is_off(cycle, meeting.starts_at):
        return
    start = behind(cycle, meeting.starts_at, until=ends_at(cycle))
    if start is None:
        skip_check_in(cycle, meeting.check_in_id)
    elif start != meeting.asked_for:
        _move(cycle, meeting, start, MoveReason.TIME_OFF)


def _move(cycle: Cycle, meeting: Meeting, start: datetime, reason: MoveReason) -> None:
    meeting.asked_for = start
    move_check_in(cycle, meeting.check_in_id, starts_at=start, reason=reason)


def is_running(cycle: Cycle) -> bool:
    """Whether the two meet now: not before they have begun, and not in a pause."""
    return cycle.phase in {Phase.ACTIVE, Phase.CLOSING} and cycle.activated_at is not None


def plan_next(cycle: Cycle) -> None:
    """Schedule at once, or at the cadence's own time of the last scheduled meeting: one occurrence ahead."""
    waits_until = cycle.last_start if cycle.last_index in cycle.meetings else None
    cycle.deadlines["schedule"] = max(cycle.clock, waits_until or cycle.clock)


def schedule_next(cycle: Cycle, _: int = 0) -> None:
    """Ask for the next occurrence, if the cadence has one before the end."""
    # a moment nobody was told of is not a meeting
    after, cadence = max(cycle.clock, cycle.last_start or cycle.clock), cycle.cadence
    slot = next_slot(cycle, after=after, until=ends_at(cycle))
    if slot is None or cadence is None:
        return
    start = slot.starts_at
    cycle.last_index += 1
    cycle.previous_start, cycle.last_start = cycle.last_start, slot.at
    cycle.meetings[cycle.last_index] = Meeting(
        starts_at=start, minutes=cadence.minutes, cadence_version=cadence.version
    )
    cycle.deadlines["schedule"] = slot.at
    schedule_check_in(cycle, index=cycle.last_index, starts_at=start, cadence_version=cadence.version)


def take_scheduled(cycle: Cycle, fact: Scheduled) -> None:
    """A meeting has its id, so people can be prompted about it; or it has another time, and its prompts move along."""
    meeting = cycle.meetings.get(fact.index)
    if meeting is None and _came_too_late(cycle, fact):
        _leave_out(cycle, fact.index, fact.check_in_id)
    if meeting is None or fact.sequence < meeting.sequence:
        return
    start = fact.starts_at or meeting.starts_at
    is_new, is_moved = not meeting.check_in_id, start != meeting.starts_at
    meeting.check_in_id, meeting.sequence = fact.check_in_id, fact.sequence
    if is_moved:
        meeting.starts_at, meeting.settling = start, False
        meeting.moves += 1
    meeting.minutes = fact.minutes or meeting.minutes
    if is_new or is_moved:
        _arm(cycle, fact.index, meeting)
    if not is_running(cycle):
        return
    if is_new:
        follow_cadence(cycle)
    if is_new or start == meeting.asked_for:  # what the two agreed on themselves stands, also in time off
        _respect_time_off(cycle, fact.index)


def _came_too_late(cycle: Cycle, fact: Scheduled) -> bool:
    """Whether it was put on the calendar while the two began a leave, or lost their mentor."""
    rests = cycle.phase in {Phase.PAUSED, Phase.REMATCHING}
    return rests and fact.index == cycle.last_index and fact.index not in cycle.outcomes


def _arm(cycle: Cycle, index: int, meeting: Meeting) -> None:
    """Prompts around a meeting. Who was asked before it moved is not asked again at once."""
    policy, start = cycle.policy, meeting.starts_at
    ended = start + timedelta(minutes=meeting.minutes)
    due = {
        "preparation": start - policy.preparation_asked + spread(cycle, policy.preparation_asked),
        "brief": start - policy.brief_before + spread(cycle, policy.brief_before),
        "attendance": ended + policy.log_prompt_after + spread(cycle, policy.log_prompt_after),
        "settle": start + policy.attendance_tacit_after,
    }
    for step, at in due.items():
        name = f"{step}:{index}"
        if not meeting.moves or at > cycle.clock or name in cycle.deadlines:
            cycle.deadlines[name] = at


def drop_unscheduled(cycle: Cycle, fact: NotScheduled) -> None:
    """Sessions will not have this occurrence: its index is spent, the rhythm goes on."""
    meeting = cycle.meetings.get(fact.index)
    if meeting is not None and not meeting.check_in_id:
        del cycle.meetings[fact.index]


def take_settled(cycle: Cycle, fact: Settled) -> bool:
    """Remember what became of a check-in, once; only a dispute may still turn into something else. False: old news."""
    before = cycle.outcomes.get(fact.index)
    is_decided = before is Outcome.DISPUTED and fact.outcome is not Outcome.DISPUTED
    if fact.index not in cycle.meetings and not is_decided:
        return False
    meeting = cycle.meetings.pop(fact.index, None)
    cycle.forget(*(f"{step}:{fact.index}" for step in STEPS))
    cycle.outcomes[fact.index] = fact.outcome
    cycle.outcomes = dict(sorted(cycle.outcomes.items())[-_OUTCOMES_KEPT:])
    if fact.outcome is Outcome.MISSED:
        about = meeting.starts_at if meeting else None
        prompt(
            cycle, Template.CHECK_IN_MISSED, BOTH, cause=fact.check_in_id, step="missed", about=about,
            rule="attendance_tacit_after",
        )  # fmt: skip
        ladder.count_missed(cycle)
    if fact.outcome is Outcome.HELD:
        ladder.met(cycle)
    if fact.outcome is Outcome.CANCELLED and fact.index == cycle.last_index and is_running(cycle):
        plan_next(cycle)  # the index is spent, and the two look forward to the next occurrence
    return True


def ask_preparation(cycle: Cycle, index: int) -> None:
    """Ask the mentee to prepare."""
    _prompt_before(
        cycle, index, Template.PREPARATION_PROMPT, (Party.MENTEE,), step="preparation", rule="preparation_asked"
    )


def brief(cycle: Cycle, index: int) -> None:
    """Tell both that it is soon."""
    _prompt_before(cycle, index, Template.CHECK_IN_BRIEF, BOTH, step="brief", rule="brief_before")


def ask_attendance(cycle: Cycle, index: int) -> None:
    """Ask both who was there."""
    meeting = cycle.meetings[index]
    cause, about, step = meeting.check_in_id, meeting.starts_at, _step(meeting, "attendance")
    prompt(cycle, Template.ATTENDANCE_PROMPT, BOTH, cause=cause, step=step, about=about, rule="log_prompt_after")


def settle(cycle: Cycle, index: int) -> None:
    """Ask sessions to settle a check-in, once."""
    meeting = cycle.meetings[index]
    if meeting.check_in_id and not meeting.settling:
        meeting.settling = True
        settle_attendance(cycle, meeting.check_in_id)


def settle_begun(cycle: Cycle) -> None:
    """Leave no running check-in behind."""
    for index in sorted(index for index, meeting in cycle.meetings.items() if meeting.starts_at <= cycle.clock):
        settle(cycle, index)


def drop_unbegun(cycle: Cycle, until: datetime) -> None:
    """No check-in begins before this moment: what was planned until then is off, and leaves the calendar."""
    off = [index for index, meeting in cycle.meetings.items() if cycle.clock < meeting.starts_at < until]
    for index in off:
        meeting = cycle.meetings.pop(index)
        cycle.forget(*(f"{step}:{index}" for step in STEPS))
        if meeting.check_in_id:
            _leave_out(cycle, index, meeting.check_in_id)


def _leave_out(cycle: Cycle, index: int, check_in_id: str) -> None:
    cycle.outcomes[index] = Outcome.CANCELLED
    skip_check_in(cycle, check_in_id)


def _prompt_before(
    cycle: Cycle, index: int, template: Template, parties: tuple[Party, ...], *, step: str, rule: str
) -> None:
    """Nobody is asked to prepare what has begun."""
    meeting = cycle.meetings[index]
    if cycle.clock < meeting.starts_at:
        step = _step(meeting, step)
        prompt(cycle, template, parties, cause=meeting.check_in_id, step=step, about=meeting.starts_at, rule=rule)


def _step(meeting: Meeting, step: str) -> str:
    """A meeting at another time is prompted about anew."""
    return f"{step}-{meeting.moves + 1}" if meeting.moves else step
