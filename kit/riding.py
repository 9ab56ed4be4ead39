"""What rides in an aggregate's document until the relay hands it on: events for the bus, and an audit entry."""

from typing import Any

import msgspec

from contracts.wire import Change, Envelope, Event
from kit.chain import About, canonical, drafted
from kit.command import Stamp, time_ordered_id
from kit.telemetry import correlation_id, current_traceparent


def told(source: str, change: Change[Any], by: Stamp) -> list[dict[str, Any]]:
    """The change's events as finished envelopes."""
    envelopes = (_envelope(source, change.state, event, by) for event in change.events)
    return [
        {"id": envelope.id, "topic": envelope.type, "body": msgspec.json.encode(envelope).decode()}
        for envelope in envelopes
    ]


def entered(source: str, change: Change[Any], by: Stamp, about: About | None) -> list[dict[str, Any]]:
    """The change's one audit entry; none where it is about nothing of an organisation's."""
    if about is None:
        return []
    entry = drafted(source, by, change.state, about)
    return [{"id": entry.id, "body": canonical(msgspec.to_builtins(entry)).decode()}]


def _envelope(source: str, state: Any, event: Event, by: Stamp) -> Envelope:
    return Envelope(
        id=time_ordered_id(),
        source=f"/{source}",
        type=event.topic,
        subject=state.id,
        time=by.at,
        orgid=by.org_id,
        sequence=int(state.version),
        data=msgspec.Raw(msgspec.json.encode(event)),
        actorid=by.actor_id,
        correlationid=correlation_id(),
        traceparent=current_traceparent(),
    )
