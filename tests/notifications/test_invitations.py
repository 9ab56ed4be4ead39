"""Invitations: which mails bring one, and that calendars of other makers read what was sent."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import EventStatus

from contracts.identity import Contact, Party
from contracts.notifications import Invitation, Notification, Template
from contracts.sessions import (
    CancelReason,
    CheckInCancelled,
    CheckInFact,
    CheckInRescheduled,
    CheckInScheduled,
    MoveReason,
    RescheduleDeclined,
)
from services.notifications import model
from services.notifications.channels.email import compose
from services.notifications.channels.invitations import invitation_of, people_in
from services.notifications.model.messages import messages_of
from tests.builders import NOW, a_card

SENDER = "InzpireU <no-reply@inzpireu.example>"
FACT: dict[str, Any] = {
    "mentorship_id": "mentorship-1",
    "check_in_id": "c",
    "index": 1,
    "starts_at": NOW,
    "zone": "Europe/Berlin",
    "minutes": 45,
}
SCHEDULED = CheckInScheduled(**FACT)
MOVED = CheckInRescheduled(**FACT, sequence=1, was=NOW, reason=MoveReason.AGREED, prepared=False)
CANCELLED = CheckInCancelled(**FACT, sequence=2, in_time=True, reason=CancelReason.WORK, prepared=False)


def contacts(**names: str) -> dict[str, Contact]:
    """How Maria and Sofia are reached."""
    named = {"maria": "Maria", "sofia": "Sofia", **names}
    return {
        each: Contact(user_id=each, name=name, email=f"{each}@example.com", zone="UTC") for each, name in named.items()
    }


def a_notification(event: CheckInFact, recipient: str = "maria") -> Notification:
    """What the recipient is told of a fact."""
    messages = messages_of(event, a_card(), "sofia", "event-1")
    (message,) = [each for each in messages if each.recipient_id == recipient]
    return model.notify("n-1", "acme", message, NOW).state


def mailed(notification: Notification, people: dict[str, Contact]) -> EmailMessage:
    """The mail as a server hands it on."""
    contact = people[notification.recipient_id]
    mail = compose(
        sender=SENDER, name=contact.name, address=contact.email, subject="s", bodies=("p", "<p>h</p>"),
        message_id=notification.id, at=NOW, invitation=invitation_of(notification, SENDER, people),
    )  # fmt: skip
    read = message_from_bytes(mail.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def calendar_in(mail: EmailMessage) -> tuple[Calendar, str]:
    """The calendar of a mail and the method beside its media type."""
    (part,) = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    return IcsCalendarStream.calendar_from_ics(part.get_content()), str(part.get_param("method"))


@pytest.mark.parametrize("recipient", ["maria", "sofia"])
@pytest.mark.parametrize("event", [SCHEDULED, MOVED, CANCELLED], ids=lambda each: type(each).__name__)
def test_both_calendars_are_told_of_each_change_also_that_of_who_made_it(event: CheckInFact, recipient: str) -> None:
    notification = a_notification(event, recipient)
    assert notification.invitation == Invitation(
        check_in_id="c",
        partner_id="sofia" if recipient == "maria" else "maria",
        starts_at=NOW,
        zone="Europe/Berlin",
        minutes=45,
        sequence=event.sequence,
        cancelled=isinstance(event, CheckInCancelled),
    )
    assert people_in(notification) == {"maria", "sofia"}


def test_other_news_and_facts_of_the_time_before_bring_none() -> None:
    declined = RescheduleDeclined(**FACT, party=Party.MENTOR)
    assert a_notification(declined).invitation is None
    old = CheckInScheduled(mentorship_id="mentorship-1", check_in_id="c", index=1, starts_at=NOW)
    notification = a_notification(old)
    assert (notification.template, notification.invitation) == (Template.CHECK_IN_SCHEDULED, None)
    assert [part.get_content_type() for part in mailed(notification, contacts()).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_a_meeting_keeps_its_uid_from_the_first_invitation_to_its_cancellation() -> None:
    read = [calendar_in(mailed(a_notification(event), contacts())) for event in (SCHEDULED, MOVED, CANCELLED)]
    assert [(calendar.method, beside) for calendar, beside in read] == [
        ("REQUEST", "REQUEST"),
        ("REQUEST", "REQUEST"),
        ("CANCEL", "CANCEL"),
    ]
    events = [calendar.events[0] for calendar, _ in read]
    assert {event.uid for event in events} == {"c@inzpireu"}
    assert [event.sequence for event in events] == [0, 1, 2]
    assert [event.status for event in events] == [
        EventStatus.CONFIRMED,
        EventStatus.CONFIRMED,
        EventStatus.CANCELLED,
    ]
    assert {event.start for event in events} == {NOW}
    assert {event.computed_duration for event in events} == {timedelta(minutes=45)}


def test_an_invitation_names_the_partner_and_keeps_the_partners_address() -> None:
    mail = mailed(a_notification(SCHEDULED), contacts())
    event = calendar_in(mail)[0].events[0]
    assert event.summary == "Check-in with Sofia"
    assert [str(each.uri) for each in event.attendees] == ["mailto:maria@example.com"]
    assert event.organizer is not None
    assert str(event.organizer.uri) == "mailto:no-reply@inzpireu.example"
    assert b"sofia@example.com" not in mail.as_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nATTENDEE:mailto:eve@example.com",
        "Eve\r\nBcc: eve@example.com",
        'Eve";X-EVIL="1',
        "Eve\u202e\u2066\x00\nEND:VEVENT\nBEGIN:VEVENT",
        "=?utf-8?q?=0D=0ABcc=3A_eve?=",
    ],
)
def test_no_name_adds_a_header_a_property_or_an_event(name: str) -> None:
    mail = mailed(a_notification(SCHEDULED), contacts(sofia=name, maria=name))
    assert mail["Bcc"] is None
    assert len(mail.get_all("To", [])) == 1
    (event,) = calendar_in(mail)[0].events
    assert [str(each.uri) for each in event.attendees] == ["mailto:maria@example.com"]
    assert event.extras == []


def test_a_partner_who_is_gone_leaves_a_check_in_without_a_name() -> None:
    known = contacts()
    del known["sofia"]
    assert calendar_in(mailed(a_notification(SCHEDULED), known))[0].events[0].summary == "Check-in"
