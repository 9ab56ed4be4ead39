"""What operators do: dead letters looked at and put back, and outboxes counted, on the real servers."""

import json
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator

import aio_pika
import msgspec
import pytest
from aio_pika.abc import AbstractChannel

from contracts.errors import NotFound, Unavailable
from contracts.wire import Envelope
from deploy.local.backends import Backends
from kit.letters import letters
from kit.mongo import Database
from kit.outbox import waiting
from tests.builders import NOW
from tests.kit.things import ThingChanged


class Grave:
    """A part's two queues, with nobody at work."""

    def __init__(self, url: str, channel: AbstractChannel) -> None:
        self.url = url
        self.part = f"part-{uuid.uuid4().hex[:8]}"
        self._channel = channel

    async def dig(self) -> None:
        """Make the queues."""
        for queue in (f"{self.part}.events", f"{self.part}.events.dead"):
            await self._channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})

    async def bury(self, letter_id: str, body: bytes) -> None:
        """Let the part give up on something."""
        headers: dict[str, int | str] = {"attempts": 4, "reason": "ValueError"}
        message = aio_pika.Message(body, message_id=letter_id, type=ThingChanged.topic, headers=dict(headers))
        await self._channel.default_exchange.publish(message, f"{self.part}.events.dead")

    async def waiting(self) -> list[aio_pika.abc.AbstractIncomingMessage]:
        """What the part would be told."""
        queue = await self._channel.get_queue(f"{self.part}.events")
        found = []
        while message := await queue.get(fail=False, no_ack=True):
            found.append(message)
        return found


@pytest.fixture
async def grave(backends: Backends) -> AsyncIterator[Grave]:
    """The queues of a part that nobody else knows."""
    url = backends["amqp"].url
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        grave = Grave(url, channel)
        await grave.dig()
        yield grave
        for queue in (f"{grave.part}.events", f"{grave.part}.events.dead"):
            await channel.queue_delete(queue)


def an_event(subject: str) -> bytes:
    fact = msgspec.Raw(msgspec.json.encode(ThingChanged(thing_id=subject, value=1)))
    envelope = Envelope(
        id="1", source="/test", type=ThingChanged.topic, subject=subject, time=NOW, orgid="acme", sequence=1, data=fact
    )
    return msgspec.json.encode(envelope)


async def test_looking_at_dead_letters_takes_none_away(grave: Grave) -> None:
    await grave.bury("first", an_event("thing-1"))
    await grave.bury("second", b"not even JSON")
    async with letters(grave.url) as dead:
        assert len(await dead.look(grave.part, 10)) == 2
        first, second = sorted(await dead.look(grave.part, 10), key=lambda letter: letter.id)
    assert (first.subject, first.org_id, first.attempts, first.reason) == ("thing-1", "acme", 4, "ValueError")
    assert (second.subject, second.body) == ("", "not even JSON")


async def test_a_letter_is_put_back_alone_and_as_it_was_first_sent(grave: Grave) -> None:
    for name in ("first", "second", "third"):
        await grave.bury(name, an_event(name))
    async with letters(grave.url) as dead:
        assert await dead.replay(grave.part, "second") == 1
        (again,) = await grave.waiting()
        assert (again.message_id, again.type, "attempts" in again.headers) == ("second", ThingChanged.topic, False)
        assert {each.id for each in await dead.look(grave.part, 10)} == {"first", "third"}


async def test_all_letters_are_put_back_once(grave: Grave) -> None:
    for number in range(5):
        await grave.bury(str(number), an_event(str(number)))
    async with letters(grave.url) as dead:
        assert await dead.replay(grave.part) == 5
        assert await dead.replay(grave.part) == 0
        assert await dead.count(grave.part) == 0
    assert [each.message_id for each in await grave.waiting()] == ["0", "1", "2", "3", "4"]


async def test_a_part_that_does_not_exist_has_no_letters(grave: Grave) -> None:
    async with letters(grave.url) as dead:
        with pytest.raises(NotFound, match="no part nobody"):
            await dead.count("nobody")


async def test_a_broker_that_is_away_is_said_to_be() -> None:
    with pytest.raises(Unavailable):
        async with letters("amqp://127.0.0.1:1/"):
            pass


async def test_what_waits_in_outboxes_is_counted_since_the_oldest(database: Database) -> None:
    assert (await waiting(database)).changes == 0
    await database["goals"].insert_many([{"outbox_at": NOW}, {"outbox_at": NOW.replace(year=2020)}, {"done": True}])
    found = await waiting(database)
    assert (found.changes, found.since and found.since.year) == (2, 2020)


def inzpireu(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from deploy.local.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin"})


def test_the_commands_say_what_they_need() -> None:
    for words in (("letters", "list"), ("outbox",)):
        done = inzpireu(*words)
        assert done.returncode == 2
        assert "_URL as for a part" in done.stderr
    unknown = inzpireu("letters", "list", "--part", "gaols", "--amqp-url", "amqp://127.0.0.1:1/")
    assert (unknown.returncode, "There is no part gaols" in unknown.stderr) == (2, True)
    away = inzpireu("letters", "list", "--amqp-url", "amqp://127.0.0.1:1/")
    assert (away.returncode, away.stderr) == (1, "The event bus does not answer: AMQPConnectionError.\n")


async def test_outboxes_are_counted_by_the_command(backends: Backends) -> None:
    done = inzpireu("outbox", "--mongodb-url", backends["mongodb"].url, "--json")
    assert done.returncode == 0, done.stderr
    assert [each["part"] for each in json.loads(done.stdout)] == ["identity", "goals", "sessions", "notifications"]
