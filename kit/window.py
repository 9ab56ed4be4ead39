"""Reading aggregates that belong to a parent that another part owns, showing each caller what a policy lets through."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from contracts.errors import Invalid
from contracts.wire import ByIds, Caller, Page, Record
from kit.mongo import PAGE_LIMIT, Aggregates
from kit.projection import Projection

type Show[P: Record, R: Record] = Callable[[Caller, P, R], R | None]
type Saw[P: Record, R: Record] = Callable[[Caller, P, Sequence[R]], Awaitable[None]]


@dataclass(frozen=True)
class Window[P: Record, R: Record]:
    """`parent_of` names a record's parent; `enter` says whether a caller may look; `show` gives what may be seen.

    `also` narrows the lists: fields and what they must be. `newest` says which end of a list comes first. `saw` hears
    of what is shown, before it is.
    """

    aggregates: Aggregates[R]
    parents: Projection[P]
    field: str
    parent_of: Callable[[R], str]
    enter: Callable[[Caller, P], bool]
    show: Show[P, R]
    also: tuple[tuple[str, object], ...] = ()
    newest: bool = False
    saw: Saw[P, R] | None = None

    async def get(self, caller: Caller, request: ByIds) -> tuple[R, ...]:
        """Those of the records that exist and may be seen, one read for all of them and one for each parent."""
        found = await self.aggregates.get_many(caller.org_id, request.ids)
        wanted = list({self.parent_of(record) for record in found})
        parents = await asyncio.gather(*(self.parents.get(caller.org_id, each) for each in wanted))
        of = dict(zip(wanted, parents, strict=True))
        shown = (self.show(caller, of[self.parent_of(record)], record) for record in found)
        visible = tuple(record for record in shown if record is not None)
        for parent_id, parent in of.items():
            await self._saw(caller, parent, [each for each in visible if self.parent_of(each) == parent_id])
        return visible

    async def pages(
        self, caller: Caller, parent_ids: Sequence[str], *, first: int, after: str | None
    ) -> tuple[Page[R] | None, ...]:
        """One page of each parent's records, None where the caller may not look.

        A page may show fewer than it was asked for where some are hidden.
        """
        if len(parent_ids) > PAGE_LIMIT:
            raise Invalid(f"Ask for at most {PAGE_LIMIT} lists at once, not {len(parent_ids)}.")

        async def page(parent_id: str) -> Page[R] | None:
            parent = await self.parents.find(caller.org_id, parent_id)
            if parent is None or not self.enter(caller, parent):
                return None
            where = {self.field: parent_id, **dict(self.also)}
            found = await self.aggregates.page(caller.org_id, where, first=first, after=after, newest=self.newest)
            shown = [
                (record, cursor)
                for item, cursor in zip(found.items, found.cursors, strict=True)
                if (record := self.show(caller, parent, item)) is not None
            ]
            await self._saw(caller, parent, [record for record, _ in shown])
            items, cursors = tuple(record for record, _ in shown), tuple(cursor for _, cursor in shown)
            return msgspec.structs.replace(found, items=items, cursors=cursors)

        return tuple(await asyncio.gather(*(page(each) for each in parent_ids)))

    async def _saw(self, caller: Caller, parent: P, shown: Sequence[R]) -> None:
        if self.saw is not None and shown:
            await self.saw(caller, parent, shown)
