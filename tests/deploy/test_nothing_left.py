"""However the launcher ends, nothing of what it started is left."""

import os
import signal
from collections.abc import Callable

import pytest

from deploy.local.parts import PARTS
from tests.deploy.launcher import GIVEN, Launcher, eventually

type Launch = Callable[[dict[str, str]], Launcher]
PRIVATE = {name: value for name, value in os.environ.items() if name not in GIVEN}


async def test_after_sigkill_of_a_launcher_with_all_its_servers(launch: Launch) -> None:
    launcher = launch(PRIVATE)
    await launcher.is_up()
    assert launcher.count() > len(PARTS) + len(GIVEN)

    launcher.send(signal.SIGKILL)

    await eventually(lambda: not launcher.left(), within=5)
    assert launcher.folder.read() is None


async def test_after_sigterm_everything_was_stopped_in_order(launch: Launch) -> None:
    launcher = launch(PRIVATE)
    await launcher.is_up()

    launcher.send(signal.SIGTERM)

    assert await launcher.ended() == 0, launcher.said
    assert launcher.left() == []
    assert launcher.folder.read() is None
    assert "Stopped." in launcher.said
    assert "part_draining" in (launcher.folder.path / "logs" / "goals.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_after_other_signals(launch: Launch, number: signal.Signals) -> None:
    launcher = launch({**PRIVATE, **GIVEN})
    await launcher.is_up()
    launcher.send(number)
    assert await launcher.ended() == 0, launcher.said
    assert launcher.left() == []


async def test_when_told_to_stop_while_it_comes_up(launch: Launch) -> None:
    launcher = launch(PRIVATE)
    await eventually(lambda: "redis" in launcher.said)
    launcher.send(signal.SIGTERM)
    assert await launcher.ended() == 0, launcher.said
    assert launcher.left() == []
