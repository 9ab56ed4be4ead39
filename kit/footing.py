"""What every part stands on: who it is, whom it trusts, what time it is, the bus, and whom it can ask."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.identity import LIST_REVOCATIONS, AccessRevoked, ListRevocations, Revocation
from contracts.wire import ByIds, Operation, Record
from kit.auth import PartSigner, Verifier
from kit.bus import Bus, Consumer, Subscriptions
from kit.clock import Clock
from kit.revocations import EVERYWHERE, Revocations
from kit.rpc import Client, http_session
from kit.settings import PartSettings

JWKS_PATH = "/.well-known/jwks.json"


@dataclass(frozen=True)
class Footing:
    """What every part has: who it is, who it trusts, what time it is, whom it can ask."""

    signer: PartSigner
    verifier: Verifier
    clock: Clock
    bus: Bus
    identity: Client
    settings: PartSettings

    def consume(self, consumers: Sequence[Consumer[Any]]) -> None:
        """Handle these events from this part's queue, unless this process is not the one to. Call before it starts."""
        if consumers and self.settings.handles_events:
            self.bus.consume(consumers)


async def stand(settings: PartSettings, running: AsyncExitStack, subscriptions: Subscriptions) -> Footing:
    """Make a part's footing inside the running loop. Nothing waits for a server here. The bus is not yet started."""
    http = await running.enter_async_context(http_session())
    signer = PartSigner(settings.part_key_file)
    bus = Bus(settings.amqp_url, signer.part, subscriptions)
    identity = Client("identity", settings.identity_url, http)
    revocations = await hear_revocations(bus, identity, signer, running)
    keys = settings.identity_url.rstrip("/") + JWKS_PATH
    return Footing(
        signer=signer,
        verifier=Verifier(
            settings.parts_jwks_file, keys, http, keys_live=settings.keys_live_seconds, revocations=revocations
        ),
        clock=Clock(settings.sandbox_clock),
        bus=bus,
        identity=identity,
        settings=settings,
    )


async def hear_revocations(bus: Bus, identity: Client, signer: PartSigner, running: AsyncExitStack) -> Revocations:
    """What is called back, from now on and as long as the part runs. The bus must not be started yet."""
    revocations = Revocations()
    bus.listen((AccessRevoked.topic,), revocations.on_envelope)

    async def ask(since: datetime) -> Sequence[Revocation]:
        return await identity.call(LIST_REVOCATIONS, signer.token(EVERYWHERE), ListRevocations(since=since))

    running.push_async_callback(end, asyncio.create_task(revocations.keep_asking(ask)))
    return revocations


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it is gone."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def asking[R: Record](
    owner: Client, operation: Operation[ByIds, tuple[R, ...]], signer: PartSigner
) -> Callable[[str, str], Awaitable[R | None]]:
    """Ask the owning part for one record by id, in this part's own name."""

    async def ask(org_id: str, object_id: str) -> R | None:
        found = await owner.call(operation, signer.token(org_id), ByIds(ids=(object_id,)))
        return found[0] if found else None

    return ask
