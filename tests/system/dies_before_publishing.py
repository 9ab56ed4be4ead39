"""The goals service with a relay that ends the process when it has feedback to tell of: saved, and not yet told."""

import os
import signal
from contextlib import AsyncExitStack

from kit.mongo import Collection, Document
from kit.outbox import Relay
from kit.process import Part, run
from services.goals import app
from services.goals.settings import Settings


class _DyingRelay(Relay):
    async def _publish(self, collection: Collection, document: Document) -> None:
        if collection.name == "feedback":
            os.kill(os.getpid(), signal.SIGKILL)
        await super()._publish(collection, document)


async def _build(settings: Settings, running: AsyncExitStack) -> Part:
    return await app.build(settings, running, make_relay=_DyingRelay)


if __name__ == "__main__":
    run("goals", _build, Settings)
