"""`inzpireu outbox`: what was saved and has not reached the broker yet."""

import asyncio
from datetime import UTC, datetime

import msgspec
from rich.table import Table

from deploy.local.parts import PARTS
from deploy.operator.telling import AsJson, MongodbUrl, out, say, where
from kit.mongo import database_of
from kit.outbox import Waiting, waiting


class Outbox(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What waits in one service."""

    part: str
    changes: int
    oldest_seconds: float


def outbox(*, mongodb_url: MongodbUrl = None, as_json: AsJson = False) -> None:
    """Read every outbox."""
    found = asyncio.run(_counted(where("mongodb_url", mongodb_url)))
    if as_json:
        say(found)
        return
    table = Table("service", "changes waiting", "the oldest for", box=None, pad_edge=False)
    for each in found:
        table.add_row(each.part, f"{each.changes:,}", f"{each.oldest_seconds:,.0f} s" if each.changes else "")
    out.print(table)


async def _counted(url: str) -> list[Outbox]:
    services = [part.name for part in PARTS if "mongodb" in part.backends]
    return [_outbox(name, await _waiting(url, name)) for name in services]


async def _waiting(url: str, name: str) -> Waiting:
    with database_of(name, url) as database:
        return await waiting(database)


def _outbox(part: str, found: Waiting) -> Outbox:
    oldest = (datetime.now(UTC) - found.since).total_seconds() if found.since else 0.0
    return Outbox(part=part, changes=found.changes, oldest_seconds=round(oldest, 1))
