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
            for why in _readers_break(before["events"][topic], after["events"][topic])
        ),
        *(
            f"{name}: {why}"
            for name in before["operations"].keys() & after["operations"].keys()
            for why in _operation_breaks(before["operations"][name], after["operations"][name])
        ),
    ]


def _operation_breaks(before: Schema, after: Schema) -> Iterator[str]:
    yield from _writers_break(before["request"], after["request"])
    yield from _readers_break(before["answer"], after["answer"])


def _gone(what: str, before: Schema, after: Schema) -> Iterator[str]:
    yield from (f"the {what} {name} is gone" for name in before if name not in after)


def _readers_break(before: Schema, after: Schema) -> Iterator[str]:
    """An old reader of new data: each field it knows must still come, in the old form."""
    for record, old, new in _records(before, after):
        if new is None:
            continue
        for field, form in old["properties"].items():
            if field not in new["properties"]:
                yield f"{record}.{field} is gone"
            elif new["properties"][field] != form:
                yield f"{record}.{field} has another form"


def _writers_break(before: Schema, after: Schema) -> Iterator[str]:
    """An old writer of requests: what it sends must still be understood, and nothing new may be asked of it."""
    yield from _readers_break(before, after)
    for record, old, new in _records(before, after):
        if new is not None:
            asked = set(new.get("required", ())) - set(old.get("required", ()))
            yield from (f"{record}.{field} is required now" for field in sorted(asked))


def _records(before: Schema, after: Schema) -> Iterator[tuple[str, Schema, Schema | None]]:
    for name, old in before.get("$defs", {}).items():
        if "properties" in old:
            yield name, old, after.get("$defs", {}).get(name)
