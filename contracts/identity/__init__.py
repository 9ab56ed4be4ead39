"""Who is who, which programme they are in, and what mentor and mentee agreed. Owner: services.identity."""

# ruff: noqa: F403, F405 - one owner, one name to import from; the files behind it are for reading
from contracts.identity.access import *
from contracts.identity.api_tokens import *
from contracts.identity.cases import *
from contracts.identity.courses import *
from contracts.identity.enrolment import *
from contracts.identity.imports import *
from contracts.identity.lifecycle import *
from contracts.identity.matching import *
from contracts.identity.mentors import *
from contracts.identity.mentorship import *
from contracts.identity.oidc import *
from contracts.identity.party import *
from contracts.identity.passwords import *
from contracts.identity.people import *
from contracts.identity.policies import *
from contracts.identity.programme import *
from contracts.identity.reconciling import *
from contracts.identity.report import *
from contracts.identity.requests import *
from contracts.identity.sign_in import *
from contracts.identity.units import *
from contracts.wire import Event

EVENTS: tuple[type[Event], ...] = (
    UserProvisioned,
    UserInvited,
    PasswordResetRequested,
    PasswordChanged,
    AccessRevoked,
    RoleGranted,
    RoleRevoked,
    UserSuspended,
    UserReinstated,
    MatchProposed,
    MatchAccepted,
    MatchDeclined,
    AgreementDrafted,
    AgreementSigned,
    AgreementRenegotiated,
    MentorshipPhaseChanged,
    MentorshipRetold,
    PolicyPublished,
    EnrolmentSubmitted,
    EnrolmentWaitlisted,
    EnrolmentApproved,
    EnrolmentDeclined,
    EnrolmentWithdrawn,
    MatchingRequested,
    MatchingFinished,
    MatchesConfirmed,
    *LIFECYCLE_FACTS,
    *CASE_FACTS,
    ConductReported,
)

MENTORSHIP_FACTS: tuple[type[MentorshipFact], ...] = (
    MatchProposed,
    MatchAccepted,
    MatchDeclined,
    AgreementDrafted,
    AgreementSigned,
    AgreementRenegotiated,
    MentorshipPhaseChanged,
    MentorshipRetold,
    *LIFECYCLE_FACTS,
)
