"""The shapes that everything on the wire is made of. Says nothing about how it travels."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Something published: immutable, by keyword, camelCase on the wire, unknown fields ignored."""


class Command(Record, frozen=True, kw_only=True):
    """A request that changes something.

    A repeat with the same `idempotency_key` by the same caller has no second effect and gets the current answer; with
    another body it is refused (IDEMPOTENCY_MISMATCH). `expected_version`, where given, must be the version that the
    changed object has, or the change is refused (CONFLICT).
    """

    idempotency_key: str | None = None
    expected_version: int | None = None


class CycleCommand(Command, frozen=True, kw_only=True):
    """A command that only the workflows part may give; `at` is the moment (UTC) at which the cycle decided it."""

    at: datetime


class Event(Record, frozen=True, kw_only=True):
    """A fact, past tense. It carries ids and enumerations, never a person's words."""

    topic: ClassVar[str]
    mentorship_id: str | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it travels: CloudEvents 1.0, structured mode, with extension attributes for tenant, order and trace.

    `subject` is the aggregate's id and `sequence` its version after the change, so that a projection can drop what is
    stale. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    orgid: str
    sequence: int
    data: msgspec.Raw
    actorid: str = ""
    correlationid: str = ""
    traceparent: str = ""
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


class Page[T](Record, frozen=True, kw_only=True):
    """One page of a list, in the list's own order; `end_cursor` asks for the next one.

    `cursors` are the items' own places, in the same order. `end_cursor` may lie behind the last of them, where what
    follows it is hidden from the caller.
    """

    items: tuple[T, ...] = ()
    cursors: tuple[str, ...] = ()
    end_cursor: str | None = None
    has_next: bool = False


@dataclass(frozen=True, slots=True)
class Change[S]:
    """What a decision came to: the next state, and the facts to tell the others. Both are saved in one write."""

    state: S
    events: tuple[Event, ...] = ()


def evolve[S: Record](aggregate: S, /, **fields: Any) -> S:
    """The same aggregate one version later with these fields changed."""
    return msgspec.structs.replace(aggregate, version=aggregate.version + 1, **fields)  # type: ignore[attr-defined]


class Caller(Record, frozen=True, kw_only=True):
    """Who asks, as a verified token says it: a person, a part of the platform, or nobody (both ids empty).

    `programme_ids` are the programmes that a person manages without managing all of them.
    `scopes` are those of a program's API token; None for people and parts.
    """

    org_id: str = ""
    user_id: str = ""
    part: str = ""
    roles: tuple[str, ...] = ()
    programme_ids: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """One word for logs and idempotency: the user's id, `part:<name>`, or `nobody`."""
        return self.user_id or (f"part:{self.part}" if self.part else "nobody")


# What people write: never blank, never larger than the page it is shown on. Checked where a request is decoded.
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=5_000, pattern=r"\S")]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=20)]


class ByIds(Record, frozen=True, kw_only=True):
    """Up to 200 objects by id; those the caller may not see are left out, in no particular order."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation[Q: Record, A]:
    """One call that a part answers, as data: it makes both the route and the caller's typed method.

    `safe` operations change nothing and may be tried again.
    """

    name: str
    request: type[Q]
    answer: type[A]
    safe: bool = False


def topic[E: Event](name: str) -> Callable[[type[E]], type[E]]:
    """Name the topic of an event class: `<owner>.<past_tense>.v<N>`."""

    def mark(event: type[E]) -> type[E]:
        event.topic = name
        return event

    return mark
