"""Aggregates: state, events and commands in one write, on the real server."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from contracts.errors import Conflict, IdempotencyMismatch, Invalid, NotFound, Stale, Unavailable
from contracts.wire import Change, Envelope
from kit.command import Stamp, natural_id, until_fresh
from kit.mongo import COMMANDS_KEPT, IDS_LIMIT, PAGE_LIMIT, Aggregates, Database, connect
from tests.kit.things import NOW, Thing, ThingChanged, a_stamp, a_thing, adding

type Things = Aggregates[Thing]


@pytest.fixture
async def things(database: Database) -> Things:
    """Things of this test alone."""
    things = Aggregates(database, "things", Thing, by=("parentId",), unique=("name",), queues=("value",), source="test")
    await things.prepare()
    return things


async def made(things: Things, *, org_id: str = "acme", **fields: Any) -> Thing:
    return await things.create(a_stamp(org_id=org_id), a_thing(uuid.uuid4().hex, org_id=org_id, **fields))


async def document_of(things: Things, object_id: str) -> dict[str, Any]:
    document = await things.collection.find_one({"_id": object_id})
    assert document is not None
    return document


def envelopes(document: dict[str, Any]) -> list[Envelope]:
    return [msgspec.json.decode(entry["body"], type=Envelope) for entry in document["outbox"]]


async def change(things: Things, object_id: str, by: Stamp, decide: Callable[[Thing], Change[Thing]]) -> Thing:
    return await things.amend(await things.load(by.org_id, object_id), by, decide)


async def test_what_is_created_can_be_read_as_it_was(things: Things) -> None:
    thing = await made(things, value=3, made_at=NOW + timedelta(milliseconds=1))
    assert await things.get("acme", thing.id) == thing


async def test_one_write_holds_state_events_and_the_command(things: Things) -> None:
    thing = await things.create(a_stamp("k-1", body="b-1"), a_thing("first"))
    document = await document_of(things, thing.id)
    assert (document["version"], document["state"]["name"]) == (1, "first")
    assert document["commands"] == [{"key": "k-1", "hash": "b-1"}]
    (envelope,) = envelopes(document)
    assert msgspec.json.decode(envelope.data, type=ThingChanged) == ThingChanged(thing_id=thing.id, value=0)
    assert (envelope.type, envelope.subject, envelope.sequence) == (ThingChanged.topic, thing.id, 1)
    assert (envelope.orgid, envelope.actorid, envelope.time, envelope.source) == ("acme", "maria", NOW, "/test")

    await change(things, thing.id, a_stamp("k-2", body="b-2"), adding(5))
    document = await document_of(things, thing.id)
    assert (document["version"], document["state"]["value"]) == (2, 5)
    assert [command["key"] for command in document["commands"]] == ["k-1", "k-2"]
    assert [each.sequence for each in envelopes(document)] == [1, 2]
    assert document["outbox_at"]


async def test_a_decision_that_changes_nothing_writes_nothing(things: Things) -> None:
    thing = await made(things)
    before = await document_of(things, thing.id)
    assert await change(things, thing.id, a_stamp("k"), Change) == thing
    assert await document_of(things, thing.id) == before


async def test_a_refused_decision_writes_nothing(things: Things) -> None:
    def refuse(_: Thing) -> Change[Thing]:
        raise Conflict("no")

    thing = await made(things)
    before = await document_of(things, thing.id)
    with pytest.raises(Conflict):
        await change(things, thing.id, a_stamp("k"), refuse)
    assert await document_of(things, thing.id) == before


async def test_who_comes_second_is_stale_and_changes_nothing(things: Things) -> None:
    thing = await made(things)
    one, other = await things.load("acme", thing.id), await things.load("acme", thing.id)
    await things.amend(one, a_stamp(), adding(1))
    with pytest.raises(Stale):
        await things.amend(other, a_stamp(), adding(10))
    assert (await things.get("acme", thing.id)).value == 1


async def test_an_expected_version_that_is_not_there_is_a_conflict(things: Things) -> None:
    thing = await made(things)
    await change(things, thing.id, a_stamp(expected_version=1), adding(1))
    with pytest.raises(Conflict) as refused:
        await change(things, thing.id, a_stamp(expected_version=1), adding(1))
    assert type(refused.value) is Conflict
    assert refused.value.field == "version"


async def test_a_repeated_change_gets_the_same_answer_and_has_no_second_effect(things: Things) -> None:
    thing = await made(things)
    answers = [await change(things, thing.id, a_stamp("k", body="b"), adding(2)) for _ in range(3)]
    assert [answer.value for answer in answers] == [2, 2, 2]
    assert len((await document_of(things, thing.id))["outbox"]) == 2


async def test_a_repeated_creation_gets_what_the_first_one_made(things: Things) -> None:
    first = await things.create(a_stamp("k", body="b"), a_thing("first"))
    again = await things.create(a_stamp("k", body="b"), a_thing("never made"))
    assert again == first


async def test_a_repeat_gets_the_current_answer(things: Things) -> None:
    first = await things.create(a_stamp("k", body="b"), a_thing("first"))
    await change(things, first.id, a_stamp(), adding(4))
    assert (await things.create(a_stamp("k", body="b"), a_thing("never made"))).value == 4


async def test_a_key_with_another_body_is_refused(things: Things) -> None:
    thing = await things.create(a_stamp("k", body="b"), a_thing("first"))
    with pytest.raises(IdempotencyMismatch):
        await things.create(a_stamp("k", body="another"), a_thing("second"))
    await change(things, thing.id, a_stamp("k-2", body="b"), adding(1))
    with pytest.raises(IdempotencyMismatch) as refused:
        await change(things, thing.id, a_stamp("k-2", body="another"), adding(1))
    assert refused.value.field == "idempotencyKey"
    assert (await things.get("acme", thing.id)).value == 1


async def test_the_last_commands_are_remembered_and_older_ones_make_room(things: Things) -> None:
    thing = await made(things)
    for number in range(COMMANDS_KEPT + 6):
        await change(things, thing.id, a_stamp(f"k-{number}"), adding(1))
    commands = (await document_of(things, thing.id))["commands"]
    assert [command["key"] for command in commands] == [f"k-{number}" for number in range(6, COMMANDS_KEPT + 6)]


async def test_twenty_concurrent_creations_with_one_key_make_one_thing_and_give_twenty_equal_answers(
    things: Things,
) -> None:
    answers = await asyncio.gather(
        *(things.create(a_stamp("k", body="b"), a_thing("first", value=7)) for _ in range(20))
    )
    assert answers == [answers[0]] * 20
    assert await things.collection.count_documents({"org_id": "acme"}) == 1
    assert len((await document_of(things, answers[0].id))["outbox"]) == 1


async def test_twenty_concurrent_changes_with_one_key_have_one_effect_and_give_twenty_equal_answers(
    things: Things,
) -> None:
    thing = await made(things)
    by = a_stamp("k", body="b")
    answers = await asyncio.gather(*(until_fresh(lambda: change(things, thing.id, by, adding(2))) for _ in range(20)))
    assert {answer.value for answer in answers} == {2}
    assert (await things.get("acme", thing.id)).value == 2


async def test_a_hundred_concurrent_changes_are_all_counted(things: Things) -> None:
    thing = await made(things)
    adding_one = partial(change, things, thing.id, a_stamp(), adding(1))
    await asyncio.gather(*(until_fresh(adding_one, tries=500) for _ in range(100)))  # all lose but one, each time
    after = await things.get("acme", thing.id)
    assert (after.value, after.version) == (100, 101)
    sequences = [each.sequence for each in envelopes(await document_of(things, thing.id))]
    assert sequences == list(range(1, 102))


async def test_a_natural_identity_is_made_once_and_whoever_comes_second_gets_it(things: Things) -> None:
    new_id = natural_id("thing", "of", 1)
    answers = await asyncio.gather(
        *(things.create(a_stamp(f"k-{number}"), a_thing(f"t-{number}"), new_id=new_id) for number in range(5))
    )
    assert {answer.id for answer in answers} == {new_id}
    assert len({answer.name for answer in answers}) == 1


async def test_a_value_that_is_taken_is_refused_in_every_organisation(things: Things) -> None:
    await things.create(a_stamp(), a_thing("maria"))
    for org_id in ("acme", "other"):
        with pytest.raises(Conflict):
            await things.create(a_stamp(org_id=org_id), a_thing("maria", org_id=org_id))


async def test_another_organisation_finds_nothing_and_changes_nothing(things: Things) -> None:
    thing = await made(things, parent_id="p")
    assert await things.find("other", thing.id) is None
    assert await things.get_many("other", [thing.id]) == ()
    assert (await things.page("other", {"parentId": "p"}, first=10, after=None)).items == ()
    with pytest.raises(NotFound) as foreign:
        await things.get("other", thing.id)
    with pytest.raises(NotFound) as unknown:
        await things.get("acme", "unknown")
    assert foreign.value.message.replace(thing.id, "X") == unknown.value.message.replace("unknown", "X")
    with pytest.raises(NotFound):
        await change(things, thing.id, a_stamp(org_id="other"), adding(1))
    stored = await things.load("acme", thing.id)
    with pytest.raises(Stale):
        await things.amend(stored, a_stamp(org_id="other"), adding(1))
    assert await things.get("acme", thing.id) == thing


async def test_a_key_of_one_organisation_means_nothing_in_another(things: Things) -> None:
    one = await things.create(a_stamp("k", body="b"), a_thing("one"))
    two = await things.create(a_stamp("k", org_id="other", body="c"), a_thing("two", org_id="other"))
    assert one.id != two.id


async def test_many_are_read_at_once_without_those_that_do_not_exist(things: Things) -> None:
    ids = [(await made(things)).id for _ in range(3)]
    found = await things.get_many("acme", [*ids, ids[0], "unknown"])
    assert {thing.id for thing in found} == set(ids)
    assert len(found) == 3
    with pytest.raises(Invalid):
        await things.get_many("acme", ["x"] * (IDS_LIMIT + 1))


@pytest.mark.parametrize("newest", [False, True])
async def test_pages_show_each_thing_once_in_order(things: Things, newest: bool) -> None:
    ids = [(await made(things, parent_id="p")).id for _ in range(7)]
    await made(things, parent_id="q")
    seen: list[str] = []
    after, sizes = None, []
    while True:
        page = await things.page("acme", {"parentId": "p"}, first=3, after=after, newest=newest)
        seen.extend(thing.id for thing in page.items)
        sizes.append(len(page.items))
        after = page.end_cursor
        if not page.has_next:
            break
    assert seen == (ids[::-1] if newest else ids)
    assert sizes == [3, 3, 1]


async def test_a_page_that_is_just_full_has_no_next(things: Things) -> None:
    for _ in range(3):
        await made(things, parent_id="p")
    page = await things.page("acme", {"parentId": "p"}, first=3, after=None)
    assert (len(page.items), page.has_next) == (3, False)


async def test_what_is_made_while_somebody_pages_moves_nothing(things: Things) -> None:
    ids = [(await made(things, parent_id="p")).id for _ in range(4)]
    first = await things.page("acme", {"parentId": "p"}, first=2, after=None, newest=True)
    await made(things, parent_id="p")
    second = await things.page("acme", {"parentId": "p"}, first=2, after=first.end_cursor, newest=True)
    assert [thing.id for thing in (*first.items, *second.items)] == ids[::-1]


@pytest.mark.parametrize("first", [0, -1, PAGE_LIMIT + 1])
async def test_a_page_of_nothing_or_of_everything_is_refused(things: Things, first: int) -> None:
    with pytest.raises(Invalid) as refused:
        await things.page("acme", {}, first=first, after=None)
    assert refused.value.field == "first"


async def test_a_cursor_of_our_own_making_shows_nothing_of_others(things: Things) -> None:
    await made(things, org_id="other", parent_id="p")
    for cursor in ("", "0", "zzzz", '{"$gt": ""}'):
        assert (await things.page("acme", {"parentId": "p"}, first=5, after=cursor)).items == ()


async def test_a_worker_finds_the_oldest_of_all_organisations(things: Things) -> None:
    ids = [(await made(things, org_id=org_id, value=9)).id for org_id in ("acme", "other", "acme")]
    await made(things, value=1)
    stored = await things.queue("value", 9, 2)  # type: ignore[arg-type]
    assert [each.record.id for each in stored] == ids[:2]


async def test_every_save_wakes_whoever_waits_for_it(database: Database) -> None:
    saved: list[int] = []
    things = Aggregates(database, "woken", Thing, source="test", on_saved=lambda: saved.append(1))
    thing = await made(things)
    await change(things, thing.id, a_stamp(), adding(1))
    assert len(saved) == 2


async def test_a_server_that_is_away_is_unavailable() -> None:
    client, database = connect("mongodb://127.0.0.1:9/", "test", timeout_ms=200)
    with pytest.raises(Unavailable):
        await Aggregates(database, "things", Thing, source="test").find("acme", "x")
    client.close()


@pytest.mark.parametrize("where", [{}, {"parentId": "p-1"}, {"parentId": "p-1", "value": 1}])
@pytest.mark.parametrize("newest", [False, True])
async def test_the_pages_of_a_long_list_are_the_list(database: Database, where: dict[str, Any], newest: bool) -> None:
    things = Aggregates(database, "long", Thing, by=("parentId",), long=("", "parentId"), source="test")
    await things.prepare()
    for org_id in ("acme", "other"):
        states = [
            Thing(id=natural_id(org_id, number), org_id=org_id, parent_id=f"p-{number % 2}", value=number % 3)
            for number in range(240)
        ]
        await things.create_all(a_stamp(org_id=org_id), [Change(each) for each in states])
    wanted = [
        natural_id("acme", number)
        for number in range(240)
        if {"parentId": f"p-{number % 2}", "value": number % 3}.items() >= where.items()
    ]
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await things.page("acme", where, first=50, after=after, newest=newest)
        seen += [each.id for each in page.items]
        if not page.has_next:
            break
        after = page.end_cursor
    assert seen == (wanted[::-1] if newest else wanted)
