"""A mentorship that waits: for the end of a pause, or for another mentor. Pure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from contracts.identity import CaseKind, Phase
from contracts.notifications import Template
from workflows import promises, rhythm
from workflows.commands import BOTH, enter, open_case, prompt
from workflows.facts import Paused, Replaced, Resumed
from workflows.lifecycle import open_expectations
from workflows.state import Cycle

_OF_PROMISES = frozenset({"help", "help-escalated", "blocked", "item-nudge", "item-day"})


def pause(cycle: Cycle, fact: Paused) -> None:
    """Everything that waits is held; meetings that have begun are still settled."""
    if cycle.phase is not Phase.ACTIVE or not _is_new(cycle, fact.started_at):
        return
    rhythm.drop_unbegun(cycle, fact.until)
    cycle.deadlines.pop("schedule", None)
    going_on = {name: at for name, at in cycle.deadlines.items() if name.partition(":")[0] in rhythm.STEPS}
    cycle.held = {name: at for name, at in cycle.deadlines.items() if name not in going_on}
    cycle.deadlines = going_on
    cycle.paused_at, cycle.paused_until = fact.started_at, fact.until
    cycle.deadlines["resume"] = fact.until
    reminder = fact.until - cycle.policy.pause_reminder
    if reminder > cycle.clock:
        cycle.deadlines["pause-reminder"] = reminder
    enter(cycle, Phase.PAUSED)


def _is_new(cycle: Cycle, started_at: datetime) -> bool:
    """Whether no word of this leave has come yet; the word of its end may overtake that of its beginning."""
    is_new = cycle.last_pause is None or started_at > cycle.last_pause
    if is_new:
        cycle.last_pause = started_at
    return is_new


@contextmanager
def holding(cycle: Cycle, happened: datetime) -> Iterator[None]:
    """What a fact of before the leave lets wait is held as if it had been heard of in time."""
    before = set(cycle.deadlines)
    yield
    if cycle.phase is Phase.PAUSED and cycle.paused_at is not None and happened <= cycle.paused_at:
        late = {name: at for name, at in cycle.deadlines.items() if name.partition(":")[0] in _OF_PROMISES}
        for name in late.keys() - before:
            cycle.held[name] = cycle.deadlines.pop(name)


def remind_of_resume(cycle: Cycle) -> None:
    """Both hear that the pause ends soon."""
    about = cycle.deadlines["resume"]
    cause = f"{cycle.mentorship_id}:pause:{cycle.phase_version}"
    prompt(cycle, Template.PAUSE_ENDING, BOTH, cause=cause, step="reminder", about=about, rule="pause_reminder")


def take_resumed(cycle: Cycle, fact: Resumed) -> None:
    """Somebody came back early."""
    if cycle.phase is Phase.PAUSED and cycle.paused_at == fact.started_at:
        _resume(cycle, fact.ended_at)
    else:
        _is_new(cycle, fact.started_at)


def resume(cycle: Cycle) -> None:
    """The pause is over as it was agreed; nothing is due later because the cycle was woken late."""
    _resume(cycle, min(cycle.clock, cycle.paused_until or cycle.clock))


def _resume(cycle: Cycle, ended_at: datetime) -> None:
    assert cycle.paused_at is not None, "only a pause is resumed"
    rest = ended_at - cycle.paused_at
    cycle.rested += rest
    cycle.paused_at = cycle.paused_until = None
    cycle.forget("resume", "pause-reminder")
    cycle.deadlines |= {name: at + rest for name, at in cycle.held.items()}
    cycle.held = {}
    cycle.last_life = cycle.last_life and cycle.last_life + rest
    cycle.evidence_at = cycle.evidence_at and cycle.evidence_at + rest
    cycle.goals_moved = {goal_id: at + rest for goal_id, at in cycle.goals_moved.items()}
    cycle.goals_asked = {goal_id: at + rest for goal_id, at in cycle.goals_asked.items()}
    enter(cycle, Phase.ACTIVE)
    rhythm.plan_next(cycle)
    promises.plan_feedback(cycle)


def look_for_mentor(cycle: Cycle) -> None:
    """Another mentor is needed: goals and what is open stay, meetings do not."""
    if cycle.phase not in {Phase.ACTIVE, Phase.EXPECTATION_SETTING}:
        return
    rhythm.settle_begun(cycle)
    rhythm.drop_unbegun(cycle, datetime.max.replace(tzinfo=cycle.clock.tzinfo))
    cycle.deadlines.clear()
    cycle.left_at = cycle.left_at or cycle.clock
    cycle.replacements += 1
    enter(cycle, Phase.REMATCHING)
    open_case(cycle, CaseKind.MENTOR_CHANGE, occasion=f"change-{cycle.replacements}", rule="request_mentor_change")
    cycle.deadlines["rematch-buffer"] = cycle.clock + cycle.policy.rematch_buffer
    cycle.deadlines["rematch-limit:1"] = cycle.clock + cycle.policy.rematch_limit


def end_buffer(cycle: Cycle) -> None:
    """The time to hand over is over: both hear that a mentor is still being looked for."""
    cause = f"{cycle.mentorship_id}:rematching:{cycle.replacements}"
    prompt(cycle, Template.MENTOR_CHANGE_REQUESTED, BOTH, cause=cause, step="buffer", rule="rematch_buffer")


def nobody_found(cycle: Cycle, number: int) -> None:
    """The programme managers decide, and are asked again as long as they have not."""
    occasion = f"change-{cycle.replacements}-{number}"
    open_case(cycle, CaseKind.NO_MENTOR, occasion=occasion, rule="rematch_limit")
    cycle.deadlines[f"rematch-limit:{number + 1}"] = cycle.clock + cycle.policy.rematch_limit


def take_replacement(cycle: Cycle, fact: Replaced) -> None:
    """A new mentor sits down; both sign anew."""
    if cycle.phase is not Phase.REMATCHING or fact.mentor_id == cycle.mentor_id:
        return
    cycle.mentor_id = fact.mentor_id
    cycle.signed = {}
    cycle.agreement_version = max(cycle.agreement_version, fact.agreement_version)
    cycle.troubles = [each for each in cycle.troubles if not each.startswith("help:")]
    open_expectations(cycle)
