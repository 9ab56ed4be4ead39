"""`make bench`: what a score costs by the size of the ledger, what matchings, simulations and very many people cost."""

import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from contracts.goals import Commitment, LedgerPolicy
from services.goals.actions.scores import Scores
from services.goals.model import score
from tests.bench import matching, people, simulation
from tests.goals.maria import END, golden_year

POLICY = LedgerPolicy()
REPEATS = 20


def main() -> None:
    """Print the table."""
    table = Table("commitments", "score ms", "explain ms", "explain peak MiB", "remembered ms", "explain / remembered")
    for size in (200, 2_000):
        table.add_row(*_row(_ledger(size)))
    console = Console()
    console.print(f"Maria's year over and over, median of {REPEATS} runs")
    console.print(table)
    simulation.main(console)  # before the matching: the peak of children is that of the largest so far
    matching.main(console)
    people.main(console)


def _row(commitments: list[Commitment]) -> list[str]:
    scores = Scores()
    scores.keep("m", (1, 1), until=None, explained=score.explain(commitments, END, POLICY, {}))
    scored = _milliseconds(lambda: score.score(commitments, END, POLICY, {}))
    worked_out = _milliseconds(lambda: score.explain(commitments, END, POLICY, {}))
    remembered = _milliseconds(lambda: scores.get("m", (1, 1), END))
    times = [f"{len(commitments):,}", f"{scored:.2f}", f"{worked_out:.2f}", f"{_peak(commitments):.1f}"]
    return [*times, f"{remembered:.4f}", f"{worked_out / remembered:,.0f}"]


def _ledger(size: int) -> list[Commitment]:
    year = golden_year()
    return [
        replace(year[number % len(year)], id=f"c{number}", due=year[number % len(year)].due + timedelta(seconds=number))
        for number in range(size)
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[REPEATS // 2] * 1000


def _peak(commitments: list[Commitment]) -> float:
    tracemalloc.start()
    score.explain(commitments, END, POLICY, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (1 << 20)


if __name__ == "__main__":
    main()
