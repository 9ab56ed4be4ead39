"""Turns: one after another at one object, side by side at several."""

import asyncio

from kit.turns import Turns


async def test_those_who_change_the_same_object_go_one_after_another() -> None:
    turns, there, most = Turns(), 0, 0

    async def change() -> None:
        nonlocal there, most
        async with turns.at("goal-1"):
            there += 1
            most = max(most, there)
            await asyncio.sleep(0)
            there -= 1

    await asyncio.gather(*(change() for _ in range(20)))
    assert most == 1


async def test_another_object_does_not_wait() -> None:
    turns = Turns()
    async with turns.at("goal-1"), asyncio.timeout(5), turns.at("goal-2"):
        pass


async def test_a_turn_that_failed_is_over() -> None:
    turns = Turns()
    failed = asyncio.create_task(_fail(turns))
    await asyncio.wait([failed])
    assert isinstance(failed.exception(), ValueError)
    async with asyncio.timeout(5), turns.at("goal-1"):
        pass


async def _fail(turns: Turns) -> None:
    async with turns.at("goal-1"):
        raise ValueError
