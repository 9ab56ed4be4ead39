"""Several parts' lists shown as one."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Invalid
from contracts.wire import Page
from gateway.merging import merged

START = datetime(2027, 3, 1, tzinfo=UTC)


class Entry(msgspec.Struct, frozen=True):
    source: str
    seq: int
    at: datetime


def _asking(lists: dict[str, list[Entry]]):  # type: ignore[no-untyped-def]
    async def ask(source: str, after: str | None) -> Page[Entry]:
        left = [entry for entry in lists[source] if after is None or entry.seq < int(after)]
        cursors = tuple(str(entry.seq) for entry in left[:3])
        return Page(items=tuple(left[:3]), cursors=cursors, has_next=len(left) > 3)

    return ask


async def _all(lists: dict[str, list[Entry]]) -> list[Entry]:
    shown: list[Entry] = []
    after = None
    while True:
        page = await merged(lists, _asking(lists), first=3, after=after)
        shown += page.items
        if not page.has_next:
            return shown
        after = page.end_cursor


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20)), max_size=25))
async def test_every_entry_is_shown_once_in_its_own_lists_order(made: list[tuple[str, int]]) -> None:
    lists: dict[str, list[Entry]] = {source: [] for source in "abc"}
    for seq, (source, hours) in enumerate(made, start=1):
        lists[source].insert(0, Entry(source, seq, START + timedelta(hours=hours)))
    shown = await _all(lists)
    assert len(shown) == len(made)
    assert {source: [entry for entry in shown if entry.source == source] for source in "abc"} == lists


async def test_the_newest_comes_first() -> None:
    lists = {source: [Entry(source, 1, START + timedelta(hours=hours))] for hours, source in enumerate("abc")}
    assert [entry.source for entry in await _all(lists)] == ["c", "b", "a"]


@pytest.mark.parametrize("cursor", ["", "x", "bm90aGluZw==", "eyJhIjogbnVsbH0=", "W10=", "é"])
async def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        await merged("ab", _asking({"a": [], "b": []}), first=3, after=cursor)
