"""`inzpireu up` with stub parts. Run as `python -m tests.deploy.stub_up STATE`."""

import asyncio
import sys
from pathlib import Path

from rich.console import Console

from deploy.local.cli import run_on
from deploy.local.parts import PARTS
from deploy.local.screen import Screen
from deploy.local.stack import Stack

STUBS = {part.name: "tests.deploy.stub_part" for part in PARTS}


async def forever(_stack: Stack) -> None:
    """Stay up."""
    await asyncio.Event().wait()


if __name__ == "__main__":
    screen = Screen(Console(width=120))
    run_on(Stack(Path(sys.argv[1]), overrides=STUBS, on_notice=screen.notice), screen, forever)
