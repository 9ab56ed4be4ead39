"""What makes a command or an event safe to repeat: one stamp that is kept with the change it led to."""

import asyncio
import hashlib
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from contracts.errors import Conflict, Stale
from contracts.wire import Caller, Command, Envelope, Record

STALE_TRIES = 30  # a hundred people may log progress on one goal in the same second
_NAMESPACE = UUID("6f4df52c-9d1b-5a0e-8a52-1de6a1d1ab52")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who changes something, when (UTC, as the installation lives) and because of what.

    `key` is empty where the caller asked for no protection from repeats. `roles` are what the audit says of the caller.
    """

    org_id: str
    actor_id: str
    at: datetime
    key: str = ""
    body_hash: str = ""
    expected_version: int | None = None
    roles: tuple[str, ...] = ()

    def new_id(self, kind: str) -> str:
        """The id of the one object of this kind that this command creates: the same again for the same key."""
        if self.key:
            return str(uuid5(_NAMESPACE, f"{self.org_id}|{kind}|{self.key}"))
        return time_ordered_id()

    def check_version(self, version: int) -> None:
        """Refuse to change another version than the caller has seen."""
        if self.expected_version is not None and self.expected_version != version:
            raise Conflict(
                f"The object is at version {version}, not {self.expected_version}. Read it again and decide anew.",
                field="version",
            )


def stamp(caller: Caller, request: Command, at: datetime, *, leave_out: tuple[str, ...] = ()) -> Stamp:
    """The stamp of a caller's command. The key is scoped to caller and operation; the hash covers everything else.

    `leave_out` names secrets: a fast hash of a password must not be kept.
    """
    body = msgspec.structs.replace(request, idempotency_key=None, **dict.fromkeys(leave_out, ""))
    return Stamp(
        org_id=caller.org_id,
        actor_id=caller.name,
        at=at,
        key=f"{caller.name}|{type(request).__name__}|{request.idempotency_key}" if request.idempotency_key else "",
        body_hash=_hash(body),
        expected_version=request.expected_version,
        roles=caller.roles,
    )


def stamp_of_event(envelope: Envelope, purpose: str = "") -> Stamp:
    """The stamp of an event's effect; `purpose` tells several effects of one event apart."""
    key = f"event|{envelope.id}|{purpose}"
    return Stamp(org_id=envelope.orgid, actor_id=envelope.actorid, at=envelope.time, key=key)


def natural_id(*names: object) -> str:
    """The one id of what these names already identify, such as the third check-in of a mentorship."""
    return str(uuid5(_NAMESPACE, "|".join(map(str, names))))


class _Sequence:
    """A growing 60-bit number: 48 bits of milliseconds, then 12 bits that count within one (RFC 9562, section 6.2)."""

    def __init__(self) -> None:
        self._latest = 0

    def next(self) -> int:
        started = int(time.time() * 1000) << 12 | int.from_bytes(os.urandom(1))
        self._latest = max(self._latest + 1, started)
        return self._latest


_sequence = _Sequence()


def time_ordered_id() -> str:
    """A UUID of version 7 (RFC 9562): ids made later sort later, and in one process always."""
    number = _sequence.next()
    chance = int.from_bytes(os.urandom(8)) >> 2
    return str(UUID(int=number >> 12 << 80 | 7 << 76 | (number & 0xFFF) << 64 | 2 << 62 | chance))


def _hash(record: Record) -> str:
    return hashlib.sha256(msgspec.json.encode(record)).hexdigest()[:32]


async def until_fresh[A](action: Callable[[], Awaitable[A]], *, tries: int = STALE_TRIES) -> A:
    """Run a whole load-decide-save action again while another writer wins the race for the object."""
    for attempt in range(tries):
        try:
            return await action()
        except Stale:
            await asyncio.sleep(random.uniform(0, 0.01 * (attempt + 1)))  # spread the writers out
    raise Conflict("The object is being changed by many at once. Read it again and retry.")
