"""One call per kind and part, however many objects ask; and nobody's failure cancels another's load."""

import asyncio
from typing import Any

import pytest

from contracts import goals, identity, sessions
from contracts.errors import NotFound, Unavailable
from contracts.goals import GET_GOALS, LIST_GOALS
from contracts.identity import GET_USERS, LIST_MENTORSHIPS, OfMentorships
from contracts.wire import ByIds, Page
from gateway.loaders import ById, Listed, Loaders, PageKey
from gateway.types.relay import global_id
from tests.gateway.fakes import Answering, Gateway, a_goal, a_mentorship, a_user


def a_page(*records: Any) -> Page[Any]:
    """One page of these, and nothing after it."""
    return Page(items=records, cursors=tuple(str(place) for place, _ in enumerate(records)))


async def _call(parts: Answering, operation: Any, request: Any) -> Any:
    return await parts.call(operation, "token", request)


def loaders(parts: Answering) -> Loaders:
    """Loaders over stand-ins."""
    return Loaders(lambda operation, request: _call(parts, operation, request))


async def test_a_page_of_mentorships_costs_one_call_per_kind(gateway: Gateway) -> None:
    parts, many = gateway.parts, [a_mentorship(f"m{n}", mentee_id=f"u{n}") for n in range(50)]
    parts.answer(LIST_MENTORSHIPS, a_page(*many))
    parts.hold(GET_USERS, [a_user("bob"), *(a_user(f"u{n}") for n in range(50))])
    parts.answer(LIST_GOALS, lambda request: tuple(a_page(a_goal(f"g-{one}")) for one in request.mentorship_ids))
    parts.answer(sessions.TIME_SUMMARY, lambda request: tuple(() for _ in request.mentorship_ids))
    query = """{ myMentorships(first: 50) { edges { node { mentor { name } mentee { name } timeSummary { minutes }
      goals { edges { node { id title owner { name } } } } } } } }"""
    shown = (await gateway.run(query)).data["myMentorships"]["edges"]
    assert [edge["node"]["mentee"]["name"] for edge in shown] == [f"U{n}" for n in range(50)]
    assert shown[7]["node"]["goals"]["edges"][0]["node"]["id"] == global_id("Goal", "g-m7")
    counts = {name: parts.count(name) for name in (LIST_MENTORSHIPS, LIST_GOALS, sessions.TIME_SUMMARY)}
    assert set(counts.values()) == {1}
    assert parts.count(GET_USERS) == 2, "those of the mentorships, then ann, who owns the goals"


async def test_ids_are_asked_for_once_and_in_calls_of_at_most_200() -> None:
    parts = Answering()
    parts.hold(GET_GOALS, [a_goal(f"g{n}") for n in range(450)])
    loader = loaders(parts).goals
    found = await asyncio.gather(*(loader.load(f"g{n % 450}") for n in range(900)))
    assert [goal.id if goal else "" for goal in found[:450]] == [f"g{n}" for n in range(450)]
    assert [len(request.ids) for _, _, request in parts.calls] == [200, 200, 50]


async def test_what_the_viewer_may_not_see_is_none() -> None:
    parts = Answering()
    parts.hold(GET_GOALS, [a_goal("g1")])
    found = await asyncio.gather(*(loaders(parts).goals.load(one) for one in ("g1", "foreign")))
    assert [goal and goal.id for goal in found] == ["g1", None]


async def test_equal_first_pages_are_one_call_and_a_cursor_is_its_own() -> None:
    parts = Answering()
    parts.answer(LIST_GOALS, lambda request: tuple(Page(end_cursor=one) for one in request.mentorship_ids))
    keys = [PageKey("m1", 20, None), PageKey("m2", 20, None), PageKey("m3", 5, None), PageKey("m1", 20, "c")]
    loader = loaders(parts).goals_of
    pages = await asyncio.gather(*(loader.load(key) for key in keys))
    assert [page.end_cursor for page in pages] == ["m1", "m2", "m3", "m1"]
    asked = [(request.mentorship_ids, request.first, request.after) for _, _, request in parts.calls]
    assert sorted(asked, key=str) == sorted([(("m1", "m2"), 20, None), (("m3",), 5, None), (("m1",), 20, "c")], key=str)


async def test_no_list_call_takes_more_than_100_mentorships() -> None:
    parts = Answering()
    parts.answer(LIST_GOALS, lambda request: tuple(Page[goals.Goal]() for _ in request.mentorship_ids))
    loader = loaders(parts).goals_of
    await asyncio.gather(*(loader.load(PageKey(f"m{n}", 20, None)) for n in range(250)))
    assert sorted(len(request.mentorship_ids) for _, _, request in parts.calls) == [50, 100, 100]


async def test_one_refused_page_does_not_take_the_others_with_it() -> None:
    async def call(_operation: Any, request: OfMentorships) -> Any:
        if request.first == 5:
            raise Unavailable("Not now.")
        return tuple(Page[goals.Goal](end_cursor=one) for one in request.mentorship_ids)

    loader = Listed[goals.Goal](call, LIST_GOALS)  # type: ignore[arg-type]
    keys = [PageKey("m1", 5, None), PageKey("m2", 20, None)]
    refused, answered = await asyncio.gather(*(loader.load(key) for key in keys), return_exceptions=True)
    assert isinstance(refused, Unavailable)
    assert isinstance(answered, Page)


async def test_what_the_viewer_sees_nothing_of_does_not_take_the_others_with_it() -> None:
    async def call(_operation: Any, request: OfMentorships) -> Any:
        return tuple(None if one == "foreign" else Page[goals.Goal](end_cursor=one) for one in request.mentorship_ids)

    loader = Listed[goals.Goal](call, LIST_GOALS)  # type: ignore[arg-type]
    keys = [PageKey(one, 20, None) for one in ("m1", "foreign", "m2")]
    found = await asyncio.gather(*(loader.load(key) for key in keys), return_exceptions=True)
    assert [getattr(one, "end_cursor", type(one)) for one in found] == ["m1", NotFound, "m2"]


async def test_a_cancelled_waiter_leaves_the_others_theirs() -> None:
    gate = asyncio.Event()

    async def call(_operation: Any, request: ByIds) -> Any:
        await gate.wait()
        return tuple(a_user(one) for one in request.ids)

    loader = ById[identity.User](call, GET_USERS)  # type: ignore[arg-type]
    first, second = asyncio.ensure_future(loader.load("ann")), asyncio.ensure_future(loader.load("ann"))
    await asyncio.sleep(0.01)
    first.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await second or a_user("nobody")).id == "ann"


async def test_nothing_is_kept_from_one_request_to_the_next(gateway: Gateway) -> None:
    for name in ("One", "Two"):
        gateway.parts.hold(GET_USERS, [a_user(name=name)])
        assert (await gateway.run("{ me { name } }")).data == {"me": {"name": name}}
    assert gateway.parts.count(GET_USERS) == 2
