"""The phases of a mentorship and the ways between them: what each arms, and how each ends. Pure."""

from datetime import datetime, timedelta

from contracts.identity import CaseKind, Closure, Gap, Party, Phase
from contracts.notifications import Template
from contracts.sessions import ReviewKind
from workflows import ladder, promises, rhythm
from workflows.commands import BOTH, enter, open_case, open_pulse, open_review, prompt, spread, tell_again
from workflows.facts import Compared, EndAsked, Extended
from workflows.rhythm import ends_at
from workflows.state import TERMINAL, Cycle

_OPEN = frozenset({Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.PAUSED, Phase.REMATCHING})
_EARLY = frozenset({Closure.EARLY_BY_MENTEE, Closure.EARLY_BY_MENTOR})
_SINCE_MATCH = ("first-meeting", "monitoring")  # what is counted from the match and outlives a phase


def begin(cycle: Cycle) -> None:
    """Arm what runs from the proposal on, once."""
    if cycle.phase is Phase.PROPOSED and "match" not in cycle.deadlines:
        cycle.deadlines["match"] = cycle.clock + cycle.policy.match_response
        _arm_nudges(cycle, "match-nudge", cycle.policy.match_nudges)


def upgrade(cycle: Cycle, edition: int) -> None:
    """Let a cycle that began under older rules keep the newer ones from here on."""
    had_ladder = cycle.has_ladder
    cycle.edition = max(cycle.edition, edition)
    if cycle.has_ladder and not had_ladder and cycle.phase is Phase.ACTIVE:
        _arm_active(cycle)


def move_on(cycle: Cycle) -> None:
    """Go as far as what is known allows: facts may have come before the phase that waits for them."""
    if cycle.phase is Phase.PROPOSED and len(cycle.accepted) == len(BOTH):
        open_expectations(cycle)
    if cycle.phase is Phase.EXPECTATION_SETTING and _is_ready(cycle):
        _activate(cycle)
    if cycle.phase is Phase.CLOSING and len(_reviewed(cycle)) == len(BOTH):
        close(cycle)


def _is_ready(cycle: Cycle) -> bool:
    return not _unsigned(cycle) and bool(cycle.agreed_goals) and cycle.cadence is not None


def _unsigned(cycle: Cycle) -> tuple[Party, ...]:
    """Who has not signed the latest version."""
    latest = max(cycle.agreement_version, 1)
    return tuple(party for party in BOTH if cycle.signed.get(party) != latest)


def _reviewed(cycle: Cycle) -> list[Party]:
    """Who has answered the final review."""
    return cycle.reviews.get(f"{ReviewKind.FINAL}:1", [])


def end(cycle: Cycle, phase: Phase, closure: Closure | None = None) -> None:
    """Nothing follows: a proposal that came to nothing, or a mentorship that closes."""
    rhythm.settle_begun(cycle)
    cycle.deadlines.clear()
    cycle.held.clear()
    closed = cycle.has_ladder and phase is Phase.CLOSED
    if closed and cycle.activated_at is not None and closure is not Closure.CONDUCT:
        for number, after in enumerate(cycle.policy.alumni_surveys, start=1):
            cycle.deadlines[f"alumni:{number}"] = cycle.clock + after
    enter(cycle, phase, closure, _gaps(cycle) if closed else ())


def close(cycle: Cycle) -> None:
    """Both looked back, or the time for it is over."""
    end(cycle, Phase.CLOSED, cycle.ending or Closure.COMPLETED)


def _gaps(cycle: Cycle) -> tuple[Gap, ...]:
    """What is still open at the end of a mentorship that was active."""
    if cycle.activated_at is None:
        return ()
    missing = {Gap.MENTEE_REVIEW: Party.MENTEE, Gap.MENTOR_REVIEW: Party.MENTOR}
    gaps = [gap for gap, party in missing.items() if party not in _reviewed(cycle)]
    return (*gaps, Gap.GOALS_OPEN) if set(cycle.agreed_goals) - set(cycle.met_goals) else tuple(gaps)


