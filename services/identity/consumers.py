"""The events that the identity service listens to: its own, where one decision has to follow another."""

from functools import partial
from typing import Any

from contracts.identity import (
    ConductReported,
    EnrolmentDeclined,
    EnrolmentWithdrawn,
    MatchesConfirmed,
    MatchingRequested,
    MentorReplaced,
    MentorshipPhaseChanged,
)
from kit.bus import Consumer
from services.identity.actions import Context, cases, enrolments, matching, mentors


def consumers(context: Context) -> list[Consumer[Any]]:
    """Each event with the action that it leads to."""
    return [
        Consumer(MentorshipPhaseChanged, partial(mentors.hear_phase, context)),
        Consumer(EnrolmentDeclined, partial(enrolments.hear_place_left, context)),
        Consumer(EnrolmentWithdrawn, partial(enrolments.hear_place_left, context)),
        Consumer(MatchingRequested, partial(matching.work_out, context)),
        Consumer(MatchesConfirmed, partial(matching.propose_confirmed, context)),
        Consumer(MentorReplaced, partial(mentors.hear_replacement, context)),
        Consumer(ConductReported, partial(cases.open_conduct_case, context)),
    ]
