"""Calendars as RFC 5545 writes them, and invitations as RFC 5546 does. Knows appointments, and no word of the domain.

The library writes lines, escapes and folds. Zones are written here: icalendar 7.3 puts the change to summer time an
hour late (RFC 5545, section 3.6.5 wants the wall time before the change).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vUri

from kit.text import one_line

PRODUCT = "-//InzpireU//Calendar//EN"


class Method(StrEnum):
    """What the reader of an invitation shall do with it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Appointment:
    """One entry of a calendar. `sequence` grows with each change of time; `changed_at` is when it was last changed."""

    uid: str
    sequence: int
    starts_at: datetime
    zone: str
    minutes: int
    title: str
    changed_at: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Who invites or is invited."""

    name: str
    address: str


def uid_of(object_id: str) -> str:
    """The same for as long as the object lives, and no other's (RFC 7986, section 5.3)."""
    return f"{object_id}@inzpireu"


def calendar_of(name: str, appointments: Sequence[Appointment]) -> bytes:
    """A whole calendar, to subscribe to."""
    calendar = _empty()
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(name))
    return _filled(calendar, [(_event(each), each) for each in appointments])


def invitation(appointment: Appointment, organizer: Guest, attendee: Guest) -> tuple[bytes, Method]:
    """One appointment for one person: to be put on the calendar, or to be taken off."""
    method = Method.CANCEL if appointment.cancelled else Method.REQUEST
    calendar, event = _empty(), _event(appointment)
    calendar.add("method", method.value)
    event.add("organizer", _address(organizer))
    invited = _address(attendee)
    invited.params["rsvp"] = "FALSE"  # whether one comes is said on the platform
    event.add("attendee", invited)
    return _filled(calendar, [(event, appointment)]), method


def _empty() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _filled(calendar: Calendar, events: Sequence[tuple[Event, Appointment]]) -> bytes:
    years: dict[str, list[int]] = {}
    for _, each in events:
        years.setdefault(each.zone, []).append(each.starts_at.year)
    for zone in sorted(years):
        if ZoneInfo(zone) != ZoneInfo("UTC"):
            calendar.add_component(_zone(zone, min(years[zone]) - 1, max(years[zone]) + 2))
    for event, _ in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _event(appointment: Appointment) -> Event:
    starts_at, ends_at = _span(appointment)
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", one_line(appointment.title))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    return event


def _span(appointment: Appointment) -> tuple[datetime, datetime]:
    """Wall times of the zone; UTC in the hour that clocks show twice, which a wall time cannot tell apart."""
    ends_at = appointment.starts_at + timedelta(minutes=appointment.minutes)
    wall = [moment.astimezone(ZoneInfo(appointment.zone)) for moment in (appointment.starts_at, ends_at)]
    if any(moment.fold for moment in wall):
        return appointment.starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    return wall[0], wall[1]


def _address(guest: Guest) -> vCalAddress:
    address = vCalAddress(vUri(f"mailto:{one_line(guest.address)}"))
    address.params["cn"] = one_line(guest.name)
    return address


@lru_cache(maxsize=256)  # zones that people live in, for the years that are asked about
def _zone(name: str, first_year: int, last_year: int) -> Timezone:
    """The zone as it is from one year to the start of another, each change of its offset by itself."""
    zone = ZoneInfo(name)
    start, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year, 1, 1, tzinfo=UTC)
    timezone = Timezone()
    timezone.add("tzid", name)
    before = _offset(start, zone)
    timezone.add_component(_observance(start, before, before, zone))
    for change in _changes(zone, start, end):
        after = _offset(change, zone)
        timezone.add_component(_observance(change, before, after, zone))
        before = after
    return timezone


def _observance(at: datetime, before: timedelta, after: timedelta, zone: ZoneInfo) -> Component:
    local = at.astimezone(zone)
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    observance.add("dtstart", (at + before).replace(tzinfo=None))
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", after)
    observance.add("tzname", local.tzname() or zone.key)
    return observance


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants at which the offset changes: no zone changes it twice within a week."""
    at, step = start, timedelta(days=7)
    while at < end:
        if _offset(at, zone) != _offset(at + step, zone):
            yield _between(zone, at, at + step)
        at += step


def _between(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second with the later offset."""
    later = _offset(late, zone)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        early, late = (early, middle) if _offset(middle, zone) == later else (middle, late)
    return late


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "a zone has an offset at every instant"
    return offset
