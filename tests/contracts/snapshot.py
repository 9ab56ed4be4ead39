"""The written form of the contracts. `python -m tests.contracts.snapshot` writes it anew after a compatible change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from contracts import cycles, goals, identity, notifications, sessions, simulation
from contracts.audit import AUDIT
from contracts.errors import KINDS
from contracts.subscriptions import EVENTS
from contracts.wire import Operation

FILE = Path(__file__).parents[2] / "contracts" / "snapshot.json"
OWNERS = (identity, goals, sessions, notifications, cycles, simulation)


def operations() -> Iterator[Operation[Any, Any]]:
    """All operations of all owners."""
    for owner in OWNERS:
        yield from (each for each in vars(owner).values() if isinstance(each, Operation))
    for of_service in AUDIT.values():
        yield from (of_service.log, of_service.checkpoint, of_service.verify, of_service.export)


def snapshot() -> dict[str, Any]:
    """Operations, events and refusal codes as JSON Schema (2020-12), by name."""
    made = {
        "codes": sorted(kind.code for kind in KINDS),
        "events": {event.topic: _schema(event) for event in sorted(EVENTS, key=lambda event: event.topic)},
        "operations": {
            operation.name: {"request": _schema(operation.request), "answer": _schema(operation.answer)}
            for operation in sorted(operations(), key=lambda operation: operation.name)
        },
    }
    as_written: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))
    return as_written


def written() -> dict[str, Any]:
    """What stands in the file."""
    found: dict[str, Any] = msgspec.json.decode(FILE.read_bytes())
    return found


def _schema(kind: Any) -> dict[str, Any]:
    schema: dict[str, Any] = _without_words(msgspec.json.schema(kind))
    return schema


def _without_words(schema: Any) -> Any:
    """Docstrings may change freely."""
    match schema:
        case dict():
            words = {name for name in ("description", "title") if isinstance(schema.get(name), str)}
            return {name: _without_words(value) for name, value in schema.items() if name not in words}
        case list():
            return [_without_words(each) for each in schema]
    return schema


if __name__ == "__main__":
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(snapshot(), order="sorted"), indent=1) + b"\n")
