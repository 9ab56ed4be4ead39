"""How the demo is told on a terminal: chapters, who did what, and the platform's events as they arrive."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

COLOURS = {"Maria": "magenta", "Sofia": "cyan", "Priya": "yellow"}
PACE = 0.5  # seconds
BERLIN = ZoneInfo("Europe/Berlin")


def local(at: str) -> datetime:
    """A moment as the endpoint says it, where the two live."""
    return datetime.fromisoformat(at).astimezone(BERLIN)


def day(moment: datetime) -> str:
    """The day of a moment where the two live, in words."""
    there = moment.astimezone(BERLIN)
    return f"{there.day} {there:%B}"


def entered(change: dict[str, Any]) -> str:
    """A phase and the day on which it began, in words."""
    return f"{change['phase'].replace('_', ' ').lower()} {day(local(change['at']))}"


@dataclass
class Telling:
    """Writes the story to a console, one short line for each thing."""

    console: Console

    def chapter(self, title: str, at: datetime | None = None) -> None:
        """A new part of the story, with the sandbox's date where it matters."""
        line = Text.assemble("\n", (title, "bold"))
        if at:
            line.append(f"  {at.astimezone(BERLIN):%A %d %B %Y, %H:%M}", style="dim")
        self.console.print(line)

    async def pause(self) -> None:
        """Give whoever watches the time to read a line; a log needs none."""
        if self.console.is_terminal:
            await asyncio.sleep(PACE)

    def step(self, who: str, what: str) -> None:
        """Somebody did something."""
        self.console.print(Text.assemble(f"  {who:<9}", what, style=COLOURS.get(who, "white")))

    def event(self, title: str, at: str) -> None:
        """The subscription brought an event."""
        moment = local(at)
        self.console.print(Text(f"           · {title}  {moment:%d %b %H:%M}", style="dim"))

    def phase(self, phase: str, at: datetime) -> None:
        """The cycle entered a phase."""
        words = phase.replace("_", " ").lower()
        when = f"{day(at)} {at.astimezone(BERLIN):%Y}"
        self.console.print(Text.assemble("  ▸ ", (words, "bold green"), (f" since {when}", "dim")))

    def summary(self, facts: dict[str, Any]) -> None:
        """What became of it, as a table."""
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold")
        table.add_column()
        for name, value in facts.items():
            table.add_row(name, str(value))
        self.console.print()
        self.console.print(table)
