"""What a cycle does when little or nothing happens: it asks, it tells the programme managers, and at last it closes.

Deadlines of silence are lazy: a sign of life moves what they are counted from, and not the deadline itself. Pure.
"""

from datetime import datetime, timedelta

from contracts.identity import CaseKind, Health, Party, Phase
from contracts.notifications import Template
from workflows.calendar import next_occurrence
from workflows.commands import BOTH, open_case, prompt, set_health
from workflows.facts import Outcome
from workflows.state import Cycle

_WITHOUT_CADENCE = timedelta(days=14)  # what a cadence counts as, where nobody can read it
_QUIET = ("silence", "inactive", "inactivity-notice")


def arm(cycle: Cycle) -> None:
    """Begin to watch: from now on silence counts."""
    cycle.last_life = cycle.clock
    for goal_id in cycle.agreed_goals:
        cycle.goals_moved.setdefault(goal_id, cycle.clock)
    if cycle.evidence_at is not None:
        cycle.deadlines["evidence"] = cycle.evidence_at + cycle.policy.evidence_within
    watch_silence(cycle)
    watch_goals(cycle)


def live(cycle: Cycle, *, evidence: bool = False) -> None:
    """One of the two did something."""
    if not cycle.has_ladder:
        return
    cycle.last_life = cycle.clock
    if evidence:
        cycle.evidence_at = cycle.clock
        cycle.deadlines.setdefault("evidence", cycle.clock + cycle.policy.evidence_within)
    cycle.forget("inactivity-closing")
    watch_silence(cycle)


def watch_silence(cycle: Cycle) -> None:
    """Arm every rung of silence that is not armed."""
    if cycle.phase is not Phase.ACTIVE or cycle.last_life is None:
        return
    for name in _QUIET:
        cycle.deadlines.setdefault(name, cycle.last_life + _patience(cycle, name))


def _patience(cycle: Cycle, name: str) -> timedelta:
    policy = cycle.policy
    return {
        "silence": policy.silence,
        "inactive": policy.inactivity_escalated,
        "inactivity-notice": policy.inactivity_notice,
    }[name]


def _is_quiet(cycle: Cycle, name: str) -> bool:
    """Whether nothing has happened for as long as this rung waits; else it waits on."""
    assert cycle.last_life is not None, "silence is counted from the activation on"
    due = cycle.last_life + _patience(cycle, name)
    if cycle.clock < due:
        cycle.deadlines[name] = due
        return False
    return True


def _since(cycle: Cycle) -> str:
    return f"{cycle.last_life:%Y%m%dT%H%M%S}"


def silent(cycle: Cycle, _: str) -> None:
    """Long silence puts a mentorship at risk."""
    if _is_quiet(cycle, "silence"):
        open_case(cycle, CaseKind.AT_RISK, occasion=f"silence-{_since(cycle)}", rule="silence")


def inactive(cycle: Cycle, _: str) -> None:
    """Longer silence: a programme manager must act."""
    if _is_quiet(cycle, "inactive"):
        occasion = f"inactive-{_since(cycle)}"
        open_case(cycle, CaseKind.INACTIVITY, occasion=occasion, rule="inactivity_escalated")


def give_notice(cycle: Cycle, _: str) -> None:
    """Very long silence: both are told that closing begins unless they stir."""
    if not _is_quiet(cycle, "inactivity-notice"):
        return
    closing = cycle.clock + cycle.policy.inactivity_closing
    cycle.deadlines["inactivity-closing"] = closing
    cause = f"{cycle.mentorship_id}:inactivity"
    prompt(
        cycle, Template.INACTIVITY_NOTICE, BOTH, cause=cause, step=f"notice-{_since(cycle)}", about=closing,
        rule="inactivity_notice",
    )  # fmt: skip


def check_evidence(cycle: Cycle, _: str) -> None:
    """Evidence has grown old, unless there is newer one."""
    due = (cycle.evidence_at or cycle.clock) + cycle.policy.evidence_within
    if cycle.clock < due:
        cycle.deadlines["evidence"] = due


def met(cycle: Cycle) -> None:
    """They met: no first meeting is missing any more."""
    cycle.forget("first-meeting")
    live(cycle)


def count_missed(cycle: Cycle) -> None:
    """Each missed check-in in a row is a rung."""
    if not cycle.has_ladder or cycle.has_closed:
        return
    streak, occasion = cycle.missed_streak, f"missed-from-{_first_missed(cycle)}"
    if streak >= cycle.policy.missed_escalated:
        open_case(cycle, CaseKind.MISSED_CHECK_INS, occasion=occasion, rule="missed_escalated")
    if streak >= cycle.policy.missed_at_risk:
        open_case(cycle, CaseKind.AT_RISK, occasion=occasion, rule="missed_at_risk")


