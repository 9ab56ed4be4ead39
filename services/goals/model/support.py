"""Resources and kind words."""

from datetime import datetime

from contracts.errors import Invalid
from contracts.goals import Encourage, Encouragement, EncouragementGiven, Resource, ResourceShared, ShareResource
from contracts.identity import MentorshipCard
from contracts.wire import Change


def share_resource(
    resource_id: str, card: MentorshipCard, request: ShareResource, by: str, at: datetime
) -> Change[Resource]:
    """Something useful, for the other."""
    resource = Resource(
        id=resource_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        shared_by=by,
        title=request.title.strip(),
        link=request.link,
        why=request.why,
        goal_id=request.goal_id,
        shared_at=at,
    )
    return Change(resource, (ResourceShared(mentorship_id=card.id, resource_id=resource_id, shared_by=by),))


def encourage(
    encouragement_id: str, card: MentorshipCard, request: Encourage, by: str, at: datetime
) -> Change[Encouragement]:
    """A kind word, about one thing at most."""
    if request.goal_id and request.action_item_id:
        raise Invalid("A kind word is about one thing: a goal or an action item. Leave one out.", field="actionItemId")
    word = Encouragement(
        id=encouragement_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        author_id=by,
        text=request.text,
        goal_id=request.goal_id,
        action_item_id=request.action_item_id,
        given_at=at,
    )
    told = EncouragementGiven(mentorship_id=card.id, encouragement_id=encouragement_id, author_id=by)
    return Change(word, (told,))
