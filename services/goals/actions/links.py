"""What one thing names of another: it must be of the same mentorship."""

from contracts.errors import NotFound
from contracts.goals import ActionItem, Feedback, Goal
from contracts.identity import MentorshipCard
from kit.mongo import Aggregates

WORDS = {"goalId": "goal", "actionItemId": "action item", "feedbackId": "feedback"}


async def linked[R: Goal | ActionItem | Feedback](
    aggregates: Aggregates[R], card: MentorshipCard, object_id: str | None, *, field: str
) -> R | None:
    """The named object, or None where none is named. Raises NotFound where it is not of this mentorship."""
    if not object_id:
        return None
    found = await aggregates.find(card.org_id, object_id)
    if found is None or found.mentorship_id != card.id:
        raise NotFound(f"There is no such {WORDS[field]} in this mentorship. Check the id.", field=field)
    return found
