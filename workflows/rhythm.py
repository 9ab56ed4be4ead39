"""The check-in loop of a cycle: one occurrence ahead, prompts around it, and what became of it. Pure."""

from datetime import datetime, timedelta

from contracts.identity import Party
from contracts.notifications import Template
from workflows.calendar import next_occurrence
from workflows.commands import BOTH, prompt, schedule_check_in, settle_attendance, spread
from workflows.facts import CadenceSet, NotScheduled, Outcome, Scheduled, Settled
from workflows.state import Cycle, Meeting

_STEPS = ("preparation", "brief", "attendance", "settle")
_OUTCOMES_KEPT = 64  # more misses in a row than any ladder has rungs


def ends_at(cycle: Cycle) -> datetime:
    """The end date: no check-in begins then or later, and final reviews are due."""
    assert cycle.activated_at is not None, "only an active mentorship has an end"
    return cycle.activated_at + cycle.policy.length


def set_cadence(cycle: Cycle, fact: CadenceSet) -> None:
    """Take the newest cadence. What is on the calendar already stays there."""
    if cycle.cadence is not None and fact.version <= cycle.cadence.version:
        return
    cycle.cadence = fact
    if cycle.activated_at is not None:
        plan_next(cycle)


def plan_next(cycle: Cycle) -> None:
    """Schedule at once, or when the last scheduled meeting begins: never two that have not begun."""
    last = cycle.meetings.get(cycle.last_index)
    cycle.deadlines["schedule"] = max(cycle.clock, last.starts_at) if last else cycle.clock


def schedule_next(cycle: Cycle, _: int = 0) -> None:
    """Ask for the next occurrence, if the cadence has one before the end."""
    start = _next_start(cycle)
    if start is None or cycle.cadence is None:
        return
    cycle.last_index += 1
    cycle.last_start = start
    cycle.meetings[cycle.last_index] = Meeting(starts_at=start, minutes=cycle.cadence.minutes)
    cycle.deadlines["schedule"] = start
    schedule_check_in(cycle, index=cycle.last_index, starts_at=start, cadence_version=cycle.cadence.version)


def _next_start(cycle: Cycle) -> datetime | None:
    if cycle.cadence is None:
        return None
    after = max(cycle.clock, cycle.last_start or cycle.clock)  # a moment nobody was told of is not a meeting
    cadence = cycle.cadence
    try:
        start = next_occurrence(rule=cadence.rule, starts_at=cadence.starts_at, zone=cadence.zone, after=after)
    except ValueError:
        return None  # sessions accepted it, we cannot read it: the next change of cadence goes on from here
    return start if start is not None and start < ends_at(cycle) else None


def take_scheduled(cycle: Cycle, fact: Scheduled) -> None:
    """A meeting has its id, so people can be prompted about it."""
    meeting = cycle.meetings.get(fact.index)
    if meeting is None or meeting.check_in_id:
        return
    meeting.check_in_id = fact.check_in_id
    policy, start = cycle.policy, meeting.starts_at
    ended = start + timedelta(minutes=meeting.minutes)
    cycle.deadlines |= {
        f"preparation:{fact.index}": start - policy.preparation_asked + spread(cycle, policy.preparation_asked),
        f"brief:{fact.index}": start - policy.brief_before + spread(cycle, policy.brief_before),
        f"attendance:{fact.index}": ended + policy.log_prompt_after + spread(cycle, policy.log_prompt_after),
        f"settle:{fact.index}": start + policy.attendance_tacit_after,
    }


def drop_unscheduled(cycle: Cycle, fact: NotScheduled) -> None:
    """Sessions will not have this occurrence: its index is spent, the rhythm goes on."""
    meeting = cycle.meetings.get(fact.index)
    if meeting is not None and not meeting.check_in_id:
        del cycle.meetings[fact.index]


def take_settled(cycle: Cycle, fact: Settled) -> None:
    """Remember what became of a check-in, once; only a dispute may still turn into something else."""
    before = cycle.outcomes.get(fact.index)
    if fact.index not in cycle.meetings and before in {None, Outcome.HELD, Outcome.MISSED, fact.outcome}:
        return
    meeting = cycle.meetings.pop(fact.index, None)
    cycle.forget(*(f"{step}:{fact.index}" for step in _STEPS))
    cycle.outcomes[fact.index] = fact.outcome
    cycle.outcomes = dict(sorted(cycle.outcomes.items())[-_OUTCOMES_KEPT:])
    if fact.outcome is Outcome.MISSED:
        about = meeting.starts_at if meeting else None
        prompt(cycle, Template.CHECK_IN_MISSED, BOTH, cause=fact.check_in_id, step="missed", about=about)


def ask_preparation(cycle: Cycle, index: int) -> None:
    """Ask the mentee to prepare."""
    _prompt_before(cycle, index, Template.PREPARATION_PROMPT, (Party.MENTEE,), step="preparation")


def brief(cycle: Cycle, index: int) -> None:
    """Tell both that it is soon."""
    _prompt_before(cycle, index, Template.CHECK_IN_BRIEF, BOTH, step="brief")


def ask_attendance(cycle: Cycle, index: int) -> None:
    """Ask both who was there."""
    meeting = cycle.meetings[index]
    cause, about = meeting.check_in_id, meeting.starts_at
    prompt(cycle, Template.ATTENDANCE_PROMPT, BOTH, cause=cause, step="attendance", about=about)


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


def _prompt_before(cycle: Cycle, index: int, template: Template, parties: tuple[Party, ...], *, step: str) -> None:
    """Nobody is asked to prepare what has begun."""
    meeting = cycle.meetings[index]
    if cycle.clock < meeting.starts_at:
        prompt(cycle, template, parties, cause=meeting.check_in_id, step=step, about=meeting.starts_at)