def survey(cycle: Cycle, number: int) -> None:
    """Some time after the end both are asked what came of it; after the last time it is put away."""
    if cycle.phase is Phase.CLOSED:
        enter(cycle, Phase.ALUMNI, cycle.closure)
    cause, step = f"{cycle.mentorship_id}:alumni", f"survey-{number}"
    due = None
    if cycle.has_alumni_reviews:
        due = cycle.clock + cycle.policy.archive_after
        open_review(cycle, ReviewKind.ALUMNI, number, due=due)
    prompt(cycle, Template.ALUMNI_SURVEY, BOTH, cause=cause, step=step, about=due, rule="alumni_surveys")
    if not any(name.startswith("alumni:") for name in cycle.deadlines):  # a policy may name them in any order
        cycle.deadlines["archive"] = cycle.clock + cycle.policy.archive_after


def archive(cycle: Cycle) -> None:
    """The very end."""
    enter(cycle, Phase.ARCHIVED, cycle.closure)


def open_expectations(cycle: Cycle) -> None:
    """Both said yes: now they agree on what they expect."""
    cycle.deadlines.clear()
    enter(cycle, Phase.EXPECTATION_SETTING)
    _arm_nudges(cycle, "signature-nudge", cycle.policy.signature_nudges)
    cycle.deadlines["signature"] = cycle.clock + cycle.policy.signature_deadline
    cycle.deadlines["not-started"] = cycle.clock + cycle.policy.not_started_after
    if cycle.has_ladder:
        cycle.deadlines["first-meeting"] = cycle.clock + cycle.policy.first_meeting
        for number, after in enumerate(cycle.policy.monitoring, start=1):
            cycle.deadlines[f"monitoring:{number}"] = cycle.clock + after + spread(cycle, after)


def _activate(cycle: Cycle) -> None:
    kept = {name: at for name, at in cycle.deadlines.items() if name.startswith(_SINCE_MATCH)}
    cycle.deadlines.clear()
    cycle.deadlines |= kept
    if cycle.activated_at is None:
        cycle.activated_at = cycle.clock
    elif cycle.left_at is not None:  # with the next mentor the time that nobody had is not lost
        cycle.rested += cycle.clock - cycle.left_at
    cycle.left_at = None
    enter(cycle, Phase.ACTIVE)
    cycle.deadlines["closing"] = _closes_at(cycle)
    _arm_milestone(cycle, 1)
    rhythm.plan_next(cycle)
    if cycle.has_ladder:
        _arm_active(cycle)


def _arm_active(cycle: Cycle) -> None:
    ladder.arm(cycle)
    promises.arm(cycle)
    middle = ends_at(cycle) - cycle.policy.length / 2
    if middle > cycle.clock and "mid-term" not in cycle.opened:
        cycle.deadlines["mid-term"] = middle


def _closes_at(cycle: Cycle) -> datetime:
    return ends_at(cycle) - cycle.policy.closing_lead


def _arm_milestone(cycle: Cycle, index: int) -> None:
    """The next milestone that is not opened yet."""
    while (due := _milestone_due(cycle, index)) is not None and f"{ReviewKind.MILESTONE}:{index}" in cycle.opened:
        index += 1
    if due is not None:
        cycle.deadlines[f"milestone:{index}"] = due - cycle.policy.review_opens_before


def _milestone_due(cycle: Cycle, index: int) -> datetime | None:
    every = cycle.policy.milestone_every
    assert cycle.activated_at is not None, "milestones are counted from the activation"
    due = cycle.activated_at + cycle.rested + every * index
    return due if every > timedelta() and due < _closes_at(cycle) else None


