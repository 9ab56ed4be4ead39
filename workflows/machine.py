"""The cycle of one mentorship as a pure machine: facts and instants in, commands out.

Knows no clock, network or engine. What is known is stored as it comes, in any order and however often; the phase
follows from all that is known. What a phase arms is in `lifecycle` and `leaves`, the meetings in `rhythm`, silence in
`ladder`, and what recurs in `promises`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from contracts.identity import Closure, Phase
from workflows import ladder, leaves, lifecycle, promises, rhythm
from workflows.commands import BOTH
from workflows.facts import (
    Accepted,
    CadenceSet,
    ChangeAsked,
    Compared,
    Declined,
    Drafted,
    EndAsked,
    Extended,
    Fact,
    FeedbackRhythm,
    GoalAgreed,
    GoalMet,
    GoalReopened,
    HelpAsked,
    HelpGiven,
    ItemBlocked,
    ItemDone,
    ItemMoved,
    ItemPromised,
    ItemUnblocked,
    Lived,
    NotScheduled,
    Outcome,
    Paused,
    Progressed,
    Replaced,
    Resumed,
    Reviewed,
    Scheduled,
    Settled,
    Signed,
    TimeOffHeard,
    Told,
)
from workflows.state import REMEMBERED, Cycle

begin = lifecycle.begin
upgrade = lifecycle.upgrade


def hear(cycle: Cycle, told: Told, now: datetime) -> None:
    """Take a fact from an event; hearing it again changes nothing."""
    if cycle.is_over or told.event_id in cycle.seen:
        return
    cycle.seen = [*cycle.seen, told.event_id][-REMEMBERED:]
    cycle.trace = told.trace
    step(cycle, [told.fact], now, happened=told.at)


def step(cycle: Cycle, facts: Iterable[Fact], now: datetime, *, happened: datetime | None = None) -> None:
    """Live until `now`: take these facts, then do everything that is due. Time never goes back.

    The facts `happened` earlier, if that is known: what is counted from them does not wait for their news.
    """
    if cycle.is_over:
        return
    cycle.clock = max(cycle.clock, now.replace(microsecond=now.microsecond // 1000 * 1000))  # all that a store can hold
    happened = min(happened or cycle.clock, cycle.clock)
    for fact in facts:
        if isinstance(fact, Compared):
            lifecycle.take_comparison(cycle, fact)
        elif not cycle.has_closed:
            with leaves.holding(cycle, happened):
                _take(cycle, fact, happened)
            lifecycle.move_on(cycle)
    while not cycle.is_over and (name := _due(cycle)) is not None:
        del cycle.deadlines[name]
        kind, _, about = name.partition(":")
        _WHEN_DUE[kind](cycle, about)
        lifecycle.move_on(cycle)
    ladder.look(cycle)


def _due(cycle: Cycle) -> str | None:
    """The name of the earliest deadline that has passed; those of one instant in the order of their names."""
    at = cycle.next_due
    if at is None or at > cycle.clock:
        return None
    return min(name for name, due in cycle.deadlines.items() if due == at)


def _take(cycle: Cycle, fact: Fact, happened: datetime) -> None:
    match fact:
        case Accepted(party=party):
            cycle.accepted = sorted({*cycle.accepted, party})
        case Declined() if cycle.phase is Phase.PROPOSED:
            lifecycle.end(cycle, Phase.DECLINED)
        case Drafted(version=version):
            cycle.agreement_version = max(cycle.agreement_version, version)
        case Signed(party=party, version=version):
            cycle.agreement_version = max(cycle.agreement_version, version)
            cycle.signed[party] = max(cycle.signed.get(party, 0), version)
        case Reviewed(kind=kind, index=index):
            answered = BOTH if fact.complete else (fact.party,)
            review = f"{kind}:{index}"
            cycle.reviews[review] = sorted({*cycle.reviews.get(review, []), *answered})
            ladder.live(cycle)
        case CadenceSet() | TimeOffHeard() | Scheduled() | NotScheduled() | Settled():
            _take_meeting(cycle, fact)
        case Paused() | Resumed() | EndAsked() | ChangeAsked() | Replaced() | Extended():
            _take_turn(cycle, fact)
        case GoalAgreed() | GoalReopened() | GoalMet() | Progressed():
            _take_goal(cycle, fact)
        case _:
            _take_sign(cycle, fact, happened)


def _take_meeting(cycle: Cycle, fact: CadenceSet | TimeOffHeard | Scheduled | NotScheduled | Settled) -> None:
    match fact:
        case CadenceSet():
            rhythm.set_cadence(cycle, fact)
        case TimeOffHeard():
            rhythm.take_time_off(cycle, fact)
        case Scheduled():
            rhythm.take_scheduled(cycle, fact)
        case NotScheduled():
            rhythm.drop_unscheduled(cycle, fact)
        case Settled():
            if rhythm.take_settled(cycle, fact) and fact.outcome is Outcome.HELD:
                promises.after_meeting(cycle, fact.check_in_id)


def _take_turn(cycle: Cycle, fact: Paused | Resumed | EndAsked | ChangeAsked | Replaced | Extended) -> None:
    """What people decided about the mentorship itself."""
    match fact:
        case Paused():
            leaves.pause(cycle, fact)
        case Resumed():
            leaves.take_resumed(cycle, fact)
        case EndAsked():
            lifecycle.take_end(cycle, fact)
        case ChangeAsked():
            leaves.look_for_mentor(cycle)
        case Replaced():
            leaves.take_replacement(cycle, fact)
        case Extended():
            lifecycle.take_extension(cycle, fact)


def _take_goal(cycle: Cycle, fact: GoalAgreed | GoalReopened | GoalMet | Progressed) -> None:
    """Whether the pair agrees on a goal is what its newest version says."""
    if isinstance(fact, GoalMet):
        return lifecycle.take_met(cycle, fact.goal_id)
    if isinstance(fact, Progressed):
        cycle.goals_moved[fact.goal_id] = cycle.clock
        ladder.clear(cycle, f"goal:{fact.goal_id}")
        ladder.live(cycle, evidence=True)
        return ladder.watch_goals(cycle) if cycle.has_ladder else None
    if fact.sequence < cycle.goal_versions.get(fact.goal_id, 0):
        return None
    cycle.goal_versions[fact.goal_id] = fact.sequence
    others = {goal_id for goal_id in cycle.agreed_goals if goal_id != fact.goal_id}
    cycle.agreed_goals = sorted(others | ({fact.goal_id} if isinstance(fact, GoalAgreed) else set()))
    if cycle.has_ladder:
        _rewatch_goal(cycle, fact)
    return None


def _rewatch_goal(cycle: Cycle, fact: GoalAgreed | GoalReopened) -> None:
    if isinstance(fact, GoalAgreed):
        cycle.goals_moved[fact.goal_id] = cycle.clock
    else:
        cycle.met_goals = [each for each in cycle.met_goals if each != fact.goal_id]
        ladder.clear(cycle, f"goal:{fact.goal_id}")
    ladder.live(cycle)
    ladder.watch_goals(cycle)
    lifecycle.watch_met(cycle)


def _take_sign(cycle: Cycle, fact: Fact, happened: datetime) -> None:
    """A sign of life, and what it says about a single promise."""
    match fact:
        case FeedbackRhythm():
            promises.set_rhythm(cycle, fact)
        case HelpAsked():
            promises.watch_help(cycle, fact, happened)
        case HelpGiven(help_request_id=request_id):
            promises.forget_help(cycle, request_id)
        case ItemPromised():
            promises.watch_item(cycle, fact)
        case ItemMoved():
            promises.move_item(cycle, fact)
        case ItemDone(item_id=item_id):
            promises.forget_item(cycle, item_id)
        case ItemBlocked(item_id=item_id):
            promises.block(cycle, item_id, happened)
        case ItemUnblocked(item_id=item_id):
            promises.unblock(cycle, item_id)
        case _ if not isinstance(fact, Lived):
            return
    ladder.live(cycle, evidence=isinstance(fact, ItemDone) or (isinstance(fact, Lived) and fact.evidence))


type _Handler = Callable[[Cycle, str], None]


def _numbered(do: Callable[[Cycle, int], None]) -> _Handler:
    """For deadlines whose name ends with a number."""
    return lambda cycle, number: do(cycle, int(number))


def _plain(do: Callable[[Cycle], None]) -> _Handler:
    """For deadlines of which there is one."""
    return lambda cycle, _: do(cycle)


_WHEN_DUE: dict[str, _Handler] = {
    "match": _plain(lambda cycle: lifecycle.end(cycle, Phase.EXPIRED)),
    "match-nudge": _numbered(lifecycle.nudge_match),
    "signature": _plain(lifecycle.overdue),
    "signature-nudge": _numbered(lifecycle.nudge_signature),
    "not-started": _plain(lambda cycle: lifecycle.end(cycle, Phase.CLOSED, Closure.NOT_STARTED)),
    "schedule": _plain(rhythm.schedule_next),
    "preparation": _numbered(rhythm.ask_preparation),
    "brief": _numbered(rhythm.brief),
    "attendance": _numbered(rhythm.ask_attendance),
    "settle": _numbered(rhythm.settle),
    "milestone": _numbered(lifecycle.open_milestone),
    "mid-term": _plain(lifecycle.open_window),
    "monitoring": _numbered(lifecycle.ask_pulse),
    "closing": _plain(lifecycle.open_closing),
    "hard-close": _plain(lifecycle.close),
    "goals-met": _plain(lifecycle.close_goals_met),
    "alumni": _numbered(lifecycle.survey),
    "archive": _plain(lifecycle.archive),
    "resume": _plain(leaves.resume),
    "pause-reminder": _plain(leaves.remind_of_resume),
    "rematch-buffer": _plain(leaves.end_buffer),
    "rematch-limit": _numbered(leaves.nobody_found),
    "first-meeting": ladder.no_first_meeting,
    "silence": ladder.silent,
    "inactive": ladder.inactive,
    "inactivity-notice": ladder.give_notice,
    "inactivity-closing": _plain(
        lambda cycle: lifecycle.close_early(cycle, Closure.INACTIVITY, rule="inactivity_closing")
    ),
    "evidence": ladder.check_evidence,
    "stale-goal": ladder.ask_stale,
    "help": ladder.help_overdue,
    "help-escalated": ladder.help_escalated,
    "blocked": ladder.blocked_escalated,
    "item-nudge": promises.remind_before,
    "item-day": promises.remind_on_day,
    "progress": promises.open_progress,
    "feedback": promises.open_feedback,
}
