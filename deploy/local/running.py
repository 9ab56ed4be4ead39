"""A part kept alive: started, watched, started again when it dies. Knows nothing of what the part does."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from deploy.local.children import ChildFailed, Probe, says_yes

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0  # after that long alive, an earlier death no longer counts
DEATHS_TO_GIVE_UP = 3  # at the first start only: what never came up will not by trying on
PATIENCE = 120.0
GRACE = 10.0

type What = Literal["ready", "died", "back", "stopped"]


@dataclass(frozen=True)
class Notice:
    """Something a person who watches wants to know."""

    what: What
    name: str
    text: str = ""


class Runner(Protocol):
    """One run of a part, as a process or as a task in this one."""

    @property
    def pid(self) -> int | None: ...
    @property
    def running(self) -> bool: ...
    def start(self) -> None: ...
    async def ended(self) -> None: ...
    def kill(self) -> None: ...
    async def stop(self, *, grace: float) -> None: ...
    def rss(self) -> int: ...
    def last_words(self) -> str: ...


class RunningPart:
    """One part over all its runs."""

    def __init__(
        self,
        name: str,
        address: str,
        *,
        run: Callable[[], Runner],
        ready: Callable[[int], Probe],
        notify: Callable[[Notice], None],
    ) -> None:
        """`ready` says of one process, by its id, whether it is."""
        self.name = name
        self.address = address
        self.seconds_to_ready: float | None = None
        self.is_ready = False
        self._run = run
        self._ready = ready
        self._notify = notify
        self._runner: Runner | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._deaths = 0

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._runner.pid if self._runner else None

    def rss(self) -> int:
        """Bytes of memory resident in it."""
        return self._runner.rss() if self._runner else 0

    async def start(self) -> None:
        """Start it, keep it alive from now on, and return when it is ready."""
        self._deaths = 0
        self._keeper = asyncio.create_task(self._keep_alive(), name=f"keep {self.name} alive")
        deadline = time.monotonic() + PATIENCE
        while not self.is_ready:
            if self._keeper.done():
                self._keeper.result()
            if self._deaths >= DEATHS_TO_GIVE_UP or time.monotonic() > deadline:
                how = f"died {self._deaths} times" if self._deaths else f"was not ready within {PATIENCE:.0f} s"
                raise ChildFailed(f"{self.name} {how}. {self._last_words()}")
            await asyncio.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL it, and leave it dead until it is restarted: for tests of what happens meanwhile."""
        self._let_go()
        if self._runner:
            self._runner.kill()

    async def stop(self) -> None:
        """End it in an orderly way."""
        self._let_go()
        if self._runner:
            await self._runner.stop(grace=GRACE)

    async def roll(self) -> None:
        """Start its successor at the same port, and stop it once that is ready."""
        before = self._runner
        self._let_go()
        await self.start()
        if before:
            await before.stop(grace=GRACE)

    async def restart(self) -> None:
        """Stop it if it runs, start it, and return when it is ready."""
        await self.stop()
        await self.start()

    def _let_go(self) -> None:
        self.is_ready = False
        if self._keeper:
            self._keeper.cancel()

    async def _keep_alive(self) -> None:
        delay = FIRST_DELAY
        while True:
            began = time.monotonic()
            await self._run_once()
            self._deaths += 1
            if time.monotonic() - began > STEADY_SECONDS:
                delay, self._deaths = FIRST_DELAY, 1
            self._notify(Notice("died", self.name, f"starting it again in {delay:g} s. {self._last_words()}"))
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self) -> None:
        began = time.monotonic()
        self._runner = runner = self._run()
        runner.start()
        try:
            while runner.running and not await says_yes(self._ready(runner.pid or 0)):  # noqa: ASYNC110  only asking tells
                await asyncio.sleep(0.05)
            if runner.running:
                self._announce(time.monotonic() - began)
            await runner.ended()
        finally:
            self.is_ready = False

    def _announce(self, seconds: float) -> None:
        self.is_ready = True
        self.seconds_to_ready = seconds
        self._notify(Notice("back" if self._deaths else "ready", self.name, f"in {seconds:.1f} s"))

    def _last_words(self) -> str:
        return self._runner.last_words() if self._runner else ""
