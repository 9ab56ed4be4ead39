"""Who is told what, and what becomes of a notification and its mail."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.errors import Conflict
from contracts.goals import (
    ActionBlocked,
    ActionCreated,
    EncouragementGiven,
    FeedbackAccepted,
    FeedbackAcknowledged,
    FeedbackClarified,
    FeedbackDeclined,
    FeedbackGiven,
    GoalAchieved,
    GoalAgreed,
    GoalChangeRequested,
    GoalProposed,
    HelpAnswered,
    HelpKind,
    HelpRequested,
    OutcomeKind,
    OutcomeRecorded,
    ProgressLogged,
    ProgressReported,
    ResourceShared,
    ThirdPartyFeedbackGiven,
    WinCelebrated,
    WinKind,
)
from contracts.identity import (
    ACCOUNT_FACTS,
    ENROLMENT_DECISIONS,
    AgreementDrafted,
    AgreementRenegotiated,
    AgreementSigned,
    CaseKind,
    CaseOpened,
    Closure,
    EndRequested,
    EnrolmentApproved,
    EnrolmentDeclined,
    EnrolmentFact,
    EnrolmentWaitlisted,
    EnrolmentWithdrawn,
    Health,
    HealthChanged,
    MatchAccepted,
    MatchDeclined,
    MatchProposed,
    MentorAsked,
    MentorChangeRequested,
    MentorReplaced,
    MentorshipExtended,
    MentorshipPaused,
    MentorshipPhaseChanged,
    MentorshipResumed,
    MentorshipRetold,
    Party,
    PauseDeclined,
    PauseRequested,
    Phase,
    ReplacementDeclined,
)
from contracts.notifications import (
    MailState,
    Notification,
    NotificationCreated,
    NotificationFailed,
    NotificationSent,
    Template,
)
from contracts.sessions import (
    AttendanceDisputed,
    CancelReason,
    CheckInCancelled,
    CheckInRescheduled,
    CheckInScheduled,
    MoveReason,
    RescheduleDeclined,
    RescheduleProposed,
    TimeDisputed,
    TimeDisputeResolved,
    TimeKind,
)
from contracts.subscriptions import SUBSCRIPTIONS
from contracts.wire import Event
from services.notifications import model
from services.notifications.model.messages import Message, message_to_person, messages_of
from tests.builders import NOW, a_card

OF: dict[str, Any] = {"mentorship_id": "mentorship-1", "mentorship": a_card()}
PAIR: dict[str, Any] = {"mentorship_id": "mentorship-1"}
CHECK_IN: dict[str, Any] = {"mentorship_id": "mentorship-1", "check_in_id": "c", "index": 1, "starts_at": NOW}
GOAL: dict[str, Any] = {"mentorship_id": "mentorship-1", "goal_id": "goal-1", "owner_id": "maria"}
FEEDBACK: dict[str, Any] = {
    "mentorship_id": "mentorship-1",
    "feedback_id": "f",
    "author_id": "sofia",
    "recipient_id": "maria",
}

TIME: dict[str, Any] = {
    "mentorship_id": "mentorship-1", "time_entry_id": "t", "person_id": "maria", "kind": TimeKind.ASYNC, "minutes": 30,
}  # fmt: skip


def an_update(party: Party, update_id: str = "event-1") -> ProgressReported:
    """A party said how the week went."""
    author_id = "maria" if party is Party.MENTEE else "sofia"
    return ProgressReported(
        mentorship_id="mentorship-1", progress_update_id=update_id, author_id=author_id, party=party
    )


# Every event that is listened to: what it tells, and to whom if a third person caused it.
TOLD: list[tuple[Event, Template | None, set[str]]] = [
    (MatchProposed(**OF), Template.MATCH_PROPOSED, {"maria", "sofia"}),
    (MatchAccepted(**OF, party=Party.MENTOR), Template.MATCH_ANSWERED, {"maria"}),
    (MatchAccepted(**OF, party=Party.MENTEE), Template.MATCH_ANSWERED, {"sofia"}),
    (MatchDeclined(**OF, party=Party.MENTOR), Template.MATCH_ANSWERED, {"maria"}),
    (MatchDeclined(**OF, party=Party.MENTEE), Template.MATCH_ANSWERED, {"sofia"}),
    (AgreementDrafted(**OF, party=Party.MENTEE, agreement_version=1), Template.AGREEMENT_TO_SIGN, {"sofia"}),
    (AgreementDrafted(**OF, party=Party.MENTOR, agreement_version=2), Template.AGREEMENT_TO_SIGN, {"maria"}),
    (AgreementSigned(**OF, party=Party.MENTOR, agreement_version=2), None, set()),
    (AgreementRenegotiated(**OF, agreement_version=2), None, set()),
    (
        MentorshipPhaseChanged(**OF, phase=Phase.EXPECTATION_SETTING),
        Template.EXPECTATIONS_OPENED,
        {"maria", "sofia"},
    ),
    (MentorshipPhaseChanged(**OF, phase=Phase.ACTIVE), Template.MENTORSHIP_ACTIVE, {"maria", "sofia"}),
    (MentorshipPhaseChanged(**OF, phase=Phase.CLOSED), Template.MENTORSHIP_CLOSED, {"maria", "sofia"}),
    (MentorshipPhaseChanged(**OF, phase=Phase.CLOSING), None, set()),  # the cycle's own prompt says when it ends
    (GoalProposed(**GOAL), Template.GOAL_PROPOSED, {"sofia"}),
    (GoalChangeRequested(**GOAL), Template.GOAL_CHANGE_REQUESTED, {"maria"}),
    (GoalAgreed(**GOAL), Template.GOAL_AGREED, {"maria"}),
    (GoalAchieved(**GOAL), Template.GOAL_ACHIEVED, {"maria", "sofia"}),
    (
        ActionCreated(mentorship_id="mentorship-1", action_item_id="a", owner_id="sofia", added_by="maria"),
        Template.ACTION_CREATED,
        {"sofia"},
    ),
    (an_update(Party.MENTEE), Template.PROGRESS_REPORTED, {"sofia"}),
    (an_update(Party.MENTOR), Template.PROGRESS_REPORTED, {"maria"}),
    (TimeDisputed(**TIME), Template.TIME_DISPUTED, {"maria"}),
    (TimeDisputeResolved(**TIME, counts=True), Template.TIME_DISPUTE_RESOLVED, {"maria", "sofia"}),
    (FeedbackGiven(**FEEDBACK), Template.FEEDBACK_GIVEN, {"maria"}),
    (FeedbackAcknowledged(**FEEDBACK), Template.FEEDBACK_ACKNOWLEDGED, {"sofia"}),
    (FeedbackClarified(**FEEDBACK, clarification_id="q", answered=False), Template.FEEDBACK_ASKED, {"sofia"}),
    (FeedbackClarified(**FEEDBACK, clarification_id="q", answered=True), Template.FEEDBACK_ANSWERED, {"maria"}),
    (
        HelpRequested(**PAIR, help_request_id="h", asked_by="maria", kind=HelpKind.ADVICE, due=NOW.date()),
        Template.HELP_REQUESTED,
        {"maria", "sofia"},
    ),
    (
        HelpAnswered(**PAIR, help_request_id="h", asked_by="maria", answered_by="sofia"),
        Template.HELP_ANSWERED,
        {"maria"},
    ),
    (
        ThirdPartyFeedbackGiven(**PAIR, third_party_feedback_id="t", requested_by="maria"),
        Template.THIRD_PARTY_FEEDBACK_GIVEN,
        {"maria"},
    ),
    (
        WinCelebrated(**PAIR, win_id="w", owner_id="maria", kind=WinKind.EARLY),
        Template.WIN_CELEBRATED,
        {"maria", "sofia"},
    ),
    (WinCelebrated(**PAIR, win_id="w", owner_id="maria", kind=WinKind.MILESTONE), None, set()),
    (
        OutcomeRecorded(**PAIR, outcome_id="o", kind=OutcomeKind.PROMOTION, recorded_by="maria"),
        Template.OUTCOME_RECORDED,
        {"maria", "sofia"},
    ),
    (ResourceShared(**PAIR, resource_id="r", shared_by="sofia"), Template.RESOURCE_SHARED, {"maria", "sofia"}),
    (EncouragementGiven(**PAIR, encouragement_id="e", author_id="sofia"), Template.ENCOURAGED, {"maria"}),
    (FeedbackAccepted(**FEEDBACK, action_item_id="a"), Template.FEEDBACK_DECIDED, {"sofia"}),
    (FeedbackDeclined(**FEEDBACK), Template.FEEDBACK_DECIDED, {"sofia"}),
    (
        ActionBlocked(mentorship_id="mentorship-1", action_item_id="a", owner_id="maria"),
        Template.ACTION_BLOCKED,
        {"maria", "sofia"},
    ),
    (
        AttendanceDisputed(mentorship_id="mentorship-1", check_in_id="c", index=1, starts_at=NOW),
        Template.ATTENDANCE_DISPUTED,
        {"maria", "sofia"},
    ),
    (CheckInScheduled(**CHECK_IN), Template.CHECK_IN_SCHEDULED, {"maria", "sofia"}),
    (
        RescheduleProposed(**CHECK_IN, party=Party.MENTEE, proposed_starts_at=NOW),
        Template.RESCHEDULE_PROPOSED,
        {"maria", "sofia"},
    ),
    (RescheduleDeclined(**CHECK_IN, party=Party.MENTOR), Template.RESCHEDULE_DECLINED, {"maria", "sofia"}),
    (
        CheckInRescheduled(**CHECK_IN, was=NOW, minutes=60, reason=MoveReason.CADENCE, prepared=False),
        Template.CHECK_IN_RESCHEDULED,
        {"maria", "sofia"},
    ),
    (
        CheckInCancelled(**CHECK_IN, in_time=True, reason=CancelReason.LEAVE, prepared=False),
        Template.CHECK_IN_CANCELLED,
        {"maria", "sofia"},
    ),
    (PauseRequested(**OF, party=Party.MENTEE, until=NOW), Template.PAUSE_REQUESTED, {"sofia"}),
    (PauseDeclined(**OF, requested_by="maria", until=NOW), Template.PAUSE_DECLINED, {"maria"}),
    (MentorshipPaused(**OF, started_at=NOW, until=NOW), Template.PAUSE_STARTED, {"maria", "sofia"}),
    (MentorshipResumed(**OF, started_at=NOW, ended_at=NOW), Template.PAUSE_ENDED, {"maria", "sofia"}),
    (EndRequested(**OF, closure=Closure.EARLY_BY_MENTEE), Template.END_REQUESTED, {"maria", "sofia"}),
    (EndRequested(**OF, closure=Closure.CONDUCT), None, set()),
    (MentorChangeRequested(**OF), Template.MENTOR_CHANGE_REQUESTED, {"maria", "sofia"}),
    (MentorAsked(**OF, next_mentor_id="nina"), Template.MENTOR_ASKED, {"nina"}),
    (ReplacementDeclined(**OF, next_mentor_id="nina"), None, set()),
    (
        MentorReplaced(**OF, former_mentor_id="nina", agreement_version=2),
        Template.MENTOR_REPLACED,
        {"maria", "sofia"},
    ),
    (MentorshipExtended(**OF, extended_by=timedelta(days=9)), Template.MENTORSHIP_EXTENDED, {"maria", "sofia"}),
    (HealthChanged(**OF, health=Health.AT_RISK), None, set()),
    (MentorshipRetold(**OF, phase=Phase.ACTIVE), None, set()),
    (
        CaseOpened(
            **PAIR,
            case_id="c",
            programme_id="p",
            kind=CaseKind.AT_RISK,
            manager_ids=("priya",),
            rule_id="silence",
            policy_version=1,
        ),
        Template.CASE_OPENED,
        {"priya"},
    ),
]


def test_the_table_below_speaks_of_every_event_that_is_listened_to() -> None:
    of_people = {*ACCOUNT_FACTS, *ENROLMENT_DECISIONS}
    assert {type(event) for event, _, _ in TOLD} == set(SUBSCRIPTIONS["notifications"]) - of_people


@pytest.mark.parametrize(("event", "template", "recipients"), TOLD, ids=lambda each: type(each).__name__)
def test_a_fact_is_told_to_those_whom_it_concerns(
    event: Event, template: Template | None, recipients: set[str]
) -> None:
    messages = messages_of(event, a_card(), "pia", "event-1")
    assert {message.recipient_id for message in messages} == recipients
    assert len(messages) == len(recipients)
    assert {message.template for message in messages} <= {template}
    assert all((message.cause, message.mentorship_id) == ("event-1", "mentorship-1") for message in messages)


@pytest.mark.parametrize("actor", ["maria", "sofia"])
@pytest.mark.parametrize(("event", "template", "recipients"), TOLD, ids=lambda each: type(each).__name__)
def test_nobody_is_told_what_they_did_themselves(
    event: Event, template: Template | None, recipients: set[str], actor: str
) -> None:
    messages = messages_of(event, a_card(), actor, "event-1")
    assert {message.recipient_id for message in messages} == recipients - {actor}


def test_an_update_that_is_said_better_is_no_news() -> None:
    first, better = (
        messages_of(an_update(Party.MENTEE, "update-1"), a_card(), "maria", event) for event in ("e1", "e2")
    )
    assert first == better
    assert [message.cause for message in first] == ["update-1"]


ENROLMENT: dict[str, Any] = {
    "enrolment_id": "e", "programme_id": "programme-1", "user_id": "maria", "party": Party.MENTEE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "template"),
    [
        (EnrolmentApproved, Template.ENROLMENT_APPROVED),
        (EnrolmentWaitlisted, Template.ENROLMENT_WAITLISTED),
        (EnrolmentDeclined, Template.ENROLMENT_DECLINED),
        (EnrolmentWithdrawn, None),
    ],
)
def test_a_decision_about_an_enrolment_is_told_to_whose_it_is(
    decision: type[EnrolmentFact], template: Template | None
) -> None:
    message = message_to_person(decision(**ENROLMENT), "priya", "event-1")
    told = (message.recipient_id, message.template, message.cause, message.rule) if message else None
    assert told == (("maria", template, "event-1", decision.topic) if template else None)
    assert message_to_person(decision(**ENROLMENT), "maria", "event-1") is None


def test_a_fact_that_nobody_waits_for_is_told_to_nobody() -> None:
    assert messages_of(ProgressLogged(**GOAL, entry_id="e"), a_card(), "maria", "event-1") == ()


def a_notification(**fields: Any) -> Notification:
    message = Message("maria", Template.GOAL_AGREED, "mentorship-1", "event-1", NOW)
    defaults = model.notify("n-1", "acme", message, NOW).state
    return Notification(**{name: getattr(defaults, name) for name in defaults.__struct_fields__} | fields)


def test_a_notification_waits_to_be_read_and_mailed() -> None:
    change = model.notify("n-1", "acme", Message("maria", Template.GOAL_AGREED, "mentorship-1", "event-1", NOW), NOW)
    assert (change.state.mail, change.state.read_at, change.state.about) == (MailState.PENDING, None, NOW)
    assert (change.state.subject, change.state.text) == ("", "")  # words are made for the reader, not kept
    assert [type(event) for event in change.events] == [NotificationCreated]


def test_reading_twice_changes_nothing() -> None:
    read = model.mark_read(a_notification(), NOW).state
    assert read.read_at == NOW
    assert model.mark_read(read, NOW.replace(hour=23)).state == read


def test_a_mail_is_taken_in_hand_before_it_is_sent() -> None:
    taken = model.start_mail(a_notification(), NOW).state
    assert (taken.mail, taken.mail_tries, taken.mail_began_at) == (MailState.SENDING, 1, NOW)


@pytest.mark.parametrize("state", [state for state in MailState if state is not MailState.PENDING])
def test_a_mail_that_is_not_pending_is_never_sent(state: MailState) -> None:
    with pytest.raises(Conflict):
        model.start_mail(a_notification(mail=state), NOW)


@pytest.mark.parametrize(
    ("state", "began", "expected"),
    [
        (MailState.SENDING, NOW - timedelta(seconds=1), MailState.UNKNOWN),
        (MailState.SENDING, None, MailState.UNKNOWN),
        (MailState.SENDING, NOW, MailState.SENDING),
        (MailState.SENT, NOW - timedelta(days=1), MailState.SENT),
        (MailState.PENDING, NOW - timedelta(days=1), MailState.PENDING),
    ],
)
def test_only_a_mail_that_was_begun_long_ago_is_given_up(
    state: MailState, began: datetime | None, expected: MailState
) -> None:
    change = model.give_up_mail(a_notification(mail=state, mail_began_at=began), NOW)
    assert change.state.mail is expected
    assert len(change.events) == (expected is MailState.UNKNOWN)


@pytest.mark.parametrize(
    ("outcome", "fact"),
    [
        (MailState.SENT, NotificationSent),
        (MailState.FAILED, NotificationFailed),
        (MailState.UNKNOWN, NotificationFailed),
        (MailState.PENDING, None),
    ],
)
def test_what_became_of_a_mail_is_told(outcome: MailState, fact: type[Event] | None) -> None:
    change = model.end_mail(a_notification(mail=MailState.SENDING, mail_tries=1), outcome)
    assert change.state.mail is outcome
    assert [type(event) for event in change.events] == ([fact] if fact else [])


def test_a_server_that_always_says_later_is_given_up() -> None:
    tried = a_notification(mail=MailState.SENDING, mail_tries=model.MAIL_TRIES)
    change = model.end_mail(tried, MailState.PENDING)
    assert change.state.mail is MailState.FAILED
    assert [type(event) for event in change.events] == [NotificationFailed]
