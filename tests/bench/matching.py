"""What it takes to match a large programme: time by step, and memory."""

import resource
import subprocess
import sys
import time

import msgspec
from rich.console import Console
from rich.table import Table

from services.identity.solver import Solved, Task
from tests.identity.crowds import a_crowd

SIZES = ((200, 100), (1_000, 500), (2_000, 1_000))


def main(console: Console) -> None:
    """Print the table: each size in a process of its own, as the service runs it."""
    table = Table("mentees", "mentors", "seats", "pairs", "without", "seconds", "largest process MiB")
    for mentees, mentors in SIZES:
        table.add_row(*_row(mentees, mentors))
    console.print("Matching a programme in a process beside the service, start of the process included")
    console.print(table)


def _row(mentees: int, mentors: int) -> list[str]:
    wishes, offers = a_crowd(mentees, mentors)
    task = msgspec.json.encode(Task(wishes=wishes, offers=offers))
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "services.identity.solver"], input=task, capture_output=True, check=True
    )
    took = time.perf_counter() - began
    solved = msgspec.json.decode(done.stdout.splitlines()[-1], type=Solved)
    assert all(len(pair.reasons) == 5 for pair in solved.pairs), "every pair has its reasons"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    seats = sum(offer.room for offer in offers)
    counts = (mentees, mentors, seats, len(solved.pairs), len(solved.unmatched))
    return [*(f"{count:,}" for count in counts), f"{took:.2f}", f"{peak:.0f}"]


if __name__ == "__main__":
    main(Console())
