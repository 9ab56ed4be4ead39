"""Goals, what was done for them, and the feedback between the two parties. Owner: services.goals."""

# ruff: noqa: F403, F405 - one owner, one name to import from; the files behind it are for reading
from contracts.goals.action import *
from contracts.goals.brief import *
from contracts.goals.challenges import *
from contracts.goals.commitments import *
from contracts.goals.feedback import *
from contracts.goals.goal import *
from contracts.goals.growth import *
from contracts.goals.heard import *
from contracts.goals.help import *
from contracts.goals.insights import *
from contracts.goals.ledger import *
from contracts.goals.metric import *
from contracts.goals.milestone import *
from contracts.goals.progress import *
from contracts.goals.recomputation import *
from contracts.goals.replies import *
from contracts.goals.report import *
from contracts.goals.results import *
from contracts.goals.rhythm import *
from contracts.goals.smart import *
from contracts.goals.source import *
from contracts.goals.support import *
from contracts.goals.timeline import *
from contracts.goals.updates import *
from contracts.wire import Event

EVENTS: tuple[type[Event], ...] = (
    GoalDrafted,
    GoalProposed,
    GoalChangeRequested,
    GoalAgreed,
    GoalRevised,
    ProgressLogged,
    ProgressReported,
    FeedbackAttached,
    MilestoneReached,
    GoalAchieved,
    GoalAbandoned,
    ActionCreated,
    ActionEdited,
    ActionCompleted,
    ActionBlocked,
    ActionRenegotiated,
    ActionUnblocked,
    FeedbackGiven,
    FeedbackAcknowledged,
    FeedbackClarified,
    FeedbackAccepted,
    FeedbackDeclined,
    HelpRequested,
    HelpAnswered,
    ThirdPartyFeedbackRequested,
    ThirdPartyFeedbackGiven,
    WinCelebrated,
    SkillAssessed,
    OutcomeRecorded,
    OutcomeVerified,
    JournalWritten,
    FeedbackCadenceSet,
    ResourceShared,
    EncouragementGiven,
    *LEDGER_EVENTS,
)
