"""Who is told what because of an event. Pure: no clock, no ids, no storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.goals import (
    ActionBlocked,
    ActionCreated,
    EncouragementGiven,
    FeedbackAccepted,
    FeedbackAcknowledged,
    FeedbackClarified,
    FeedbackDeclined,
    FeedbackFact,
    FeedbackGiven,
    GoalAchieved,
    GoalAgreed,
    GoalChangeRequested,
    GoalFact,
    GoalProposed,
    GrowthFact,
    HelpAnswered,
    HelpRequested,
    OutcomeRecorded,
    ProgressReported,
    ResourceShared,
    ThirdPartyFeedbackGiven,
    WinCelebrated,
    WinKind,
)
from contracts.identity import (
    AccountFact,
    AgreementDrafted,
    CaseOpened,
    Closure,
    EndRequested,
    EnrolmentApproved,
    EnrolmentDeclined,
    EnrolmentFact,
    EnrolmentWaitlisted,
    MatchAccepted,
    MatchDeclined,
    MatchProposed,
    MentorAsked,
    MentorChangeRequested,
    MentorReplaced,
    MentorshipCard,
    MentorshipExtended,
    MentorshipFact,
    MentorshipPaused,
    MentorshipPhaseChanged,
    MentorshipResumed,
    Party,
    PasswordChanged,
    PasswordResetRequested,
    PauseDeclined,
    PauseRequested,
    Phase,
    UserInvited,
)
from contracts.notifications import (
    Invitation,
    Template,
)
from contracts.sessions import (
    AttendanceDisputed,
    CheckInCancelled,
    CheckInFact,
    CheckInRescheduled,
    CheckInScheduled,
    RescheduleDeclined,
    RescheduleProposed,
    TimeDisputed,
    TimeDisputeResolved,
)
from contracts.wire import Event

OF_PHASE = {
    Phase.EXPECTATION_SETTING: Template.EXPECTATIONS_OPENED,
    Phase.ACTIVE: Template.MENTORSHIP_ACTIVE,
    Phase.CLOSED: Template.MENTORSHIP_CLOSED,
}
OF_ENROLMENT: Mapping[type[EnrolmentFact], Template] = {
    EnrolmentApproved: Template.ENROLMENT_APPROVED,
    EnrolmentWaitlisted: Template.ENROLMENT_WAITLISTED,
    EnrolmentDeclined: Template.ENROLMENT_DECLINED,
}
OF_CHECK_IN: dict[type[Event], Template] = {
    AttendanceDisputed: Template.ATTENDANCE_DISPUTED,
    RescheduleProposed: Template.RESCHEDULE_PROPOSED,
    RescheduleDeclined: Template.RESCHEDULE_DECLINED,
    CheckInScheduled: Template.CHECK_IN_SCHEDULED,
    CheckInRescheduled: Template.CHECK_IN_RESCHEDULED,
    CheckInCancelled: Template.CHECK_IN_CANCELLED,
}
INVITING = (CheckInScheduled, CheckInRescheduled, CheckInCancelled)

TO_BOTH: Mapping[type[MentorshipFact], Template] = {
    MentorshipPaused: Template.PAUSE_STARTED,
    MentorshipResumed: Template.PAUSE_ENDED,
    EndRequested: Template.END_REQUESTED,
    MentorChangeRequested: Template.MENTOR_CHANGE_REQUESTED,
    MentorReplaced: Template.MENTOR_REPLACED,
    MentorshipExtended: Template.MENTORSHIP_EXTENDED,
}


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one person."""

    recipient_id: str
    template: Template
    mentorship_id: str | None
    cause: str
    about: datetime | None = None
    rule: str = ""
    policy_version: int | None = None
    invitation: Invitation | None = None


def message_to_person(fact: AccountFact | EnrolmentFact, actor_id: str, cause: str) -> Message | None:
    """What a person is told of the own account, by mail above all, and of the own enrolment.

    A mailed request is its own cause. Whoever decides about the own enrolment knows of it.
    """
    match fact:
        case EnrolmentFact(user_id=user_id):
            template = OF_ENROLMENT.get(type(fact))
            is_news = template is not None and user_id != actor_id
            return Message(user_id, template, None, cause, rule=fact.topic) if template and is_news else None
        case UserInvited(request_id=request_id):
            return Message(fact.user_id, Template.INVITATION, None, request_id)
        case PasswordResetRequested(request_id=request_id):
            return Message(fact.user_id, Template.PASSWORD_RESET, None, request_id)
        case PasswordChanged():
            return Message(fact.user_id, Template.PASSWORD_CHANGED, None, cause)
        case _:
            return None


def messages_of(event: Event, card: MentorshipCard, actor_id: str, cause: str) -> tuple[Message, ...]:
    """Whom a fact is told to. Nobody is told what they did themselves, but everybody's calendar is."""
    template, recipients = _told(event, card)
    if template is None:
        return ()
    about = event.starts_at if isinstance(event, CheckInFact) else getattr(event, "until", None)
    rule = event.rule_id if isinstance(event, CaseOpened) else event.topic
    if isinstance(event, ProgressReported):  # one that is said better later is no news
        cause = event.progress_update_id
    invited = {recipient: _invitation(event, card, recipient) for recipient in recipients}
    return tuple(
        Message(recipient, template, card.id, cause, about, rule, card.policy_version, invitation)
        for recipient, invitation in invited.items()
        if recipient != actor_id or invitation is not None
    )


