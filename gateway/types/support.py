"""What one gives the other on the way, and what waits for you."""

from datetime import datetime
from typing import Annotated

import strawberry

from contracts import goals, identity
from contracts.goals import ReplyKind
from contracts.identity import ListMentorships, Phase
from contracts.wire import ByIds
from gateway.context import Info
from gateway.loaders import PageKey
from gateway.types.feedback import Feedback
from gateway.types.goals import Goal
from gateway.types.growth import Outcome, Win
from gateway.types.help import HelpRequest
from gateway.types.identity import User
from gateway.types.items import ActionItem
from gateway.types.ledger import Commitment
from gateway.types.mutation import Input, mutation
from gateway.types.relay import (
    LARGEST_PAGE,
    PAGE,
    After,
    Connection,
    First,
    Node,
    View,
    checked_first,
    connection,
    field,
    id_of,
    local_id,
    optional,
    reference,
    resolved,
    shown,
)

MentorshipId = Annotated[strawberry.ID, strawberry.argument(description="The mentorship.")]

UNDER_WAY = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)
ABOUT: dict[ReplyKind, type[Node]] = {
    ReplyKind.AGREE_GOAL: Goal,
    ReplyKind.ANSWER_HELP: HelpRequest,
    ReplyKind.ANSWER_CLARIFICATION: Feedback,
    ReplyKind.ACKNOWLEDGE_FEEDBACK: Feedback,
    ReplyKind.ANSWER_RENEGOTIATION: Commitment,
    ReplyKind.VERIFY_OUTCOME: Outcome,
}


@strawberry.type(description="Something to read, hear or use; only the two parties see it.")
class Resource(Node):
    """Shows goals.Resource."""

    loader = staticmethod(lambda loaders: loaders.resources)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    shared_by = reference(User, "shared_by", "Who shared it.")
    title: str = field("What it is.")
    link: str = field("Where it is: a web address.")
    why: str | None = field("Why it is worth it, if that was said.")
    goal = reference(Goal, "goal_id", "The goal that it is about, if it is about one.")
    shared_at: datetime = field("When it was shared.")
    version: int = field("Counts its changes.")


@strawberry.type(description="A kind word of the mentor; only the two parties see it.")
class Encouragement(Node):
    """Shows goals.Encouragement."""

    loader = staticmethod(lambda loaders: loaders.encouragements)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    author = reference(User, "author_id", "Who wrote it.")
    text: str = field("The words.")
    goal = reference(Goal, "goal_id", "The goal that it is about, if it is about one.")
    action_item = reference(ActionItem, "action_item_id", "The action item that it is about, if it is about one.")
    given_at: datetime = field("When it was sent.")
    version: int = field("Counts its changes.")


@strawberry.type(description="Something that waits for you, because the other one has done their part.")
class AwaitedReply(View):
    """Shows goals.AwaitedReply."""

    kind: ReplyKind = field("What is waited for.")
    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    since: datetime = field("Since when it waits.")
    due: datetime | None = field("By when you mean to have done it, if there is such a moment.")

    @resolved("What it is about: a goal, a help request, feedback, a commitment or an outcome.")
    async def about(self, info: Info) -> Node | None:
        """The object itself."""
        return await shown(info, ABOUT[self.record.kind], self.record.about_id)


@strawberry.input(description="Something that helps the other one.")
class ShareResourceInput(Input):
    """Makes goals.ShareResource."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    title: str = field("What it is.")
    link: str = field("Where it is: a web address that begins with http:// or https://.")
    why: str | None = optional("Why it is worth it.")
    goal_id: strawberry.ID | None = optional("The goal that it is about.")


@strawberry.input(description="A kind word for your mentee.")
class EncourageInput(Input):
    """Makes goals.Encourage."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    text: str = field("Your words.")
    goal_id: strawberry.ID | None = optional("The goal that it is about.")
    action_item_id: strawberry.ID | None = optional("The action item that it is about; not both.")


@strawberry.type
class SupportQueries:
    """Reads across what the two do for each other."""

    @resolved("What there is to be glad about in one mentorship, oldest first; for the two parties.")
    async def wins(
        self, info: Info, mentorship_id: MentorshipId, first: First = PAGE, after: After = None
    ) -> Connection[Win] | None:
        """One page."""
        key = PageKey(local_id(info.context, "Mentorship", mentorship_id), checked_first(first), after)
        return connection(Win, await info.context.loaders.wins_of.load(key), after)

    @resolved("What waits for you in all your mentorships that are under way, the longest first.")
    async def awaiting_my_reply(self, info: Info) -> list[AwaitedReply] | None:
        """Of the newest hundred mentorships."""
        mine = await info.context.call(identity.LIST_MENTORSHIPS, ListMentorships(first=LARGEST_PAGE))
        ids = tuple(each.id for each in mine.items if each.phase in UNDER_WAY)
        found = await info.context.call(goals.GET_AWAITED_REPLIES, ByIds(ids=ids)) if ids else ()
        waiting = [reply for replies in found for reply in replies or ()]
        return [AwaitedReply.of(reply) for reply in sorted(waiting, key=lambda reply: (reply.since, reply.about_id))]


@strawberry.type
class SupportMutations:
    """What one gives the other."""

    share_resource = mutation(goals.SHARE_RESOURCE, ShareResourceInput, Resource)
    encourage = mutation(goals.ENCOURAGE, EncourageInput, Encouragement)
