"""Whether a platform has come to rest: nothing waits to be published, to be heard, or to be done by a cycle."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient
from temporalio.client import Client
from temporalio.service import RPCError

from contracts.subscriptions import SUBSCRIPTIONS
from deploy.local.stack import Stack
from kit.bus import EXCHANGE
from kit.outbox import WAITING
from tests.system.polling import until

_LISTENING = {part: {event.topic for event in events} for part, events in SUBSCRIPTIONS.items()}


class Published:
    """Every event that the broker was given since this began, from a queue that outlives the broker."""

    def __init__(self) -> None:
        self.topics: dict[str, str] = {}

    async def take(self, message: AbstractIncomingMessage) -> None:
        """Remember one; an event that was published twice is one event."""
        self.topics[message.message_id or ""] = message.type or ""
        await message.ack()


class Log:
    """What a part has logged of the events that it heard and the effects that it delivered; each line is read once."""

    def __init__(self, stack: Stack, part: str) -> None:
        self.heard: set[str] = set()
        self.delivered = 0
        self._file = stack.state / "logs" / f"{part}.log"
        self._offset = 0

    def read(self) -> None:
        """Read on. A line that is not written to its end is left for the next time."""
        with self._file.open("rb") as log:
            log.seek(self._offset)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            if b'"event": "event_handled"' in line:
                self.heard.add(json.loads(line)["event_id"])
            self.delivered += b'"event": "effect_delivered"' in line


class Quiet:
    """Asks every log and every store of a platform."""

    def __init__(self, stack: Stack, published: Published, mongo: AsyncIOMotorClient[Any], engine: Client) -> None:
        self._published, self._mongo, self._engine = published, mongo, engine
        self._collections: list[Any] = []
        self._logs = {part: Log(stack, part) for part in _LISTENING}

    async def reached(self, mentorship_id: str) -> None:
        """Return once nothing is under way any more."""

        async def is_quiet() -> bool:
            if not self._is_heard() or not await self._is_at_rest(mentorship_id):
                return False  # these are asked first, for they are cheap
            return await self._is_published() and self._is_heard() and await self._is_at_rest(mentorship_id)

        await until(is_quiet, "everything to be heard and done", seconds=90)

    async def _is_published(self) -> bool:
        if not self._collections:  # they are made when the services start
            for name in await self._mongo.list_database_names():
                self._collections += [
                    self._mongo[name][each] for each in await self._mongo[name].list_collection_names()
                ]
        waiting = await asyncio.gather(*(each.find_one(WAITING, {"_id": 1}) for each in self._collections))
        return not any(waiting)

    def _is_heard(self) -> bool:
        for part, topics in _LISTENING.items():
            log = self._logs[part]
            log.read()
            if any(topic in topics and event not in log.heard for event, topic in self._published.topics.items()):
                return False
        return True

    async def _is_at_rest(self, mentorship_id: str) -> bool:
        try:
            found = (await self._engine.get_workflow_handle(mentorship_id).describe()).raw_description
        except RPCError:
            return False
        return not found.pending_activities and not found.HasField("pending_workflow_task")


@asynccontextmanager
async def quiet_of(stack: Stack) -> AsyncIterator[Quiet]:
    """From before the first event on."""
    published = Published()
    connection = await aio_pika.connect_robust(stack.backends["amqp"].url, reconnect_interval=0.5)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("tests.published", durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(EXCHANGE, "#")
        await queue.consume(published.take)
        mongo: AsyncIOMotorClient[Any] = AsyncIOMotorClient(stack.backends["mongodb"].url)
        try:
            yield Quiet(stack, published, mongo, await Client.connect(stack.backends["temporal"].url))
        finally:
            mongo.close()