def open_milestone(cycle: Cycle, index: int) -> None:
    """Ask both to look back, and wait for the next time."""
    if (due := _milestone_due(cycle, index)) is not None:
        cycle.opened = [*cycle.opened, f"{ReviewKind.MILESTONE}:{index}"]
        open_review(cycle, ReviewKind.MILESTONE, index, due=due)
        cause = f"{cycle.mentorship_id}:{ReviewKind.MILESTONE}-{index}"
        prompt(cycle, Template.REVIEW_OPENED, BOTH, cause=cause, step="opened", about=due, rule="review_opens_before")
        _arm_milestone(cycle, index + 1)


def open_window(cycle: Cycle) -> None:
    """At the middle the two may agree anew."""
    cycle.opened = [*cycle.opened, "mid-term"]
    cause, until = f"{cycle.mentorship_id}:mid-term", cycle.clock + cycle.policy.renegotiation_window
    prompt(
        cycle, Template.RENEGOTIATION_WINDOW, BOTH, cause=cause, step="opened", about=until, rule="renegotiation_window"
    )


def ask_pulse(cycle: Cycle, number: int) -> None:
    """Ask both how it goes, and again later."""
    first = len(cycle.policy.monitoring)
    if number >= first:
        cycle.deadlines[f"monitoring:{number + 1}"] = cycle.clock + cycle.policy.monitoring_every
    open_pulse(cycle)
    cause = f"{cycle.mentorship_id}:monitoring:{cycle.replacements}"
    prompt(cycle, Template.PULSE, BOTH, cause=cause, step=f"pulse-{number}", rule="monitoring")


def open_closing(cycle: Cycle) -> None:
    """The planned end is near."""
    _begin_closing(cycle, ends_at(cycle), cycle.policy.hard_close_after, rule="closing_lead")


def _begin_closing(cycle: Cycle, ends: datetime, grace: timedelta, *, rule: str) -> None:
    """Both look back until the end; whatever is missing then, it closes."""
    meetings = {name: at for name, at in cycle.deadlines.items() if name.partition(":")[0] in rhythm.STEPS}
    schedule = cycle.deadlines.get("schedule")
    cycle.deadlines.clear()
    cycle.held.clear()
    cycle.deadlines |= meetings
    if schedule is not None:
        cycle.deadlines["schedule"] = schedule
    cycle.closing_ends = ends
    enter(cycle, Phase.CLOSING)
    open_review(cycle, ReviewKind.FINAL, 1, due=ends)
    prompt(cycle, Template.CLOSING_OPENED, BOTH, cause=_here(cycle), step="opened", about=ends, rule=rule)
    cycle.deadlines["hard-close"] = ends + grace


def take_end(cycle: Cycle, fact: EndAsked) -> None:
    """Nothing ends abruptly, except for conduct."""
    if fact.closure is Closure.CONDUCT:
        cycle.ending = fact.closure
        end(cycle, Phase.CLOSED, fact.closure)
    elif cycle.phase in _OPEN:
        close_early(cycle, fact.closure, rule="early_closing")
    elif cycle.phase is Phase.CLOSING and cycle.ending in _EARLY and fact.closure is Closure.EARLY_BY_AGREEMENT:
        cycle.ending = fact.closure


def close_early(cycle: Cycle, closure: Closure, *, rule: str) -> None:
    """A short closing, for a last conversation."""
    cycle.ending = closure
    rhythm.settle_begun(cycle)
    _begin_closing(cycle, cycle.clock + cycle.policy.early_closing, timedelta(), rule=rule)


def close_goals_met(cycle: Cycle) -> None:
    """All goals are reached and there is no new one."""
    _begin_closing(
        cycle, min(ends_at(cycle), cycle.clock + cycle.policy.closing_lead), cycle.policy.hard_close_after,
        rule="goals_met_closing",
    )  # fmt: skip


def take_met(cycle: Cycle, goal_id: str) -> None:
    """A goal is reached; with the last one both are asked what is next."""
    cycle.met_goals = sorted({*cycle.met_goals, goal_id})
    ladder.clear(cycle, f"goal:{goal_id}")
    ladder.live(cycle, evidence=True)
    watch_met(cycle)


