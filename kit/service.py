"""What every service stands on: its database, relay, bus, clock and tokens, made in one place and closed in reverse."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

from contracts.errors import Unavailable
from contracts.wire import ByIds, Operation, Record
from kit.auth import PartSigner, Verifier
from kit.bus import Bus, Consumer, Subscriptions
from kit.clock import Clock
from kit.mongo import Aggregates, Ask, Database, connect
from kit.outbox import Relay
from kit.process import Check
from kit.rpc import Client, http_session
from kit.settings import PartSettings, ServiceSettings
from kit.telemetry import log

JWKS_PATH = "/.well-known/jwks.json"


@dataclass(frozen=True)
class Footing:
    """What every part has: who it is, who it trusts, what time it is, whom it can ask."""

    signer: PartSigner
    verifier: Verifier
    clock: Clock
    bus: Bus
    identity: Client


async def stand(settings: PartSettings, running: AsyncExitStack, subscriptions: Subscriptions) -> Footing:
    """Make a part's footing inside the running loop. Nothing waits for a server here. The bus is not yet started."""
    http = await running.enter_async_context(http_session())
    signer = PartSigner(settings.part_key_file)
    return Footing(
        signer=signer,
        verifier=Verifier(settings.parts_jwks_file, settings.identity_url.rstrip("/") + JWKS_PATH, http),
        clock=Clock(settings.sandbox_clock),
        bus=Bus(settings.amqp_url, signer.part, subscriptions),
        identity=Client("identity", settings.identity_url, http),
    )


def open_database(settings: ServiceSettings, part: str, running: AsyncExitStack) -> Database:
    """This service's own database."""
    client, database = connect(settings.mongodb_url, settings.database or f"inzpireu_{part}")
    running.callback(client.close)
    return database


async def start(
    footing: Footing,
    relay: Relay,
    aggregates: Sequence[Aggregates[Any]],
    consumers: Sequence[Consumer[Any]],
    running: AsyncExitStack,
) -> Mapping[str, Check]:
    """Prepare, relay and consume, each as soon as its server is there. Returns the readiness checks."""
    relay.watch(*aggregates)
    if consumers:
        footing.bus.consume(consumers)
    preparing = asyncio.create_task(_prepare(aggregates))
    running.push_async_callback(_cancel, preparing)
    await running.enter_async_context(footing.bus)
    await running.enter_async_context(relay)
    return {
        "database": lambda: preparing.done() and not preparing.cancelled(),
        "bus": footing.bus.is_ready,
        "relay": relay.is_ready,
    }


def asking[R: Record](owner: Client, operation: Operation[ByIds, tuple[R, ...]], signer: PartSigner) -> Ask[R]:
    """Ask the owning part for one record by id, in this part's own name."""

    async def ask(org_id: str, object_id: str) -> R | None:
        found = await owner.call(operation, signer.token(org_id), ByIds(ids=(object_id,)))
        return found[0] if found else None

    return ask


async def _prepare(aggregates: Sequence[Aggregates[Any]]) -> None:
    while True:
        try:
            for each in aggregates:
                await each.prepare()
            return
        except Unavailable:
            log.info("database_awaited")
            await asyncio.sleep(0.3)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
