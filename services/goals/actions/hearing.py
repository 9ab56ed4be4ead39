"""What the goals service makes of events."""

from contracts.identity import MentorshipFact
from contracts.wire import Envelope
from services.goals.actions import Context


async def keep_mentorship(context: Context, fact: MentorshipFact, envelope: Envelope) -> None:
    """Remember who the two are and where their mentorship stands."""
    await context.store.mentorships.keep(envelope.orgid, fact.mentorship)
