"""How a programme fills."""

import strawberry

from gateway.context import Info
from gateway.types.relay import View, field, resolved


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


@strawberry.type(description="How many goals of a programme are where. Null hides fewer than five people from HR.")
class ProgrammeGoals(View):
    """Shows goals.GoalReport."""

    drafted: int | None = field("Written down by the mentee, not yet shown to the mentor.")
    proposed: int | None = field("Waiting for the mentor.")
    agreed: int | None = field("Agreed and under way.")
    achieved: int | None = field("Reached.")
    abandoned: int | None = field("Let go.")
    on_track: int | None = field("Agreed ones that are as far as the time that has passed, or further.")
    behind: int | None = field("The other agreed ones.")


@strawberry.type(description="How many mentorships have what they need. Null hides fewer than five from HR.")
class ProgrammeCoverage(View):
    """Shows identity.ProgrammeReport, goals.GoalReport and sessions.ContactReport."""

    @resolved("Mentorships that run now, from setting expectations to closing.")
    async def mentorships(self, info: Info) -> int | None:
        """The identity part counts them."""
        return (await info.context.loaders.programme_reports.load(self.record.id)).mentorships

    @resolved("Those of which both signed the agreement.")
    async def with_agreement(self, info: Info) -> int | None:
        """The identity part counts them."""
        return (await info.context.loaders.programme_reports.load(self.record.id)).with_agreement

    @resolved("Those with a goal that both agreed to.")
    async def with_goal(self, info: Info) -> int | None:
        """The goals part counts them."""
        return (await info.context.loaders.goal_reports.load(self.record.id)).with_goal

    @resolved("Those that held a check-in in the last thirty days.")
    async def with_recent_contact(self, info: Info) -> int | None:
        """The sessions part counts them."""
        return (await info.context.loaders.contact_reports.load(self.record.id)).with_recent_contact
