"""Which part listens to which events: the one place that says so. Every part declares all queues from it."""

from contracts import goals, identity, notifications, sessions
from contracts.wire import Event

SUBSCRIPTIONS: dict[str, tuple[type[Event], ...]] = {
    "goals": identity.MENTORSHIP_FACTS,
    "sessions": (*identity.MENTORSHIP_FACTS, sessions.CheckInHeld),
    "notifications": (
        *identity.MENTORSHIP_FACTS,
        goals.GoalProposed,
        goals.GoalAgreed,
        goals.GoalAchieved,
        goals.ActionCreated,
        goals.FeedbackGiven,
        goals.FeedbackAcknowledged,
        sessions.AttendanceDisputed,
    ),
    "workflows": (
        identity.MatchProposed,
        identity.MatchAccepted,
        identity.MatchDeclined,
        identity.AgreementDrafted,
        identity.AgreementSigned,
        goals.GoalAgreed,
        sessions.CadenceChanged,
        sessions.CheckInScheduled,
        sessions.CheckInHeld,
        sessions.CheckInMissed,
        sessions.AttendanceDisputed,
        sessions.ReviewSubmitted,
    ),
}

EVENTS: tuple[type[Event], ...] = (*identity.EVENTS, *goals.EVENTS, *sessions.EVENTS, *notifications.EVENTS)
