"""Waiting for an outcome, with a deadline and without guessing how long it takes."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until[T](look: Callable[[], Awaitable[T]], what: str, *, seconds: float = 20) -> T:
    """Look again until there is something to see; fails with `what` was awaited."""
    deadline = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        await asyncio.sleep(0.05)
    return found
