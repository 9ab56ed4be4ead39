"""The identity service that ends the process in the middle of a matching."""

import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from kit.process import Part, run
from services.identity import app
from services.identity.settings import Settings
from services.identity.solver import Solved, Task


async def _die(_task: Task, on_progress: Callable[[int], Awaitable[None]]) -> Solved:
    await on_progress(50)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody lives to see this")


async def _build(settings: Settings, running: AsyncExitStack) -> Part:
    return await app.build(settings, running, solve=_die)


if __name__ == "__main__":
    run("identity", _build, Settings)
