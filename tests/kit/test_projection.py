"""What a part keeps of another part's aggregates: the latest news, in whichever order they come."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.errors import NotFound
from kit.command import time_ordered_id
from kit.mongo import Database
from kit.projection import Projection
from tests.kit.things import Thing


class Owner:
    """The part that owns the things, answering from memory."""

    def __init__(self, *things: Thing) -> None:
        self.things = {(thing.org_id, thing.id): thing for thing in things}
        self.asked: list[str] = []

    async def ask(self, org_id: str, object_id: str) -> Thing | None:
        """What it is now."""
        self.asked.append(object_id)
        return self.things.get((org_id, object_id))


def at_version(version: int, *, object_id: str = "thing-1") -> Thing:
    return Thing(id=object_id, org_id="acme", value=version * 10, version=version)


async def test_what_is_missing_is_asked_for_once(database: Database) -> None:
    owner = Owner(at_version(3))
    known = Projection(database, "things", Thing, owner.ask)
    for _ in range(3):
        assert (await known.get("acme", "thing-1")).version == 3
    assert owner.asked == ["thing-1"]


async def test_what_the_owner_does_not_know_is_not_there(database: Database) -> None:
    known = Projection(database, "things", Thing, Owner().ask)
    assert await known.find("acme", "thing-1") is None
    with pytest.raises(NotFound) as refused:
        await known.get("acme", "thing-1")
    assert refused.value.message == NotFound.of("thing", "thing-1").message


async def test_what_another_organisation_has_is_not_there(database: Database) -> None:
    known = Projection(database, "things", Thing, Owner(at_version(1)).ask)
    await known.keep("acme", at_version(1))
    assert await known.find("other", "thing-1") is None


async def test_news_that_does_not_fit_is_checked_with_the_owner(database: Database) -> None:
    owner = Owner(at_version(4))
    known = Projection(database, "things", Thing, owner.ask)
    await known.keep("acme", at_version(2))
    assert (await known.get("acme", "thing-1", lambda thing: thing.value == 20)).version == 2
    assert owner.asked == []
    assert (await known.get("acme", "thing-1", lambda thing: thing.value == 40)).version == 4
    assert (await known.get("acme", "thing-1")).version == 4
    assert owner.asked == ["thing-1"]


async def test_what_does_not_fit_at_the_owners_either_is_given_as_it_is(database: Database) -> None:
    known = Projection(database, "things", Thing, Owner(at_version(4)).ask)
    assert (await known.get("acme", "thing-1", lambda _: False)).version == 4


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(news=st.lists(st.integers(1, 6), min_size=1, max_size=8))
async def test_stale_and_repeated_news_change_nothing_in_any_order(database: Database, news: list[int]) -> None:
    known = Projection(database, "things", Thing, Owner().ask)
    object_id = time_ordered_id()
    for version in news:
        await known.keep("acme", at_version(version, object_id=object_id))
    assert await known.get("acme", object_id) == at_version(max(news), object_id=object_id)


async def test_news_that_arrive_all_at_once_leave_the_latest(database: Database) -> None:
    known = Projection(database, "things", Thing, Owner().ask)
    for round_ in range(10):
        object_id = f"thing-{round_}"
        await asyncio.gather(
            *(known.keep("acme", at_version(version, object_id=object_id)) for version in (1, 3, 2, 4))
        )
        assert (await known.get("acme", object_id)).version == 4
