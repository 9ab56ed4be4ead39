"""Wins, skills, outcomes and the journal."""

from datetime import date, datetime

import strawberry

from contracts import goals
from contracts.goals import Occasion, OutcomeKind, WinKind
from contracts.identity import Party
from contracts.sessions import Visibility
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import Node, field, id_of, optional, reference


@strawberry.type(description="Something to be glad about.")
class Win(Node):
    """Shows goals.Win."""

    loader = staticmethod(lambda loaders: loaders.wins)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    owner = reference(User, "owner_id", "Whose win it is.")
    kind: WinKind = field("Why it is celebrated.")
    title: str = field("What it is, in the words of whoever declared it; else in ours.")
    goal_id = id_of("Goal", "goal_id", "The goal that it is about, if it is about one.")
    action_item_id = id_of("ActionItem", "action_item_id", "The action item that it is about, if it is about one.")
    celebrated_at: datetime = field("When it was celebrated.")
    version: int = field("Counts its changes.")


@strawberry.type(description="One look at a skill.")
class SkillAssessment:
    """Shows goals.SkillAssessment."""

    occasion: Occasion = field("When in the mentorship it was.")
    level: int = field("1 (beginning) to 5 (others learn it from the mentee).")
    at: datetime = field("When it was said.")


@strawberry.type(description="How one party sees one skill of the mentee, from the start to the close.")
class Skill(Node):
    """Shows goals.Skill."""

    loader = staticmethod(lambda loaders: loaders.skills)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    skill: str = field("The skill's name.")
    party: Party = field("Whose view it is.")
    start: int | None = field("The level at the start, 1 to 5.")
    close: int | None = field("The level at the close, 1 to 5.")
    delta: int | None = field("The level at the close less that at the start; null until both are said.")
    assessments: list[SkillAssessment] = field("Every look at it, oldest first.")
    created_at: datetime = field("When it was first looked at.")
    version: int = field("Counts its changes.")


@strawberry.type(description="Something tangible that came of it.")
class Outcome(Node):
    """Shows goals.Outcome."""

    loader = staticmethod(lambda loaders: loaders.outcomes)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    kind: OutcomeKind = field("What kind of outcome it is.")
    title: str = field("The outcome in one line.")
    on: date = field("The day on which it came about.")
    evidence: str = field("What shows it.")
    attribution: int = field("How much the mentorship did for it, as whoever recorded it sees it: 1 (little) to 5.")
    recorded_by = reference(User, "recorded_by", "Who wrote it down.")
    recorded_at: datetime = field("When it was written down.")
    verified_by = reference(User, "verified_by", "The other party, once it has confirmed it.")
    verified_at: datetime | None = field("When the other party confirmed it.")
    version: int = field("Counts its changes.")


@strawberry.type(description="What somebody wrote into the journal.")
class JournalEntry(Node):
    """Shows goals.JournalEntry."""

    loader = staticmethod(lambda loaders: loaders.journal)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    author = reference(User, "author_id", "Who wrote it.")
    visibility: Visibility = field("Who reads it: its author, or both parties.")
    text: str = field("The words.")
    written_at: datetime = field("When it was written.")
    version: int = field("Counts its changes.")


@strawberry.input(description="Something that you are glad about.")
class CelebrateWinInput(Input):
    """Makes goals.CelebrateWin."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    title: str = field("What it is.")


@strawberry.input(description="How you see a skill of the mentee.")
class AssessSkillInput(Input):
    """Makes goals.AssessSkill."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    skill: str = field("The skill's name.")
    level: int = field("1 (beginning) to 5 (others learn it from the mentee).")
    occasion: Occasion = field("When in the mentorship you look at it.")


@strawberry.input(description="Something tangible that came of it.")
class RecordOutcomeInput(Input):
    """Makes goals.RecordOutcome."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    kind: OutcomeKind = field("What kind of outcome it is.")
    title: str = field("The outcome in one line.")
    on: date = field("The day on which it came about.")
    evidence: str = field("What shows it.")
    attribution: int = field("How much the mentorship did for it: 1 (little) to 5.")


@strawberry.input(description="An outcome that the other party recorded and that you confirm.")
class VerifyOutcomeInput(Edit):
    """Makes goals.VerifyOutcome."""

    outcome_id: strawberry.ID = field("The outcome.")


@strawberry.input(description="Your words.")
class WriteJournalInput(Input):
    """Makes goals.WriteJournal."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    text: str = field("The words.")
    visibility: Visibility | None = optional("Who reads them; PRIVATE if left out.")


@strawberry.type
class GrowthMutations:
    """Changes of what grows besides goals."""

    celebrate_win = mutation(goals.CELEBRATE_WIN, CelebrateWinInput, Win)
    assess_skill = mutation(goals.ASSESS_SKILL, AssessSkillInput, Skill)
    record_outcome = mutation(goals.RECORD_OUTCOME, RecordOutcomeInput, Outcome)
    verify_outcome = mutation(goals.VERIFY_OUTCOME, VerifyOutcomeInput, Outcome)
    write_journal = mutation(goals.WRITE_JOURNAL, WriteJournalInput, JournalEntry)
