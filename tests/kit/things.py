"""A domain that knows nothing but things with a value, for what every domain stands on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from contracts.wire import Change, Command, Event, Operation, Record, evolve, topic
from kit.command import Stamp

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


class Thing(Record, frozen=True, kw_only=True):
    """Something with a value."""

    id: str
    org_id: str
    name: str = ""
    value: int = 0
    parent_id: str = ""
    made_at: datetime = NOW
    version: int = 1


@topic("testing.thing_changed.v1")
class ThingChanged(Event, frozen=True, kw_only=True):
    """It has another value."""

    thing_id: str
    value: int


class AddToThing(Command, frozen=True, kw_only=True):
    """Add to its value."""

    thing_id: str
    by: int = 1


ADD_TO_THING = Operation("testing.add_to_thing", AddToThing, Thing)


def a_stamp(key: str = "", *, org_id: str = "acme", body: str = "", **fields: Any) -> Stamp:
    """Maria does something."""
    return Stamp(org_id=org_id, actor_id="maria", at=NOW, key=key, body_hash=body, **fields)


def a_thing(name: str = "", *, org_id: str = "acme", **fields: Any) -> Callable[[str], Change[Thing]]:
    """A new thing that says so."""

    def make(new_id: str) -> Change[Thing]:
        thing = Thing(id=new_id, org_id=org_id, name=name, **fields)
        return Change(thing, (ThingChanged(thing_id=new_id, value=thing.value),))

    return make


def adding(by: int = 1) -> Callable[[Thing], Change[Thing]]:
    """The thing with more of its value."""

    def decide(thing: Thing) -> Change[Thing]:
        changed = evolve(thing, value=thing.value + by)
        return Change(changed, (ThingChanged(thing_id=thing.id, value=changed.value),))

    return decide
