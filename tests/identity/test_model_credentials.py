"""Mailed tokens, tries and passwords: what holds, how long, and what a change of it ends."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Invalid, RateLimited, Unauthenticated
from contracts.identity import (
    AccessRevoked,
    MailedPurpose,
    PasswordChanged,
    PasswordResetRequested,
    Role,
    UserInvited,
    UserProvisioned,
    UserState,
)
from services.identity.model import credentials, people, tries
from services.identity.model.credentials import Invitee, Joiner
from services.identity.model.people import Account, MailedRequest, Person, TokenFamily
from tests.builders import NOW

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
INVITATION, RESET = MailedPurpose.INVITATION, MailedPurpose.PASSWORD_RESET
INVITEE = Invitee(name=" Nina ", email="nina@example.com", roles=(Role.AUDITOR,))
JOINER = Joiner(name=" Nina N. ", zone="Europe/Berlin", password_hash="$new")


def a_member() -> Account:
    person = Person(name="Maria", email="maria@example.com", zone="UTC", roles=(), password_hash="$old")
    return people.open_account("maria", "acme", person, NOW).state


def an_invited_person() -> Account:
    return credentials.invite("nina", "acme", INVITEE, "request-1", NOW).state


def issued(account: Account, purpose: MailedPurpose, request_id: str = "request-1", **after: Any) -> Account:
    asked = MailedRequest(id=request_id, purpose=purpose, asked_at=NOW)
    return credentials.issue_token(account, asked, "hash", NOW + timedelta(**after)).state


def asked_for_reset() -> Account:
    return credentials.ask_reset(a_member(), "request-1", NOW).state


def test_an_invited_person_is_known_by_address_and_cannot_sign_in() -> None:
    change = credentials.invite("nina", "acme", INVITEE, "request-1", NOW)
    assert (change.state.name, change.state.state, change.state.password_hash) == ("Nina", UserState.INVITED, "")
    assert change.events == (UserInvited(user_id="nina", request_id="request-1"),)


def test_joining_takes_what_the_person_says_and_uses_the_token_up() -> None:
    account = issued(an_invited_person(), INVITATION)
    change = credentials.accept(account, JOINER, "hash", NOW + 7 * DAY - SECOND)
    joined = change.state
    assert (joined.name, joined.zone, joined.state) == ("Nina N.", "Europe/Berlin", UserState.ACTIVE)
    assert (joined.roles, joined.password_hash) == ((Role.AUDITOR,), "$new")
    assert change.events == (UserProvisioned(user_id="nina"),)
    with pytest.raises(Invalid):
        credentials.accept(joined, JOINER, "hash", NOW)


REFUSED = {
    "before the mail was made": lambda: (an_invited_person(), INVITATION, "hash", NOW),
    "without a hash, before the mail was made": lambda: (an_invited_person(), INVITATION, "", NOW),
    "another token": lambda: (issued(an_invited_person(), INVITATION), INVITATION, "other", NOW),
    "after seven days": lambda: (issued(an_invited_person(), INVITATION), INVITATION, "hash", NOW + 7 * DAY),
    "for another purpose": lambda: (issued(an_invited_person(), INVITATION), RESET, "hash", NOW),
    "after half an hour": lambda: (issued(asked_for_reset(), RESET), RESET, "hash", NOW + 30 * MINUTE),
    "of nobody who asked": lambda: (a_member(), RESET, "hash", NOW),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_does_not_hold_is_refused_in_one_way(case: Any) -> None:
    account, purpose, token, at = case()
    with pytest.raises(Invalid) as refused:
        credentials.check_token(account, purpose, token, at)
    assert (refused.value.message, refused.value.field) == (credentials.NO_SUCH_TOKEN[purpose], "token")


def test_a_token_holds_from_the_moment_of_its_mail() -> None:
    late = issued(asked_for_reset(), RESET, minutes=50)
    credentials.check_token(late, RESET, "hash", NOW + 79 * MINUTE)


def test_a_mail_is_made_for_the_latest_request_alone_and_within_a_day() -> None:
    again = credentials.invite_again(an_invited_person(), INVITEE, "request-2", NOW).state
    with pytest.raises(Conflict):
        issued(again, INVITATION, "request-1")
    with pytest.raises(Conflict):
        issued(again, RESET, "request-2")
    with pytest.raises(Conflict):
        issued(again, INVITATION, "request-2", days=1, seconds=1)
    assert issued(again, INVITATION, "request-2", days=1).request
    with pytest.raises(Conflict):
        issued(a_member(), RESET)


def test_inviting_again_ends_the_token_before_and_keeps_the_name_where_none_is_given() -> None:
    account = issued(an_invited_person(), INVITATION)
    nameless = Invitee(name="", email="nina@example.com", roles=())
    again = credentials.invite_again(account, nameless, "request-2", NOW)
    assert (again.state.name, again.state.roles) == ("Nina", ())
    assert again.events == (UserInvited(user_id="nina", request_id="request-2"),)
    with pytest.raises(Invalid):
        credentials.check_token(again.state, INVITATION, "hash", NOW)
    with pytest.raises(Conflict):
        credentials.invite_again(a_member(), INVITEE, "request-2", NOW)


def test_a_reset_is_asked_for_by_who_is_here_and_once_a_minute() -> None:
    change = credentials.ask_reset(a_member(), "request-1", NOW)
    assert change.events == (PasswordResetRequested(user_id="maria", request_id="request-1"),)
    assert credentials.ask_reset(change.state, "request-2", NOW + 59 * SECOND).events == ()
    assert credentials.ask_reset(change.state, "request-2", NOW + MINUTE).events
    assert credentials.ask_reset(an_invited_person(), "request-2", NOW + DAY).events == ()


def test_a_new_password_ends_all_sign_ins_of_the_time_before_it() -> None:
    account, at = issued(asked_for_reset(), RESET), NOW + MINUTE
    change = credentials.reset_password(account, "$new", "hash", at)
    assert (change.state.password_hash, change.state.request) == ("$new", None)
    assert change.state.version == account.version + 1
    assert set(change.events) == {
        AccessRevoked(subject_id="maria", not_before=at),
        PasswordChanged(user_id="maria"),
    }
    family = people.start_family("family-1", account, "one", NOW).state
    with pytest.raises(Unauthenticated):
        credentials.check_family(change.state, family)
    credentials.check_family(change.state, people.start_family("family-2", account, "one", at).state)


@pytest.mark.parametrize("state", [UserState.INVITED, UserState.SUSPENDED])
def test_a_person_who_is_kept_out_stays_signed_in_nowhere(state: UserState) -> None:
    account = Account(**{**_fields(a_member()), "state": state})
    family = TokenFamily(id="f", org_id="acme", user_id="maria", live=("one",), started_at=NOW, used_at=NOW)
    with pytest.raises(Unauthenticated):
        credentials.check_family(account, family)


def _fields(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in account.__struct_fields__}


def test_the_same_password_may_be_hashed_anew() -> None:
    change = credentials.rehash(a_member(), "$stronger")
    assert (change.state.password_hash, change.events) == ("$stronger", ())


def tried(times: int, *, every: timedelta = SECOND) -> tries.SignInTries:
    found = tries.no_tries("maria", NOW)
    for number in range(times):
        found = tries.count_try(found, NOW + number * every).state
    return found


def waits(found: tries.SignInTries) -> timedelta:
    assert found.locked_until
    return found.locked_until - found.forget_at + tries.REMEMBERED


def test_the_eleventh_try_in_a_quarter_of_an_hour_locks_the_address() -> None:
    assert tried(10).locked_until is None
    locked = tried(11)
    assert waits(locked) == MINUTE
    with pytest.raises(RateLimited) as refused:
        tries.count_try(locked, NOW + 11 * SECOND)
    assert "Wait 1 minute and" in refused.value.message


def test_tries_that_are_far_apart_lock_nothing() -> None:
    assert tried(40, every=91 * SECOND).locked_until is None


def test_each_lock_is_twice_as_long_and_none_longer_than_an_hour() -> None:
    found, at, lengths = tries.no_tries("maria", NOW), NOW, []
    for _ in range(10):
        for _ in range(11):
            found = tries.count_try(found, at).state
        assert found.locked_until
        lengths.append((found.locked_until - at) // MINUTE)
        at = found.locked_until
    assert lengths == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_the_right_password_and_a_day_of_peace_forget_everything() -> None:
    locked = tried(11)
    fresh = tries.forget(locked).state
    assert (fresh.tries, fresh.locks, fresh.locked_until) == ((), 0, None)
    assert tries.forget(fresh).state == fresh
    later = tries.count_try(locked, NOW + 2 * DAY).state
    assert (later.locks, len(later.tries)) == (0, 1)


@given(pauses=st.lists(st.integers(0, 4_000), max_size=60))
def test_nobody_is_kept_out_for_longer_than_an_hour_or_lets_the_record_grow(pauses: list[int]) -> None:
    found, at = tries.no_tries("maria", NOW), NOW
    for pause in pauses:
        at += pause * SECOND
        try:
            found = tries.count_try(found, at).state
        except RateLimited:
            assert found.locked_until
        assert found.locked_until is None or found.locked_until - at <= tries.LONGEST_WAIT
        assert len(found.tries) <= tries.TRIES
