"""Redis, for what may be lost at any moment: here, counting how often something was tried."""

import time
from contextlib import suppress

import redis.asyncio as redis
from redis.exceptions import RedisError

from contracts.errors import RateLimited

TIMEOUT = 0.1  # seconds; nothing here is worth a longer wait
LOCAL_KEYS = 10_000


class Limiter:
    """Counts tries in Redis, shared by all processes; while Redis is away, in this process alone."""

    def __init__(self, url: str) -> None:
        # a rush waits for its turn: one that was turned away for lack of a connection would be counted here alone
        pool = redis.BlockingConnectionPool.from_url(
            url, max_connections=20, timeout=TIMEOUT, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT
        )
        self._redis = redis.Redis.from_pool(pool)
        self._local: dict[str, tuple[int, float]] = {}

    async def count(self, what: str, *, limit: int, seconds: int) -> None:
        """Count one try of `what`. Raises RateLimited above `limit` tries in the window."""
        if await self._tries(what, seconds) > limit:
            raise RateLimited(f"Too many tries. Wait {seconds // 60 or 1} minutes and try again.")

    async def take_back(self, what: str, *, seconds: int) -> None:
        """One try of `what` less: it was none of those to be counted."""
        if what in self._local:
            tries, ends_at = self._local[what]
            self._local[what] = (tries - 1, ends_at)
        with suppress(RedisError, OSError):
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.decr(what)
                pipe.expire(what, seconds, nx=True)  # where its window ended in between
                await pipe.execute()

    async def forget(self, what: str) -> None:
        """The tries of `what` no longer count."""
        self._local.pop(what, None)
        with suppress(RedisError, OSError):
            await self._redis.delete(what)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    async def _tries(self, what: str, seconds: int) -> int:
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incr(what)
                pipe.expire(what, seconds, nx=True)
                return int((await pipe.execute())[0])
        except (RedisError, OSError):
            return self._tries_here(what, seconds)

    def _tries_here(self, what: str, seconds: int) -> int:
        now = time.monotonic()
        tries, ends_at = self._local.get(what, (0, now + seconds))
        if ends_at <= now:
            tries, ends_at = 0, now + seconds
        if len(self._local) >= LOCAL_KEYS:
            self._local.clear()
        self._local[what] = (tries + 1, ends_at)
        return tries + 1
