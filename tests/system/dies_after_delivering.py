"""The workflows part that ends the process after a batch with a prompt has had its effects, before it says so."""

import os
import signal
from contextlib import AsyncExitStack

from temporalio import activity

from kit.process import Part, run
from workflows import app
from workflows.activities import Deliveries
from workflows.cycle import DELIVER
from workflows.facts import Fact
from workflows.settings import Settings
from workflows.state import Batch


class _DyingDeliveries(Deliveries):
    @activity.defn(name=DELIVER)
    async def deliver(self, batch: Batch) -> list[Fact]:
        facts = await super().deliver(batch)
        if any(effect.operation == "notifications.prompt" for effect in batch.effects):
            os.kill(os.getpid(), signal.SIGKILL)
        return facts


async def _build(settings: Settings, running: AsyncExitStack) -> Part:
    return await app.build(settings, running, make_deliveries=_DyingDeliveries)


if __name__ == "__main__":
    run("workflows", _build, Settings)
