"""Which changes of a written contract would break a part of the version before."""

from collections.abc import Iterator
from typing import Any

type Schema = dict[str, Any]


def breaks(before: Schema, after: Schema) -> list[str]:
    """Every breaking difference between two snapshots, in words."""
    return [
        *_gone("code", dict.fromkeys(before["codes"]), dict.fromkeys(after["codes"])),
        *_gone("event", before["events"], after["events"]),
        *_gone("operation", before["operations"], after["operations"]),
        *(
            f"{topic}: {why}"
            for topic in before["events"].keys() & after["events"].keys()
            for why in _differ(before["events"][topic], after["events"][topic])
        ),
        *(
            f"{name}: {why}"
            for name in before["operations"].keys() & after["operations"].keys()
            for why in _operation_breaks(before["operations"][name], after["operations"][name])
        ),
    ]


def _operation_breaks(before: Schema, after: Schema) -> Iterator[str]:
    yield from _differ(before["request"], after["request"])
    yield from _differ(before["answer"], after["answer"])


def _gone(what: str, before: Schema, after: Schema) -> Iterator[str]:
    yield from (f"the {what} {name} is gone" for name in before if name not in after)


def _differ(before: Schema, after: Schema) -> Iterator[str]:
    """What an old reader of new data or a new reader of old data would trip over.

    Old data are requests of parts that are not yet replaced, events in outboxes and queues, and records in stores.
    """
    for record, old, new in _records(before, after):
        for field, form in old["properties"].items():
            if field not in new["properties"]:
                yield f"{record}.{field} is gone"
            elif new["properties"][field] != form:
                yield f"{record}.{field} has another form"
        asked = set(new.get("required", ())) - set(old.get("required", ()))
        yield from (f"{record}.{field} is required now" for field in sorted(asked))
    for name, values in _enumerations(before):
        gone = set(values) - set(dict(_enumerations(after)).get(name, values))
        yield from (f"{name} has no {value} any more" for value in sorted(gone))


def _enumerations(schema: Schema) -> Iterator[tuple[str, list[str]]]:
    return ((name, each["enum"]) for name, each in schema.get("$defs", {}).items() if "enum" in each)


def _records(before: Schema, after: Schema) -> Iterator[tuple[str, Schema, Schema]]:
    """The records of both; one that is nowhere used any more is found by the field that had its form."""
    found = after.get("$defs", {})
    for name, old in before.get("$defs", {}).items():
        if "properties" in old and name in found:
            yield name, old, found[name]
