"""Pages of very long lists: read in stretches that end at milestones, so that no read is much longer than its page.

Some database servers read every match of a query, whatever its limit is. A list in which one entry in 32, by chance, is
a milestone, one of 32 of those is a larger one, and so on, can be entered anywhere and left again after a few of them:
what a walk costs depends on what is wanted, neither on how long the list is nor on how its entries are spread.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from zlib import crc32

from contracts.errors import Invalid
from contracts.wire import Page

type Document = dict[str, Any]

PAGE_LIMIT = 100
LEVELS = 3
SPACING_BITS = 5
SPACING = 1 << SPACING_BITS  # entries between two milestones, on average; and milestones between two of the next level
MILESTONE = "milestone"  # where a document says its level


def level_of(object_id: str) -> int:
    """0 for most; 1 to 3 for milestones. Made of the id alone, so whoever writes needs to know of nobody else."""
    chance, level = crc32(object_id.encode()), 0
    while level < LEVELS and chance % SPACING == 0:
        chance, level = chance >> SPACING_BITS, level + 1
    return level


def milestone(object_id: str) -> Document:
    """What a document has to say about its level: nothing where it is no milestone, which keeps their indexes small."""
    level = level_of(object_id)
    return {MILESTONE: level} if level else {}


def among(entries: Document) -> Callable[[int], Document]:
    """The entries of a list that are milestones of a level, or all of them."""
    return lambda level: {**entries, MILESTONE: level} if level else entries


class Read(Protocol):
    """Reads what fits a query, in the order of a key."""

    def __call__(
        self, query: Document, order: tuple[str, int], limit: int, /, *, keys_only: bool
    ) -> Awaitable[list[Document]]:
        """No more than the limit; of milestones nothing but the key is wanted."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A list in the order of one key, from `begin` to `end` (comparisons with the key), forwards or backwards.

    `among` gives the query for all of its entries (0), and those for its milestones of each level.
    """

    read: Read
    among: Callable[[int], Document]
    key: str
    begin: Document = field(default_factory=dict)
    end: Document = field(default_factory=dict)
    backwards: bool = False

    async def first(self, wanted: int) -> list[Document]:
        """The first so many."""
        found: list[Document] = []
        rest = self
        while True:
            for stop in await rest._stops(wanted - len(found)):
                stretch = rest if stop is None else replace(rest, end={self._ops[0]: stop})
                found += await stretch._entries(0, wanted - len(found))
                if stop is None or len(found) >= wanted:
                    return found
                rest = replace(self, begin={self._ops[1]: stop})

    async def _stops(self, wanted: int) -> list[Any]:
        """Milestones to stop at on the way, so far apart that mostly one is enough; None for the end of the list."""
        stretch, last = self, None
        for level in range(LEVELS, 1, -1):
            for entry in await stretch._entries(level, 1):
                last = value_at(entry, self.key)
                stretch = replace(self, end={self._ops[0]: last})
        step = wanted // SPACING + 2
        near = await stretch._entries(1, SPACING * SPACING)
        return [*[value_at(entry, self.key) for entry in near][step - 1 :: step], last]

    async def _entries(self, level: int, limit: int) -> list[Document]:
        query = self.among(level)
        if reach := {**self.begin, **self.end}:
            query = {**query, self.key: reach}
        return await self.read(query, (self.key, -1 if self.backwards else 1), limit, keys_only=level > 0)

    @property
    def _ops(self) -> tuple[str, str]:
        """How a key compares that is not behind a stop, and one that is."""
        return ("$gte", "$lt") if self.backwards else ("$lte", "$gt")


def check_size(first: int) -> None:
    """Raises Invalid where a page of so many cannot be had."""
    if not 1 <= first <= PAGE_LIMIT:
        raise Invalid(f"A page has 1 to {PAGE_LIMIT} entries, not {first}.", field="first")


def page_of[R](documents: Sequence[Document], first: int, key: str, read: Callable[[Document], R]) -> Page[R]:
    """A page of the first of these documents, which are one more than the page shows where there is a next one."""
    shown = documents[:first]
    cursors = tuple(str(value_at(document, key)) for document in shown)
    return Page(
        items=tuple(read(document) for document in shown),
        cursors=cursors,
        end_cursor=cursors[-1] if cursors else None,
        has_next=len(documents) > first,
    )


def value_at(document: Document, path: str) -> Any:
    """What stands at a dotted path."""
    value: Any = document
    for name in path.split("."):
        value = value[name]
    return value
