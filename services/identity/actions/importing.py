"""The worker of imports: checks a whole table, then stores people chunk by chunk, and can begin again anywhere."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import batched

from contracts.errors import Refusal, Stale
from contracts.identity import ImportState
from contracts.wire import Change, evolve
from kit.clock import Clock
from kit.command import Stamp, natural_id
from kit.mongo import Collection
from kit.telemetry import attached, log
from services.identity.model import imports
from services.identity.model.directory import UNITS_LIMIT, folded
from services.identity.model.imports import LEASE, Findings, Import, ImportPart, Row
from services.identity.store import Store

CHUNK = 100
TOLD_EVERY = 20  # chunks between two words about how far it is
POLL_SECONDS = 2.0
FORGET_EVERY = timedelta(minutes=1)


type HandOn = Callable[[Collection, str, Sequence[str]], Awaitable[None]]


class Importer:
    """Works on one import at a time. Several processes may have one each: who has one in hand holds a lease on it.

    A person's id is made of organisation and address, so a worker that begins again creates nobody twice.
    """

    def __init__(self, store: Store, clock: Clock, hand_on: HandOn) -> None:
        self._store = store
        self._clock = clock
        self._hand_on = hand_on
        self._forgot_at: datetime | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """A table has arrived in this process: do not wait for the next poll."""
        self._wake.set()

    async def __aenter__(self) -> "Importer":
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            busy = False
            try:
                busy = await self.work()
                await self.forget()
            except (Refusal, ConnectionError) as error:  # another has it, or a server is away: later it goes on
                log.warning("importer_waits", why=type(error).__name__)
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)

    async def work(self) -> bool:
        """Take one import to its end. True if there was one."""
        for state in (ImportState.STORING, ImportState.CHECKING):
            for stored in await self._store.imports.queue("state", state, CHUNK):
                if not stored.record.leased_until or stored.record.leased_until < self._clock.real_now():
                    with attached("identity.import_users", correlation=stored.record.id):
                        await self._import(await self._amend(stored.record, self._renewed))
                    return True
        return False

    async def forget(self) -> None:
        """End the imports whose other parts never came. Looks once a minute."""
        if self._forgot_at and self._clock.real_now() - self._forgot_at < FORGET_EVERY:
            return
        self._forgot_at = self._clock.real_now()
        for stored in await self._store.imports.queue("state", ImportState.RECEIVING, CHUNK):
            if imports.is_forsaken(stored.record, self._clock.now()):
                await self._clear(await self._amend(stored.record, lambda it: imports.forsake(it, self._clock.now())))

    async def _import(self, table: Import) -> None:
        resumed = table.state is ImportState.STORING
        units = {
            folded(unit.name): unit.id for unit in await self._store.units.all(table.org_id, {}, limit=UNITS_LIMIT)
        }
        findings = Findings()
        table = await self._check(table, units, findings)
        if table.state is ImportState.CHECKING:
            table = await self._amend(table, lambda table: imports.checked(table, findings, self._clock.now()))
        if table.state is ImportState.STORING:
            table = await self._store_people(table, units, findings, resumed=resumed)
        await self._clear(table)

    async def _clear(self, table: Import) -> None:
        for part_id in table.part_ids:  # what people wrote is not kept longer than it is needed
            part = await self._store.import_parts.load(table.org_id, part_id)
            await self._store.import_parts.amend(part, self._stamp(table), lambda part: Change(evolve(part, csv="")))

    async def _check(self, table: Import, units: dict[str, str], findings: Findings) -> Import:
        async for number, chunk in self._chunks(table, units):
            for place, row in chunk:
                if isinstance(row, Row):
                    imports.note(findings, row)
                else:
                    findings.wrong(place, row)
            emails = [row.email for _, row in chunk if isinstance(row, Row)]
            imports.place_known(findings, table.org_id, await self._store.accounts.ids_of(emails))
            if table.state is ImportState.CHECKING and number % TOLD_EVERY == 0:
                table = await self._tell(table, done=chunk[-1][0] - 1)
        absent = {email for _, _, email in findings.managed if email not in findings.seen}
        for emails_of in batched(sorted(absent), CHUNK, strict=False):
            found = await self._store.accounts.ids_of(emails_of)
            imports.place_known(findings, table.org_id, found)
        imports.check_managers(findings)
        return table

    async def _store_people(self, table: Import, units: dict[str, str], findings: Findings, *, resumed: bool) -> Import:
        created = 0
        async for number, chunk in self._chunks(table, units):
            at = self._clock.now()
            right = [row for place, row in chunk if isinstance(row, Row) and place not in findings.bad]
            people = [
                imports.account_of(row, table.org_id, self._ids(table, row, findings), at)
                for row in right
                if row.email not in findings.known
            ]
            if people:
                created += len(await self._store.accounts.create_all(self._stamp(table), people))
            ids = [person.state.id for person in people]
            if resumed:  # whoever died here may have saved people and not have handed their entries on
                ids = [natural_id("user", table.org_id, row.email) for row in right]
            if ids:
                await self._hand_on(self._store.accounts.collection, table.org_id, ids)
            if number % TOLD_EVERY == 0:
                table = await self._tell(table, done=chunk[-1][0] - 1, created=created)
        end = {"state": ImportState.DONE, "done": table.total, "ended_at": self._clock.now(), "leased_until": None}
        made = len(findings.seen) - table.existing  # whoever began with them
        return await self._amend(table, lambda table: Change(evolve(table, created=made, **end)))

    def _ids(self, table: Import, row: Row, findings: Findings) -> tuple[str, str | None]:
        def id_of(email: str) -> str:
            return findings.known.get(email) or natural_id("user", table.org_id, email)

        return id_of(row.email), id_of(row.manager) if row.manager else None

    async def _chunks(
        self, table: Import, units: dict[str, str]
    ) -> AsyncIterator[tuple[int, tuple[tuple[int, Row | Refusal], ...]]]:
        number = 0
        for part_id in table.part_ids:
            part: ImportPart = await self._store.import_parts.get(table.org_id, part_id)
            for chunk in batched(imports.read(table, part, units), CHUNK, strict=False):
                number += 1
                yield number, chunk
                await asyncio.sleep(0)  # let the others in this process have their turn

    async def _tell(self, table: Import, **how_far: int) -> Import:
        return await self._amend(table, lambda table: self._renewed(table, **how_far))

    def _renewed(self, table: Import, **how_far: int) -> Change[Import]:
        return Change(evolve(table, leased_until=self._clock.real_now() + LEASE, **how_far))

    async def _amend(self, table: Import, decide: Callable[[Import], Change[Import]]) -> Import:
        """Raises Stale where another worker has taken the import over."""
        stored = await self._store.imports.load(table.org_id, table.id)
        if stored.record.version != table.version:
            raise Stale("Another worker has this import in hand.")
        return await self._store.imports.amend(stored, self._stamp(table), decide)

    def _stamp(self, table: Import) -> Stamp:
        return Stamp(org_id=table.org_id, actor_id=table.started_by, at=self._clock.now())
