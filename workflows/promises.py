"""The promises that recur and the single ones that are watched: opened, reminded of, and let go when done. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from contracts.goals import Promise
from contracts.identity import Party, Phase
from contracts.notifications import Template
from workflows import ladder
from workflows.calendar import next_occurrence
from workflows.commands import open_commitment, prompt, spread
from workflows.facts import FeedbackRhythm, HelpAsked, ItemMoved, ItemPromised
from workflows.rhythm import ends_at
from workflows.state import Cycle

_DAY = timedelta(days=1)
_WATCHED = 200  # help requests and items of one mentorship at the same time; more are not reminded of


def arm(cycle: Cycle) -> None:
    """Open the first period of progress, and the next of feedback."""
    cycle.deadlines[f"progress:{_period(cycle)}"] = cycle.clock
    plan_feedback(cycle)


def _period(cycle: Cycle) -> int:
    """Which period of progress it is, counted from the activation and without the time that it rested."""
    assert cycle.activated_at is not None, "progress is promised from the activation on"
    return (cycle.clock - cycle.activated_at - cycle.rested) // cycle.policy.progress_every + 1


def open_progress(cycle: Cycle, number: str) -> None:
    """The mentee promises an entry for this period; the next one follows when it is over."""
    assert cycle.activated_at is not None, "progress is promised from the activation on"
    due = cycle.activated_at + cycle.rested + cycle.policy.progress_every * int(number)
    if due > ends_at(cycle):
        return
    if due > cycle.clock and int(number) > cycle.progress_index:  # nobody promises twice, or what is over
        cycle.progress_index = int(number)
        open_commitment(cycle, Party.MENTEE, Promise.LOG_PROGRESS, cause=f"progress-{number}", due=due)
    cycle.deadlines[f"progress:{int(number) + 1}"] = due


def set_rhythm(cycle: Cycle, fact: FeedbackRhythm) -> None:
    """Take the newest rhythm of feedback."""
    if cycle.feedback_rhythm is None or fact.version > cycle.feedback_rhythm.version:
        cycle.feedback_rhythm = fact
        plan_feedback(cycle)


def plan_feedback(cycle: Cycle) -> None:
    """Promise the next piece of feedback as soon as the one before is due."""
    if cycle.feedback_rhythm is not None and cycle.phase is Phase.ACTIVE:
        cycle.deadlines.setdefault("feedback", cycle.clock)


def open_feedback(cycle: Cycle, _: str) -> None:
    """The mentor promises feedback by the next occurrence of its rhythm, and is told so."""
    due = _next_feedback(cycle)
    if due is None or due > ends_at(cycle):
        return
    cycle.feedback_index += 1
    _promise_feedback(cycle, f"feedback-{cycle.feedback_index}", due)
    cycle.deadlines["feedback"] = due


def _next_feedback(cycle: Cycle) -> datetime | None:
    rhythm = cycle.feedback_rhythm
    if rhythm is None:
        return None
    try:
        return next_occurrence(rule=rhythm.rule, starts_at=rhythm.starts_at, zone=rhythm.zone, after=cycle.clock)
    except ValueError:
        return None


def after_meeting(cycle: Cycle, check_in_id: str) -> None:
    """Where no rhythm of feedback was agreed, each meeting is followed by some."""
    if cycle.has_ladder and cycle.feedback_rhythm is None and cycle.phase is Phase.ACTIVE:
        _promise_feedback(cycle, check_in_id, cycle.clock + cycle.policy.feedback_due)


def _promise_feedback(cycle: Cycle, cause: str, due: datetime) -> None:
    open_commitment(cycle, Party.MENTOR, Promise.GIVE_FEEDBACK, cause=cause, due=due)
    about = f"{cycle.mentorship_id}:{cause}"
    prompt(
        cycle, Template.FEEDBACK_PROMPT, (Party.MENTOR,), cause=about, step="feedback", about=due, rule="feedback_due"
    )


def watch_help(cycle: Cycle, fact: HelpAsked, asked_at: datetime) -> None:
    """The other one answers by that day; later the programme managers hear of it."""
    asked_by_mentor = fact.asked_by == cycle.mentor_id
    if _watch(cycle, fact.help_request_id, Party.MENTEE if asked_by_mentor else Party.MENTOR):
        cycle.deadlines[f"help:{fact.help_request_id}"] = end_of(fact.due)
        cycle.deadlines[f"help-escalated:{fact.help_request_id}"] = asked_at + cycle.policy.help_escalated


def forget_help(cycle: Cycle, request_id: str) -> None:
    """It is answered, perhaps before anybody heard that it was asked."""
    cycle.promised[request_id] = cycle.promised.get(request_id, Party.MENTOR)
    cycle.forget(f"help:{request_id}", f"help-escalated:{request_id}")
    ladder.clear(cycle, f"help:{request_id}")


def watch_item(cycle: Cycle, fact: ItemPromised) -> None:
    """Its owner is reminded before the day, and on it."""
    owner = {cycle.mentor_id: Party.MENTOR, cycle.mentee_id: Party.MENTEE}.get(fact.owner_id)
    if owner is not None and _watch(cycle, fact.item_id, owner):
        _arm_reminders(cycle, fact.item_id, cycle.moved_items.get(fact.item_id, fact.due))


def _arm_reminders(cycle: Cycle, item_id: str, due: date) -> None:
    for name, lead in (("item-nudge", cycle.policy.action_nudge), ("item-day", _DAY)):
        at = end_of(due) - lead
        if at > cycle.clock:
            cycle.deadlines[f"{name}:{item_id}"] = at + spread(cycle, _DAY)


def move_item(cycle: Cycle, fact: ItemMoved) -> None:
    """The reminders go along to the new day, perhaps before anybody heard that it was promised."""
    cycle.moved_items = dict([*cycle.moved_items.items(), (fact.item_id, fact.due)][-_WATCHED:])
    _forget_reminders(cycle, fact.item_id)
    if fact.item_id in cycle.promised and fact.item_id not in cycle.done_items:
        _arm_reminders(cycle, fact.item_id, fact.due)


def _forget_reminders(cycle: Cycle, item_id: str) -> None:
    cycle.forget(f"item-nudge:{item_id}", f"item-day:{item_id}")


def forget_item(cycle: Cycle, item_id: str) -> None:
    """It is done, perhaps before anybody heard that it was promised."""
    cycle.promised[item_id] = cycle.promised.get(item_id, Party.MENTEE)
    cycle.done_items = [*cycle.done_items, item_id][-_WATCHED:]
    _forget_reminders(cycle, item_id)
    unblock(cycle, item_id)


def block(cycle: Cycle, item_id: str, since: datetime) -> None:
    """The clock runs until the way is free."""
    cycle.deadlines.setdefault(f"blocked:{item_id}", since + cycle.policy.blocked_escalated)


def unblock(cycle: Cycle, item_id: str) -> None:
    """The way is free."""
    cycle.forget(f"blocked:{item_id}")
    ladder.clear(cycle, f"blocked:{item_id}")


def remind_before(cycle: Cycle, item_id: str) -> None:
    """Some days before."""
    _remind(cycle, item_id, step="before")


def remind_on_day(cycle: Cycle, item_id: str) -> None:
    """On the day itself."""
    _remind(cycle, item_id, step="day")


def _remind(cycle: Cycle, item_id: str, *, step: str) -> None:
    party = cycle.promised.get(item_id, Party.MENTEE)
    if item_id in cycle.moved_items:
        step = f"{step}-{cycle.moved_items[item_id]:%Y%m%d}"  # of the new day, whatever was said about the old one
    prompt(cycle, Template.ACTION_REMINDER, (party,), cause=item_id, step=step, rule="action_nudge")


def _watch(cycle: Cycle, promise_id: str, party: Party) -> bool:
    """Remember who promised it; False where it is known already, or was done before."""
    if promise_id in cycle.promised:
        return False
    cycle.promised[promise_id] = party
    while len(cycle.promised) > _WATCHED:
        del cycle.promised[next(iter(cycle.promised))]
    return True


def end_of(day: date) -> datetime:
    """The last instant (UTC) of a day, to the millisecond that a store can hold."""
    return datetime.combine(day, time(23, 59, 59, 999_000), UTC)
