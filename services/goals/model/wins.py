"""Wins: what is celebrated because somebody says so, and what is noticed by itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.goals import (
    ActionCompleted,
    CelebrateWin,
    Goal,
    GoalAchieved,
    MilestoneReached,
    ProgressLogged,
    Win,
    WinCelebrated,
    WinKind,
)
from contracts.identity import MentorshipCard
from contracts.wire import Change, Event

EARLY_DAYS = 2  # the day before may be chance
STREAK_WEEKS = 4
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Noticed:
    """A win that an event shows. `names` are what makes it this one, so that it is celebrated at most once."""

    kind: WinKind
    title: str
    names: tuple[str, ...]
    owner_id: str
    goal_id: str | None = None
    action_item_id: str | None = None


def celebrate_win(win_id: str, card: MentorshipCard, request: CelebrateWin, by: str, at: datetime) -> Change[Win]:
    """Somebody is glad about something."""
    return _celebrated(
        Win(
            id=win_id,
            org_id=card.org_id,
            mentorship_id=card.id,
            owner_id=by,
            kind=WinKind.DECLARED,
            title=request.title.strip(),
            celebrated_at=at,
        )
    )


def celebrate_noticed(win_id: str, org_id: str, mentorship_id: str, noticed: Noticed, at: datetime) -> Change[Win]:
    """Something went well, and nobody had to say so."""
    return _celebrated(
        Win(
            id=win_id,
            org_id=org_id,
            mentorship_id=mentorship_id,
            owner_id=noticed.owner_id,
            kind=noticed.kind,
            title=noticed.title,
            goal_id=noticed.goal_id,
            action_item_id=noticed.action_item_id,
            celebrated_at=at,
        )
    )


def _celebrated(win: Win) -> Change[Win]:
    told = WinCelebrated(mentorship_id=win.mentorship_id, win_id=win.id, owner_id=win.owner_id, kind=win.kind)
    return Change(win, (told,))


def noticed_in(event: Event, goal: Goal | None) -> Iterator[Noticed]:
    """What an event shows; `goal` is the one that it is about, as it is now."""
    match event:
        case ProgressLogged(owner_id=owner, goal_id=goal_id):
            yield Noticed(WinKind.FIRST, "The first progress is noted", ("first", "progress"), owner, goal_id)
            if goal and (week := streak(entry.on for entry in goal.entries)):
                title = f"Progress in {STREAK_WEEKS} weeks running"
                yield Noticed(WinKind.STREAK, title, ("streak", goal_id, week.isoformat()), owner, goal_id)
        case GoalAchieved(owner_id=owner, goal_id=goal_id):
            yield Noticed(WinKind.FIRST, "The first goal is achieved", ("first", "goal"), owner, goal_id)
            yield Noticed(WinKind.MILESTONE, "A goal is achieved", ("goal", goal_id), owner, goal_id)
        case MilestoneReached(owner_id=owner, goal_id=goal_id, milestone_id=milestone_id):
            names = ("milestone", goal_id, milestone_id)
            yield Noticed(WinKind.MILESTONE, "A milestone is reached", names, owner, goal_id)
        case ActionCompleted(owner_id=owner, action_item_id=item_id, days_early=days) if days >= EARLY_DAYS:
            title = f"An action item was done {days} days early"
            yield Noticed(WinKind.EARLY, title, ("early", item_id), owner, action_item_id=item_id)


def streak(days: Iterable[date]) -> date | None:
    """The Monday of the last week, if it completes four weeks running, or eight, or twelve."""
    weeks = {day - timedelta(days=day.weekday()) for day in days}
    if not weeks:
        return None
    last, length = max(weeks), 1
    while last - length * WEEK in weeks:
        length += 1
    return last if length % STREAK_WEEKS == 0 else None
