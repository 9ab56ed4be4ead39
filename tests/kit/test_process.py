"""The life of a part as a real process: live, ready, draining, gone."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tests.system.polling import until

GIVEN = {
    "INZPIREU_PART_KEY_FILE": "x",
    "INZPIREU_PARTS_JWKS_FILE": "x",
    "INZPIREU_IDENTITY_URL": "http://127.0.0.1:9",
    "INZPIREU_AMQP_URL": "amqp://127.0.0.1:9",
}


class Process:
    """One part, and the folder that it looks into."""

    def __init__(self, folder: Path, http: aiohttp.ClientSession) -> None:
        self._folder = folder
        self._http = http
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        given = {**GIVEN, "FOLDER": str(folder), "INZPIREU_PORT": str(port), "INZPIREU_DRAIN_SECONDS": "1"}
        with (folder / "log").open("wb") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "tests.kit.stub_process"], env={**os.environ, **given}, stdout=log, stderr=log
            )

    async def status(self, path: str) -> int:
        """What it answers there; 0 where it does not."""
        with suppress(aiohttp.ClientError):
            async with self._http.get(self._url + path) as answer:
                return answer.status
        return 0

    def touch(self, name: str) -> None:
        """Change its state."""
        (self._folder / name).touch()

    async def is_live(self) -> None:
        """Return when it answers."""

        async def look() -> bool:
            assert self.popen.poll() is None, self.log
            return bool(await self.status("/healthz"))

        await until(look, "the process to answer")

    async def has(self, name: str) -> None:
        """Return when that file is there."""

        async def look() -> bool:
            return (self._folder / name).exists()

        await until(look, name)

    async def ended(self) -> int:
        """How it ended."""

        async def look() -> bool:
            return self.popen.poll() is not None

        await until(look, "the process to end")
        return self.popen.wait()

    @property
    def log(self) -> str:
        """All it wrote."""
        return (self._folder / "log").read_text()

    @property
    def closed(self) -> str:
        """What it closed, in order."""
        return (self._folder / "closed").read_text().strip()


@pytest.fixture
async def process(tmp_path: Path, http: aiohttp.ClientSession) -> AsyncIterator[Process]:
    """A part that answers."""
    process = Process(tmp_path, http)
    try:
        await process.is_live()
        yield process
    finally:
        process.popen.kill()
        process.popen.wait()


async def test_a_part_is_live_before_it_is_ready_and_stays_live_when_it_is_not(process: Process) -> None:
    assert (await process.status("/healthz"), await process.status("/readyz")) == (200, 503)
    process.touch("ready")
    assert (await process.status("/healthz"), await process.status("/readyz")) == (200, 200)
    process.touch("ill")
    assert (await process.status("/healthz"), await process.status("/readyz")) == (503, 200)


async def test_on_sigterm_a_part_ends_what_it_has_in_hand_takes_no_more_and_closes_in_reverse(process: Process) -> None:
    working = asyncio.create_task(process.status("/work"))
    await process.has("begun")
    process.popen.send_signal(signal.SIGTERM)

    async def refuses() -> bool:
        return await process.status("/healthz") == 0

    await until(refuses, "the door to close")
    assert not working.done()
    process.touch("finish")
    assert await working == 200
    assert await process.ended() == 0
    assert process.closed == "second first"
    lines = [json.loads(line) for line in process.log.splitlines()]
    assert [line["event"] for line in lines] == ["part_started", "part_draining"]
    assert all(line["part"] == "stub" and line["level"] == "info" and line["time"] for line in lines)


async def test_work_that_never_ends_does_not_keep_a_part_from_ending(process: Process) -> None:
    working = asyncio.create_task(process.status("/work"))
    await process.has("begun")
    process.popen.send_signal(signal.SIGTERM)
    assert await process.ended() == 0
    assert process.closed == "second first"
    assert await working != 200


def test_a_part_without_its_settings_says_which_are_missing() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.kit.stub_process"],
        env={name: value for name, value in os.environ.items() if not name.startswith("INZPIREU_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "stub: Set these environment variables first" in ended.stderr
    assert all(name in ended.stderr for name in GIVEN)
    assert "Traceback" not in ended.stderr
