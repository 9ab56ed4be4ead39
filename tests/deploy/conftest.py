"""Real launchers for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.launcher import Launcher


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[[dict[str, str]], Launcher]]:
    """Start launchers, and leave none behind."""
    launchers: list[Launcher] = []

    def start(environ: dict[str, str]) -> Launcher:
        launchers.append(Launcher(tmp_path / "state", environ))
        return launchers[-1]

    yield start
    for launcher in launchers:
        launcher.process.kill()
        launcher.process.wait()
