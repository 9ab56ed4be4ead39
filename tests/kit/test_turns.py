"""Turns: one after another at one object, side by side at several."""

import asyncio

import pytest

from contracts.errors import Unavailable
from kit.turns import Turns, awaited_until


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


@pytest.mark.parametrize("patience", [-1.0, 0.05])
async def test_who_is_not_waited_for_any_more_leaves_the_queue_before_anything_began(patience: float) -> None:
    turns, begun = Turns(), []

    async def change(name: str, patience: float) -> None:
        awaited_until.set(asyncio.get_running_loop().time() + patience)
        async with turns.beginning("goal-1"):
            begun.append(name)

    async with turns.at("goal-1"):
        gone, patient = (asyncio.create_task(change(*each)) for each in (("gone", patience), ("patient", 60)))
        await asyncio.wait([gone])
        assert isinstance(gone.exception(), Unavailable)
    await patient
    assert begun == ["patient"]


async def test_an_effect_that_nobody_waits_for_keeps_its_place() -> None:
    turns, begun = Turns(), asyncio.Event()

    async def change() -> None:
        async with turns.beginning("goal-1"):
            begun.set()

    async with turns.at("goal-1"):
        effect = asyncio.create_task(change())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not begun.is_set()
    await effect
