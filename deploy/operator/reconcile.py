"""`inzpireu reconcile`: compares cycles, records and what parts keep of them, and mends what differs."""

import asyncio
import sys
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from contracts.errors import Refusal
from deploy.operator.cycles import Address, Namespace, rested
from deploy.operator.telling import AsJson, fail, out, say, where
from workflows.differences import Kind, Outcome
from workflows.nightly import asked_for
from workflows.nightly import reconcile as compared
from workflows.reconciling import Report

type KeysFile = Annotated[
    str | None, Parameter(help="The payload keys; else INZPIREU_PAYLOAD_KEYS_FILE says where they are.")
]

KINDS = {
    Kind.NO_CYCLE: "its cycle does not run",
    Kind.NO_MENTORSHIP: "a cycle runs, and identity knows of no such mentorship",
    Kind.PHASE: "the cycle stands in another phase",
    Kind.CARD: "a part keeps something else of it",
}
OUTCOMES = {Outcome.SEEN: "not touched", Outcome.REPAIRED: "repaired", Outcome.LEFT: "LEFT: it needs you"}


def reconcile(
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    organisation: str = "",
    settle: float = 5,
    wait: float = 600,
    temporal_address: Address = None,
    namespace: Namespace = "default",
    payload_keys_file: KeysFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare every cycle with its mentorship and with what the parts keep of it, and mend what differs.

    The workflows part does it, as it does every night. Ends with 0 if nothing differs any more, and with 1 if something
    is left (or, in a dry run, if anything differs). Doing it twice does no harm.

    Parameters
    ----------
    dry_run
        Only say what differs.
    organisation
        The id of the one organisation to look at; without it all are.
    settle
        Seconds that news may be on its way before a difference counts.
    wait
        Seconds to wait for the end; the comparison itself goes on after that.
    as_json
        Say it as JSON.
    """
    address = where("temporal_address", temporal_address)
    keys_file = where("payload_keys_file", payload_keys_file)
    asked = asked_for(organisation, repair=not dry_run, settle=settle)
    report = _report(compared(address, namespace, keys_file, asked, timedelta(seconds=wait)))
    if report is None:
        fail(
            f"It was not done after {wait:,.0f} s. It goes on; the workflows part says `reconciled` at the end.", code=2
        )
    if as_json:
        say(report)
    else:
        _tell(report)
    sys.exit(1 if report.count(Outcome.LEFT) or report.count(Outcome.SEEN) else 0)


def _report(question: Coroutine[None, None, Report | None]) -> Report | None:
    try:
        return asyncio.run(rested(question))
    except Refusal as refusal:
        fail(str(refusal), code=2)
    except (OSError, ValueError) as error:
        fail(f"The payload keys cannot be read: {error}", code=2)


def _tell(report: Report) -> None:
    counted = Counter({outcome: report.count(outcome) for outcome in Outcome})
    out.print(f"{report.compared:,} mentorships were compared with their cycles.")
    if not counted.total():
        out.print("Nothing differs.")
        return
    table = Table("mentorship", "organisation", "what", "record", "found", "outcome", box=None, pad_edge=False)
    for each in report.noticed:
        it = each.difference
        what = f"{KINDS[it.kind]} ({it.part})" if it.part else KINDS[it.kind]
        table.add_row(it.mentorship_id, it.org_id, what, it.record, it.found, OUTCOMES[each.outcome])
    out.print(table)
    if (more := counted.total() - len(report.noticed)) > 0:
        out.print(f"and {more:,} more.")
    if report.count(Outcome.LEFT):
        out.print("\nWhat is left: see CyclesDiffer in docs/runbook.md.")
