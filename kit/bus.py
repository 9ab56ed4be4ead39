"""The event bus: RabbitMQ with quorum queues, publisher confirms, a retry ladder and dead letters.

The only file that knows aio_pika. Everything is declared by every part at its start, so that an event published before
a consumer's first start waits for it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import aio_pika
import msgspec
from aio_pika.abc import (
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractRobustChannel,
    AbstractRobustConnection,
    AbstractRobustQueue,
)
from aio_pika.connection import make_url
from aiormq.exceptions import AMQPError
from pamqp.common import FieldTable

from contracts.errors import Unavailable
from contracts.wire import Envelope, Event
from kit.command import until_fresh
from kit.metrics import CONSUMER_ALIVE, EVENTS, PUBLISHED
from kit.telemetry import attached, log

EXCHANGE, DEAD = "inzpireu.events", "inzpireu.dead"
# From RabbitMQ 4.0 on a quorum queue drops what was given back 20 times; whoever only looks gives back as well.
KEPT: Mapping[str, Any] = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
DELIVERIES = 6  # times that a message may come back without an answer, by a consumer that died each time
PREFETCH = 50  # messages in hand at once: enough to keep the database busy, few enough to drain in a second
PUBLISH_TIMEOUT = 5.0  # seconds; aio-pika's own does not cover waiting for a reconnect
CONSUMER_GRACE = 30.0  # seconds that a channel may stay closed on an open connection before the part is restarted

type Subscriptions = Mapping[str, Sequence[type[Event]]]
type Handler[E: Event] = Callable[[E, Envelope], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Consumer[E: Event]:
    """An event and the action that it leads to. The action must be idempotent by the envelope's id."""

    event: type[E]
    handler: Handler[E]


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a message waits for its next try: `rungs` by name in milliseconds.

    `ladder` is climbed between the five tries of a message that cannot be handled, `patience` while something that a
    handler needs is down; its last rung repeats.
    """

    rungs: Mapping[str, int]
    ladder: Sequence[str]
    patience: Sequence[str]


WAITS = Waits(
    rungs={"1s": 1_000, "10s": 10_000, "1m": 60_000},
    ladder=("1s", "1s", "10s", "10s"),
    patience=("1s", "10s", "1m"),
)


class Bus:
    """Publishes and consumes. Start it and go on: it connects when the broker is there, and again when it is back.

    `subscriptions` says which events each part's queue takes; every part declares them all.
    """

    def __init__(self, url: str, part: str, subscriptions: Subscriptions, *, waits: Waits = WAITS) -> None:
        self._url = url
        self._waits = waits
        self.part = part
        self._of_parts = subscriptions
        self._topics = frozenset(event.topic for events in subscriptions.values() for event in events)
        self._publishing: AbstractRobustChannel | None = None
        self._exchanges: dict[str, AbstractExchange] = {}
        self._connections: list[AbstractRobustConnection] = []
        self._working: set[asyncio.Task[None]] = set()
        self._subscriptions: list[tuple[AbstractRobustQueue, str]] = []
        self._channels: list[AbstractRobustChannel] = []
        self._ready = asyncio.Event()
        self._starting: asyncio.Task[None] | None = None
        self._lost_since: float | None = None
        self._wanted: list[Callable[[AbstractRobustConnection], Awaitable[None]]] = []

    async def __aenter__(self) -> "Bus":
        self._starting = asyncio.create_task(self._start())
        CONSUMER_ALIVE.labels(self.part).set_function(lambda: float(self.is_ready() and self.is_alive()))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more, finish what is in hand, close."""
        if self._starting:
            self._starting.cancel()
            with suppress(asyncio.CancelledError):
                await self._starting
        with suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                for queue, tag in self._subscriptions:
                    await queue.cancel(tag)
                if self._working:
                    await asyncio.wait(self._working)
        for connection in self._connections:
            with suppress(AMQPError, OSError, RuntimeError, TimeoutError):
                await connection.close()

    def is_ready(self) -> bool:
        """Whether the bus has been reached once. A broker that goes away later does not stop commands: events wait."""
        return self._ready.is_set()

    def is_alive(self) -> bool:
        """False where the broker is there but a channel has not come back for long: then only a restart helps."""
        reachable = all(connection.connected.is_set() for connection in self._connections)
        if not reachable or not any(channel.is_closed for channel in self._channels):
            self._lost_since = None
            return True
        self._lost_since = self._lost_since or time.monotonic()
        return time.monotonic() - self._lost_since < CONSUMER_GRACE

    def consume(self, consumers: Sequence[Consumer[Any]]) -> None:
        """Handle these events from this part's queue, from the next start of the bus on. Call it before entering."""
        self._wanted.append(lambda connection: self._subscribe(connection, consumers))

    def listen(self, topics: Iterable[str], on_envelope: Callable[[Envelope], None]) -> None:
        """See each event of these topics (patterns allowed) while this process lives. Call before entering."""
        chosen = tuple(topics)
        self._wanted.append(lambda connection: self._tap(connection, chosen, on_envelope))

    async def publish(self, topic: str, event_id: str, body: bytes) -> None:
        """Hand one envelope to the broker; returns once it has confirmed it. Raises Unavailable."""
        message = aio_pika.Message(
            body,
            content_type="application/cloudevents+json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=event_id,
            type=topic,
        )
        await self._send(EXCHANGE, topic, message, mandatory=False)
        PUBLISHED.labels(self.part).inc()

    async def _start(self) -> None:
        publishing, consuming = await self._connect(), await self._connect()
        channel = await publishing.channel(publisher_confirms=True, on_return_raises=True)
        assert isinstance(channel, AbstractRobustChannel)
        self._exchanges = await _declare(channel, self._of_parts, self._waits.rungs)
        self._publishing = channel
        self._channels.append(channel)
        for want in self._wanted:
            await want(consuming)
        self._ready.set()
        log.info("bus_connected")

    async def _connect(self) -> AbstractRobustConnection:
        """Like `connect_robust`, but known to us before it connects: its reconnecting swallows every cancellation."""
        name: FieldTable = {"connection_name": self.part}
        again: dict[str, Any] = {"fail_fast": 0, "reconnect_interval": 0.5}
        url = make_url(self._url, **again)
        connection = aio_pika.RobustConnection(url, client_properties=name, **again)
        self._connections.append(connection)
        await connection.connect()
        return connection

    async def _send(self, exchange: str, key: str, message: aio_pika.Message, *, mandatory: bool) -> None:
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT):
                await self._ready.wait()
                channel = self._publishing
                assert channel is not None
                await channel.ready()
                await self._exchanges[exchange].publish(message, key, mandatory=mandatory)
        except (AMQPError, OSError, RuntimeError, TimeoutError) as error:
            raise Unavailable("The event bus does not answer. What was saved is kept and will be published.") from error

    async def _subscribe(self, connection: AbstractRobustConnection, consumers: Sequence[Consumer[Any]]) -> None:
        known: dict[str, list[Consumer[Any]]] = {}
        for consumer in consumers:
            known.setdefault(consumer.event.topic, []).append(consumer)
        channel = await connection.channel()
        assert isinstance(channel, AbstractRobustChannel)
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.declare_queue(f"{self.part}.events", durable=True, arguments=_queue_arguments(self.part))
        assert isinstance(queue, AbstractRobustQueue)

        async def receive(message: AbstractIncomingMessage) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._working.add(task)
            task.add_done_callback(self._working.discard)
            await self._handle(message, known)

        self._channels.append(channel)
        self._subscriptions.append((queue, await queue.consume(receive)))

    def _label(self, topic: str | None) -> str:
        """The topic as a label: what is no topic of ours could be anything."""
        return topic if topic in self._topics else "unknown"

    async def _handle(self, message: AbstractIncomingMessage, known: dict[str, list[Consumer[Any]]]) -> None:
        try:
            await _dispatch(message, known)
        except Exception as error:
            await self._again_later(message, error)
            return
        EVENTS.labels(self.part, self._label(message.type), "handled").inc()
        with suppress(AMQPError, RuntimeError):  # the connection may be gone; the message comes back and is suppressed
            await message.ack()

    async def _again_later(self, message: AbstractIncomingMessage, error: Exception) -> None:
        """Put a message that failed on the next rung of the ladder, or among the dead after the last."""
        own = {key: value for key, value in message.headers.items() if not key.startswith("x-")}
        waiting = isinstance(error, Unavailable)
        counter, ladder = ("waits", self._waits.patience) if waiting else ("attempts", self._waits.ladder)
        count = int(str(own.get(counter, 0)))
        log.warning("event_failed", event_id=message.message_id, topic=message.type, exc_info=error, **{counter: count})
        with suppress(AMQPError, RuntimeError, Unavailable):
            if count >= len(ladder) and not waiting:
                await message.reject(requeue=False)
                EVENTS.labels(self.part, self._label(message.type), "dead").inc()
                return
            rung = ladder[min(count, len(ladder) - 1)]
            copy = aio_pika.Message(
                message.body,
                content_type=message.content_type,
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                message_id=message.message_id,
                type=message.type,
                headers={**own, counter: count + 1, "reason": type(error).__name__},
            )
            await self._send(f"inzpireu.retry.{rung}", f"{self.part}.events", copy, mandatory=True)
            await message.ack()
            outcome = "waits" if waiting else "retried"
            EVENTS.labels(self.part, self._label(message.type), outcome).inc()

    async def _tap(
        self, connection: AbstractRobustConnection, topics: tuple[str, ...], on_envelope: Callable[[Envelope], None]
    ) -> None:
        channel = await connection.channel()
        assert isinstance(channel, AbstractRobustChannel)
        queue = await channel.declare_queue(exclusive=True, auto_delete=True)
        for topic in topics:
            await queue.bind(EXCHANGE, topic)
        assert isinstance(queue, AbstractRobustQueue)

        async def receive(message: AbstractIncomingMessage) -> None:
            with suppress(msgspec.MsgspecError):
                on_envelope(msgspec.json.decode(message.body, type=Envelope))

        self._channels.append(channel)
        self._subscriptions.append((queue, await queue.consume(receive, no_ack=True)))


