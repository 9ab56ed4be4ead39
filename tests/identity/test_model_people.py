"""Accounts and refresh-token families: what they are, and what cannot happen to them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Invalid, Unauthenticated
from contracts.identity import AccessRevoked, User, UserProvisioned
from services.identity.model import people
from services.identity.model.people import Account, Person, TokenFamily
from tests.builders import NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def an_account() -> Account:
    person = Person(name=" Maria ", email="maria@example.com", zone="Europe/Berlin", roles=(), password_hash="$secret")
    return people.open_account("maria", "acme", person, NOW).state


def a_family(**fields: Any) -> TokenFamily:
    defaults = {"id": "family-1", "org_id": "acme", "user_id": "maria", "live": ("one",), "started_at": NOW}
    return TokenFamily(**{"used_at": NOW, **defaults, **fields})


def test_an_account_shows_everything_but_its_secret() -> None:
    account = an_account()
    shown = account.published()
    assert type(shown) is User
    assert (shown.name, shown.email, shown.zone) == ("Maria", "maria@example.com", "Europe/Berlin")
    assert "secret" not in repr(shown)
    assert account.contact().email == "maria@example.com"


def test_joining_is_told_by_id_alone() -> None:
    person = Person(name="Maria", email="maria@example.com", zone="UTC", roles=(), password_hash="$secret")
    assert people.open_account("maria", "acme", person, NOW).events == (UserProvisioned(user_id="maria"),)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Maria@Example.COM", "maria@example.com"),
        ("a.b+c@example.org", "a.b+c@example.org"),
        ("maria@bücher.example.org", "maria@xn--bcher-kva.example.org"),
    ],
)
def test_an_address_has_one_normal_form(text: str, normal: str) -> None:
    assert people.checked_email(text) == people.checked_email(normal) == normal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maria",
        "maria@",
        "@example.com",
        "maria@example",
        "a b@example.com",
        "maria@example.com\nBcc: all@example.com",
        "maria@example.com, sofia@example.com",
        "Maria <maria@example.com>",
        "maria@" + "x" * 300 + ".com",
    ],
)
def test_what_is_no_single_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.checked_email(text)
    assert refused.value.field == "email"


@pytest.mark.parametrize("text", ["jörg@example.com", "用户@example.com"])
def test_an_address_that_not_every_mail_server_takes_is_refused_rather_than_never_reached(text: str) -> None:
    with pytest.raises(Invalid):
        people.checked_email(text)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata"])
def test_a_zone_is_one_of_the_iana_database(zone: str) -> None:
    assert people.checked_zone(zone) == zone


@pytest.mark.parametrize(
    "zone", ["", "Mars/Base", "../../etc/passwd", "/etc/passwd", "Europe", "Berlin", "x" * 300, "\0"]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.checked_zone(zone)
    assert refused.value.field == "zone"


def test_a_sign_in_starts_a_family_with_one_token() -> None:
    family = people.start_family("family-1", an_account(), "one", NOW).state
    assert (family.live, family.spent, family.ended_at) == (("one",), (), None)


def test_each_use_exchanges_the_token_for_the_next() -> None:
    family = people.rotate(a_family(), "one", "two", NOW + SECOND).state
    assert family.live == ("two",)
    assert [token.hash for token in family.spent] == ["one"]
    assert people.rotate(family, "two", "three", NOW + 2 * SECOND).state.live == ("three",)


@pytest.mark.parametrize("seconds", [0, 1, 10])
def test_a_token_spent_a_moment_ago_works_once_more(seconds: int) -> None:
    rotated = people.rotate(a_family(), "one", "two", NOW).state
    family = people.rotate(rotated, "one", "three", NOW + seconds * SECOND).state
    assert (set(family.live), family.ended_at) == ({"two", "three"}, None)


def test_a_token_spent_longer_ago_ends_the_whole_family() -> None:
    rotated = people.rotate(a_family(), "one", "two", NOW).state
    ended = people.rotate(rotated, "one", "three", NOW + 11 * SECOND).state
    assert (ended.live, ended.ended_at) == ((), NOW + 11 * SECOND)
    with pytest.raises(Unauthenticated):
        people.rotate(ended, "two", "four", NOW + 12 * SECOND)


def test_a_token_before_the_last_ends_the_family_however_soon_it_comes() -> None:
    once = people.rotate(a_family(), "one", "two", NOW).state
    twice = people.rotate(once, "two", "three", NOW + SECOND).state
    ended = people.rotate(twice, "one", "four", NOW + 2 * SECOND)
    assert (ended.state.live, ended.state.ended_at) == ((), NOW + 2 * SECOND)
    assert ended.events == (AccessRevoked(subject_id="family-1", not_before=NOW + 2 * SECOND),)


def test_an_unknown_token_is_refused_and_ends_nothing() -> None:
    with pytest.raises(Unauthenticated):
        people.rotate(a_family(), "guessed", "two", NOW)


def test_a_token_of_long_ago_ends_the_family_by_its_mark() -> None:
    family = people.start_family("family-1", an_account(), "0", NOW, mark="mark").state
    for number in range(2 * people.SPENT_TOKENS):
        family = people.rotate(family, str(number), str(number + 1), NOW + number * SECOND, mark="mark").state
    assert "0" not in {token.hash for token in family.spent}
    with pytest.raises(Unauthenticated):
        people.rotate(family, "0", "x", NOW + DAY, mark="guessed")
    assert people.rotate(family, "0", "x", NOW + DAY, mark="mark").state.ended_at == NOW + DAY


def test_a_family_of_before_there_were_marks_gets_one_with_its_next_token() -> None:
    with pytest.raises(Unauthenticated):
        people.rotate(a_family(), "guessed", "two", NOW, mark="")
    family = people.rotate(a_family(), "one", "two", NOW, mark="mark").state
    assert people.rotate(family, "two", "three", NOW + SECOND, mark="other").state.mark == family.mark == "mark"


def test_a_token_that_was_given_up_for_its_siblings_is_refused_and_ends_nothing() -> None:
    family = people.rotate(a_family(), "one", "1", NOW, mark="mark").state
    for number in range(2, people.LIVE_TOKENS + 2):
        family = people.rotate(family, "one", str(number), NOW + SECOND, mark="mark").state
    assert len(family.live) == people.LIVE_TOKENS
    for later in (0, 5):
        with pytest.raises(Unauthenticated):
            people.rotate(family, "1", "x", NOW + later * SECOND, mark="mark")
    assert people.rotate(family, "2", "x", NOW + DAY, mark="mark").state.ended_at is None


def test_a_family_that_rests_for_two_weeks_is_over() -> None:
    assert people.rotate(a_family(), "one", "two", NOW + 14 * DAY).state.live == ("two",)
    with pytest.raises(Unauthenticated):
        people.rotate(a_family(), "one", "two", NOW + 14 * DAY + SECOND)


def test_a_family_is_over_after_ninety_days_however_often_it_is_used() -> None:
    busy = a_family(used_at=NOW + 89 * DAY)
    assert people.rotate(busy, "one", "two", NOW + 90 * DAY).state.live == ("two",)
    with pytest.raises(Unauthenticated):
        people.rotate(busy, "one", "two", NOW + 90 * DAY + SECOND)


def test_signing_out_ends_the_family_and_once_is_enough() -> None:
    ended = people.end_family(a_family(), NOW).state
    assert (ended.live, ended.ended_at) == ((), NOW)
    assert people.end_family(ended, NOW + DAY).state == ended


@given(uses=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30)), max_size=12))
def test_no_order_of_uses_revives_an_ended_family_or_grows_it(uses: list[tuple[int, int]]) -> None:
    family, at, issued, dead = a_family(live=("0",)), NOW, 0, False
    for used, pause in uses:
        at += pause * SECOND
        spent = next((token for token in family.spent if token.hash == str(used)), None)
        is_last = spent is not None and spent == family.spent[-1]
        reused = spent is not None and not (is_last and at - spent.at <= 10 * SECOND) and str(used) not in family.live
        try:
            family = people.rotate(family, str(used), str(issued + 1), at).state
        except Unauthenticated:
            assert dead or str(used) not in family.live
            continue
        assert not dead
        issued += 1
        dead = reused
        assert (family.ended_at is not None) == dead
        assert len(family.live) <= people.LIVE_TOKENS
        assert (str(issued) in family.live) != dead
