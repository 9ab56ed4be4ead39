"""The cycle of one mentorship as a pure machine: facts and instants in, commands out.

Knows no clock, network or engine. What is known is stored as it comes, in any order and however often; the phase
follows from all that is known.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from contracts.identity import Closure, Party, Phase
from contracts.notifications import Template
from contracts.sessions import ReviewKind
from workflows import rhythm
from workflows.commands import BOTH, enter, open_review, prompt, spread
from workflows.facts import (
    Accepted,
    CadenceSet,
    Declined,
    Drafted,
    Fact,
    GoalAgreed,
    GoalReopened,
    NotScheduled,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
    Told,
)
from workflows.rhythm import ends_at
from workflows.state import REMEMBERED, Cycle


def begin(cycle: Cycle) -> None:
    """Arm what runs from the proposal on, once."""
    if cycle.phase is Phase.PROPOSED and "match" not in cycle.deadlines:
        cycle.deadlines["match"] = cycle.clock + cycle.policy.match_response
        _arm_nudges(cycle, "match-nudge", cycle.policy.match_nudges)


def hear(cycle: Cycle, told: Told, now: datetime) -> None:
    """Take a fact from an event; hearing it again changes nothing."""
    if cycle.is_over or told.event_id in cycle.seen:
        return
    cycle.seen = [*cycle.seen, told.event_id][-REMEMBERED:]
    cycle.trace = told.trace
    step(cycle, [told.fact], now)


def step(cycle: Cycle, facts: Iterable[Fact], now: datetime) -> None:
    """Live until `now`: take these facts, then do everything that is due. Time never goes back."""
    if cycle.is_over:
        return
    cycle.clock = max(cycle.clock, now.replace(microsecond=now.microsecond // 1000 * 1000))  # all that a store can hold
    for fact in facts:
        if not cycle.is_over:
            _take(cycle, fact)
            _progress(cycle)
    while not cycle.is_over and (name := _due(cycle)) is not None:
        del cycle.deadlines[name]
        kind, _, index = name.partition(":")
        _WHEN_DUE[kind](cycle, int(index or 0))
        _progress(cycle)


def _due(cycle: Cycle) -> str | None:
    """The name of the earliest deadline that has passed; those of one instant in the order of their names."""
    at, name = min(((at, name) for name, at in cycle.deadlines.items()), default=(None, None))
    return name if at is not None and at <= cycle.clock else None


def _take(cycle: Cycle, fact: Fact) -> None:
    match fact:
        case Accepted(party=party):
            cycle.accepted = sorted({*cycle.accepted, party})
        case Declined() if cycle.phase is Phase.PROPOSED:
            _end(cycle, Phase.DECLINED)
        case Drafted(version=version):
            cycle.agreement_version = max(cycle.agreement_version, version)
        case Signed(party=party, version=version):
            cycle.agreement_version = max(cycle.agreement_version, version)
            cycle.signed[party] = max(cycle.signed.get(party, 0), version)
        case GoalAgreed() | GoalReopened():
            _take_goal(cycle, fact)
        case CadenceSet():
            rhythm.set_cadence(cycle, fact)
        case Scheduled():
            rhythm.take_scheduled(cycle, fact)
        case NotScheduled():
            rhythm.drop_unscheduled(cycle, fact)
        case Settled():
            rhythm.take_settled(cycle, fact)
        case Reviewed(kind=kind, index=index):
            answered = BOTH if fact.complete else (fact.party,)
            review = f"{kind}:{index}"
            cycle.reviews[review] = sorted({*cycle.reviews.get(review, []), *answered})


def _take_goal(cycle: Cycle, fact: GoalAgreed | GoalReopened) -> None:
    """Whether the pair agrees on a goal is what its newest version says."""
    if fact.sequence < cycle.goal_versions.get(fact.goal_id, 0):
        return
    cycle.goal_versions[fact.goal_id] = fact.sequence
    others = {goal_id for goal_id in cycle.agreed_goals if goal_id != fact.goal_id}
    cycle.agreed_goals = sorted(others | ({fact.goal_id} if isinstance(fact, GoalAgreed) else set()))


def _progress(cycle: Cycle) -> None:
    """Move on as far as what is known allows: facts may have come before the phase that waits for them."""
    if cycle.phase is Phase.PROPOSED and len(cycle.accepted) == len(BOTH):
        _open_expectations(cycle)
    if cycle.phase is Phase.EXPECTATION_SETTING and _is_ready(cycle):
        _activate(cycle)
    if cycle.phase is Phase.CLOSING and len(cycle.reviews.get(f"{ReviewKind.FINAL}:1", [])) == len(BOTH):
        _end(cycle, Phase.CLOSED, Closure.COMPLETED)


def _is_ready(cycle: Cycle) -> bool:
    return not _unsigned(cycle) and bool(cycle.agreed_goals) and cycle.cadence is not None


def _unsigned(cycle: Cycle) -> tuple[Party, ...]:
    """Who has not signed the latest version."""
    latest = max(cycle.agreement_version, 1)
    return tuple(party for party in BOTH if cycle.signed.get(party) != latest)


def _end(cycle: Cycle, phase: Phase, closure: Closure | None = None) -> None:
    rhythm.settle_begun(cycle)
    cycle.deadlines.clear()
    enter(cycle, phase, closure)


def _open_expectations(cycle: Cycle) -> None:
    cycle.deadlines.clear()
    enter(cycle, Phase.EXPECTATION_SETTING)
    _arm_nudges(cycle, "signature-nudge", cycle.policy.signature_nudges)
    cycle.deadlines["signature"] = cycle.clock + cycle.policy.signature_deadline
    cycle.deadlines["not-started"] = cycle.clock + cycle.policy.not_started_after


def _activate(cycle: Cycle) -> None:
    cycle.deadlines.clear()
    cycle.activated_at = cycle.clock
    enter(cycle, Phase.ACTIVE)
    cycle.deadlines["closing"] = _closes_at(cycle)
    _arm_milestone(cycle, 1)
    rhythm.plan_next(cycle)


def _closes_at(cycle: Cycle) -> datetime:
    return ends_at(cycle) - cycle.policy.closing_lead


def _arm_milestone(cycle: Cycle, index: int) -> None:
    if (due := _milestone_due(cycle, index)) is not None:
        cycle.deadlines[f"milestone:{index}"] = due - cycle.policy.review_opens_before


def _milestone_due(cycle: Cycle, index: int) -> datetime | None:
    every = cycle.policy.milestone_every
    assert cycle.activated_at is not None, "milestones are counted from the activation"
    due = cycle.activated_at + every * index
    return due if every > timedelta() and due < _closes_at(cycle) else None


def _open_milestone(cycle: Cycle, index: int) -> None:
    if (due := _milestone_due(cycle, index)) is not None:
        open_review(cycle, ReviewKind.MILESTONE, index, due=due)
        cause = f"{cycle.mentorship_id}:{ReviewKind.MILESTONE}-{index}"
        prompt(cycle, Template.REVIEW_OPENED, BOTH, cause=cause, step="opened", about=due)
        _arm_milestone(cycle, index + 1)


def _open_closing(cycle: Cycle, _: int) -> None:
    cycle.forget(*[name for name in cycle.deadlines if name.startswith("milestone:")])
    enter(cycle, Phase.CLOSING)
    open_review(cycle, ReviewKind.FINAL, 1, due=ends_at(cycle))
    prompt(cycle, Template.CLOSING_OPENED, BOTH, cause=_here(cycle), step="opened", about=ends_at(cycle))
    cycle.deadlines["hard-close"] = ends_at(cycle) + cycle.policy.hard_close_after


def _here(cycle: Cycle) -> str:
    """The cause of prompts that are about the phase."""
    return f"{cycle.mentorship_id}:{cycle.phase}"


def _arm_nudges(cycle: Cycle, name: str, nudges: tuple[timedelta, ...]) -> None:
    for number, delay in enumerate(nudges, start=1):
        cycle.deadlines[f"{name}:{number}"] = cycle.clock + delay + spread(cycle, delay)


def _nudge_match(cycle: Cycle, number: int) -> None:
    silent = tuple(party for party in BOTH if party not in cycle.accepted)
    about = cycle.deadlines.get("match")
    prompt(cycle, Template.MATCH_REMINDER, silent, cause=_here(cycle), step=f"nudge-{number}", about=about)


def _nudge_signature(cycle: Cycle, number: int) -> None:
    unsigned, about = _unsigned(cycle), cycle.deadlines.get("signature")
    prompt(cycle, Template.AGREEMENT_REMINDER, unsigned, cause=_here(cycle), step=f"nudge-{number}", about=about)


def _overdue(cycle: Cycle, _: int) -> None:
    """Whoever has signed waits for the other, or for a goal and a cadence: both hear that time runs out."""
    about = cycle.deadlines["not-started"]
    prompt(cycle, Template.AGREEMENT_OVERDUE, BOTH, cause=_here(cycle), step="overdue", about=about)


_WHEN_DUE: dict[str, Callable[[Cycle, int], None]] = {
    "match": lambda cycle, _: _end(cycle, Phase.EXPIRED),
    "match-nudge": _nudge_match,
    "signature": _overdue,
    "signature-nudge": _nudge_signature,
    "not-started": lambda cycle, _: _end(cycle, Phase.CLOSED, Closure.NOT_STARTED),
    "schedule": rhythm.schedule_next,
    "preparation": rhythm.ask_preparation,
    "brief": rhythm.brief,
    "attendance": rhythm.ask_attendance,
    "settle": rhythm.settle,
    "milestone": _open_milestone,
    "closing": _open_closing,
    "hard-close": lambda cycle, _: _end(cycle, Phase.CLOSED, Closure.COMPLETED),
}
