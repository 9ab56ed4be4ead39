"""A worker of imports that ends its process between saving some people and handing their entries on."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from kit.clock import Clock
from kit.mongo import Collection, connect
from services.identity.actions.importing import Importer
from services.identity.store import Store
from tests.identity.importing import a_relay

CHUNKS = 2


async def main(url: str, name: str) -> None:
    """Work until the second chunk of people is saved."""
    _, database = connect(url, name)
    relay = a_relay(database)
    chunks = 0

    async def hand_on(collection: Collection, org_id: str, ids: Sequence[str]) -> None:
        nonlocal chunks
        chunks += 1
        if chunks == CHUNKS:
            os.kill(os.getpid(), signal.SIGKILL)
        await relay.hand_on(collection, org_id, ids)

    await Importer(Store(database, lambda: None), Clock(), hand_on).work()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
