"""What a cycle has heard, as it is kept. Pure; an event is the same whenever and however often it is heard."""

from datetime import UTC

import msgspec

from contracts.goals import HeardEvent
from contracts.identity import MentorshipFact
from contracts.wire import Envelope, Event

CYCLES = "part:workflows"


def heard_of(fact: Event, envelope: Envelope) -> HeardEvent:
    """The event as it travelled."""
    return HeardEvent(
        id=envelope.id,
        org_id=envelope.orgid,
        mentorship_id=fact.mentorship.id if isinstance(fact, MentorshipFact) else fact.mentorship_id or "",
        topic=fact.topic,
        at=envelope.time,
        sequence=envelope.sequence,
        by_cycle=envelope.actorid == CYCLES,
        body=msgspec.to_builtins(fact),
    )


def place_of(heard: HeardEvent) -> str:
    """Sorts events by when they happened; those of one moment by the order in which they were told."""
    return f"{heard.at.astimezone(UTC).isoformat(timespec='microseconds')}|{heard.id}"
