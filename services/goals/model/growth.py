"""Skills, outcomes and the journal."""

from datetime import datetime, timedelta

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.goals import (
    AssessSkill,
    JournalEntry,
    JournalWritten,
    Occasion,
    Outcome,
    OutcomeRecorded,
    OutcomeVerified,
    RecordOutcome,
    Skill,
    SkillAssessed,
    SkillAssessment,
    WriteJournal,
)
from contracts.identity import MentorshipCard, Party
from contracts.wire import Change, evolve

MILESTONES_LIMIT = 20  # assessments between start and close; more often than monthly nobody sees a difference
GRACE = timedelta(days=1)  # it is tomorrow already somewhere


def open_skill(skill_id: str, card: MentorshipCard, name: str, party: Party, at: datetime) -> Change[Skill]:
    """A skill that this party has not assessed yet."""
    return Change(
        Skill(id=skill_id, org_id=card.org_id, mentorship_id=card.id, skill=name.strip(), party=party, created_at=at)
    )


def assess_skill(skill: Skill, request: AssessSkill, at: datetime) -> Change[Skill]:
    """One more look at it."""
    given = sum(each.occasion is request.occasion for each in skill.assessments)
    if request.occasion is Occasion.MILESTONE and given >= MILESTONES_LIMIT:
        raise Conflict(f"A skill is assessed at most {MILESTONES_LIMIT} times between start and close.")
    if request.occasion is not Occasion.MILESTONE and given:
        raise Conflict(
            f"You have said already how you saw this at the {request.occasion}. What you see now is a MILESTONE."
        )
    assessment = SkillAssessment(occasion=request.occasion, level=request.level, at=at)
    told = SkillAssessed(
        mentorship_id=skill.mentorship_id,
        skill_id=skill.id,
        party=skill.party,
        occasion=request.occasion,
        level=request.level,
    )
    return Change(evolve(skill, assessments=(*skill.assessments, assessment)), (told,))


def record_outcome(
    outcome_id: str, card: MentorshipCard, request: RecordOutcome, by: str, at: datetime
) -> Change[Outcome]:
    """What came of it, as one of the two saw it."""
    if request.on > (at + GRACE).date():
        raise Invalid("An outcome is recorded once it is there. Give the day on which it came about.", field="on")
    outcome = Outcome(
        id=outcome_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        kind=request.kind,
        title=request.title.strip(),
        on=request.on,
        evidence=request.evidence,
        attribution=request.attribution,
        recorded_by=by,
        recorded_at=at,
    )
    told = OutcomeRecorded(mentorship_id=card.id, outcome_id=outcome_id, kind=outcome.kind, recorded_by=by)
    return Change(outcome, (told,))


def verify_outcome(outcome: Outcome, by: str, at: datetime) -> Change[Outcome]:
    """The other saw it too."""
    if by == outcome.recorded_by:
        raise Forbidden(f"You recorded the outcome {outcome.id} yourself; the other party verifies it.")
    if outcome.verified_at is not None:
        raise Conflict(f"The outcome {outcome.id} is verified already.")
    told = OutcomeVerified(
        mentorship_id=outcome.mentorship_id, outcome_id=outcome.id, kind=outcome.kind, verified_by=by
    )
    return Change(evolve(outcome, verified_by=by, verified_at=at), (told,))


def write_journal(
    entry_id: str, card: MentorshipCard, request: WriteJournal, by: str, at: datetime
) -> Change[JournalEntry]:
    """Somebody's words, for oneself or for both."""
    entry = JournalEntry(
        id=entry_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        author_id=by,
        visibility=request.visibility,
        text=request.text,
        written_at=at,
    )
    told = JournalWritten(mentorship_id=card.id, journal_entry_id=entry_id, author_id=by, visibility=request.visibility)
    return Change(entry, (told,))
