"""`inzpireu letters`: the events that a part gave up on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from cyclopts import App, Parameter
from rich.table import Table

from contracts.subscriptions import SUBSCRIPTIONS
from deploy.operator.telling import AmqpUrl, AsJson, fail, out, say, where
from kit.letters import Letter, Letters
from kit.letters import letters as opened

letters = App(name="letters")

type Part = Annotated[str | None, Parameter(help="Only of this part.")]


@letters.command(name="list")
def list_letters(*, part: Part = None, limit: int = 50, amqp_url: AmqpUrl = None, as_json: AsJson = False) -> None:
    """Show the oldest dead letters of each part."""

    parts = _parts(part)

    async def look(dead: Letters) -> list[Letter]:
        return [letter for each in parts for letter in await dead.look(each, limit)]

    found = asyncio.run(_with(amqp_url, look))
    if as_json:
        say(found)
        return
    if not found:
        out.print("There are no dead letters.")
        return
    table = Table("id", "part", "event", "about", "when", "tries", "why", box=None, pad_edge=False)
    for each in found:
        when = f"{each.time:%Y-%m-%d %H:%M}" if each.time else ""
        table.add_row(each.id, each.part, each.topic, each.subject, when, str(each.attempts), each.reason)
    out.print(table)
    out.print("\nMend the cause, then put them back with: inzpireu letters replay --part PART")


@letters.command
def show(letter_id: str, *, amqp_url: AmqpUrl = None) -> None:
    """Show one dead letter as it came, as JSON."""

    async def look(dead: Letters) -> list[Letter]:
        return [each for part in _parts(None) for each in await dead.look(part, await dead.count(part))]

    found = [each for each in asyncio.run(_with(amqp_url, look)) if each.id == letter_id]
    if not found:
        fail(f"There is no dead letter {letter_id}. See: inzpireu letters list", code=1)
    say(found[0])


@letters.command
def replay(
    letter_id: str | None = None, *, part: Part = None, amqp_url: AmqpUrl = None, as_json: AsJson = False
) -> None:
    """Put dead letters back into the queue of the part that gave up on them. Doing it twice does no harm.

    Parameters
    ----------
    letter_id
        Only this one; without it all, of all parts or of `--part`.
    """

    parts = _parts(part)

    async def put_back(dead: Letters) -> dict[str, int]:
        return {each: await dead.replay(each, letter_id) for each in parts}

    done = asyncio.run(_with(amqp_url, put_back))
    if letter_id and not any(done.values()):
        fail(f"There is no dead letter {letter_id}. See: inzpireu letters list", code=1)
    if as_json:
        say(done)
        return
    for name, count in done.items():
        out.print(f"{name}: {count} put back")


async def _with[A](url: str | None, ask: Callable[[Letters], Awaitable[A]]) -> A:
    async with opened(where("amqp_url", url)) as dead:
        return await ask(dead)


def _parts(part: str | None) -> list[str]:
    if part and part not in SUBSCRIPTIONS:
        fail(f"There is no part {part}. Say one of {', '.join(SUBSCRIPTIONS)}.", code=2)
    return [part] if part else list(SUBSCRIPTIONS)
