"""The timeline of a mentorship: written from events of all services, read by the two."""

from dataclasses import replace

from contracts.goals import TimelineEntry
from contracts.identity import MentorshipCard
from contracts.wire import Change, Envelope, Event
from kit.command import stamp_of_event
from kit.window import Window
from services.goals.actions import Context
from services.goals.model.policy import Kind
from services.goals.model.timeline import entry_of


async def hear_event(context: Context, fact: Event, envelope: Envelope) -> None:
    """Enter it at its place, once."""
    entry = entry_of(fact, envelope)
    by = stamp_of_event(envelope, "timeline")
    await context.store.timeline.create(by, lambda _: Change(entry), new_id=entry.id)


def timeline(context: Context) -> Window[MentorshipCard, TimelineEntry]:
    """For the two parties, the newest first."""
    return replace(context.window(context.store.timeline, Kind.TIMELINE), newest=True)
