"""Calendars are read back with other libraries than the one that wrote them, and hold nothing but what was given."""

import io
import warnings
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus

from kit.calendar import Appointment, Guest, Method, calendar_of, invitation

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC")
NASTY = (
    "Talk\r\nATTENDEE:mailto:mallory@example.com",
    "Talk\nEND:VEVENT\nBEGIN:VEVENT\nUID:other",
    'Talk;X-EVIL=1:"quoted", \\n and \\',
    "Talk \u202eesrever\u202c \u2066isolated\u2069 \u2028 line \u0085 next",
    "Talk\x00\x07\x1b[31m\x7f",
    "long " * 40 + "é" * 90 + "🌱" * 40,
    "",
)
ALLOWED = {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "ORGANIZER", "ATTENDEE"}


def an_appointment(**fields: object) -> Appointment:
    """One hour in Berlin."""
    defaults: dict[str, object] = {
        "uid": "one@example",
        "sequence": 0,
        "starts_at": AT,
        "zone": "Europe/Berlin",
        "minutes": 60,
        "title": "Check-in with Sofia",
        "changed_at": AT,
    }
    return Appointment(**{**defaults, **fields})  # type: ignore[arg-type]


def read(text: bytes) -> Calendar:
    """By a strict parser."""
    return IcsCalendarStream.calendar_from_ics(text.decode())


def begins(event: Event) -> datetime:
    """When an event starts; none here lasts for whole days."""
    assert isinstance(event.start, datetime)
    return event.start


def properties(text: bytes) -> list[str]:
    """The names of the properties of all events, from the unfolded lines themselves."""
    lines = text.decode().replace("\r\n ", "").split("\r\n")
    inside, names = False, []
    for line in lines:
        inside = line != "END:VEVENT" and (inside or line == "BEGIN:VEVENT")
        if inside and line != "BEGIN:VEVENT":
            names.append(line.partition(":")[0].partition(";")[0])
    return names


def test_an_appointment_is_read_back_as_it_was_written() -> None:
    (event,) = read(calendar_of("Check-ins", [an_appointment(sequence=3)])).events
    assert (event.uid, event.sequence, event.summary) == ("one@example", 3, "Check-in with Sofia")
    assert (event.start, event.end) == (AT, AT + timedelta(hours=1))
    assert event.status is EventStatus.CONFIRMED


def test_a_cancelled_appointment_says_so() -> None:
    (event,) = read(calendar_of("Check-ins", [an_appointment(cancelled=True, sequence=1)])).events
    assert (event.status, event.sequence) == (EventStatus.CANCELLED, 1)


def test_an_empty_calendar_is_one() -> None:
    assert read(calendar_of("Check-ins", [])).events == []


@pytest.mark.parametrize("text", NASTY)
def test_no_text_adds_a_property_or_an_event(text: str) -> None:
    calendar = calendar_of(text, [an_appointment(title=text)])
    invited, _ = invitation(
        an_appointment(title=text), Guest(text, "no-reply@example.com"), Guest(text, "m@example.com")
    )
    for written in (calendar, invited):
        assert len(read(written).events) == 1
        names = properties(written)
        assert set(names) <= ALLOWED
        assert len(set(names)) == len(names), "and none stands there twice"
        assert written.count(b"\r\nBEGIN:VEVENT\r\n") == written.count(b"\r\nEND:VEVENT\r\n") == 1
        assert all(len(line) <= 75 for line in written.split(b"\r\n")), "lines are folded"
        assert all(letter.isprintable() for line in written.decode().split("\r\n") for letter in line)
    (attendee,) = read(invited).events[0].attendees
    assert str(attendee.uri) == "mailto:m@example.com"


@given(st.text(max_size=200))
def test_whatever_is_written_leaves_one_event_with_its_own_properties(text: str) -> None:
    written, _ = invitation(an_appointment(title=text), Guest(text, "a@example.com"), Guest(text, "b@example.com"))
    assert len(read(written).events) == 1
    assert sorted(properties(written)) == sorted(ALLOWED)


@pytest.mark.parametrize("zone", ZONES)
def test_a_meeting_is_at_its_instant_by_the_zone_that_is_written_beside_it(zone: str) -> None:
    starts = [datetime(2027, 1, 4, 9, tzinfo=ZoneInfo(zone)) + timedelta(weeks=week) for week in range(70)]
    meetings = [an_appointment(uid=f"{n}@x", zone=zone, starts_at=at.astimezone(UTC)) for n, at in enumerate(starts)]
    text = calendar_of("Check-ins", meetings)
    events = read(text).events
    assert [event.start for event in events] == starts
    if zone != "UTC":
        _agrees_with(text, zone, [begins(event).replace(tzinfo=None) for event in events], starts)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_every_half_hour_of_the_days_when_clocks_change_is_at_its_instant(zone: str) -> None:
    begin = datetime(2027, 1, 1, tzinfo=UTC)
    offsets = [(begin + timedelta(minutes=30 * n)).astimezone(ZoneInfo(zone)).utcoffset() for n in range(48 * 365)]
    changes = [n for n in range(1, len(offsets)) if offsets[n] != offsets[n - 1]]
    assert len(changes) == 2
    starts = [begin + timedelta(minutes=30 * (change + around)) for change in changes for around in range(-6, 7)]
    meetings = [an_appointment(uid=f"{n}@x", zone=zone, starts_at=at, minutes=15) for n, at in enumerate(starts)]
    text = calendar_of("Check-ins", meetings)
    events = read(text).events
    assert [begins(event).astimezone(UTC) for event in events] == starts
    read_as = [(begins(event), at) for event, at in zip(events, starts, strict=True)]
    walls = [(found.replace(tzinfo=None), at) for found, at in read_as if found.tzinfo != UTC]
    assert len(walls) > len(starts) / 2
    _agrees_with(text, zone, [wall for wall, _ in walls], [at for _, at in walls])


def _agrees_with(text: bytes, zone: str, walls: list[datetime], starts: list[datetime]) -> None:
    """What a reader finds that knows nothing of zones but what the calendar itself says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateutil asks for a naive UTC time
        written = tz.tzical(io.StringIO(text.decode())).get(zone)
    found = [wall.replace(tzinfo=written).astimezone(UTC) for wall in walls]
    assert found == [at.astimezone(UTC) for at in starts]


def test_an_invitation_asks_and_a_cancellation_takes_it_back_under_the_same_uid() -> None:
    organizer, maria = Guest("InzpireU", "no-reply@example.com"), Guest("Maria", "maria@example.com")
    asked, request = invitation(an_appointment(), organizer, maria)
    taken, cancel = invitation(an_appointment(sequence=1, cancelled=True), organizer, maria)
    assert (request, cancel) == (Method.REQUEST, Method.CANCEL)
    assert (read(asked).method, read(taken).method) == ("REQUEST", "CANCEL")
    first, second = read(asked).events[0], read(taken).events[0]
    assert first.uid == second.uid
    assert (first.sequence, second.sequence) == (0, 1)
    assert second.status is EventStatus.CANCELLED
    assert first.organizer is not None
    assert str(first.organizer.uri) == "mailto:no-reply@example.com"
