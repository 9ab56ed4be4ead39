"""What can be seen in one mentorship: sentences with the numbers that they rest on."""

import strawberry

from contracts import goals
from contracts.goals import GetInsights, InsightKind
from gateway.context import Info
from gateway.types.relay import View, field, local_id, resolved, viewed, views
from gateway.types.support import MentorshipId


@strawberry.type(description="One of the numbers that a sentence rests on.")
class Figure(View):
    """Shows goals.Figure."""

    name: str = field("What it counts, as in most_in_time; a weekday is 1 (Monday) to 7.")
    value: float = field("The number.")


@strawberry.type(description="Something that shows in what the two did. It says what was, and not why.")
class Insight(View):
    """Shows goals.Insight."""

    kind: InsightKind = field("What was looked at.")
    text: str = field("The sentence.")
    numbers = viewed(Figure, "numbers", "The numbers that it rests on, so that anyone can check it.")


@strawberry.type
class InsightQueries:
    """Reads of what can be seen."""

    @resolved(
        "What shows in one mentorship, for its two parties, by your own time zone; empty while there is too little to"
        " go by."
    )
    async def insights(self, info: Info, mentorship_id: MentorshipId) -> list[Insight] | None:
        """Nothing is counted here."""
        mentorship = local_id(info.context, "Mentorship", mentorship_id)
        asking = await info.context.loaders.users.load(info.context.viewer.caller.user_id)
        request = GetInsights(mentorship_id=mentorship, zone=asking.zone if asking else "UTC")
        found: list[Insight] = views(Insight, await info.context.call(goals.GET_INSIGHTS, request))
        return found
