"""A person's check-ins in the calendar that the person uses anyway."""

from datetime import datetime
from typing import Annotated

import msgspec

from contracts.wire import ByIds, Command, Event, Operation, Record, topic

Secret = Annotated[str, msgspec.Meta(max_length=200)]


class CalendarFeed(Record, frozen=True, kw_only=True):
    """One person's feed; there is at most one. Whoever knows its secret address reads it, until it is revoked."""

    id: str
    org_id: str
    person_id: str
    created_at: datetime
    revoked_at: datetime | None = None
    version: int = 1


class CreatedCalendarFeed(Record, frozen=True, kw_only=True):
    """The feed with its secret, which is shown this once: a repeat of the same command has None."""

    feed: CalendarFeed
    secret: str | None = None


class CreateCalendarFeed(Command, frozen=True, kw_only=True):
    """Somebody wants the own check-ins at a secret address. One that is lost or known to others is revoked first."""


class RevokeCalendarFeed(Command, frozen=True, kw_only=True):
    """The address of somebody's own feed leads nowhere from now on."""

    calendar_feed_id: str


class MyCalendarFeed(Record, frozen=True, kw_only=True):
    """The caller's own feed, if there is one that is not revoked."""


class OpenCalendarFeed(Record, frozen=True, kw_only=True):
    """What somebody with the secret reads."""

    secret: Secret


class CalendarText(Record, frozen=True, kw_only=True):
    """A calendar as RFC 5545 writes it."""

    text: str


def calendar_title(partner: str | None) -> str:
    """What a check-in is called in calendars: nothing that the two wrote to each other."""
    return f"Check-in with {partner}" if partner else "Check-in"


CREATE_CALENDAR_FEED = Operation("sessions.create_calendar_feed", CreateCalendarFeed, CreatedCalendarFeed)
REVOKE_CALENDAR_FEED = Operation("sessions.revoke_calendar_feed", RevokeCalendarFeed, CalendarFeed)
GET_CALENDAR_FEEDS = Operation("sessions.get_calendar_feeds", ByIds, tuple[CalendarFeed, ...], safe=True)
MY_CALENDAR_FEED = Operation("sessions.my_calendar_feed", MyCalendarFeed, tuple[CalendarFeed, ...], safe=True)
OPEN_CALENDAR_FEED = Operation("sessions.open_calendar_feed", OpenCalendarFeed, CalendarText, safe=True)


class CalendarFeedFact(Event, frozen=True, kw_only=True):
    """Any fact about a feed; never its secret."""

    calendar_feed_id: str
    person_id: str


@topic("sessions.calendar_feed_created.v1")
class CalendarFeedCreated(CalendarFeedFact, frozen=True, kw_only=True):
    """A person reads the own check-ins at a secret address."""


@topic("sessions.calendar_feed_revoked.v1")
class CalendarFeedRevoked(CalendarFeedFact, frozen=True, kw_only=True):
    """The address leads nowhere any more."""
