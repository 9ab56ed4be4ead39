"""What grows besides goals: wins, skills, outcomes, and the journal."""

from datetime import date, datetime
from enum import StrEnum

from contracts.identity import OfMentorships, Party
from contracts.sessions import Rating, Visibility
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, Text, topic


class WinKind(StrEnum):
    """Why something is celebrated. Everything but DECLARED is noticed by itself, each at most once."""

    DECLARED = "declared"
    FIRST = "first"
    EARLY = "early"
    MILESTONE = "milestone"
    STREAK = "streak"


class Win(Record, frozen=True, kw_only=True):
    """Something to be glad about. `owner_id` is whose win it is."""

    id: str
    org_id: str
    mentorship_id: str
    owner_id: str
    kind: WinKind
    title: str
    goal_id: str | None = None
    action_item_id: str | None = None
    celebrated_at: datetime
    version: int = 1


class Occasion(StrEnum):
    """When a skill is looked at. START and CLOSE are said once each, MILESTONE up to 20 times."""

    START = "start"
    MILESTONE = "milestone"
    CLOSE = "close"


class SkillAssessment(Record, frozen=True, kw_only=True):
    """One look at a skill: 1 (beginning) to 5 (others learn it from the mentee)."""

    occasion: Occasion
    level: Rating
    at: datetime


class Skill(Record, frozen=True, kw_only=True):
    """How one party sees one skill of the mentee, from the start to the close."""

    id: str
    org_id: str
    mentorship_id: str
    skill: str
    party: Party
    assessments: tuple[SkillAssessment, ...] = ()
    created_at: datetime
    version: int = 1

    def level(self, occasion: Occasion) -> int | None:
        """The last level that was given on this occasion."""
        return next((each.level for each in reversed(self.assessments) if each.occasion is occasion), None)

    @property
    def start(self) -> int | None:
        """The level at the start."""
        return self.level(Occasion.START)

    @property
    def close(self) -> int | None:
        """The level at the close."""
        return self.level(Occasion.CLOSE)

    @property
    def delta(self) -> int | None:
        """What changed from the start to the close; None until both are said."""
        return None if self.start is None or self.close is None else self.close - self.start


class OutcomeKind(StrEnum):
    """What became of it in the world outside."""

    PROMOTION = "promotion"
    NEW_ROLE = "new_role"
    PROJECT = "project"
    SKILL = "skill"
    OTHER = "other"


class Outcome(Record, frozen=True, kw_only=True):
    """Something tangible, with its evidence. `attribution`: how much the mentorship did for it, 1 (little) to 5."""

    id: str
    org_id: str
    mentorship_id: str
    kind: OutcomeKind
    title: str
    on: date
    evidence: str
    attribution: int
    recorded_by: str
    recorded_at: datetime
    verified_by: str | None = None
    verified_at: datetime | None = None
    version: int = 1


class JournalEntry(Record, frozen=True, kw_only=True):
    """What somebody wrote for oneself, or for both."""

    id: str
    org_id: str
    mentorship_id: str
    author_id: str
    visibility: Visibility
    text: str
    written_at: datetime
    version: int = 1


class CelebrateWin(Command, frozen=True, kw_only=True):
    """A party celebrates something; the other is told."""

    mentorship_id: str
    title: Line


class AssessSkill(Command, frozen=True, kw_only=True):
    """A party says how it sees a skill of the mentee, 1 to 5, at the start, at a milestone or at the close."""

    mentorship_id: str
    skill: Line
    level: Rating
    occasion: Occasion


class RecordOutcome(Command, frozen=True, kw_only=True):
    """A party writes down what came of it, with evidence, and how much of that it owes to the mentorship, 1 to 5."""

    mentorship_id: str
    kind: OutcomeKind
    title: Line
    on: date
    evidence: Text
    attribution: Rating


class VerifyOutcome(Command, frozen=True, kw_only=True):
    """The other party says that the outcome is as it was written down."""

    outcome_id: str


class WriteJournal(Command, frozen=True, kw_only=True):
    """A party writes into its journal: for itself, or shared with the other."""

    mentorship_id: str
    text: Text
    visibility: Visibility = Visibility.PRIVATE


CELEBRATE_WIN = Operation("goals.celebrate_win", CelebrateWin, Win)
ASSESS_SKILL = Operation("goals.assess_skill", AssessSkill, Skill)
RECORD_OUTCOME = Operation("goals.record_outcome", RecordOutcome, Outcome)
VERIFY_OUTCOME = Operation("goals.verify_outcome", VerifyOutcome, Outcome)
WRITE_JOURNAL = Operation("goals.write_journal", WriteJournal, JournalEntry)
GET_WINS = Operation("goals.get_wins", ByIds, tuple[Win, ...], safe=True)
GET_SKILLS = Operation("goals.get_skills", ByIds, tuple[Skill, ...], safe=True)
GET_OUTCOMES = Operation("goals.get_outcomes", ByIds, tuple[Outcome, ...], safe=True)
GET_JOURNAL = Operation("goals.get_journal", ByIds, tuple[JournalEntry, ...], safe=True)
LIST_WINS = Operation("goals.list_wins", OfMentorships, tuple[Page[Win] | None, ...], safe=True)
LIST_SKILLS = Operation("goals.list_skills", OfMentorships, tuple[Page[Skill] | None, ...], safe=True)
LIST_OUTCOMES = Operation("goals.list_outcomes", OfMentorships, tuple[Page[Outcome] | None, ...], safe=True)
LIST_JOURNAL = Operation("goals.list_journal", OfMentorships, tuple[Page[JournalEntry] | None, ...], safe=True)


class GrowthFact(Event, frozen=True, kw_only=True):
    """Any fact about what grows besides goals."""


@topic("goals.win_celebrated.v1")
class WinCelebrated(GrowthFact, frozen=True, kw_only=True):
    """There is something to be glad about."""

    win_id: str
    owner_id: str
    kind: WinKind


@topic("goals.skill_assessed.v1")
class SkillAssessed(GrowthFact, frozen=True, kw_only=True):
    """A party said how it sees a skill."""

    skill_id: str
    party: Party
    occasion: Occasion
    level: int


@topic("goals.outcome_recorded.v1")
class OutcomeRecorded(GrowthFact, frozen=True, kw_only=True):
    """Something tangible came of it."""

    outcome_id: str
    kind: OutcomeKind
    recorded_by: str


@topic("goals.outcome_verified.v1")
class OutcomeVerified(GrowthFact, frozen=True, kw_only=True):
    """The other party confirms an outcome."""

    outcome_id: str
    kind: OutcomeKind
    verified_by: str


@topic("goals.journal_written.v1")
class JournalWritten(GrowthFact, frozen=True, kw_only=True):
    """A journal has one more entry."""

    journal_entry_id: str
    author_id: str
    visibility: Visibility
