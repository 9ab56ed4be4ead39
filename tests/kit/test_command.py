"""Stamps and ids: what makes a command or an event safe to repeat."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from contracts.errors import Conflict, Stale
from contracts.identity import RegisterOrganisation
from contracts.wire import Caller, Envelope
from kit.command import natural_id, stamp, stamp_of_event, time_ordered_id, until_fresh
from tests.kit.things import NOW, AddToThing, a_stamp

MARIA = Caller(org_id="acme", user_id="maria")


def add(**fields: object) -> AddToThing:
    return AddToThing(**{"thing_id": "thing-1", "idempotency_key": "k", **fields})  # type: ignore[arg-type]


def test_a_repeated_command_makes_the_same_id() -> None:
    assert stamp(MARIA, add(), NOW).new_id("Thing") == stamp(MARIA, add(), NOW + timedelta(days=1)).new_id("Thing")


@pytest.mark.parametrize(
    "other",
    [
        stamp(Caller(org_id="acme", user_id="sofia"), add(), NOW),
        stamp(Caller(org_id="other", user_id="maria"), add(), NOW),
        stamp(Caller(org_id="acme", part="maria"), add(), NOW),
        stamp(MARIA, add(idempotency_key="another"), NOW),
    ],
)
def test_a_key_is_scoped_to_organisation_and_caller(other: object) -> None:
    assert other.new_id("Thing") != stamp(MARIA, add(), NOW).new_id("Thing")  # type: ignore[attr-defined]


def test_a_key_is_scoped_to_the_operation_and_to_what_it_makes() -> None:
    other = msgspec.convert({"idempotencyKey": "k", "thingId": "thing-1"}, AddToOther)
    assert stamp(MARIA, add(), NOW).new_id("Thing") != stamp(MARIA, other, NOW).new_id("Thing")
    assert stamp(MARIA, add(), NOW).new_id("Thing") != stamp(MARIA, add(), NOW).new_id("Other")


class AddToOther(AddToThing, frozen=True, kw_only=True):
    """Another operation with the same body."""


def test_without_a_key_each_command_makes_its_own_id() -> None:
    by = stamp(MARIA, add(idempotency_key=None), NOW)
    assert by.key == ""
    assert by.new_id("Thing") != by.new_id("Thing")


def test_the_hash_covers_everything_but_the_key() -> None:
    first = stamp(MARIA, add(), NOW).body_hash
    assert stamp(MARIA, add(idempotency_key="another"), NOW).body_hash == first
    assert stamp(MARIA, add(by=2), NOW).body_hash != first
    assert stamp(MARIA, add(expected_version=2), NOW).body_hash != first


def test_the_hash_keeps_nothing_of_a_password() -> None:
    def asked(password: str) -> str:
        request = RegisterOrganisation(name="A", admin_name="B", admin_email="c@example.com", password=password)
        return stamp(MARIA, request, NOW, leave_out=("password",)).body_hash

    assert asked("a long phrase") == asked("another long phrase")


def test_an_event_has_one_effect_for_each_purpose() -> None:
    envelope = Envelope(
        id="e-1", source="/t", type="t", subject="s", time=NOW, orgid="acme", sequence=1, data=msgspec.Raw(b"{}")
    )
    maria, sofia = stamp_of_event(envelope, "maria"), stamp_of_event(envelope, "sofia")
    assert maria.new_id("Thing") == stamp_of_event(envelope, "maria").new_id("Thing")
    assert maria.new_id("Thing") != sofia.new_id("Thing")
    assert maria.at == NOW


def test_only_the_version_that_was_seen_may_be_changed() -> None:
    a_stamp().check_version(3)
    a_stamp(expected_version=3).check_version(3)
    with pytest.raises(Conflict) as refused:
        a_stamp(expected_version=2).check_version(3)
    assert refused.value.field == "version"
    assert "3" in refused.value.message


def test_ids_made_later_sort_later_and_are_all_different() -> None:
    ids = [time_ordered_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert all(UUID(each).version == 7 for each in ids)
    assert ids == sorted(ids)


def test_a_natural_id_is_the_same_for_the_same_names_and_for_no_others() -> None:
    assert natural_id("check-in", "m-1", 3) == natural_id("check-in", "m-1", "3")
    names = [("check-in", "m-1", 3), ("check-in", "m-1", 4), ("check-in", "m-2", 3), ("review", "m-1", 3), ("m-1", 3)]
    assert len({natural_id(*each) for each in names}) == len(names)


async def test_an_action_that_loses_the_race_is_tried_again_as_a_whole() -> None:
    tries = 0

    async def action() -> int:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise Stale("somebody was first")
        return tries

    assert await until_fresh(action) == 4


async def test_an_action_that_always_loses_the_race_is_a_conflict_in_the_end() -> None:
    async def action() -> None:
        raise Stale("somebody was first")

    with pytest.raises(Conflict) as refused:
        await until_fresh(action, tries=3)
    assert type(refused.value) is Conflict


async def test_a_refusal_is_not_tried_again() -> None:
    tries = 0

    async def action() -> None:
        nonlocal tries
        tries += 1
        raise Conflict("no")

    with pytest.raises(Conflict):
        await until_fresh(action)
    assert tries == 1
