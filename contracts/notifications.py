"""What people are told, where and when. Owner: services.notifications."""

from datetime import datetime
from enum import StrEnum

from contracts.wire import ByIds, Command, CycleCommand, Event, Operation, Page, Record, topic


class Template(StrEnum):
    """Every message that exists; its words live with the notifications service."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a name
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a name
    ENROLMENT_APPROVED = "enrolment_approved"
    ENROLMENT_WAITLISTED = "enrolment_waitlisted"
    ENROLMENT_DECLINED = "enrolment_declined"
    MATCH_PROPOSED = "match_proposed"
    MATCH_REMINDER = "match_reminder"
    MATCH_ANSWERED = "match_answered"
    EXPECTATIONS_OPENED = "expectations_opened"
    AGREEMENT_TO_SIGN = "agreement_to_sign"
    AGREEMENT_REMINDER = "agreement_reminder"
    AGREEMENT_OVERDUE = "agreement_overdue"
    MENTORSHIP_ACTIVE = "mentorship_active"
    GOAL_PROPOSED = "goal_proposed"
    GOAL_CHANGE_REQUESTED = "goal_change_requested"
    GOAL_AGREED = "goal_agreed"
    GOAL_ACHIEVED = "goal_achieved"
    ACTION_CREATED = "action_created"
    ACTION_BLOCKED = "action_blocked"
    FEEDBACK_GIVEN = "feedback_given"
    FEEDBACK_ACKNOWLEDGED = "feedback_acknowledged"
    FEEDBACK_ASKED = "feedback_asked"
    FEEDBACK_ANSWERED = "feedback_answered"
    FEEDBACK_DECIDED = "feedback_decided"
    HELP_REQUESTED = "help_requested"
    HELP_ANSWERED = "help_answered"
    THIRD_PARTY_FEEDBACK_GIVEN = "third_party_feedback_given"
    WIN_CELEBRATED = "win_celebrated"
    RESOURCE_SHARED = "resource_shared"
    PROGRESS_REPORTED = "progress_reported"
    ENCOURAGED = "encouraged"
    OUTCOME_RECORDED = "outcome_recorded"
    PREPARATION_PROMPT = "preparation_prompt"
    CHECK_IN_BRIEF = "check_in_brief"
    ATTENDANCE_PROMPT = "attendance_prompt"
    CHECK_IN_MISSED = "check_in_missed"
    ATTENDANCE_DISPUTED = "attendance_disputed"
    TIME_DISPUTED = "time_disputed"
    TIME_DISPUTE_RESOLVED = "time_dispute_resolved"
    RESCHEDULE_PROPOSED = "reschedule_proposed"
    RESCHEDULE_DECLINED = "reschedule_declined"
    CHECK_IN_SCHEDULED = "check_in_scheduled"
    CHECK_IN_RESCHEDULED = "check_in_rescheduled"
    CHECK_IN_CANCELLED = "check_in_cancelled"
    REVIEW_OPENED = "review_opened"
    CLOSING_OPENED = "closing_opened"
    MENTORSHIP_CLOSED = "mentorship_closed"
    PAUSE_REQUESTED = "pause_requested"
    PAUSE_DECLINED = "pause_declined"
    PAUSE_STARTED = "pause_started"
    PAUSE_ENDING = "pause_ending"
    PAUSE_ENDED = "pause_ended"
    END_REQUESTED = "end_requested"
    MENTOR_CHANGE_REQUESTED = "mentor_change_requested"
    MENTOR_ASKED = "mentor_asked"
    MENTOR_REPLACED = "mentor_replaced"
    MENTORSHIP_EXTENDED = "mentorship_extended"
    CASE_OPENED = "case_opened"
    GOALS_MET = "goals_met"
    GOAL_STALE = "goal_stale"
    HELP_OVERDUE = "help_overdue"
    ACTION_REMINDER = "action_reminder"
    FEEDBACK_PROMPT = "feedback_prompt"
    INACTIVITY_NOTICE = "inactivity_notice"
    PULSE = "pulse"
    RENEGOTIATION_WINDOW = "renegotiation_window"
    ALUMNI_SURVEY = "alumni_survey"


class MailState(StrEnum):
    """What became of the mail. UNKNOWN: the server was cut off after it may have accepted; never sent again."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Invitation(Record, frozen=True, kw_only=True):
    """A meeting that goes into the recipient's calendar with the mail, or is taken out again; with whom, by id."""

    check_in_id: str
    partner_id: str
    starts_at: datetime
    zone: str
    minutes: int
    sequence: int
    cancelled: bool = False


class Notification(Record, frozen=True, kw_only=True):
    """One message to one person about one cause. `subject`, `text` and `why` are written for that person when read.

    `rule` says what led to it: a duration of the policy, by its name, or the topic of an event. `mail_began_at`: when
    (in real time) the latest try to send the mail began.
    """

    id: str
    org_id: str
    recipient_id: str
    template: Template
    mentorship_id: str | None = None
    about: datetime | None = None
    cause: str
    rule: str = ""
    policy_version: int | None = None
    subject: str = ""
    text: str = ""
    why: str = ""
    mail: MailState = MailState.PENDING
    mail_tries: int = 0
    mail_began_at: datetime | None = None
    invitation: Invitation | None = None
    read_at: datetime | None = None
    created_at: datetime
    version: int = 1


class Prompt(CycleCommand, frozen=True, kw_only=True):
    """The cycle tells people something. One notification for each (recipient, cause, step), however often it is asked.

    `about` is the instant the message speaks of (the start of a check-in, a due date), where there is one.
    """

    mentorship_id: str
    recipient_ids: tuple[str, ...]
    template: Template
    cause: str
    step: str
    about: datetime | None = None
    rule: str = ""
    policy_version: int | None = None


class ListNotifications(Record, frozen=True, kw_only=True):
    """The caller's own notifications, newest first."""

    first: int = 20
    after: str | None = None


class MarkRead(Command, frozen=True, kw_only=True):
    """The recipient has seen it."""

    notification_id: str


PROMPT = Operation("notifications.prompt", Prompt, tuple[Notification, ...])
LIST_NOTIFICATIONS = Operation("notifications.list_notifications", ListNotifications, Page[Notification], safe=True)
GET_NOTIFICATIONS = Operation("notifications.get_notifications", ByIds, tuple[Notification, ...], safe=True)
MARK_READ = Operation("notifications.mark_read", MarkRead, Notification)


class NotificationFact(Event, frozen=True, kw_only=True):
    """Any fact about a notification."""

    notification_id: str
    recipient_id: str
    template: Template


@topic("notifications.notification_created.v1")
class NotificationCreated(NotificationFact, frozen=True, kw_only=True):
    """A person has something new to read."""


@topic("notifications.notification_sent.v1")
class NotificationSent(NotificationFact, frozen=True, kw_only=True):
    """The mail server accepted the mail."""


@topic("notifications.notification_failed.v1")
class NotificationFailed(NotificationFact, frozen=True, kw_only=True):
    """The mail could not be sent, or nobody knows whether it was."""

    mail: MailState


EVENTS: tuple[type[Event], ...] = (NotificationCreated, NotificationSent, NotificationFailed)
