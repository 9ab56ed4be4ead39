"""What a person sees of a stack: a line as each thing comes up, then a table and the addresses."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from deploy.local import facts
from deploy.local.running import Notice, What
from deploy.local.stack import Stack
from deploy.local.state import Record

_MEBI = 1 << 20
_MARKS: dict[What, tuple[str, str]] = {
    "ready": ("✓", "green"),
    "back": ("↻", "green"),
    "died": ("✗", "red"),
}


class Screen:
    """Writes to a console; on anything but a terminal as plain lines."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._pending: list[str] = []
        self._spinner: Status | None = None

    @contextmanager
    def waiting(self, stack: Stack) -> Iterator[None]:
        """While a stack comes up, say at the bottom of a terminal what it still waits for."""
        self._pending = stack.names
        with self.console.status(self._waits_for()) as self._spinner:
            yield
        self._spinner = None

    def notice(self, notice: Notice) -> None:
        """One line for one thing that happened."""
        mark, colour = _MARKS[notice.what]
        line = Text.assemble((f"{mark} ", colour), (f"{notice.name:<14}", "bold"), f"{notice.what} {notice.text}")
        self.console.print(line, soft_wrap=True)
        if self._spinner and notice.name in self._pending:
            self._pending.remove(notice.name)
            self._spinner.update(self._waits_for())

    def stack(self, stack: Stack) -> None:
        """The whole stack, once it is up."""
        table = _table("part", "pid", "address", "seconds to ready", "memory MiB")
        for one in (*stack.backends, *stack.running.values()):
            seconds = f"{one.seconds_to_ready:.1f}" if one.pid and one.seconds_to_ready is not None else "given"
            memory = f"{one.rss() / _MEBI:.0f}" if one.pid else ""
            table.add_row(one.name, str(one.pid or ""), one.address, seconds, memory)
        total = f"{stack.rss() / _MEBI:.0f}"
        table.add_section()
        table.add_row("all", "", "", f"{stack.seconds_to_ready or 0:.1f}", total)
        self.console.print(table)
        self.links(facts.links(stack))

    def status(self, record: Record) -> None:
        """What an earlier started stack says of itself, checked against what is alive."""
        table = _table("part", "pid", "address", "state")
        for one in record.running:
            table.add_row(one.name, str(one.pid or ""), one.address, Text(one.state, _COLOURS[one.state]))
        self.console.print(table)
        self.links(record.links)

    def links(self, links: dict[str, str]) -> None:
        """Addresses, one a line, never broken so that they can be clicked."""
        width = max(map(len, links), default=0)
        for name, address in links.items():
            self.console.print(Text.assemble((f"{name:<{width}}  ", "bold"), address), soft_wrap=True)

    def _waits_for(self) -> str:
        return f"Waiting for {', '.join(self._pending)}"


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in _NUMBERS else "left", no_wrap=True)
    return table


_COLOURS = {"given": "", "up": "green", "down": "red"}
_NUMBERS: Iterable[str] = {"pid", "seconds to ready", "memory MiB"}
