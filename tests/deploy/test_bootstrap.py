"""The set-up of a fresh checkout, with a stand-in for uv that writes down what it is asked."""

import ast
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path("deploy/local/bootstrap.py")
UV = """#!/bin/sh
[ "$1" = --version ] && echo "uv {version} (stand-in)" && exit
echo "$@" >>"{root}/asked"
mkdir -p "{root}/.venv/bin" && touch "{root}/.venv/bin/python"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with uv already brought in."""
    for name in ("pyproject.toml", "uv.lock"):
        (tmp_path / name).write_text("first")
    script = tmp_path / SOURCE
    script.parent.mkdir(parents=True)
    shutil.copy(SOURCE, script)
    constants = runpy.run_path(str(script))
    uv = Path(constants["UV"])
    uv.parent.mkdir(parents=True)
    uv.write_text(UV.format(version=constants["UV_VERSION"], root=tmp_path))
    uv.chmod(0o755)
    return tmp_path


def set_up(root: Path) -> str:
    environ = {"INZPIREU_AMQP_URL": "amqp://given", "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    command: list[str | Path] = [sys.executable, "-I", root / SOURCE]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, env=environ, capture_output=True, text=True, check=True
    )
    return done.stderr


def asked(root: Path) -> list[str]:
    return (root / "asked").read_text().splitlines()


def test_a_second_run_does_nothing_and_says_nothing(root: Path) -> None:
    assert "Bringing in the dependencies" in set_up(root)
    assert len(asked(root)) == 1
    assert asked(root)[0].startswith("sync --frozen")
    assert set_up(root) == ""
    assert len(asked(root)) == 1


@pytest.mark.parametrize("changed", ["uv.lock", "pyproject.toml"])
def test_other_dependencies_are_brought_in(root: Path, changed: str) -> None:
    set_up(root)
    (root / changed).write_text("second")
    set_up(root)
    assert len(asked(root)) == 2


def test_a_removed_environment_is_made_again(root: Path) -> None:
    set_up(root)
    shutil.rmtree(root / ".venv")
    set_up(root)
    assert len(asked(root)) == 2


def test_it_is_understood_by_an_old_python() -> None:
    ast.parse(SOURCE.read_text(), feature_version=(3, 6))
