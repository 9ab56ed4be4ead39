"""Which mentor could fit which mentee, and why."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity.mentors import MentorProfile
from contracts.identity.party import Party
from contracts.wire import ByIds, Command, Event, Operation, Page, Record, topic

MOST_CONFIRMED = 100  # pairs named in one command; without names it means all of them


class ReasonKind(StrEnum):
    """What speaks for a pair: fields, seniority, language, zone (hours awake together), room the mentor has left."""

    FIELDS = "fields"
    SENIORITY = "seniority"
    LANGUAGE = "language"
    ZONE = "zone"
    ROOM = "room"


class Obstacle(StrEnum):
    """Why two people cannot be a pair, or why somebody was left without one."""

    SAME_PERSON = "same_person"
    REPORTING_LINE = "reporting_line"
    PAST_PAIRING = "past_pairing"
    NO_LANGUAGE_IN_COMMON = "no_language_in_common"
    NO_ROOM = "no_room"
    PAUSED = "paused"
    UNTRAINED = "untrained"
    OTHERS_FIT_BETTER = "others_fit_better"


class RunState(StrEnum):
    """How far work in the background has come, such as a matching."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PairState(StrEnum):
    """What became of a pair. SKIPPED: by the time it was confirmed, one of the two could not be in it any more."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    SKIPPED = "skipped"


class MatchReason(Record, frozen=True, kw_only=True):
    """One thing that speaks for a pair: how much it weighs (all weights are 100) and how well it fits, in percent."""

    kind: ReasonKind
    weight: int
    fit: int


class MatchPair(Record, frozen=True, kw_only=True):
    """A mentee and a mentor that a matching suggests. The score is the sum of weight times fit, 0 to 10,000."""

    mentee_id: str
    mentor_id: str
    score: int
    reasons: tuple[MatchReason, ...]
    state: PairState = PairState.SUGGESTED
    mentorship_id: str | None = None


class Unmatched(Record, frozen=True, kw_only=True):
    """Somebody whom a matching found nobody for, and everything that stood in the way."""

    user_id: str
    party: Party
    why: tuple[Obstacle, ...]


class MatchRun(Record, frozen=True, kw_only=True):
    """One matching of a programme or cohort. The pairs are read page by page.

    The last three count what becomes of confirmed pairs while they are proposed: those that still wait, those that are
    proposed, and those for which it was too late.
    """

    id: str
    org_id: str
    programme_id: str
    cohort_id: str | None = None
    state: RunState = RunState.QUEUED
    progress: int = 0
    mentees: int = 0
    mentors: int = 0
    seats: int = 0
    matched: int = 0
    total_score: int = 0
    failed_because: str | None = None
    requested_by: str
    created_at: datetime
    finished_at: datetime | None = None
    confirmed: int = 0
    proposed: int = 0
    skipped: int = 0
    version: int = 1


class MatchSuggestion(Record, frozen=True, kw_only=True):
    """A mentor who could fit the caller, and what speaks for it."""

    mentor: MentorProfile
    score: int
    reasons: tuple[MatchReason, ...]


class RunMatching(Command, frozen=True, kw_only=True):
    """A programme manager has everybody matched who takes part, has consented and is without a mentor."""

    programme_id: str
    cohort_id: str | None = None


class ConfirmMatches(Command, frozen=True, kw_only=True):
    """A programme manager has read the pairs and proposes them: those of the named mentees, or all."""

    match_run_id: str
    mentee_ids: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_CONFIRMED)] | None = None


class ListMatchRuns(Record, frozen=True, kw_only=True):
    """The matchings of a programme, newest first."""

    programme_id: str
    first: int = 20
    after: str | None = None


class ListMatchPairs(Record, frozen=True, kw_only=True):
    """The pairs of a matching, in the order of the mentees' ids."""

    match_run_id: str
    first: int = 20
    after: str | None = None


class ListUnmatched(Record, frozen=True, kw_only=True):
    """Whom a matching found nobody for."""

    match_run_id: str
    first: int = 20
    after: str | None = None


class SuggestMentors(Record, frozen=True, kw_only=True):
    """Mentors of a programme who could fit the caller, who takes part as mentee; at most 20."""

    programme_id: str
    first: int = 5


RUN_MATCHING = Operation("identity.run_matching", RunMatching, MatchRun)
CONFIRM_MATCHES = Operation("identity.confirm_matches", ConfirmMatches, MatchRun)
GET_MATCH_RUNS = Operation("identity.get_match_runs", ByIds, tuple[MatchRun, ...], safe=True)
LIST_MATCH_RUNS = Operation("identity.list_match_runs", ListMatchRuns, Page[MatchRun], safe=True)
LIST_MATCH_PAIRS = Operation("identity.list_match_pairs", ListMatchPairs, Page[MatchPair], safe=True)
LIST_UNMATCHED = Operation("identity.list_unmatched", ListUnmatched, Page[Unmatched], safe=True)
SUGGEST_MENTORS = Operation("identity.suggest_mentors", SuggestMentors, tuple[MatchSuggestion, ...], safe=True)


class MatchRunFact(Event, frozen=True, kw_only=True):
    """Any fact about a matching."""

    match_run_id: str
    programme_id: str


@topic("identity.matching_requested.v1")
class MatchingRequested(MatchRunFact, frozen=True, kw_only=True):
    """A matching waits to be worked out."""


@topic("identity.matching_finished.v1")
class MatchingFinished(MatchRunFact, frozen=True, kw_only=True):
    """A matching can be read."""

    matched: int
    unmatched: int


@topic("identity.matches_confirmed.v1")
class MatchesConfirmed(MatchRunFact, frozen=True, kw_only=True):
    """Pairs of a matching shall be proposed."""
