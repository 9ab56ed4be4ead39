"""What the two look back at."""

from datetime import datetime

import strawberry

from gateway.context import Info
from gateway.types.events import kind_of, words_of
from gateway.types.relay import Node, View, field, kind_named, resolved, shown


@strawberry.type(description="Something that happened in a mentorship; only the two parties see it.")
class TimelineEntry(View):
    """Shows goals.TimelineEntry, in the words of the live events."""

    at: datetime = field("When it happened.")

    @resolved("The topic, as in goals.goal_agreed.v1.")
    def type(self) -> str:
        """As live events have it."""
        return str(self.record.topic)

    @resolved("What happened, for people.")
    def title(self) -> str:
        """Words that no person wrote."""
        return words_of(self.record.topic, self.record.phase)

    @resolved("What it happened to; null if it is gone or not for you.")
    async def subject(self, info: Info) -> Node | None:
        """The object itself."""
        return await shown(info, kind_named(kind_of(self.record.topic)), self.record.subject_id)
