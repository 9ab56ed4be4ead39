"""How a programme fills."""

import strawberry

from gateway.types.relay import View, field


@strawberry.type(description="How many people of one side have come how far. Null hides fewer than five from HR.")
class FunnelSide(View):
    """Shows identity.FunnelSide."""

    submitted: int | None = field("They wait for a decision.")
    waiting: int | None = field("They wait for a place.")
    approved: int | None = field("They take part.")
    matched: int | None = field("They have an open mentorship of the programme, proposals included.")
    unmatched: int | None = field("They take part and have none.")


@strawberry.type(description="How far people have come on both sides.")
class Funnel:
    """Shows both sides of identity.ProgrammeReport."""

    mentees: FunnelSide = field("The mentees.")
    mentors: FunnelSide = field("The mentors.")


@strawberry.type(description="What the mentors of a programme offer, summed up. Null hides fewer than five from HR.")
class UnusedCapacity(View):
    """Shows identity.UnusedCapacity."""

    mentors: int | None = field("Mentors who take part.")
    idle_mentors: int | None = field("Those of them who mentor nobody.")
    seats: int | None = field("How many mentees they have room for.")
    seats_free: int | None = field("How many mentees more they have room for.")
    minutes: int | None = field("Minutes a month that they offer.")
    unused_minutes: int | None = field("Minutes a month that serve nobody: the sum of the profiles' unusedMinutes.")
