"""The notifications service that ends the process after the effect of feedback, before it says so to the broker."""

import os
import signal
from contextlib import AsyncExitStack
from typing import Any

from contracts.goals import FeedbackGiven
from contracts.wire import Envelope
from kit.bus import Consumer
from kit.process import Part, run
from services.notifications import app
from services.notifications.settings import Settings


def _dying(consumer: Consumer[Any]) -> Consumer[Any]:
    if consumer.event is not FeedbackGiven:
        return consumer

    async def handle_and_die(event: FeedbackGiven, envelope: Envelope) -> None:
        await consumer.handler(event, envelope)
        os.kill(os.getpid(), signal.SIGKILL)

    return Consumer(FeedbackGiven, handle_and_die)


async def _build(settings: Settings, running: AsyncExitStack) -> Part:
    return await app.build(settings, running, around=lambda consumers: [_dying(each) for each in consumers])


if __name__ == "__main__":
    run("notifications", _build, Settings)