async def _dispatch(message: AbstractIncomingMessage, known: dict[str, list[Consumer[Any]]]) -> None:
    """Take all actions that the event leads to. When a later one fails, the first ones suppress their repeat."""
    envelope = msgspec.json.decode(message.body, type=Envelope)
    consumers = known[envelope.type]
    event = msgspec.json.decode(envelope.data, type=consumers[0].event)
    with attached(f"consume {envelope.type}", envelope.traceparent, envelope.correlationid):
        for consumer in consumers:
            await until_fresh(partial(consumer.handler, event, envelope))
        log.info("event_handled", topic=envelope.type, event_id=envelope.id, subject=envelope.subject)


def _queue_arguments(part: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERIES,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": f"{part}.events",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


async def _declare(
    channel: AbstractRobustChannel, of_parts: Subscriptions, rungs: Mapping[str, int]
) -> dict[str, AbstractExchange]:
    """The whole topology; it works unchanged from RabbitMQ 3.10 to 4.x."""
    events = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
    dead = await channel.declare_exchange(DEAD, aio_pika.ExchangeType.DIRECT, durable=True)
    for part, wanted in of_parts.items():
        queue = await channel.declare_queue(f"{part}.events", durable=True, arguments=_queue_arguments(part))
        for event in wanted:
            await queue.bind(events, event.topic)
        grave = await channel.declare_queue(f"{part}.events.dead", durable=True, arguments=dict(KEPT))
        await grave.bind(dead, f"{part}.events")
    exchanges: dict[str, AbstractExchange] = {EXCHANGE: events}
    for rung, milliseconds in rungs.items():
        name = f"inzpireu.retry.{rung}"
        waiting = await channel.declare_exchange(name, aio_pika.ExchangeType.FANOUT, durable=True)
        arguments = {"x-queue-type": "quorum", "x-message-ttl": milliseconds, "x-dead-letter-exchange": ""}
        queue = await channel.declare_queue(name, durable=True, arguments=arguments)
        await queue.bind(waiting)
        exchanges[name] = waiting
    return exchanges
