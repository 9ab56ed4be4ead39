"""What a service has on top of a part's footing: its own database, and the relay of its events."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from contracts.errors import Unavailable
from kit.audit import Trail
from kit.bus import Consumer
from kit.footing import Footing, end
from kit.mongo import Aggregates, Database, database_of
from kit.outbox import Relay
from kit.process import Check
from kit.projection import Projection
from kit.settings import ServiceSettings
from kit.telemetry import log


def open_database(settings: ServiceSettings, part: str, running: AsyncExitStack) -> Database:
    """This service's own database."""
    return running.enter_context(database_of(part, settings.mongodb_url, settings.database))


async def start(
    footing: Footing,
    relay: Relay,
    kept: Sequence[Aggregates[Any] | Projection[Any]],
    consumers: Sequence[Consumer[Any]],
    running: AsyncExitStack,
) -> Mapping[str, Check]:
    """Prepare, relay and consume, each as soon as its server is there. Returns the readiness checks."""
    relay.watch(*(each for each in kept if isinstance(each, Aggregates)))
    footing.consume(consumers)
    preparing = asyncio.create_task(_prepare([*kept, relay.trail]))
    running.push_async_callback(end, preparing)
    await running.enter_async_context(footing.bus)
    await running.enter_async_context(relay)
    return {
        "database": lambda: preparing.done() and not preparing.cancelled(),
        "bus": footing.bus.is_ready,
    }


async def _prepare(kept: Sequence[Aggregates[Any] | Projection[Any] | Trail]) -> None:
    while True:
        try:
            for each in kept:
                await each.prepare()
            return
        except Unavailable:
            log.info("database_awaited")
            await asyncio.sleep(0.3)
