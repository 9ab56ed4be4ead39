"""Mentor profiles and seats: what they are, and what cannot happen to them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Invalid
from contracts.identity import (
    Availability,
    MentorProfile,
    Phase,
    SearchMentors,
    Seniority,
    WriteMentorProfile,
)
from services.identity.model import mentors as model
from services.identity.model.mentors import Mentor
from tests.builders import NOW
from tests.identity.test_model_mentorships import a_pair


def a_mentor(**fields: Any) -> Mentor:
    return Mentor(**{"id": "sofia", "org_id": "acme", "created_at": NOW, **fields})


def a_profile(**fields: Any) -> WriteMentorProfile:
    defaults: dict[str, Any] = {"fields": ("Leadership",), "seniority": Seniority.EXECUTIVE, "languages": ("en",)}
    return WriteMentorProfile(**{**defaults, **fields})


def test_words_that_mean_the_same_are_kept_once() -> None:
    written = model.write_profile(
        a_mentor(), a_profile(fields=("Product  Design", " product design"), languages=("EN-gb", "en-GB", "de"))
    ).state
    assert (written.fields, written.languages, written.listed) == (("product design",), ("en-GB", "de"), True)


@pytest.mark.parametrize("tag", ["english", "xx", "en-", "q!", "12", "de-DE-oops-1"])
def test_what_is_no_language_is_refused(tag: str) -> None:
    with pytest.raises(Invalid) as refused:
        model.write_profile(a_mentor(), a_profile(languages=("en", tag)))
    assert refused.value.field == "languages"


SEARCHES = [
    SearchMentors(),
    SearchMentors(field=" LEADERSHIP "),
    SearchMentors(seniority=Seniority.EXECUTIVE),
    SearchMentors(language="en-US"),
    SearchMentors(availability=Availability.OPEN),
    SearchMentors(field="leadership", seniority=Seniority.EXECUTIVE, language="de", availability=Availability.OPEN),
]


@pytest.mark.parametrize("search", SEARCHES)
def test_a_mentor_is_found_by_each_word_alone_and_by_all_together(search: SearchMentors) -> None:
    written = model.write_profile(a_mentor(), a_profile(languages=("en-GB", "de"))).state
    assert model.search_key(search) in written.keys


@pytest.mark.parametrize(
    "search",
    [
        SearchMentors(field="gardening"),
        SearchMentors(seniority=Seniority.ENTRY),
        SearchMentors(language="fr"),
        SearchMentors(availability=Availability.PAUSED),
        SearchMentors(field="leadership", language="fr"),
    ],
)
def test_a_mentor_is_not_found_where_one_word_does_not_fit(search: SearchMentors) -> None:
    assert model.search_key(search) not in model.write_profile(a_mentor(), a_profile()).state.keys


def test_who_pauses_is_found_as_paused_and_not_as_open() -> None:
    written = model.write_profile(a_mentor(), a_profile()).state
    paused = model.set_availability(written, Availability.PAUSED).state
    assert model.search_key(SearchMentors(availability=Availability.OPEN)) not in paused.keys
    assert model.search_key(SearchMentors(availability=Availability.PAUSED)) in paused.keys


def test_who_has_written_no_profile_is_not_found() -> None:
    assert model.set_availability(a_mentor(), Availability.PAUSED).state.keys == ()


def test_a_profile_shows_how_many_seats_are_taken_and_not_by_whom() -> None:
    mentor = model.take_seat(a_mentor(capacity=2), "m1").state
    shown = mentor.published()
    assert type(shown) is MentorProfile
    assert (shown.seats_taken, shown.seats_free) == (1, 1)
    assert "m1" not in repr(shown)


def test_a_seat_is_taken_once_by_the_same_mentorship() -> None:
    once = model.take_seat(a_mentor(capacity=1), "m1").state
    assert model.take_seat(once, "m1").state is once


def test_there_is_no_seat_beyond_the_capacity() -> None:
    full = model.take_seat(a_mentor(capacity=1), "m1").state
    with pytest.raises(Conflict):
        model.take_seat(full, "m2")


def test_capacity_is_never_set_below_what_is_taken() -> None:
    mentor = a_mentor(capacity=3, seats=("m1", "m2"), seats_taken=2)
    assert model.set_capacity(mentor, 2).state.seats_free == 0
    with pytest.raises(Conflict) as refused:
        model.set_capacity(mentor, 1)
    assert refused.value.field == "capacity"


@given(
    capacity=st.integers(0, 5),
    steps=st.lists(st.tuples(st.booleans(), st.sampled_from([f"m{number}" for number in range(8)])), max_size=40),
)
def test_seats_never_exceed_the_capacity_whatever_comes_and_goes(capacity: int, steps: list[tuple[bool, str]]) -> None:
    mentor = a_mentor(capacity=capacity)
    for comes, mentorship_id in steps:
        if not comes:
            mentor = model.free_seats(mentor, (mentorship_id,)).state
        elif len(mentor.seats) < capacity or mentorship_id in mentor.seats:
            mentor = model.take_seat(mentor, mentorship_id).state
        else:
            with pytest.raises(Conflict):
                model.take_seat(mentor, mentorship_id)
        assert len(set(mentor.seats)) == len(mentor.seats) == mentor.seats_taken <= capacity


@pytest.mark.parametrize("phase", Phase)
def test_a_seat_lapses_when_its_mentorship_has_ended(phase: Phase) -> None:
    ended = phase in {Phase.DECLINED, Phase.EXPIRED, Phase.CLOSED, Phase.ALUMNI, Phase.ARCHIVED}
    mentor = a_mentor(seats=("mentorship-1",))
    assert model.lapsed(mentor, [a_pair(phase=phase)]) == ({"mentorship-1"} if ended else set())


def test_a_seat_lapses_when_its_mentorship_is_unknown_or_another_mentors() -> None:
    mentor = a_mentor(seats=("mentorship-1", "gone"))
    assert model.lapsed(mentor, [a_pair(mentor_id="tom", phase=Phase.ACTIVE)]) == {"mentorship-1", "gone"}
