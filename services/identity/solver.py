"""The matching as a program of its own: it reads a task, tells how far it is, and writes the answer.

It runs in a process beside the service, so that seconds of arithmetic keep nobody waiting, and the solver's memory goes
when it is done.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import msgspec

from contracts.errors import Invalid
from contracts.identity import MatchPair, Party, Unmatched
from contracts.wire import Record
from services.identity.model.matching import Offer, Wish, in_the_way, reasons, score

PROGRAM = ("-m", "services.identity.solver")
PATIENCE = 600.0  # seconds; the largest task that is taken needs a small part of it
LARGEST = 25_000_000  # wishes times seats: 200 MB
LINE_LIMIT = 64 * 1024 * 1024  # bytes of the answer, which is one line


class Task(Record, frozen=True, kw_only=True):
    """Whom to match."""

    wishes: tuple[Wish, ...]
    offers: tuple[Offer, ...]


class Solved(Record, frozen=True, kw_only=True):
    """How far it is in percent; at the end also the answer."""

    progress: int
    pairs: tuple[MatchPair, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()


type Solve = Callable[[Task, Callable[[int], Awaitable[None]]], Awaitable[Solved]]
"""Solves a task, and tells meanwhile how far it is."""


class SolverFailed(Exception):
    """The program ended without an answer."""


async def solve_beside(
    task: Task, on_progress: Callable[[int], Awaitable[None]], *, program: tuple[str, ...] = PROGRAM
) -> Solved:
    """Solve the task in a process of its own. Raises SolverFailed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            process.stdin.write(msgspec.json.encode(task))
            process.stdin.close()
            while line := await process.stdout.readline():
                told = msgspec.json.decode(line, type=Solved)
                if told.progress == 100:
                    return told
                await on_progress(told.progress)
            raise SolverFailed(f"It ended with {await process.wait()}")
    except (OSError, TimeoutError, ValueError) as error:
        raise SolverFailed(repr(error)) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def check_size(wishes: int, seats: int) -> None:
    """Refuse what would take more memory than a service may."""
    if wishes * seats > LARGEST:
        raise Invalid(
            f"{wishes} mentees and room for {seats} are too many for one matching. Match cohort by cohort.",
            field="cohortId",
        )


def solve(task: Task, tell: Callable[[int], None] = lambda _: None) -> Solved:
    """The pairs with their reasons, and whom nobody was found for."""
    from services.identity.model.assignment import assign, scored  # noqa: PLC0415 - the service itself needs no solver

    wishes, offers = task.wishes, task.offers
    scores = scored(wishes, offers, lambda done: tell(int(done * 50)))
    partners = assign(scores, [offer.room for offer in offers])
    tell(90)
    pairs, unmatched = [], []
    for wish, column in zip(wishes, partners, strict=True):
        if column is None:
            unmatched.append(Unmatched(user_id=wish.user_id, party=Party.MENTEE, why=in_the_way(wish, offers)))
        else:
            why = reasons(wish, offers[column])
            pairs.append(
                MatchPair(mentee_id=wish.user_id, mentor_id=offers[column].user_id, score=score(why), reasons=why)
            )
    return Solved(progress=100, pairs=tuple(pairs), unmatched=tuple(unmatched))


def main() -> None:
    """Task in, lines out."""

    def write(told: Solved) -> None:
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()

    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    write(solve(task, lambda percent: write(Solved(progress=percent))))


if __name__ == "__main__":
    main()
