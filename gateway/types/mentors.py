"""Mentors: what they can help with, how much room they have, and how they are found."""

from datetime import datetime
from typing import Annotated

import strawberry

from contracts import identity
from contracts.identity import Availability, MyCapacity, SearchMentors, Seniority
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Node,
    checked_first,
    connection,
    field,
    optional,
    reference,
    resolved,
)

Language = Annotated[str | None, strawberry.argument(description="A BCP 47 tag; en finds en-GB and en-US too.")]


@strawberry.type(description="What a mentor can help with, and for how many at a time.")
class MentorProfile(Node):
    """Shows identity.MentorProfile."""

    loader = staticmethod(lambda loaders: loaders.mentor_profiles)

    user = reference(User, "id", "The mentor.")
    fields: list[str] = field("What the mentor can help with.")
    seniority: Seniority | None = field("How far the mentor has come; null before a profile is written.")
    languages: list[str] = field("BCP 47 tags of the languages that the mentor speaks.")
    availability: Availability = field("Whether the mentor takes on somebody new.")
    hours_per_month: int = field("How many hours a month the mentor offers in all.")
    capacity: int = field("How many mentees there is room for at a time.")
    seats_taken: int = field("How many of these seats mentorships hold, from the first yes until they end.")
    seats_free: int = field("How many mentorships more there is room for.")
    unused_minutes: int = field("Minutes a month, of those offered, that go with the free seats.")
    listed: bool = field("Whether the mentor has written a profile, and so can be found.")
    created_at: datetime = field("When the profile was made.")
    version: int = field("Counts its changes.")


@strawberry.input(description="What you can help with.")
class WriteMentorProfileInput(Edit):
    """Makes identity.WriteMentorProfile."""

    fields: list[str] = field("Up to eight fields, such as `product design`.")
    seniority: Seniority = field("How far you have come.")
    languages: list[str] = field("Up to five languages as BCP 47 tags, such as en or pt-BR.")
    hours_per_month: int | None = optional("Hours a month that you offer in all, 1 to 100; 4 if left out.")
    user_id: strawberry.ID | None = optional("The mentor, for a programme manager; you if left out.")


@strawberry.input(description="How much room you have.")
class SetCapacityInput(Edit):
    """Makes identity.SetCapacity."""

    capacity: int = field("Mentees at a time, 0 to 20; never fewer than you have now.")


@strawberry.input(description="Whether you take on somebody new.")
class SetAvailabilityInput(Edit):
    """Makes identity.SetAvailability."""

    availability: Availability = field("PAUSED leaves what is under way as it is.")


@strawberry.type
class MentorQueries:
    """Reads of mentor profiles."""

    @resolved("Your own mentor profile with its seats. Before you have one, what it would start with.")
    async def my_capacity(self, info: Info) -> MentorProfile | None:
        """For people who mentor or think of it."""
        return MentorProfile.of(await info.context.call(identity.GET_MY_CAPACITY, MyCapacity()))

    @resolved("Mentors who have written a profile and fit every word that you give, the latest first.")
    async def search_mentors(
        self,
        info: Info,
        *,
        field: Annotated[str | None, strawberry.argument(description="What they can help with.")] = None,
        seniority: Annotated[Seniority | None, strawberry.argument(description="How far they have come.")] = None,
        language: Language = None,
        availability: Annotated[Availability | None, strawberry.argument(description="Whether they are open.")] = None,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[MentorProfile] | None:
        """One page."""
        request = SearchMentors(
            field=field,
            seniority=seniority,
            language=language,
            availability=availability,
            first=checked_first(first),
            after=after,
        )
        return connection(MentorProfile, await info.context.call(identity.SEARCH_MENTORS, request), after)


@strawberry.type
class MentorMutations:
    """Changes of mentor profiles."""

    write_mentor_profile = mutation(identity.WRITE_MENTOR_PROFILE, WriteMentorProfileInput, MentorProfile)
    set_capacity = mutation(identity.SET_CAPACITY, SetCapacityInput, MentorProfile)
    set_availability = mutation(identity.SET_AVAILABILITY, SetAvailabilityInput, MentorProfile)
