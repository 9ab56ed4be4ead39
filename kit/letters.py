"""Dead letters: events that a part gave up on, looked at without being taken, and put back when the cause is mended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import aio_pika
import msgspec
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue
from aio_pika.connection import make_url
from aiormq.exceptions import AMQPError, ChannelNotFoundEntity

from contracts.errors import NotFound, Unavailable
from contracts.wire import Envelope

LONGEST = 60.0  # seconds without the broker's answer


class Letter(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One dead letter. `body` is the event as it came; it carries ids, never a person's words."""

    id: str
    part: str
    topic: str
    subject: str
    org_id: str
    time: datetime | None
    attempts: int
    reason: str
    body: str


class Letters:
    """The dead letters of parts. Looking takes none away; each that is put back is taken away once it is confirmed."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel

    async def count(self, part: str) -> int:
        """How many a part has. Raises NotFound for a part that has no queue."""
        return (await self._grave(part)).declaration_result.message_count or 0

    async def look(self, part: str, limit: int) -> list[Letter]:
        """The oldest ones of a part."""
        grave = await self._grave(part)
        held = [message for _ in range(limit) if (message := await grave.get(fail=False))]
        for message in held:
            await message.reject(requeue=True)
        return [_letter(part, message) for message in held]

    async def replay(self, part: str, letter_id: str | None = None) -> int:
        """Put them back into the part's queue, or only this one. Returns how many."""
        grave = await self._grave(part)
        put_back, kept = 0, []
        for _ in range(grave.declaration_result.message_count or 0):  # those that die meanwhile wait for the next time
            message = await grave.get(fail=False)
            if message is None:
                break
            if letter_id not in {None, message.message_id}:
                kept.append(message)
                continue
            await self._put_back(part, message)
            put_back += 1
        for message in kept:
            await message.reject(requeue=True)
        return put_back

    async def _put_back(self, part: str, message: AbstractIncomingMessage) -> None:
        copy = aio_pika.Message(
            message.body,
            content_type=message.content_type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=message.message_id,
            type=message.type,
        )
        await self._channel.default_exchange.publish(copy, f"{part}.events", mandatory=True)
        await message.ack()

    async def _grave(self, part: str) -> AbstractQueue:
        try:
            return await self._channel.declare_queue(f"{part}.events.dead", passive=True)
        except ChannelNotFoundEntity as error:
            raise NotFound(f"There is no part {part} that could have dead letters.", field="part") from error


@asynccontextmanager
async def letters(url: str) -> AsyncIterator[Letters]:
    """The dead letters of the broker at `url`. Raises Unavailable where it does not answer."""
    connection = aio_pika.Connection(make_url(url))
    try:
        await connection.connect(timeout=LONGEST)
        yield Letters(await connection.channel(publisher_confirms=True, on_return_raises=True))
    except (AMQPError, OSError, TimeoutError) as error:
        raise Unavailable(f"The event bus does not answer: {type(error).__name__}.") from error
    finally:
        await connection.close()


def _letter(part: str, message: AbstractIncomingMessage) -> Letter:
    try:
        envelope: Envelope | None = msgspec.json.decode(message.body, type=Envelope)
    except msgspec.MsgspecError:
        envelope = None  # it is dead because nobody can read it
    return Letter(
        id=message.message_id or "",
        part=part,
        topic=message.type or "",
        subject=envelope.subject if envelope else "",
        org_id=envelope.orgid if envelope else "",
        time=envelope.time if envelope else None,
        attempts=int(str(message.headers.get("attempts", 0))),
        reason=str(message.headers.get("reason", "unreadable" if envelope is None else "")),
        body=message.body.decode("utf-8", "replace"),
    )
