"""Events on the real broker: published once, in order, never lost; tried again, and put aside when nothing helps."""

import asyncio
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import aio_pika
import msgspec
import pytest
import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from contracts.errors import Stale, Unavailable
from contracts.wire import Envelope, Event, topic
from deploy.local.backends import Backends
from kit.audit import Trail
from kit.bus import EXCHANGE, Bus, Consumer, Waits
from kit.command import stamp_of_event, time_ordered_id
from kit.mongo import Aggregates, Collection, Database, Document
from kit.outbox import BATCH, Relay
from kit.telemetry import attached, correlation_id
from tests.kit.things import NOW, Thing, ThingChanged, a_stamp, a_thing, adding
from tests.system.polling import until

QUICK = Waits(rungs={"30ms": 30}, ladder=("30ms",) * 4, patience=("30ms",))

type Handler = Callable[[ThingChanged, Envelope], Awaitable[object]]


@topic("testing.nobody_asked.v1")
class NobodyAsked(Event, frozen=True, kw_only=True):
    """An event that reaches the queue although no handler knows it."""


class Post:
    """One part's place on the bus, under a name of its own so that tests do not hear each other."""

    def __init__(self, url: str, channel: AbstractChannel) -> None:
        self.url = url
        self.channel = channel
        self.part = f"test-{uuid.uuid4().hex[:8]}"
        self.heard: list[Envelope] = []

    def bus(self, handler: Handler | None = None) -> Bus:
        """The bus of one process of this part, which handles events if it is told how."""
        bus = Bus(self.url, self.part, {self.part: (ThingChanged, NobodyAsked)}, waits=QUICK)
        if handler:
            bus.consume([Consumer(ThingChanged, handler)])
        return bus

    async def hear(self, _event: ThingChanged, envelope: Envelope) -> None:
        """Remember it."""
        self.heard.append(envelope)

    async def until_heard(self, number: int) -> None:
        """Return when so many were heard."""

        async def look() -> bool:
            return len(self.heard) >= number

        await until(look, f"{number} events")

    async def dead(self, number: int) -> list[AbstractIncomingMessage]:
        """Those put aside, when there are so many."""
        grave = await self.channel.get_queue(f"{self.part}.events.dead")
        found: list[AbstractIncomingMessage] = []

        async def look() -> bool:
            while message := await grave.get(fail=False, no_ack=True):
                found.append(message)
            return len(found) >= number

        await until(look, f"{number} dead letters")
        return found

    async def throw(self, body: bytes, routing_key: str = ThingChanged.topic) -> None:
        """Put these bytes on the bus as anybody with a connection could."""
        exchange = await self.channel.get_exchange(EXCHANGE)
        await exchange.publish(aio_pika.Message(body, message_id=time_ordered_id()), routing_key)


@pytest.fixture
async def post(backends: Backends) -> AsyncIterator[Post]:
    """A part's place on the bus; its queues are gone afterwards."""
    url = backends["amqp"].url
    async with await aio_pika.connect(url) as connection:
        post = Post(url, await connection.channel())
        yield post
        for name in (f"{post.part}.events", f"{post.part}.events.dead"):
            await post.channel.queue_delete(name)


def a_letter(number: int = 1, *, subject: str = "thing-1", **fields: Any) -> Envelope:
    data = msgspec.json.encode(ThingChanged(thing_id=subject, value=number))
    defaults: dict[str, Any] = {
        "id": time_ordered_id(),
        "source": "/test",
        "type": ThingChanged.topic,
        "subject": subject,
        "time": NOW,
        "orgid": "acme",
        "sequence": number,
        "data": msgspec.Raw(data),
    }
    return Envelope(**{**defaults, **fields})


async def publish(bus: Bus, *letters: Envelope) -> None:
    for letter in letters:
        await bus.publish(letter.type, letter.id, msgspec.json.encode(letter))


async def emptied(collection: Collection) -> None:
    """Return when no outbox holds anything."""

    async def look() -> bool:
        return await collection.find_one({"outbox_at": {"$exists": True}}) is None

    await until(look, "the outboxes to be empty")


