"""What a mail brings for the recipient's calendar: an invitation (RFC 6047), or that it is taken back."""

from collections.abc import Mapping
from email.utils import parseaddr

from contracts.identity import Contact
from contracts.notifications import Notification
from contracts.sessions import calendar_title
from kit.calendar import Appointment, Guest, Method, invitation, uid_of


def invitation_of(
    notification: Notification, sender: str, contacts: Mapping[str, Contact]
) -> tuple[bytes, Method] | None:
    """Each is invited alone, by the platform: nobody learns the other's mail address by it."""
    meeting = notification.invitation
    contact = contacts.get(notification.recipient_id)
    if meeting is None or contact is None:
        return None
    partner = contacts.get(meeting.partner_id)
    appointment = Appointment(
        uid=uid_of(meeting.check_in_id),
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        zone=meeting.zone,
        minutes=meeting.minutes,
        title=calendar_title(partner.name if partner else None),
        changed_at=notification.created_at,
        cancelled=meeting.cancelled,
    )
    name, address = parseaddr(sender)
    return invitation(appointment, Guest(name, address), Guest(contact.name, contact.email))


def people_in(notification: Notification) -> set[str]:
    """The ids of everybody whose name or address its mail needs."""
    meeting = notification.invitation
    return {notification.recipient_id} | ({meeting.partner_id} if meeting else set())
