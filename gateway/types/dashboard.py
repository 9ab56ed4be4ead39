"""What a mentor looks at first: how the mentees do, and what waits for the mentor."""

import asyncio
from collections.abc import AsyncGenerator

import strawberry

from contracts import identity
from contracts.identity import RUNNING, Health, ListMentorships
from gateway.context import Context, Info
from gateway.types.cycles import MentorshipEvent, watching
from gateway.types.events import needs_mentor
from gateway.types.ledger import Commitment
from gateway.types.mentorships import Mentorship
from gateway.types.relay import LARGEST_PAGE, View, field, resolved, subscribed, views
from gateway.types.sessions import CheckIn
from gateway.types.support import AwaitedReply


@strawberry.type(description="What waits for the viewer in one mentorship.")
class AwaitingMe:
    """Shows goals.Commitment and goals.AwaitedReply."""

    commitments: list[Commitment] = field("Your open promises that are due within a week, the earliest first.")
    replies: list[AwaitedReply] = field("What waits for your reply, the longest first.")


@strawberry.type(description="One mentee at a glance, for their mentor.")
class MenteeCard(View):
    """Shows identity.Mentorship, with what the other parts know of it."""

    health: Health | None = field("How the mentorship does while it runs.")

    @resolved("The mentorship itself.")
    def mentorship(self) -> Mentorship:
        """The way to everything else."""
        return Mentorship.of(self.record)

    @resolved("The earliest check-in of which nobody knows yet what became of it.")
    async def next_check_in(self, info: Info) -> CheckIn | None:
        """As the mentorship has it."""
        found: CheckIn | None = await Mentorship.of(self.record).next_check_in(info)
        return found

    @resolved("What waits for you.")
    async def awaiting_me(self, info: Info) -> AwaitingMe | None:
        """Two calls for all mentees together."""
        loaders = info.context.loaders
        due, replies = await asyncio.gather(
            loaders.due_soon.load(self.record.id), loaders.awaited_replies.load(self.record.id)
        )
        return AwaitingMe(commitments=views(Commitment, due), replies=views(AwaitedReply, replies))


@strawberry.type(description="Everybody whom the viewer mentors now.")
class MentorDashboard:
    """Put together from three parts, in as many calls for many mentees as for one."""

    mentees: list[MenteeCard] = field("The newest mentorship first; there is no other order among people.")


@strawberry.type
class DashboardQueries:
    """Reads across all mentorships of a mentor."""

    @resolved("Your mentees in the newest hundred mentorships, how they do, and what waits for you.")
    async def mentor_dashboard(self, info: Info) -> MentorDashboard | None:
        """Without mentees for who mentors nobody."""
        return MentorDashboard(mentees=views(MenteeCard, await _mentored(info.context)))


@strawberry.type
class DashboardSubscriptions:
    """What happens across all mentorships of a mentor."""

    @subscribed(
        "What your mentees need you for, in the mentorships that run when you subscribe: a request for help, something"
        " in the way, a goal to agree to, a question, a preparation, another time, time off."
    )
    async def mentee_needs_me(self, info: Info) -> AsyncGenerator[MentorshipEvent]:
        """It ends when one of the mentorships is no longer for the viewer to see; subscribe anew."""
        mentored = await _mentored(info.context)
        async with watching(info.context, *mentored, concerns=needs_mentor) as envelopes:
            async for envelope in envelopes:
                yield MentorshipEvent.of(envelope)


async def _mentored(context: Context) -> list[identity.Mentorship]:
    mine = await context.call(identity.LIST_MENTORSHIPS, ListMentorships(first=LARGEST_PAGE))
    me = context.viewer.caller.user_id
    return [each for each in mine.items if each.mentor_id == me and each.phase in RUNNING]
