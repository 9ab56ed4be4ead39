"""The events that the sessions service listens to."""

from functools import partial
from typing import Any

from contracts.identity import MENTORSHIP_FACTS
from contracts.sessions import (
    CheckInCancelled,
    CheckInHeld,
    CheckInMissed,
    CheckInScheduled,
    TimeClaimed,
    TimeDisputeResolved,
    TimeWithdrawn,
)
from kit.bus import Consumer
from services.sessions.actions import Context, agenda, checkins, times

AGENDA_FACTS = (CheckInScheduled, CheckInMissed, CheckInCancelled)
TIME_FACTS = (TimeClaimed, TimeWithdrawn, TimeDisputeResolved)


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return [
        *(Consumer(fact, partial(checkins.keep_mentorship, context)) for fact in MENTORSHIP_FACTS),
        Consumer(CheckInHeld, partial(times.log_meeting_time, context)),
        *(Consumer(fact, partial(agenda.carry_over, context)) for fact in AGENDA_FACTS),
        *(Consumer(fact, partial(times.follow_timesheet, context)) for fact in TIME_FACTS),
    ]