@pytest.fixture
async def things(database: Database) -> Aggregates[Thing]:
    """Things whose events are to be published."""
    things = Aggregates(database, "things", Thing, source="test")
    await things.prepare()
    return things


async def changed(things: Aggregates[Thing], object_id: str, times: int) -> None:
    for _ in range(times):
        await things.amend(await things.load("acme", object_id), a_stamp(), adding(1))


async def test_every_saved_event_is_published_once_and_in_the_order_of_its_aggregate(
    post: Post, things: Aggregates[Thing], database: Database
) -> None:
    bus = post.bus(post.hear)
    relay = Relay(bus, Trail(database, "test"))
    relay.watch(things)
    async with bus, relay:
        made = [await things.create(a_stamp(), a_thing()) for _ in range(8)]
        await asyncio.gather(*(changed(things, thing.id, 4) for thing in made))
        relay.wake()
        await post.until_heard(40)
        await emptied(things.collection)
    sequences: dict[str, list[int]] = defaultdict(list)
    for envelope in post.heard:
        sequences[envelope.subject].append(envelope.sequence)
    assert sequences == {thing.id: [1, 2, 3, 4, 5] for thing in made}


async def test_what_another_process_saved_is_found_without_its_news(
    post: Post, things: Aggregates[Thing], database: Database
) -> None:
    of_another = Aggregates(database, "things", Thing, source="test")
    bus = post.bus(post.hear)
    relay = Relay(bus, Trail(database, "test"))
    relay.watch(things)
    async with bus, relay:
        await things.create(a_stamp(), a_thing())
        await post.until_heard(1)
        await of_another.create(a_stamp(), a_thing())
        await post.until_heard(2)


async def test_a_crowd_in_the_outboxes_is_published_batch_by_batch(
    post: Post, things: Aggregates[Thing], database: Database
) -> None:
    ids = [time_ordered_id() for _ in range(2 * BATCH + 7)]
    await things.create_all(a_stamp(), [a_thing()(each) for each in ids])
    bus = post.bus(post.hear)
    relay = Relay(bus, Trail(database, "test"))
    relay.watch(things)
    async with bus, relay:
        await post.until_heard(len(ids))
        await emptied(things.collection)
    assert sorted(envelope.subject for envelope in post.heard) == ids


async def test_an_event_carries_the_ids_of_the_request_that_caused_it(
    post: Post, things: Aggregates[Thing], database: Database
) -> None:
    seen: list[str] = []

    async def note(_event: ThingChanged, envelope: Envelope) -> None:
        seen.append(correlation_id())
        await post.hear(_event, envelope)

    bus = post.bus(note)
    relay = Relay(bus, Trail(database, "test"))
    relay.watch(things)
    with attached("test", correlation="request-7"):
        await things.create(a_stamp(), a_thing())
    async with bus, relay:
        await post.until_heard(1)
    assert seen == ["request-7"]


class DiesBeforeClearing(Relay):
    """A relay that is cut off once between publishing and clearing."""

    died = False

    async def clear(self, collection: Collection, document: Document) -> None:
        """The first time never happens."""
        if not self.died:
            self.died = True
            raise RuntimeError("killed here")
        await super().clear(collection, document)


async def test_a_crash_between_publishing_and_clearing_delivers_twice_and_has_one_effect(
    post: Post, things: Aggregates[Thing], database: Database
) -> None:
    effects = Aggregates(database, "effects", Thing, source="test")

    async def have_effect(event: ThingChanged, envelope: Envelope) -> None:
        await effects.create(stamp_of_event(envelope), a_thing(event.thing_id))
        await post.hear(event, envelope)

    bus = post.bus(have_effect)
    relay = DiesBeforeClearing(bus, Trail(database, "test"))
    relay.watch(things)
    with structlog.testing.capture_logs() as logs:
        async with bus, relay:
            await things.create(a_stamp(), a_thing())
            relay.wake()
            await post.until_heard(2)
            await emptied(things.collection)
    assert len({envelope.id for envelope in post.heard}) == 1
    assert await effects.collection.count_documents({"org_id": "acme"}) == 1
    assert [line["event"] for line in logs].count("duplicate_suppressed") == 1


