"""What the two look back at together. Pure; an entry is the same whenever and however often its event is heard."""

from datetime import UTC

from contracts.goals import HeardEvent, TimelineEntry
from contracts.identity import MentorshipPhaseChanged, mentorship_id_of
from contracts.wire import Envelope, Event


def entry_of(fact: Event, envelope: Envelope) -> TimelineEntry:
    """The event without anything but what it was, when, and what it happened to."""
    return TimelineEntry(
        id=envelope.id,
        org_id=envelope.orgid,
        mentorship_id=mentorship_id_of(fact),
        topic=fact.topic,
        subject_id=envelope.subject,
        at=envelope.time,
        phase=fact.phase if isinstance(fact, MentorshipPhaseChanged) else None,
    )


def place_of(entry: TimelineEntry | HeardEvent) -> str:
    """Sorts entries by when it happened, however late their events were heard; one moment's in the order of events."""
    return f"{entry.at.astimezone(UTC).isoformat(timespec='microseconds')}|{entry.id}"
