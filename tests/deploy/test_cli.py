"""What the command says."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from deploy.local.state import Record, StateFolder
from tests.deploy.launcher import GIVEN
from tests.deploy.test_nothing_left import PRIVATE, Launch

INZPIREU = Path(sys.executable).parent / "inzpireu"


def inzpireu(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([INZPIREU, *arguments], capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    said = inzpireu("--help")
    assert said.returncode == 0
    assert all(f" {command} " in said.stdout for command in ("up", "status", "demo"))
    assert "\x1b" not in said.stdout


def test_version_is_the_package_s() -> None:
    assert inzpireu("--version").stdout.strip() == version("inzpireu")


def test_status_of_nothing_says_how_to_start(tmp_path: Path) -> None:
    said = inzpireu("status", "--state", tmp_path)
    assert said.returncode == 3
    assert "Start it with: inzpireu up" in said.stderr


def test_status_does_not_believe_an_old_record(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    folder.hold()
    folder.release()
    folder.write(Record(pid=1, started=0.0, sandbox=False, links={}))
    assert inzpireu("status", "--state", tmp_path).returncode == 3


async def test_status_of_a_stack_shows_what_is_alive_and_up_is_refused(launch: Launch) -> None:
    launcher = launch({**PRIVATE, **GIVEN})
    await launcher.is_up()
    said = inzpireu("status", "--state", launcher.folder.path)
    assert said.returncode == 0
    assert f"pid {launcher.process.pid}" in said.stdout
    assert [line.split()[-1] for line in said.stdout.splitlines() if line.startswith(("goals", "amqp"))] == [
        "given",
        "up",
    ]
    assert "/graphql" in said.stdout
    told = json.loads(inzpireu("status", "--state", launcher.folder.path, "--json").stdout)
    assert told["pid"] == launcher.process.pid
    assert {one["name"]: one["state"] for one in told["running"]}.items() >= {"goals": "up", "amqp": "given"}.items()

    again = inzpireu("up", "--state", launcher.folder.path)
    assert again.returncode == 1
    assert f"pid {launcher.process.pid}" in again.stderr