def watch_met(cycle: Cycle) -> None:
    """Closing follows some time after the last goal was reached, unless there is a new one."""
    open_goals = set(cycle.agreed_goals) - set(cycle.met_goals)
    if not cycle.has_ladder or open_goals or not cycle.agreed_goals:
        cycle.forget("goals-met")
    elif cycle.phase is Phase.ACTIVE and "goals-met" not in cycle.deadlines:
        closing = cycle.clock + cycle.policy.goals_met_closing
        cycle.deadlines["goals-met"] = closing
        cause, step = f"{cycle.mentorship_id}:goals-met", f"met-{cycle.seq}"
        prompt(cycle, Template.GOALS_MET, BOTH, cause=cause, step=step, about=closing, rule="goals_met_closing")


def take_extension(cycle: Cycle, fact: Extended) -> None:
    """The end moves."""
    cycle.extended = max(cycle.extended, fact.extended_by)
    if cycle.phase is Phase.ACTIVE:
        cycle.deadlines["closing"] = _closes_at(cycle)
        if not any(name.startswith("milestone:") for name in cycle.deadlines):
            _arm_milestone(cycle, 1)
        rhythm.plan_next(cycle)


def take_comparison(cycle: Cycle, fact: Compared) -> None:
    """What the cycle says holds, unless the record is ahead of it: then the engine was set back to an older moment.

    A mentorship that has ended meanwhile has nothing left to wait for. One that has not needs somebody to look.
    """
    if (fact.phase, fact.phase_version) == (cycle.phase, cycle.phase_version):
        return
    if fact.phase_version <= cycle.phase_version:
        tell_again(cycle)
    elif fact.phase in TERMINAL:
        cycle.deadlines.clear()
        cycle.held.clear()
        cycle.phase, cycle.phase_version = fact.phase, fact.phase_version


def _here(cycle: Cycle) -> str:
    """The cause of prompts that are about the phase, and about its second time after a new mentor came."""
    again = f":{cycle.replacements}" if cycle.replacements else ""
    return f"{cycle.mentorship_id}:{cycle.phase}{again}"


def _arm_nudges(cycle: Cycle, name: str, nudges: tuple[timedelta, ...]) -> None:
    for number, delay in enumerate(nudges, start=1):
        cycle.deadlines[f"{name}:{number}"] = cycle.clock + delay + spread(cycle, delay)


def nudge_match(cycle: Cycle, number: int) -> None:
    """Whoever has not answered is reminded."""
    silent = tuple(party for party in BOTH if party not in cycle.accepted)
    about, step = cycle.deadlines.get("match"), f"nudge-{number}"
    prompt(cycle, Template.MATCH_REMINDER, silent, cause=_here(cycle), step=step, about=about, rule="match_nudges")


def nudge_signature(cycle: Cycle, number: int) -> None:
    """Whoever has not signed is reminded."""
    about, step = cycle.deadlines.get("signature"), f"nudge-{number}"
    prompt(
        cycle, Template.AGREEMENT_REMINDER, _unsigned(cycle), cause=_here(cycle), step=step, about=about,
        rule="signature_nudges",
    )  # fmt: skip


def overdue(cycle: Cycle) -> None:
    """Whoever has signed waits for the other, or for a goal and a cadence: all hear that time runs out."""
    about = cycle.deadlines["not-started"]
    prompt(
        cycle, Template.AGREEMENT_OVERDUE, BOTH, cause=_here(cycle), step="overdue", about=about,
        rule="signature_deadline",
    )  # fmt: skip
    if cycle.has_ladder:
        occasion = f"expectations-{cycle.replacements}"
        open_case(cycle, CaseKind.AGREEMENT_OVERDUE, occasion=occasion, rule="signature_deadline")
