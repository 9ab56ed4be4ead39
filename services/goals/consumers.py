"""The events that the goals service listens to."""

from functools import partial
from typing import Any

from contracts.goals import (
    ActionCompleted,
    FeedbackAccepted,
    GoalAchieved,
    MilestoneReached,
    ProgressLogged,
    ProgressReported,
    RenegotiationAnswered,
)
from contracts.identity import MENTORSHIP_FACTS, MentorReplaced, MentorshipPaused, MentorshipResumed
from contracts.subscriptions import HEARD_SOURCES, LEDGER_SOURCES, TIMELINE_SOURCES
from kit.bus import Consumer
from services.goals.actions import Context, feedback, growth, heard, hearing, items, leaves, ledger, timeline, updates

WINS = (ProgressLogged, GoalAchieved, MilestoneReached, ActionCompleted)
LEAVES = (MentorshipPaused, MentorshipResumed, MentorReplaced)


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return [
        *(Consumer(fact, partial(hearing.keep_mentorship, context)) for fact in MENTORSHIP_FACTS),
        *(Consumer(fact, partial(ledger.hear, context)) for fact in (*MENTORSHIP_FACTS, *LEDGER_SOURCES)),
        *(Consumer(fact, partial(leaves.hear_leave, context)) for fact in LEAVES),
        *(Consumer(fact, partial(timeline.hear_event, context)) for fact in TIMELINE_SOURCES),
        *(Consumer(fact, partial(heard.keep_event, context)) for fact in HEARD_SOURCES),
        Consumer(RenegotiationAnswered, partial(items.move_item, context)),
        *(Consumer(fact, partial(growth.notice_wins, context)) for fact in WINS),
        Consumer(ProgressReported, partial(updates.enter_values, context)),
        Consumer(FeedbackAccepted, partial(feedback.add_accepted_item, context)),
    ]
