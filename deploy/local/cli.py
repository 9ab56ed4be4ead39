"""The `inzpireu` command: the whole platform on this machine."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console

from contracts.errors import Refusal
from deploy.local.children import ChildFailed
from deploy.local.components import NotFound
from deploy.local.parts import PARTS
from deploy.local.screen import Screen
from deploy.local.secrets import Secrets
from deploy.local.stack import Stack
from deploy.local.state import StateFolder, StateInUse
from deploy.operator import COMMANDS
from deploy.operator.telling import AsJson, fail, say

HOME = Path(".inzpireu")
UP = HOME / "up"

app = App(
    name="inzpireu",
    help="InzpireU on this machine: servers, parts and a demonstration, without Docker.",
    version=version("inzpireu"),
)
for name, told in COMMANDS.items():
    app.command(f"deploy.operator.{name}:{name}", help=told)
console = Console(highlight=False)
if not console.is_terminal:
    console = Console(highlight=False, width=120)  # a log has no edge to stop at

type State = Annotated[Path, Parameter(help="Folder for data, keys, logs and mail.")]


@app.command
def up(*, state: State = UP, joined: bool = False, sandbox: bool = False) -> None:
    """Start everything and keep it running until Ctrl-C.

    Parameters
    ----------
    joined
        Run all parts in this one process instead of one process each.
    sandbox
        Let time be moved, for trying out; never for real mentorships.
    """
    screen = Screen(console)

    async def stay(_stack: Stack) -> None:
        console.print("\nStop with Ctrl-C.")
        await asyncio.Event().wait()

    run_on(Stack(state, joined=joined, sandbox=sandbox, on_notice=screen.notice), screen, stay)


@app.command
def demo(*, story: Literal["year", "drifting", "short"] = "year", endpoint: str | None = None) -> None:
    """Watch one mentorship live through a whole year, on a fresh sandbox.

    Parameters
    ----------
    story
        The year of a mentor who keeps at it, of one who drifts away after the first quarter, or three short months.
    endpoint
        Play it at the GraphQL endpoint of a sandbox that runs already, such as the one of docker compose.
    """
    # what these need is of no use to the other commands
    from deploy.local.annual import play_year  # noqa: PLC0415
    from deploy.local.demo import play as play_short  # noqa: PLC0415
    from deploy.local.person import Refused  # noqa: PLC0415
    from deploy.local.story import StoryStopped  # noqa: PLC0415

    play = play_short if story == "short" else partial(play_year, name=story)

    async def show(stack: Stack) -> None:
        try:
            await play(f"{stack.gateway_url}/graphql", stack.home, console, stack=stack)
        except (StoryStopped, Refused) as stopped:
            fail(f"The demo stopped: {stopped}\nThe logs are in {stack.state / 'logs'}.", code=1)

    if endpoint:
        try:
            asyncio.run(play(endpoint, HOME, console))
        except (StoryStopped, Refused) as stopped:
            fail(f"The demo stopped: {stopped}", code=1)
        return
    screen = Screen(console)
    stack = Stack(HOME / "demo", home=HOME, sandbox=True, disposable=True, on_notice=screen.notice)
    if run_on(stack, screen, show):
        sys.exit(130)  # what a shell says of a command ended by Ctrl-C


@app.command
def status(*, state: State = UP, as_json: AsJson = False) -> None:
    """Show what runs on a state folder."""
    record = StateFolder(state).read()
    if record is None:
        fail(f"Nothing runs on {state}. Start it with: inzpireu up", code=3)
    if as_json:
        running = [
            {"name": one.name, "pid": one.pid, "address": one.address, "state": one.state} for one in record.running
        ]
        say({"pid": record.pid, "sandbox": record.sandbox, "links": record.links, "running": running})
        return
    console.print(f"Running on {state}, pid {record.pid}{', a sandbox' if record.sandbox else ''}.")
    Screen(console).status(record)


@app.command
def keys(folder: Path, *, development: bool = False) -> None:
    """Make the key files of an installation in a folder; those that exist stay.

    Parameters
    ----------
    development
        Mark them, so that production refuses them.
    """
    secrets = Secrets(folder, development=development)
    secrets.make(part.name for part in PARTS)
    console.print(f"The keys are in {folder}. Whoever reads them can act as any part: keep them as you keep passwords.")


@app.command
def rotate_keys(folder: Path) -> None:
    """Take the next of three steps that change the key of people's tokens; nobody is signed out by it.

    Parameters
    ----------
    folder
        Where the key files are; for `inzpireu up` it is `secrets` in the state folder.
    """
    console.print(Secrets(folder).rotate_token_keys())


def main() -> None:
    """Run the command line."""
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # what it says is told in our own words
    try:
        app()
    except Refusal as refusal:
        fail(refusal.message, code=1)


def run_on(stack: Stack, screen: Screen, while_up: Callable[[Stack], Awaitable[None]]) -> bool:
    """Run something on a stack; whether it was ended by a signal."""
    try:
        return asyncio.run(_within(stack, screen, while_up))
    except (ChildFailed, NotFound, StateInUse) as failure:
        fail(str(failure), code=1)


async def _within(stack: Stack, screen: Screen, while_up: Callable[[Stack], Awaitable[None]]) -> bool:
    told_to_stop = _stop_on_signals(stack)
    try:
        with screen.waiting(stack):
            await stack.start()
        try:
            screen.stack(stack)
            await while_up(stack)
        finally:
            await stack.stop()
    except asyncio.CancelledError:
        if not told_to_stop.is_set():
            raise
        console.print("Stopped.")
    return told_to_stop.is_set()


def _stop_on_signals(stack: Stack) -> asyncio.Event:
    """Let the first Ctrl-C, SIGTERM or hang-up end what runs in order, and the second at once."""
    loop, task, told = asyncio.get_running_loop(), asyncio.current_task(), asyncio.Event()
    assert task

    def stop() -> None:
        if told.is_set():
            stack.abandon()
            os._exit(130)
        told.set()
        console.print("\nStopping everything; once more to kill it.")
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup asks to outlive a hang-up
            loop.add_signal_handler(number, stop)
    return told