def _first_missed(cycle: Cycle) -> int:
    """Where the present row of missed check-ins began."""
    first = 0
    for index, outcome in sorted(cycle.outcomes.items(), reverse=True):
        if outcome is Outcome.HELD:
            break
        first = index if outcome is Outcome.MISSED else first
    return first


def no_first_meeting(cycle: Cycle, _: str) -> None:
    """The two have not met since they were matched."""
    if Outcome.HELD not in cycle.outcomes.values():
        open_case(cycle, CaseKind.FIRST_MEETING, occasion="first-meeting", rule="first_meeting")


def watch_goals(cycle: Cycle) -> None:
    """Arm the deadline of the goal that will be stale first, unless one is armed."""
    if cycle.phase is Phase.ACTIVE and "stale-goal" not in cycle.deadlines:
        due = min((at for _, at in _stale_at(cycle)), default=None)
        if due is not None:
            cycle.deadlines["stale-goal"] = max(due, cycle.clock)


def _stale_at(cycle: Cycle) -> list[tuple[str, datetime]]:
    """When each goal that is not reached becomes stale, where nobody was asked about it since its last entry."""
    open_goals = [goal_id for goal_id in cycle.agreed_goals if goal_id not in cycle.met_goals]
    moved = {goal_id: cycle.goals_moved.get(goal_id, cycle.clock) for goal_id in open_goals}
    return [
        (goal_id, _meetings_after(cycle, at)) for goal_id, at in moved.items() if cycle.goals_asked.get(goal_id) != at
    ]


def _meetings_after(cycle: Cycle, at: datetime) -> datetime:
    """The instant by which as many meetings would have been as the policy lets pass."""
    for _ in range(cycle.policy.stale_goal_cadences):
        at = _next_meeting(cycle, at) or at + _WITHOUT_CADENCE
    return at


def _next_meeting(cycle: Cycle, at: datetime) -> datetime | None:
    cadence = cycle.cadence
    if cadence is None:
        return None
    try:
        return next_occurrence(rule=cadence.rule, starts_at=cadence.starts_at, zone=cadence.zone, after=at)
    except ValueError:
        return None


def ask_stale(cycle: Cycle, _: str) -> None:
    """Ask about every goal that has had no entry for so long, once for each such while."""
    for goal_id, at in sorted(_stale_at(cycle)):
        if at <= cycle.clock:
            moved = cycle.goals_moved.setdefault(goal_id, cycle.clock)
            cycle.goals_asked[goal_id] = moved
            trouble(cycle, f"goal:{goal_id}")
            step = f"stale-{moved:%Y%m%dT%H%M%S}"
            prompt(cycle, Template.GOAL_STALE, BOTH, cause=goal_id, step=step, rule="stale_goal_cadences")
    watch_goals(cycle)


def trouble(cycle: Cycle, name: str) -> None:
    """Something needs attention until it is cleared."""
    cycle.troubles = sorted({*cycle.troubles, name})


def clear(cycle: Cycle, name: str) -> None:
    """It does not any more."""
    cycle.troubles = [each for each in cycle.troubles if each != name]


def help_overdue(cycle: Cycle, request_id: str) -> None:
    """Whoever was asked for help is reminded."""
    party = cycle.promised.get(request_id, Party.MENTOR)
    trouble(cycle, f"help:{request_id}")
    prompt(cycle, Template.HELP_OVERDUE, (party,), cause=request_id, step="overdue", rule="help_working_days")


def help_escalated(cycle: Cycle, request_id: str) -> None:
    """The programme managers hear of it."""
    open_case(cycle, CaseKind.HELP_OVERDUE, occasion=request_id, rule="help_escalated")


def blocked_escalated(cycle: Cycle, item_id: str) -> None:
    """Something has been in the way for long."""
    trouble(cycle, f"blocked:{item_id}")
    open_case(cycle, CaseKind.BLOCKED_ITEM, occasion=f"{item_id}:{cycle.seq}", rule="blocked_escalated")


def look(cycle: Cycle) -> None:
    """Say how it does, where that has changed. A pair of which only meetings are known is never called healthy."""
    if not cycle.has_ladder or cycle.phase is not Phase.ACTIVE:
        return
    health = _health(cycle)
    if health is not cycle.health:
        set_health(cycle, health)


def _health(cycle: Cycle) -> Health:
    policy, now = cycle.policy, cycle.clock
    is_silent = cycle.last_life is not None and now - cycle.last_life >= policy.silence
    if is_silent or cycle.missed_streak >= policy.missed_at_risk:
        return Health.AT_RISK
    if cycle.troubles or cycle.missed_streak >= policy.missed_escalated:
        return Health.NEEDS_ATTENTION
    if cycle.evidence_at is None or now - cycle.evidence_at >= policy.evidence_within:
        return Health.INSUFFICIENT_EVIDENCE
    return Health.ON_TRACK
