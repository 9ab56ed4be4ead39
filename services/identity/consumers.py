"""The events that the identity service listens to: its own, where one decision has to follow another."""

from functools import partial
from typing import Any

from contracts.identity import (
    EnrolmentDeclined,
    EnrolmentWithdrawn,
    MatchesConfirmed,
    MatchingRequested,
    MentorshipPhaseChanged,
)
from kit.bus import Consumer
from services.identity.actions import Context, enrolments, matching, mentors


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return [
        Consumer(MentorshipPhaseChanged, partial(mentors.hear_phase, context)),
        Consumer(EnrolmentDeclined, partial(enrolments.hear_place_left, context)),
        Consumer(EnrolmentWithdrawn, partial(enrolments.hear_place_left, context)),
        Consumer(MatchingRequested, partial(matching.work_out, context)),
        Consumer(MatchesConfirmed, partial(matching.propose_confirmed, context)),
    ]
