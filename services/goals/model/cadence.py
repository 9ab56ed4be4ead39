"""The rhythm of feedback: by when the mentor gives it, again and again."""

from datetime import datetime

from contracts.goals import FeedbackCadence, FeedbackCadenceSet, SetFeedbackCadence
from contracts.identity import MentorshipCard
from contracts.wire import Change
from kit import recurrence


def set_feedback_cadence(
    before: FeedbackCadence | None, card: MentorshipCard, request: SetFeedbackCadence, by: str, at: datetime
) -> Change[FeedbackCadence]:
    """The rule by which feedback is due from now on."""
    starts_at = recurrence.agreed(rule=request.rule, starts_at=request.starts_at, zone=request.zone, at=at)
    cadence = FeedbackCadence(
        id=card.id,
        org_id=card.org_id,
        mentorship_id=card.id,
        rule=request.rule.strip(),
        starts_at=request.starts_at,
        zone=request.zone,
        set_by=by,
        set_at=at,
        version=before.version + 1 if before else 1,
    )
    told = FeedbackCadenceSet(
        mentorship_id=card.id,
        rule=cadence.rule,
        starts_at=starts_at,
        zone=cadence.zone,
        cadence_version=cadence.version,
    )
    return Change(cadence, (told,))
