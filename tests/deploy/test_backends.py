"""The servers, for real: they come up, survive SIGKILL with their data, and yield to a given URL."""

import smtplib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aio_pika
import pytest
from pamqp.common import FieldTable
from pymongo import AsyncMongoClient
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from deploy.local.backends import Backends
from deploy.local.children import Child, ChildFailed, Guard
from deploy.local.components import NotFound, find_program
from deploy.local.probes import accepts
from tests.deploy.launcher import GIVEN, eventually

QUORUM: FieldTable = {"x-queue-type": "quorum"}


@pytest.fixture(scope="module")
async def backends(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Backends]:
    state = tmp_path_factory.mktemp("backends")
    async with Backends(state=state, environ={"PATH": "/usr/bin:/bin"}, disposable=True) as backends:
        yield backends


async def test_every_server_comes_up_with_an_address_and_a_pid(backends: Backends) -> None:
    assert backends.environment().keys() == GIVEN.keys()
    for backend in backends:
        assert backend.ours
        assert backend.pid
        assert backend.rss() > 1_000_000
        assert backend.seconds_to_ready is not None


async def test_acknowledged_documents_survive_a_killed_server(backends: Backends) -> None:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(backends["mongodb"].url)
    await client.test.things.insert_one({"_id": "kept"})
    first, address = backends["mongodb"].pid, backends["mongodb"].address

    backends["mongodb"].kill()
    assert backends["mongodb"].pid is None
    await backends["mongodb"].restart()

    assert backends["mongodb"].pid != first
    assert backends["mongodb"].address == address
    assert await client.test.things.find_one() == {"_id": "kept"}
    await client.close()


async def test_confirmed_messages_survive_a_killed_broker(backends: Backends) -> None:
    async with await aio_pika.connect(backends["amqp"].url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True, arguments=QUORUM)
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")

    # RabbitMQ 3.10 writes the name of a new quorum queue within a second; killed earlier, it never finds its leader.
    names = next(backends.state.glob("amqp/data/node/quorum/**/names.dets"))
    await eventually(lambda: b"_kept" in names.read_bytes())
    backends["amqp"].kill()
    await backends["amqp"].restart()

    async with await aio_pika.connect(backends["amqp"].url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("kept", durable=True, arguments=QUORUM)
        assert (await queue.get(timeout=20)).body == b"kept"


async def test_search_attributes_of_the_cycles_are_known(backends: Backends) -> None:
    client = await Client.connect(backends["temporal"].url)
    answer = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="default"))
    assert answer.custom_attributes.keys() == {"Org", "Programme", "Phase", "NextCheckIn", "MissedStreak"}


async def test_a_mail_becomes_a_file(backends: Backends) -> None:
    host, port = backends["smtp"].address.split(":")
    with smtplib.SMTP(host, int(port)) as smtp:
        smtp.sendmail("from@example.org", ["to@example.org"], "Subject: Hello\r\n\r\nA mail.")
    (mail,) = backends.mail.glob("*.eml")
    assert mail.read_bytes().startswith(b"X-Envelope-To: to@example.org\r\nSubject: Hello\r\n")


async def test_a_given_server_is_used_as_it_is(tmp_path: Path) -> None:
    async with Backends(state=tmp_path, environ=GIVEN) as backends:
        assert backends.environment() == GIVEN
        assert [backend.pid for backend in backends] == [None] * 5
        assert backends["amqp"].address == "given:2/"
        with pytest.raises(RuntimeError, match="INZPIREU_AMQP_URL"):
            backends["amqp"].kill()


async def test_only_what_is_wanted_is_started(tmp_path: Path) -> None:
    async with Backends(state=tmp_path, only={"redis"}, environ={}, disposable=True) as backends:
        assert list(backends.environment()) == ["INZPIREU_REDIS_URL"]


async def test_a_server_that_does_not_come_up_shows_its_last_words(tmp_path: Path) -> None:
    guard = Guard().open()
    command = [sys.executable, "-c", "print('no disk'); raise SystemExit(4)"]
    child = Child("server", command, environ={}, log=tmp_path / "server.log", guard=guard)
    child.start()
    with pytest.raises(ChildFailed, match=r"server did not come up. It ended with status 4[^$]*server.log[^$]*no disk"):
        await child.wait_until(accepts(1), within=20)
    guard.close()


def test_a_missing_program_is_named_with_its_remedy() -> None:
    with pytest.raises(NotFound, match=r"no-such-program is not on this machine\. Run: uv sync --frozen"):
        find_program("no-such-program")
