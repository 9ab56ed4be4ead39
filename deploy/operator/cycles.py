"""`inzpireu cycles`: the cycles of mentorships, as the engine sees them."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated

from cyclopts import App, Parameter
from rich.table import Table

from contracts.errors import Refusal
from deploy.operator.telling import AsJson, fail, out, say, where
from workflows import stuck as engine

cycles = App(name="cycles")

type Address = Annotated[
    str | None, Parameter(help="Where Temporal is; else INZPIREU_TEMPORAL_ADDRESS or its _FILE says it.")
]
type Namespace = Annotated[str, Parameter(help="Temporal's namespace.")]


@cycles.command
def stuck(*, temporal_address: Address = None, namespace: Namespace = "default", as_json: AsJson = False) -> None:
    """List the open cycles whose next step fails. There should be none."""
    found = _asked(engine.stuck(where("temporal_address", temporal_address), namespace))
    if as_json:
        say(found)
        return
    if not found:
        out.print("No cycle is stuck.")
        return
    table = Table("mentorship", "organisation", "phase", "run since", "events", "why", box=None, pad_edge=False)
    for each in found:
        since, why = f"{each.run_since:%Y-%m-%d %H:%M}", ", ".join(each.problems)
        table.add_row(each.mentorship_id, each.org_id, each.phase, since, str(each.events), why)
    out.print(table)
    out.print("\nUsually a release does not fit their histories: go back to the release before, and they go on.")


@cycles.command
def show(mentorship_id: str, *, temporal_address: Address = None, namespace: Namespace = "default") -> None:
    """Show where one cycle stands, as JSON."""
    say(_asked(engine.show(where("temporal_address", temporal_address), namespace, mentorship_id)))


def _asked[A](question: Coroutine[None, None, A]) -> A:
    try:
        return asyncio.run(rested(question))
    except Refusal as refusal:
        fail(str(refusal), code=1)


async def rested[A](question: Coroutine[None, None, A]) -> A:
    """The answer, a moment later."""
    try:
        return await question
    finally:
        await asyncio.sleep(0.2)  # the SDK's own threads may crash a process that ends at once (sdk-python#300)
