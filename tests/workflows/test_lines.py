"""Every line that the part writes is JSON, also those of the engine's own library, while the engine comes and goes."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from deploy.local.backends import Backends
from tests.system.polling import until
from tests.workflows.test_app import settings


def environment(tmp_path: Path, address: str) -> dict[str, str]:
    """What the part is told, as the environment says it."""
    given = settings(tmp_path)
    names = [name for name in given.__struct_fields__ if name.endswith(("_file", "_url"))]
    told = {f"INZPIREU_{name.upper()}": str(getattr(given, name)) for name in names if getattr(given, name)}
    told |= {"INZPIREU_PORT": str(given.port), "INZPIREU_TEMPORAL_ADDRESS": address, "INZPIREU_DRAIN_SECONDS": "1"}
    return {"PATH": os.environ["PATH"], **told}


async def lines_of(stream: asyncio.StreamReader, lines: list[str]) -> None:
    """What is written, as it is."""
    async for line in stream:
        lines.append(line.decode())  # noqa: PERF401 - as it comes


async def test_they_are_while_the_engine_comes_and_goes(tmp_path: Path) -> None:
    backends = Backends(state=tmp_path / "servers", only={"temporal"}, disposable=True)
    backends.prepare()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workflows", env=environment(tmp_path, backends["temporal"].url),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[str] = []
    reading = asyncio.create_task(lines_of(process.stdout, lines))

    async def wrote(word: str) -> bool:
        return any(word in line for line in lines)

    try:
        await until(lambda: wrote("engine_awaited"), "the part to miss its engine")
        async with backends:
            await until(lambda: wrote("engine_connected"), "the part to find its engine")
            backends["temporal"].kill()
            await until(lambda: wrote("sdk_core::"), "the library to complain", seconds=40)
    finally:
        process.terminate()
        await process.wait()
        await reading
    said: list[Any] = [json.loads(line) for line in lines]
    assert all({"event", "level", "time"} <= line.keys() for line in said)
