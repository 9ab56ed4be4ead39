"""Mentor profiles, and the seats that mentorships hold in them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import product

import langcodes
from langcodes.tag_parser import LanguageTagError

from contracts.errors import Conflict, Invalid
from contracts.identity import (
    Availability,
    MentorProfile,
    Mentorship,
    Phase,
    SearchMentors,
    Seniority,
    WriteMentorProfile,
)
from contracts.wire import Change, evolve

ENDED = frozenset(
    {Phase.DECLINED, Phase.EXPIRED, Phase.CLOSED, Phase.ALUMNI, Phase.ARCHIVED}
)  # phases in which a mentorship needs no seat


class Mentor(MentorProfile, frozen=True, kw_only=True):
    """A profile with the ids of the mentorships that hold its seats, and the words that it is found by."""

    seats: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def published(self) -> MentorProfile:
        """The profile as others see it."""
        return MentorProfile(**{name: getattr(self, name) for name in MentorProfile.__struct_fields__})


def new_mentor(user_id: str, org_id: str, at: datetime) -> Change[Mentor]:
    """Somebody who may mentor, before they have said anything about it."""
    return Change(Mentor(id=user_id, org_id=org_id, created_at=at))


def write_profile(mentor: Mentor, request: WriteMentorProfile) -> Change[Mentor]:
    """What the mentor can help with."""
    return Change(
        _found(
            mentor,
            fields=checked_fields(request.fields),
            seniority=request.seniority,
            languages=checked_languages(request.languages),
            hours_per_month=request.hours_per_month,
            listed=True,
        )
    )


def set_capacity(mentor: Mentor, capacity: int) -> Change[Mentor]:
    """More or less room, but never less than is taken."""
    if capacity < len(mentor.seats):
        raise Conflict(
            f"You mentor {len(mentor.seats)} people now, so there cannot be room for {capacity}."
            " To take on nobody new, set your availability to PAUSED.",
            field="capacity",
        )
    return Change(mentor if capacity == mentor.capacity else evolve(mentor, capacity=capacity))


def set_availability(mentor: Mentor, availability: Availability) -> Change[Mentor]:
    """Open for somebody new, or not for now."""
    if availability is mentor.availability:
        return Change(mentor)
    return Change(_found(mentor, availability=availability))


def take_seat(mentor: Mentor, mentorship_id: str) -> Change[Mentor]:
    """One seat for this mentorship; a repeat changes nothing. Refused where there is none."""
    if mentorship_id in mentor.seats:
        return Change(mentor)
    if len(mentor.seats) >= mentor.capacity:
        raise Conflict(
            "The mentor has no room for one more mentee at the moment."
            " Ask the programme manager for another mentor, or try again once a mentorship has ended."
        )
    return Change(_seated(mentor, (*mentor.seats, mentorship_id)))


def free_seats(mentor: Mentor, mentorship_ids: Collection[str]) -> Change[Mentor]:
    """The seats of these mentorships are free again."""
    kept = tuple(seat for seat in mentor.seats if seat not in mentorship_ids)
    return Change(mentor if kept == mentor.seats else _seated(mentor, kept))


def lapsed(mentor: Mentor, known: Iterable[Mentorship]) -> frozenset[str]:
    """Seats that no mentorship needs: it ended, or goes on with another mentor."""
    needed = {each.id for each in known if each.mentor_id == mentor.id and each.phase not in ENDED}
    return frozenset(mentor.seats) - needed


def checked_fields(fields: Iterable[str]) -> tuple[str, ...]:
    """Each field once, in the one form in which they are compared."""
    return tuple(dict.fromkeys(one_form(field) for field in fields))


def one_form(words: str) -> str:
    """The form of a field in which two that mean the same are equal."""
    return " ".join(words.split()).casefold()


def checked_languages(tags: Iterable[str]) -> tuple[str, ...]:
    """BCP 47 tags in their standard form. Raises Invalid."""
    return tuple(dict.fromkeys(checked_language(tag) for tag in tags))


def checked_language(tag: str, *, field: str = "languages") -> str:
    """One BCP 47 tag in its standard form. Raises Invalid."""
    try:
        if langcodes.tag_is_valid(tag):
            return langcodes.standardize_tag(tag)
    except LanguageTagError:
        pass
    raise Invalid("Give each language as a BCP 47 tag like en, pt-BR or zh-Hans.", field=field)


def spoken(tag: str) -> str:
    """The language without script and region: people who speak en-GB and en-US understand each other."""
    return tag.partition("-")[0]


def search_key(request: SearchMentors) -> str:
    """The one key under which every mentor who fits is found."""
    return _key(
        one_form(request.field) if request.field else None,
        request.seniority,
        spoken(checked_language(request.language, field="language")) if request.language else None,
        request.availability,
    )


def _key(
    field: str | None, seniority: Seniority | None, language: str | None, availability: Availability | None
) -> str:
    return "|".join(word or "" for word in (seniority, availability, language, field))


def _keys(mentor: Mentor) -> tuple[str, ...]:
    """Every combination of words that finds this mentor: at most 9 * 6 * 4. One equality then reads one index."""
    words = product(
        (None, *mentor.fields),
        (None, mentor.seniority),
        (None, *dict.fromkeys(spoken(tag) for tag in mentor.languages)),
        (None, mentor.availability),
    )
    return tuple(_key(*each) for each in words)


def _found(mentor: Mentor, **changes: object) -> Mentor:
    changed = evolve(mentor, **changes)
    return evolve(mentor, **changes, keys=_keys(changed)) if changed.listed else changed


def _seated(mentor: Mentor, seats: tuple[str, ...]) -> Mentor:
    return evolve(mentor, seats=seats, seats_taken=len(seats))
