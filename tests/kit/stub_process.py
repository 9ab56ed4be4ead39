"""A part whose state is a folder: it is ready, alive and done with its work when the files there say so.

Run as `python -m tests.kit.stub_process`, with the folder in FOLDER.
"""

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kit.process import Part, run
from kit.settings import PartSettings

FOLDER = Path(os.environ.get("FOLDER", "."))


async def build(_settings: PartSettings, running: AsyncExitStack) -> Part:
    """Build it."""

    def note(word: str) -> None:
        with (FOLDER / "closed").open("a") as file:
            file.write(f"{word} ")

    async def work(_request: Request) -> JSONResponse:
        (FOLDER / "begun").touch()
        while not (FOLDER / "finish").exists():  # noqa: ASYNC110 - a file tells no one
            await asyncio.sleep(0.01)
        return JSONResponse({"done": True})

    running.callback(note, "first")
    running.callback(note, "second")
    return Part(
        "stub",
        [Route("/work", work)],
        checks={"file": (FOLDER / "ready").exists},
        alive={"file": lambda: not (FOLDER / "ill").exists()},
    )


if __name__ == "__main__":
    run("stub", build, PartSettings)
