"""What a cycle has heard, as it is kept. Pure; an event is the same whenever and however often it is heard."""

import msgspec

from contracts.goals import HeardEvent
from contracts.identity import mentorship_id_of
from contracts.wire import Envelope, Event

CYCLES = "part:workflows"


def heard_of(fact: Event, envelope: Envelope) -> HeardEvent:
    """The event as it travelled."""
    return HeardEvent(
        id=envelope.id,
        org_id=envelope.orgid,
        mentorship_id=mentorship_id_of(fact),
        topic=fact.topic,
        at=envelope.time,
        sequence=envelope.sequence,
        by_cycle=envelope.actorid == CYCLES,
        body=msgspec.to_builtins(fact),
    )
