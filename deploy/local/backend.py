"""One of the servers everything stands on, whether given by URL or started here."""

import time
from collections.abc import Collection, Mapping

from deploy.local.children import Child
from deploy.local.components import Login, Recipe

VARIABLES: Mapping[str, str] = {
    "mongodb": "INZPIREU_MONGODB_URL",
    "amqp": "INZPIREU_AMQP_URL",
    "redis": "INZPIREU_REDIS_URL",
    "temporal": "INZPIREU_TEMPORAL_ADDRESS",
    "smtp": "INZPIREU_SMTP_URL",
}

GRACE = 10.0  # seconds a server gets to stop by itself


class Backend:
    """One component: where it is and, when it was started here, the processes behind it."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        recipe: Recipe | None = None,
        children: Collection[Child] = (),
    ) -> None:
        self.name = name
        self.url = url
        self.seconds_to_ready: float | None = None
        self._recipe = recipe
        self._children = list(children)

    @property
    def address(self) -> str:
        """Host and port; for one given by URL, what follows its credentials."""
        return self._recipe.address if self._recipe else self.url.rpartition("@")[2].rpartition("://")[2]

    @property
    def ours(self) -> bool:
        """Whether it was started here."""
        return self._recipe is not None

    @property
    def pid(self) -> int | None:
        """The server's process id, if it was started here and runs."""
        return self._children[-1].pid if self._children else None

    @property
    def ui(self) -> str | None:
        """The address of its web interface."""
        return self._recipe.ui if self._recipe else None

    @property
    def login(self) -> Login | None:
        """Who may sign in there."""
        return self._recipe.login if self._recipe else None

    def rss(self) -> int:
        """Bytes of memory resident in its processes."""
        return sum(child.rss() for child in self._children)

    def kill(self) -> None:
        """SIGKILL the server, as a machine that fails would."""
        self._server().kill()

    async def start(self) -> None:
        """Start its processes in order and wait until each is ready."""
        began = time.monotonic()
        for child, program in zip(self._children, self._recipe.programs if self._recipe else (), strict=True):
            if not child.running:
                child.start()
            await child.wait_until(program.ready, within=self._recipe.patience if self._recipe else 0)
        self.seconds_to_ready = time.monotonic() - began

    async def restart(self) -> None:
        """Start the server again on its port and its data, killing it first if it runs."""
        self._server().kill()
        await self.start()

    async def stop(self, *, kill: bool = False) -> None:
        """Stop its processes, the server first; one that is still coming up has nothing to finish."""
        for child in reversed(self._children):
            await child.stop(grace=0 if kill or self.seconds_to_ready is None else GRACE)

    def _server(self) -> Child:
        if not self._children:
            raise RuntimeError(f"{self.name} at {self.address} was given by {VARIABLES[self.name]}: it is not ours.")
        return self._children[-1]
