"""How a notification and its mail may change. Pure: no clock, no ids, no storage."""

from datetime import datetime

from contracts.errors import Conflict
from contracts.identity import MailedPurpose
from contracts.notifications import (
    MailState,
    Notification,
    NotificationCreated,
    NotificationFact,
    NotificationFailed,
    NotificationSent,
    Template,
)
from contracts.wire import Change, evolve
from services.notifications.model.messages import Message

MAIL_TRIES = 20  # with a pause between them; a server that says "later" this often will not take it

MAILED_TOKEN = {  # what a mail has a token for, which is asked for when the mail is sent and kept nowhere
    Template.INVITATION: MailedPurpose.INVITATION,
    Template.PASSWORD_RESET: MailedPurpose.PASSWORD_RESET,
}


def notify(notification_id: str, org_id: str, message: Message, at: datetime) -> Change[Notification]:
    """Something new to read, with its mail still to be sent."""
    notification = Notification(
        id=notification_id,
        org_id=org_id,
        recipient_id=message.recipient_id,
        template=message.template,
        mentorship_id=message.mentorship_id,
        about=message.about,
        cause=message.cause,
        rule=message.rule,
        policy_version=message.policy_version,
        invitation=message.invitation,
        created_at=at,
    )
    return Change(notification, (_fact(NotificationCreated, notification),))


def mark_read(notification: Notification, at: datetime) -> Change[Notification]:
    """Seen; seeing it again changes nothing."""
    if notification.read_at is not None:
        return Change(notification)
    return Change(evolve(notification, read_at=at))


def start_mail(notification: Notification, at: datetime) -> Change[Notification]:
    """One process takes the mail in hand. Written before a byte is sent, so that a crash can never send it twice."""
    if notification.mail is not MailState.PENDING:
        raise Conflict(f"The mail of {notification.id} is {notification.mail} already.")
    tries = notification.mail_tries + 1
    return Change(evolve(notification, mail=MailState.SENDING, mail_tries=tries, mail_began_at=at))


def give_up_mail(notification: Notification, begun_before: datetime) -> Change[Notification]:
    """Whoever had it in hand for so long is dead, and whether it went out is not known. Anything else stays."""
    began = notification.mail_began_at
    if notification.mail is not MailState.SENDING or (began is not None and began >= begun_before):
        return Change(notification)
    return end_mail(notification, MailState.UNKNOWN)


def end_mail(notification: Notification, outcome: MailState) -> Change[Notification]:
    """What became of it. PENDING: the server said "later"; after many times that is a failure too."""
    if outcome is MailState.PENDING and notification.mail_tries >= MAIL_TRIES:
        outcome = MailState.FAILED
    ended = evolve(notification, mail=outcome)
    if outcome is MailState.PENDING:
        return Change(ended)
    if outcome is MailState.SENT:
        return Change(ended, (_fact(NotificationSent, notification),))
    failed = NotificationFailed(
        mentorship_id=notification.mentorship_id,
        notification_id=notification.id,
        recipient_id=notification.recipient_id,
        template=notification.template,
        mail=outcome,
    )
    return Change(ended, (failed,))


def _fact[F: NotificationFact](kind: type[F], notification: Notification) -> F:
    return kind(
        mentorship_id=notification.mentorship_id,
        notification_id=notification.id,
        recipient_id=notification.recipient_id,
        template=notification.template,
    )