async def test_an_event_saved_while_another_is_published_is_not_cleared_with_it(
    post: Post, things: Aggregates[Thing], database: Database
) -> None:
    thing = await things.create(a_stamp(), a_thing())
    relay = Relay(post.bus(), Trail(database, "test"))
    before = await things.collection.find_one({"_id": thing.id})
    assert before is not None
    await changed(things, thing.id, 1)
    await relay.clear(things.collection, before)
    after = await things.collection.find_one({"_id": thing.id})
    assert after is not None
    assert (len(after["outbox"]), "outbox_at" in after) == (1, True)
    await relay.clear(things.collection, after)
    cleared = await things.collection.find_one({"_id": thing.id})
    assert cleared is not None
    assert (cleared["outbox"], cleared["audit"], "outbox_at" in cleared) == ([], [], False)


async def test_three_deliveries_at_once_to_two_consumers_have_one_effect(post: Post, database: Database) -> None:
    effects = Aggregates(database, "effects", Thing, source="test")

    async def have_effect(event: ThingChanged, envelope: Envelope) -> None:
        await effects.create(stamp_of_event(envelope), a_thing(event.thing_id))
        await post.hear(event, envelope)

    letters = [a_letter(number, subject=f"thing-{number}") for number in range(5)]
    async with post.bus(have_effect) as one, post.bus(have_effect):
        for _ in range(3):
            await publish(one, *letters)
        await post.until_heard(15)
    assert await effects.collection.count_documents({"org_id": "acme"}) == 5


async def test_events_published_before_a_consumers_first_start_wait_for_it(post: Post) -> None:
    letters = [a_letter(number) for number in range(3)]
    async with post.bus() as publisher:
        await publish(publisher, *letters)
    async with post.bus(post.hear):
        await post.until_heard(3)
    assert [envelope.id for envelope in post.heard] == [letter.id for letter in letters]


def fails_on(subject: str, error: Exception, tries: Counter[str], then: Handler) -> Handler:
    async def handle(event: ThingChanged, envelope: Envelope) -> None:
        tries[envelope.subject] += 1
        if envelope.subject == subject:
            raise error
        await then(event, envelope)

    return handle


async def test_a_message_that_nobody_can_handle_is_put_aside_after_five_tries_and_holds_nobody_up(post: Post) -> None:
    tries: Counter[str] = Counter()
    good = [a_letter(number, subject=f"good-{number}") for number in range(10)]
    bad = a_letter(subject="bad")
    async with post.bus(fails_on("bad", ValueError("no"), tries, post.hear)) as bus:
        began = time.monotonic()
        await publish(bus, bad, *good)
        await post.until_heard(10)
        assert time.monotonic() - began < 2
        (letter,) = await post.dead(1)
    assert tries == {"bad": 5} | {each.subject: 1 for each in good}
    assert (letter.message_id, letter.headers["reason"]) == (bad.id, "ValueError")
    assert msgspec.json.decode(letter.body, type=Envelope).id == bad.id


UNREADABLE = [
    (b"{", ThingChanged.topic),
    (b"null", ThingChanged.topic),
    (b"\xff", ThingChanged.topic),
    (msgspec.json.encode(a_letter(data=msgspec.Raw(b'{"thingId": 5}'))), ThingChanged.topic),
    (msgspec.json.encode(a_letter(type="testing.thing_changed.v9")), ThingChanged.topic),
    (msgspec.json.encode(a_letter(type=NobodyAsked.topic)), NobodyAsked.topic),
]


