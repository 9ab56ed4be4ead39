"""The journal of what cycles have heard: written from events of all services, read by whoever lives them again."""

from contracts.wire import Change, Envelope, Event
from kit.command import stamp_of_event
from services.goals.actions import Context
from services.goals.model.heard import heard_of


async def keep_event(context: Context, fact: Event, envelope: Envelope) -> None:
    """Keep it at its place, once and in one write. What is about no mentorship no cycle hears either."""
    heard = heard_of(fact, envelope)
    if heard.mentorship_id:
        await context.store.heard.create_all(stamp_of_event(envelope, "heard"), [Change(heard)])