def _invitation(event: Event, card: MentorshipCard, recipient_id: str) -> Invitation | None:
    party = card.party_of(recipient_id)
    if not isinstance(event, INVITING) or not event.zone or party is None:
        return None
    return Invitation(
        check_in_id=event.check_in_id,
        partner_id=_other(card, party),
        starts_at=event.starts_at,
        zone=event.zone,
        minutes=event.minutes,
        sequence=event.sequence,
        cancelled=isinstance(event, CheckInCancelled),
    )


def _told(event: Event, card: MentorshipCard) -> tuple[Template | None, tuple[str, ...]]:
    both = (card.mentor_id, card.mentee_id)
    match event:
        case CaseOpened(manager_ids=managers):
            return Template.CASE_OPENED, managers
        case MentorshipFact():
            return _told_of_mentorship(event, card)
        case GoalFact():
            return _told_of_goal(event, card)
        case ActionCreated(owner_id=owner_id):
            return Template.ACTION_CREATED, (owner_id,)
        case ActionBlocked():
            return Template.ACTION_BLOCKED, both
        case FeedbackFact():
            return _told_of_feedback(event)
        case GrowthFact():
            return _told_of_growth(event, card)
        case ProgressReported(party=party):
            return Template.PROGRESS_REPORTED, (_other(card, party),)
        case TimeDisputed(person_id=person_id):
            return Template.TIME_DISPUTED, (person_id,)
        case TimeDisputeResolved():
            return Template.TIME_DISPUTE_RESOLVED, both
        case CheckInFact():
            return OF_CHECK_IN.get(type(event)), both
        case _:
            return None, ()


def _told_of_mentorship(event: MentorshipFact, card: MentorshipCard) -> tuple[Template | None, tuple[str, ...]]:
    both = (card.mentor_id, card.mentee_id)
    match event:
        case MatchProposed():
            return Template.MATCH_PROPOSED, both
        case MatchAccepted(party=party) | MatchDeclined(party=party):
            return Template.MATCH_ANSWERED, (_other(card, party),)
        case AgreementDrafted(party=party):
            return Template.AGREEMENT_TO_SIGN, (_other(card, party),)
        case MentorshipPhaseChanged(phase=phase):
            return OF_PHASE.get(phase), both
        case PauseRequested(party=party):
            return Template.PAUSE_REQUESTED, (_other(card, party),)
        case PauseDeclined(requested_by=requested_by):
            return Template.PAUSE_DECLINED, (requested_by,)
        case EndRequested(closure=Closure.CONDUCT):  # the next thing they hear is that it is over
            return None, ()
        case MentorAsked(next_mentor_id=next_mentor_id):
            return Template.MENTOR_ASKED, (next_mentor_id,)
        case _:
            return TO_BOTH.get(type(event)), both


def _told_of_goal(event: GoalFact, card: MentorshipCard) -> tuple[Template | None, tuple[str, ...]]:
    match event:
        case GoalProposed():
            return Template.GOAL_PROPOSED, (card.mentor_id,)
        case GoalChangeRequested():
            return Template.GOAL_CHANGE_REQUESTED, (card.mentee_id,)
        case GoalAgreed():
            return Template.GOAL_AGREED, (card.mentee_id,)
        case GoalAchieved():
            return Template.GOAL_ACHIEVED, (card.mentor_id, card.mentee_id)
        case _:
            return None, ()


def _told_of_feedback(event: FeedbackFact) -> tuple[Template | None, tuple[str, ...]]:
    match event:
        case FeedbackGiven():
            return Template.FEEDBACK_GIVEN, (event.recipient_id,)
        case FeedbackAcknowledged():
            return Template.FEEDBACK_ACKNOWLEDGED, (event.author_id,)
        case FeedbackClarified(answered=True):
            return Template.FEEDBACK_ANSWERED, (event.recipient_id,)
        case FeedbackClarified():
            return Template.FEEDBACK_ASKED, (event.author_id,)
        case FeedbackAccepted() | FeedbackDeclined():
            return Template.FEEDBACK_DECIDED, (event.author_id,)
        case _:
            return None, ()


def _told_of_growth(event: GrowthFact, card: MentorshipCard) -> tuple[Template | None, tuple[str, ...]]:
    both = (card.mentor_id, card.mentee_id)
    match event:
        case HelpRequested():
            return Template.HELP_REQUESTED, both
        case HelpAnswered(asked_by=asked_by):
            return Template.HELP_ANSWERED, (asked_by,)
        case ThirdPartyFeedbackGiven(requested_by=requested_by):
            return Template.THIRD_PARTY_FEEDBACK_GIVEN, (requested_by,)
        case WinCelebrated(kind=kind) if kind is not WinKind.MILESTONE:  # those are told as goals
            return Template.WIN_CELEBRATED, both
        case ResourceShared():
            return Template.RESOURCE_SHARED, both
        case EncouragementGiven():
            return Template.ENCOURAGED, (card.mentee_id,)
        case OutcomeRecorded():
            return Template.OUTCOME_RECORDED, both
        case _:
            return None, ()


def _other(card: MentorshipCard, party: Party) -> str:
    return card.user_of(Party.MENTEE if party is Party.MENTOR else Party.MENTOR)
