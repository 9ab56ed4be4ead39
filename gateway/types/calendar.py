"""A person's check-ins in the calendar that the person uses anyway."""

from datetime import datetime

import strawberry

from contracts import sessions
from contracts.sessions import MY_CALENDAR_FEED, MyCalendarFeed
from gateway.calendar import path_of
from gateway.context import Info
from gateway.types.mutation import Edit, Input, Payload, mutation
from gateway.types.relay import Node, field, resolved


@strawberry.type(description="Your check-ins at a secret address, for a calendar program to subscribe to.")
class CalendarFeed(Node):
    """Shows sessions.CalendarFeed."""

    loader = staticmethod(lambda loaders: loaders.calendar_feeds)

    created_at: datetime = field("When its address was made.")
    revoked_at: datetime | None = field("Since when the address leads nowhere; null while it works.")
    version: int = field("Counts its changes.")


@strawberry.type(description="A feed with its address, or why there is none.")
class CreateCalendarFeedPayload(Payload):
    """Shows sessions.CreatedCalendarFeed."""

    calendar_feed: CalendarFeed | None = field("The feed.", default=None)
    path: str | None = field(
        "Where to subscribe, on the host of this endpoint. Whoever knows it reads your calendar. It is shown this"
        " once: a repeat with the same key has null here.",
        default=None,
    )

    @classmethod
    def of(cls, record: sessions.CreatedCalendarFeed) -> "CreateCalendarFeedPayload":
        """The payload of an answer."""
        path = path_of(record.secret) if record.secret else None
        return cls(calendar_feed=CalendarFeed.of(record.feed), path=path)


@strawberry.input(description="A calendar address of your own. You have one at a time.")
class CreateCalendarFeedInput(Input):
    """Makes sessions.CreateCalendarFeed."""


@strawberry.input(description="Your calendar address that shall lead nowhere from now on.")
class RevokeCalendarFeedInput(Edit):
    """Makes sessions.RevokeCalendarFeed."""

    calendar_feed_id: strawberry.ID = field("The feed.")


@strawberry.type
class CalendarQueries:
    """Reads of the calendar."""

    @resolved("Your calendar address, while you have one; never the secret in it.")
    async def my_calendar_feed(self, info: Info) -> CalendarFeed | None:
        """The viewer's own."""
        feeds = await info.context.call(MY_CALENDAR_FEED, MyCalendarFeed())
        return CalendarFeed.of(feeds[0]) if feeds else None


@strawberry.type
class CalendarMutations:
    """Changes of the calendar."""

    create_calendar_feed = mutation(sessions.CREATE_CALENDAR_FEED, CreateCalendarFeedInput, CreateCalendarFeedPayload)
    revoke_calendar_feed = mutation(sessions.REVOKE_CALENDAR_FEED, RevokeCalendarFeedInput, CalendarFeed)
