"""Counting tries: shared while Redis is there, never undone by its absence, and never worth waiting for."""

import asyncio
import socket
import time
import uuid
from collections.abc import AsyncIterator

import pytest

from contracts.errors import RateLimited
from deploy.local.backends import Backends
from kit.cache import Limiter

NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
def what() -> str:
    """Something that nobody else tries."""
    return f"test:{uuid.uuid4().hex}"


@pytest.fixture
async def limiters(backends: Backends) -> AsyncIterator[tuple[Limiter, Limiter]]:
    """The limiters of two processes."""
    both = Limiter(backends["redis"].url), Limiter(backends["redis"].url)
    yield both
    for each in both:
        await each.close()


@pytest.fixture
async def alone() -> AsyncIterator[Limiter]:
    """The limiter of a process that cannot reach Redis."""
    limiter = Limiter(NOWHERE)
    yield limiter
    await limiter.close()


async def refusals(limiter: Limiter, what: str, tries: int, *, limit: int, seconds: int = 60) -> int:
    """How many of so many tries are refused."""
    refused = 0
    for _ in range(tries):
        try:
            await limiter.count(what, limit=limit, seconds=seconds)
        except RateLimited:
            refused += 1
    return refused


async def test_tries_beyond_the_limit_are_refused(limiters: tuple[Limiter, Limiter], what: str) -> None:
    assert await refusals(limiters[0], what, 8, limit=5) == 3
    assert await refusals(limiters[0], f"{what}-other", 5, limit=5) == 0


async def test_all_processes_count_together(limiters: tuple[Limiter, Limiter], what: str) -> None:
    one, other = limiters
    assert await refusals(one, what, 3, limit=5) == 0
    assert await refusals(other, what, 3, limit=5) == 1


async def test_tries_that_come_all_at_once_are_all_counted(limiters: tuple[Limiter, Limiter], what: str) -> None:
    refused = await asyncio.gather(*(refusals(limiters[number % 2], what, 1, limit=10) for number in range(120)))
    assert sum(refused) == 110


async def test_forgotten_tries_do_not_count(limiters: tuple[Limiter, Limiter], what: str) -> None:
    await refusals(limiters[0], what, 6, limit=5)
    await limiters[1].forget(what)
    assert await refusals(limiters[0], what, 5, limit=5) == 0


async def test_the_window_ends_although_tries_go_on(limiters: tuple[Limiter, Limiter], what: str) -> None:
    deadline = time.monotonic() + 4
    await refusals(limiters[0], what, 3, limit=2, seconds=1)
    while await refusals(limiters[0], what, 1, limit=2, seconds=1):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_without_redis_tries_are_counted_here(alone: Limiter, what: str) -> None:
    assert await refusals(alone, what, 8, limit=5) == 3
    await alone.forget(what)
    assert await refusals(alone, what, 5, limit=5) == 0


async def test_nobody_waits_for_a_redis_that_is_away(alone: Limiter, what: str) -> None:
    began = time.monotonic()
    await alone.count(what, limit=5, seconds=60)
    assert time.monotonic() - began < 0.5


async def test_nobody_waits_for_a_redis_that_hangs(what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = Limiter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        assert await refusals(limiter, what, 2, limit=1) == 1
        assert time.monotonic() - began < 1
        await limiter.close()
