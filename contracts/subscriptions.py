"""Which part listens to which events: the one place that says so. Every part declares all queues from it."""

from contracts import goals, identity, notifications, sessions
from contracts.wire import Event

# what opens commitments and says what became of them, beside the facts about the mentorship itself
LEDGER_SOURCES: tuple[type[Event], ...] = (
    sessions.CheckInScheduled,
    sessions.CheckInHeld,
    sessions.CheckInMissed,
    sessions.AttendanceDisputed,
    sessions.PreparationSubmitted,
    sessions.BriefRead,
    sessions.ReviewOpened,
    sessions.ReviewSubmitted,
    goals.ProgressLogged,
    goals.ActionCreated,
    goals.ActionCompleted,
    goals.FeedbackGiven,
    goals.FeedbackAcknowledged,
    goals.HelpRequested,
    goals.HelpAnswered,
)

SUBSCRIPTIONS: dict[str, tuple[type[Event], ...]] = {
    "identity": (identity.MentorshipPhaseChanged,),
    "goals": (
        *identity.MENTORSHIP_FACTS,
        goals.FeedbackAccepted,
        goals.RenegotiationAnswered,
        goals.GoalAchieved,
        goals.MilestoneReached,
        *LEDGER_SOURCES,
    ),
    "sessions": (
        *identity.MENTORSHIP_FACTS,
        sessions.CheckInHeld,
        sessions.TimeClaimed,
        sessions.TimeWithdrawn,
        sessions.TimeDisputeResolved,
    ),
    "notifications": (
        *identity.ACCOUNT_FACTS,
        *identity.MENTORSHIP_FACTS,
        goals.GoalProposed,
        goals.GoalChangeRequested,
        goals.GoalAgreed,
        goals.GoalAchieved,
        goals.ActionCreated,
        goals.ActionBlocked,
        goals.FeedbackGiven,
        goals.FeedbackAcknowledged,
        goals.FeedbackClarified,
        goals.FeedbackAccepted,
        goals.FeedbackDeclined,
        goals.HelpRequested,
        goals.HelpAnswered,
        goals.ThirdPartyFeedbackGiven,
        goals.WinCelebrated,
        goals.ResourceShared,
        goals.EncouragementGiven,
        goals.OutcomeRecorded,
        sessions.AttendanceDisputed,
    ),
    "workflows": (
        identity.MatchProposed,
        identity.MatchAccepted,
        identity.MatchDeclined,
        identity.AgreementDrafted,
        identity.AgreementSigned,
        goals.GoalAgreed,
        goals.GoalRevised,
        goals.GoalAbandoned,
        sessions.CadenceChanged,
        sessions.CheckInScheduled,
        sessions.CheckInHeld,
        sessions.CheckInMissed,
        sessions.AttendanceDisputed,
        sessions.ReviewSubmitted,
    ),
}

EVENTS: tuple[type[Event], ...] = (*identity.EVENTS, *goals.EVENTS, *sessions.EVENTS, *notifications.EVENTS)
