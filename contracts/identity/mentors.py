"""Who would mentor, what they can help with, and how much room they have."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.wire import ByIds, Command, Operation, Page, Record

MOST_SEATS = 20  # mentees of one mentor at a time; far above what anybody can do well

Field = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"\S")]
Fields = Annotated[tuple[Field, ...], msgspec.Meta(min_length=1, max_length=8)]
Language = Annotated[str, msgspec.Meta(min_length=2, max_length=35)]
Languages = Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=5)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=100)]
Seats = Annotated[int, msgspec.Meta(ge=0, le=MOST_SEATS)]


class Seniority(StrEnum):
    """How far somebody has come in their field, from the beginning up."""

    ENTRY = "entry"
    PROFESSIONAL = "professional"
    SENIOR = "senior"
    LEAD = "lead"
    EXECUTIVE = "executive"


class Availability(StrEnum):
    """Whether a mentor takes on somebody new."""

    OPEN = "open"
    PAUSED = "paused"


class MentorProfile(Record, frozen=True, kw_only=True):
    """What a mentor can help with, and for how many at a time. Its id is the mentor's user id.

    `listed` is False for somebody who mentors without having written a profile. `seats_taken` counts the mentorships
    that hold one of the mentor's seats: from the first yes to the proposal on, until they end.
    """

    id: str
    org_id: str
    fields: tuple[str, ...] = ()
    seniority: Seniority | None = None
    languages: tuple[str, ...] = ()
    availability: Availability = Availability.OPEN
    hours_per_month: int = 4
    capacity: int = 5
    seats_taken: int = 0
    listed: bool = False
    created_at: datetime
    version: int = 1

    @property
    def seats_free(self) -> int:
        """How many mentorships more there is room for."""
        return max(0, self.capacity - self.seats_taken)

    @property
    def unused_minutes(self) -> int:
        """Minutes a month, of those offered, that go with the free seats; none for who takes on nobody new."""
        if self.availability is Availability.PAUSED or not self.capacity:
            return 0
        return self.hours_per_month * 60 * self.seats_free // self.capacity


class WriteMentorProfile(Command, frozen=True, kw_only=True):
    """A mentor says what they can help with; a programme manager may write it for somebody.

    Fields are kept in one form, so that `Product  Design` and `product design` are the same. Languages are BCP 47 tags.
    """

    fields: Fields
    seniority: Seniority
    languages: Languages
    hours_per_month: Hours = 4
    user_id: str | None = None


class SetCapacity(Command, frozen=True, kw_only=True):
    """A mentor says how many mentees there is room for. Never fewer than have a seat now."""

    capacity: Seats


class SetAvailability(Command, frozen=True, kw_only=True):
    """A mentor takes on nobody new for a while, or is open again. What is under way goes on."""

    availability: Availability


class MyCapacity(Record, frozen=True, kw_only=True):
    """The caller's own mentor profile."""


class SearchMentors(Record, frozen=True, kw_only=True):
    """Mentors who have written a profile, the latest first; every word that is given must fit."""

    field: str | None = None
    seniority: Seniority | None = None
    language: str | None = None
    availability: Availability | None = None
    first: int = 20
    after: str | None = None


WRITE_MENTOR_PROFILE = Operation("identity.write_mentor_profile", WriteMentorProfile, MentorProfile)
SET_CAPACITY = Operation("identity.set_capacity", SetCapacity, MentorProfile)
SET_AVAILABILITY = Operation("identity.set_availability", SetAvailability, MentorProfile)
GET_MY_CAPACITY = Operation("identity.get_my_capacity", MyCapacity, MentorProfile, safe=True)
GET_MENTOR_PROFILES = Operation("identity.get_mentor_profiles", ByIds, tuple[MentorProfile, ...], safe=True)
SEARCH_MENTORS = Operation("identity.search_mentors", SearchMentors, Page[MentorProfile], safe=True)
