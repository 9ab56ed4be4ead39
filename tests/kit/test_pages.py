"""Pages of long lists: whatever the list, a walk gives what a plain reading gives, and reads little of it."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Invalid
from kit.pages import LEVELS, PAGE_LIMIT, SPACING, Document, Walk, among, check_size, level_of, milestone, page_of

LONG = 100_000
CHANCE = random.Random(7)
COMPARE = {
    "$lt": lambda value, bound: value < bound,
    "$lte": lambda value, bound: value <= bound,
    "$gt": lambda value, bound: value > bound,
    "$gte": lambda value, bound: value >= bound,
}


def an_id() -> str:
    return str(UUID(int=CHANCE.getrandbits(128), version=4))


class Reader:
    """A server that reads every match of a query, and counts them."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents
        self.matched = 0
        self.reads = 0

    async def __call__(
        self, query: Document, order: tuple[str, int], limit: int, /, *, keys_only: bool
    ) -> list[Document]:
        found = [each for each in self.documents if all(_fits(each, *clause) for clause in query.items())]
        self.matched += len(found)
        self.reads += 1
        key, direction = order
        shown = sorted(found, key=lambda each: each[key], reverse=direction < 0)[:limit]
        return [{key: each[key]} for each in shown] if keys_only else shown


def _fits(document: Document, name: str, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(document.get(name) == wanted)
    return all(COMPARE[op](document[name], bound) for op, bound in wanted.items())


def a_list(keys: list[int]) -> list[Document]:
    ids = [an_id() for _ in keys]
    return [{"_id": each, "place": key, **milestone(each)} for each, key in zip(ids, keys, strict=True)]


@st.composite
def lists(draw: st.DrawFn) -> list[Document]:
    """Keys in any order, with milestones wherever they may be, also of all levels and none."""
    keys = draw(st.lists(st.integers(0, 400), unique=True, max_size=150))
    levels = draw(st.lists(st.sampled_from([0, 0, 0, 1, 1, 2, 3]), min_size=len(keys), max_size=len(keys)))
    return [{"place": key, **({"milestone": level} if level else {})} for key, level in zip(keys, levels, strict=True)]


@given(lists(), st.integers(1, 101), st.booleans(), st.none() | st.integers(-1, 401), st.none() | st.integers(-1, 401))
def test_it_gives_what_a_plain_reading_gives(
    documents: list[Document], wanted: int, backwards: bool, begin: int | None, end: int | None
) -> None:
    begins = {} if begin is None else {"$lt" if backwards else "$gt": begin}
    ends = {} if end is None else {"$gte" if backwards else "$lt": end}
    walk = Walk(Reader(documents), among({}), "place", begin=begins, end=ends, backwards=backwards)
    inside = (each for each in documents if _fits(each, "place", {**begins, **ends}))
    plain = sorted(inside, key=lambda each: each["place"], reverse=backwards)
    assert asyncio.run(walk.first(wanted)) == plain[:wanted]


@given(lists(), st.integers(1, 40), st.booleans())
def test_its_pages_are_the_list_one_after_the_other(documents: list[Document], first: int, backwards: bool) -> None:
    seen: list[int] = []
    begin: Document = {}
    while True:
        walk = Walk(Reader(documents), among({}), "place", begin=begin, backwards=backwards)
        page = page_of(asyncio.run(walk.first(first + 1)), first, "place", lambda each: int(each["place"]))
        seen += page.items
        if not page.has_next:
            break
        begin = {"$lt" if backwards else "$gt": page.items[-1]}
    assert seen == sorted((each["place"] for each in documents), reverse=backwards)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("spread", ["even", "in bursts"])
def test_it_reads_little_wherever_it_begins(spread: str, backwards: bool) -> None:
    """The keys of a burst lie a million times closer than the others: no guess of a width would do for both."""
    keys = [each if spread == "even" or each < LONG // 2 else each * 1_000_000 for each in range(LONG)]
    documents = a_list(keys)
    for begin in (0, LONG // 2 - 30, LONG // 2 + 5, LONG - 60):
        reader = Reader(documents)
        begins = {"$lt" if backwards else "$gt": keys[begin]}
        found = asyncio.run(Walk(reader, among({}), "place", begin=begins, backwards=backwards).first(21))
        assert len(found) == min(21, begin if backwards else LONG - begin - 1)
        assert reader.matched < 20 * SPACING
        assert reader.reads <= 3 * LEVELS


def test_about_one_in_so_many_is_a_milestone() -> None:
    levels = [level_of(an_id()) for _ in range(LONG)]
    for level in range(1, LEVELS + 1):
        expected = LONG / SPACING**level
        assert abs(sum(each >= level for each in levels) - expected) < 5 * expected**0.5


@pytest.mark.parametrize("first", [-1, 0, PAGE_LIMIT + 1])
def test_it_refuses_a_page_of_another_size(first: int) -> None:
    with pytest.raises(Invalid, match="A page has 1 to 100 entries"):
        check_size(first)
