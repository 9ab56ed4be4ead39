"""One list out of several parts' lists, newest first, a page at a time. Knows no GraphQL type."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec

from contracts.errors import Invalid
from contracts.wire import Page

type Places = dict[str, str | None]
type Ask = Callable[[str, str | None], Awaitable[Page[Any]]]


async def merged(sources: Iterable[str], ask: Ask, *, first: int, after: str | None) -> Page[Any]:
    """The newest of all sources by their moment `at`; each source's own order is kept.

    A cursor says for each source how far its list was shown, so no entry is shown twice or left out, however many are
    added meanwhile.
    """
    places = _read(after, list(sources))
    found = dict(zip(places, await asyncio.gather(*(ask(each, place) for each, place in places.items())), strict=True))
    left = {source: list(zip(page.items, page.cursors, strict=True)) for source, page in found.items()}
    items: list[Any] = []
    cursors: list[str] = []
    while len(items) < first and any(left.values()):
        newest = max((source for source in left if left[source]), key=lambda source: left[source][0][0].at)
        item, cursor = left[newest].pop(0)
        places[newest] = cursor
        items.append(item)
        cursors.append(_written(places))
    more = any(left.values()) or any(page.has_next for page in found.values())
    return Page(items=tuple(items), cursors=tuple(cursors), end_cursor=cursors[-1] if cursors else None, has_next=more)


def _written(places: Places) -> str:
    return urlsafe_b64encode(msgspec.json.encode(places)).decode()


def _read(cursor: str | None, sources: list[str]) -> Places:
    if cursor is None:
        return dict.fromkeys(sources)
    try:
        places = msgspec.json.decode(urlsafe_b64decode(cursor), type=Places)
    except (ValueError, msgspec.MsgspecError) as error:
        raise _no_cursor() from error
    if set(places) != set(sources):
        raise _no_cursor()
    return {source: places[source] for source in sources}


def _no_cursor() -> Invalid:
    return Invalid("This cursor is none of this list. Give the `endCursor` of a page.", field="after")
