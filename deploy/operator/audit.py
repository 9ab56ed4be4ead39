"""`inzpireu audit`: looks at audit chains, in a file that was taken away or in the databases themselves."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from contracts.audit import AuditCheckpoint, AuditedService, AuditFault, AuditProblem
from contracts.errors import Unavailable
from deploy.operator.telling import AsJson, MongodbUrl, fail, out, say, where
from kit.audit import whole_trail
from kit.chain import Inspection
from kit.mongo import database_of

audit = App(name="audit")
NO_CHAIN = ("", "")  # of lines that are no entry: their number in the file is told instead

WORDS = {
    AuditProblem.ALTERED: "was altered: its hash does not fit",
    AuditProblem.MISSING: "is missing",
    AuditProblem.INSERTED: "stands there once more, or was inserted",
    AuditProblem.REORDERED: "stands at another place",
    AuditProblem.UNLINKED: "does not follow from the one before it",
    AuditProblem.TRUNCATED: "and all after it were cut off: the checkpoint has seen more",
    AuditProblem.REWRITTEN: "is another than the checkpoint has seen",
    AuditProblem.MALFORMED: "is no audit entry",
}


class Chain(msgspec.Struct, kw_only=True, rename="camel"):
    """What was found about one chain."""

    org_id: str
    service: str
    checked: int
    seq: int
    hash: str
    faults: tuple[AuditFault, ...]


class Report(msgspec.Struct, kw_only=True, rename="camel"):
    """What was found about all of them."""

    intact: bool
    chains: list[Chain]


@audit.command
def verify(
    bundle: Path | None = None,
    *,
    mongodb_url: MongodbUrl = None,
    checkpoint: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    as_json: AsJson = False,
) -> None:
    """Check that no audit entry was altered, removed, inserted, moved or cut off.

    Ends with 0 if every chain is whole, 1 if one is broken, and 2 if there was nothing to look at.

    Parameters
    ----------
    bundle
        JSON lines as `exportAuditBundle` gives them, of any number of services and organisations. Without one, the
        databases of an installation are looked into.
    checkpoint
        What `auditCheckpoint` gave earlier as `text`, of any number of chains: shows that no end was cut off.
    as_json
        Say it as JSON.
    """
    if bundle and mongodb_url:
        fail("Give either a bundle or --mongodb-url, not both.", code=2)
    seen = [_checkpoint(text) for text in checkpoint]
    try:
        lines = _of_file(bundle) if bundle else _of_databases(where("mongodb_url", mongodb_url))
        report = asyncio.run(_inspected(lines, seen))
    except (OSError, Unavailable) as error:
        fail(f"It cannot be read: {error}", code=2)
    if not report.chains:
        fail("There is no audit entry in it.", code=2)
    _tell(report, as_json=as_json)
    sys.exit(0 if report.intact else 1)


async def _inspected(entries: AsyncIterator[Mapping[str, Any]], seen: Iterable[AuditCheckpoint]) -> Report:
    chains: dict[tuple[str, str], Inspection] = {}
    for each in seen:
        chains.setdefault((each.org_id, each.service), Inspection()).expect([each])
    number = 0
    async for entry in entries:
        number += 1
        key = (str(entry.get("orgId", "")), str(entry.get("service", "")))
        if not all(key):
            chains.setdefault(NO_CHAIN, Inspection()).fault(number, AuditProblem.MALFORMED)
        else:
            chains.setdefault(key, Inspection()).look(entry)
    found = [
        Chain(org_id=org_id, service=service, checked=each.checked, seq=each.seq, hash=each.last, faults=each.faults())
        for (org_id, service), each in sorted(chains.items())
    ]
    return Report(intact=not any(each.faults for each in found), chains=found)


async def _of_file(path: Path) -> AsyncIterator[Mapping[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield _entry(line)


def _entry(line: bytes) -> Mapping[str, Any]:
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


async def _of_databases(url: str) -> AsyncIterator[Mapping[str, Any]]:
    for service in AuditedService:
        with database_of(service, url) as database:
            async for entry in whole_trail(database):
                yield entry


def _checkpoint(text: str) -> AuditCheckpoint:
    org_id, _, rest = text.partition(":")
    service, _, rest = rest.partition(":")
    seq, _, last = rest.partition(":")
    if not (org_id and service in set(AuditedService) and seq.isascii() and seq.isdigit() and last):
        fail(
            f"{text!r} is no checkpoint. Give what `auditCheckpoint` says as `text`: ORGANISATION:SERVICE:SEQ:HASH.",
            code=2,
        )
    return AuditCheckpoint(org_id=org_id, service=service, seq=int(seq), hash=last)


def _tell(report: Report, *, as_json: bool) -> None:
    if as_json:
        say(report)
        return
    for chain in report.chains:
        name = f"{chain.service} of {chain.org_id}" if chain.service else "Lines that belong to no chain"
        whole = f"{chain.checked:,} entries, whole up to {chain.seq:,} ({chain.hash})"
        out.print(f"{name}: {'BROKEN' if chain.faults else whole}", markup=False)
        for fault in chain.faults:
            which = "Entry" if chain.service else "Line"
            out.print(f"  {which} {fault.seq} {WORDS[fault.problem]}.", style="red", markup=False)