async def test_messages_that_nobody_can_read_are_put_aside_and_hold_nobody_up(post: Post) -> None:
    async with post.bus(post.hear) as bus:
        await publish(bus, a_letter(1))
        for body, routing_key in UNREADABLE:
            await post.throw(body, routing_key)
        await publish(bus, a_letter(2))
        await post.until_heard(2)
        letters = await post.dead(len(UNREADABLE))
    assert sorted(letter.body for letter in letters) == sorted(body for body, _ in UNREADABLE)
    assert [envelope.sequence for envelope in post.heard] == [1, 2]


async def test_a_dead_letter_is_delivered_when_it_is_put_back_after_the_defect_is_mended(post: Post) -> None:
    tries: Counter[str] = Counter()
    async with post.bus(fails_on("bad", ValueError("no"), tries, post.hear)) as bus:
        await publish(bus, a_letter(subject="bad"))
        (letter,) = await post.dead(1)
    async with post.bus(post.hear):
        await post.throw(letter.body)
        await post.until_heard(1)


async def test_what_is_unavailable_is_waited_for_and_does_not_count_as_a_failure(post: Post) -> None:
    outcomes = iter([*[Unavailable("away")] * 4, ValueError("no"), Unavailable("away"), *[ValueError("no")] * 3])

    async def handle(event: ThingChanged, envelope: Envelope) -> None:
        if error := next(outcomes, None):
            raise error
        await post.hear(event, envelope)

    async with post.bus(handle) as bus:
        await publish(bus, a_letter())
        await post.until_heard(1)
    assert next(outcomes, None) is None


async def test_a_handler_that_loses_the_race_is_tried_again_at_once(post: Post) -> None:
    tries = count(1)

    async def handle(event: ThingChanged, envelope: Envelope) -> None:
        if next(tries) < 5:
            raise Stale("somebody was first")
        await post.hear(event, envelope)

    async with post.bus(handle) as bus:
        await publish(bus, a_letter())
        await post.until_heard(1)
        queue = await post.channel.get_queue(f"{post.part}.events.dead")
        assert await queue.get(fail=False) is None


async def test_a_consumer_that_stops_ends_what_it_has_in_hand(post: Post) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def handle(event: ThingChanged, envelope: Envelope) -> None:
        begun.set()
        await may_end.wait()
        await post.hear(event, envelope)

    async with AsyncExitStack() as running:
        bus = await running.enter_async_context(post.bus(handle))
        await publish(bus, a_letter())
        await asyncio.wait_for(begun.wait(), 5)
        asyncio.get_running_loop().call_later(0.1, may_end.set)
    assert len(post.heard) == 1
    async with post.bus(post.hear) as again:
        await publish(again, a_letter(2))
        await post.until_heard(2)
    assert [envelope.sequence for envelope in post.heard] == [1, 2]


async def test_an_event_left_in_hand_by_a_consumer_that_died_comes_again(post: Post) -> None:
    async with post.bus() as publisher:
        await publish(publisher, a_letter())
    async with await aio_pika.connect(post.url) as dying:
        queue = await (await dying.channel()).get_queue(f"{post.part}.events")
        assert await queue.get(timeout=5)
    async with post.bus(post.hear):
        await post.until_heard(1)


async def test_whoever_listens_sees_events_and_passes_over_what_is_none(post: Post) -> None:
    seen: list[str] = []
    bus = post.bus()
    bus.listen(["testing.#"], lambda envelope: seen.append(envelope.id))
    letters: Sequence[Envelope] = [a_letter(number) for number in range(2)]

    async def all_seen() -> bool:
        return {letter.id for letter in letters} <= set(seen)

    async with bus:
        await publish(bus, letters[0])
        await post.throw(b"{")
        await publish(bus, letters[1])
        await until(all_seen, "the events")


async def test_every_part_declares_the_queues_of_all_parts(post: Post) -> None:
    other = f"{post.part}-other"
    bus = Bus(post.url, post.part, {post.part: (), other: (ThingChanged,)}, waits=QUICK)
    async with bus:
        await publish(bus, a_letter())
        queue = await post.channel.get_queue(f"{other}.events")
        assert await queue.get(timeout=5, no_ack=True)
    for name in (f"{other}.events", f"{other}.events.dead"):
        await post.channel.queue_delete(name)
