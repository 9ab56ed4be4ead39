"""What one gives the other on the way without being asked: something useful, and a kind word."""

from datetime import datetime
from typing import Annotated

import msgspec

from contracts.goals.growth import GrowthFact
from contracts.identity import OfMentorships
from contracts.wire import ByIds, Command, Line, Operation, Page, Record, Text, topic

Link = Annotated[str, msgspec.Meta(max_length=2_000, pattern=r"^https?://[^\s/]+\S*$")]


class Resource(Record, frozen=True, kw_only=True):
    """Something to read, hear or use, with its address and perhaps why it is worth it. Readable by the two only."""

    id: str
    org_id: str
    mentorship_id: str
    shared_by: str
    title: str
    link: str
    why: str | None = None
    goal_id: str | None = None
    shared_at: datetime
    version: int = 1


class Encouragement(Record, frozen=True, kw_only=True):
    """A kind word of the mentor, perhaps about one goal or one action item. Readable by the two only."""

    id: str
    org_id: str
    mentorship_id: str
    author_id: str
    text: str
    goal_id: str | None = None
    action_item_id: str | None = None
    given_at: datetime
    version: int = 1


class ShareResource(Command, frozen=True, kw_only=True):
    """A party shares something that helps the other; it may be about one of the goals."""

    mentorship_id: str
    title: Line
    link: Link
    why: Text | None = None
    goal_id: str | None = None


class Encourage(Command, frozen=True, kw_only=True):
    """The mentor sends the mentee a kind word; it may be about one goal or one action item."""

    mentorship_id: str
    text: Text
    goal_id: str | None = None
    action_item_id: str | None = None


SHARE_RESOURCE = Operation("goals.share_resource", ShareResource, Resource)
ENCOURAGE = Operation("goals.encourage", Encourage, Encouragement)
GET_RESOURCES = Operation("goals.get_resources", ByIds, tuple[Resource, ...], safe=True)
LIST_RESOURCES = Operation("goals.list_resources", OfMentorships, tuple[Page[Resource] | None, ...], safe=True)
GET_ENCOURAGEMENTS = Operation("goals.get_encouragements", ByIds, tuple[Encouragement, ...], safe=True)
LIST_ENCOURAGEMENTS = Operation(
    "goals.list_encouragements", OfMentorships, tuple[Page[Encouragement] | None, ...], safe=True
)


@topic("goals.resource_shared.v1")
class ResourceShared(GrowthFact, frozen=True, kw_only=True):
    """One of the two shared something useful."""

    resource_id: str
    shared_by: str


@topic("goals.encouragement_given.v1")
class EncouragementGiven(GrowthFact, frozen=True, kw_only=True):
    """The mentor sent a kind word."""

    encouragement_id: str
    author_id: str
