"""Matchings: what they found and why, and mentors that a mentee chooses."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from contracts import identity
from contracts.identity import (
    ListMatchPairs,
    ListMatchRuns,
    ListUnmatched,
    Obstacle,
    PairState,
    Party,
    RunState,
    SuggestMentors,
)
from gateway.context import Info
from gateway.types.enrolments import Cohort
from gateway.types.identity import User
from gateway.types.mentors import MentorProfile
from gateway.types.mentorships import Mentorship
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.programmes import Programme
from gateway.types.reasons import MatchReason
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Id,
    Node,
    View,
    checked_first,
    connection,
    field,
    find,
    local_id,
    optional,
    reference,
    resolved,
    viewed,
    views,
)


class Scored(View):
    """A record with a score in hundredths of a percent."""

    @resolved("What all reasons come to, 0 to 100: how well these two fit, not how good anybody is.")
    def score(self) -> float:
        """The sum of the reasons' points."""
        return float(self.record.score / 100)


@strawberry.type(description="A mentee and a mentor that a matching suggests.")
class MatchPair(Scored):
    """Shows identity.MatchPair."""

    mentee = reference(User, "mentee_id", "The mentee.")
    mentor = reference(User, "mentor_id", "The mentor.")
    reasons = viewed(MatchReason, "reasons", "Everything that was weighed for the two.")
    state: PairState = field("What became of the pair.")
    mentorship = reference(Mentorship, "mentorship_id", "The proposal, once there is one.")
    score = Scored.score


@strawberry.type(description="Somebody whom a matching found nobody for.")
class Unmatched(View):
    """Shows identity.Unmatched."""

    user = reference(User, "user_id", "The person.")
    party: Party = field("The side.")
    why: list[Obstacle] = field("Everything that stood in the way.")


@strawberry.type(description="One matching of a programme or cohort.")
class MatchRun(Node):
    """Shows identity.MatchRun."""

    loader = staticmethod(lambda loaders: loaders.match_runs)

    programme = reference(Programme, "programme_id", "The programme.")
    cohort = reference(Cohort, "cohort_id", "The cohort; null if the whole programme was matched.")
    state: RunState = field("How far it has come.")
    progress: int = field("The same in percent.")
    mentees: int = field("How many mentees were looked at.")
    mentors: int = field("How many mentors had room.")
    seats: int = field("How many mentees these mentors had room for.")
    matched: int = field("How many pairs were found: as many as could be.")
    failed_because: str | None = field("Why it came to nothing, if it did.")
    requested_by = reference(User, "requested_by", "Who asked for it.")
    created_at: datetime = field("When it was asked for.")
    finished_at: datetime | None = field("When it was done.")
    confirmed: int = field("How many confirmed pairs still wait to be proposed.")
    proposed: int = field("How many pairs are proposed; each proposal begins a cycle.")
    skipped: int = field("For how many confirmed pairs it was too late.")
    version: int = field("Counts its changes.")

    @resolved("The pairs, each with its reasons; none before it is done.")
    async def pairs(self, info: Info, first: First = PAGE, after: After = None) -> Connection[MatchPair] | None:
        """One page."""
        request = ListMatchPairs(match_run_id=self.record.id, first=checked_first(first), after=after)
        return connection(MatchPair, await info.context.call(identity.LIST_MATCH_PAIRS, request), after)

    @resolved("Everybody whom nobody was found for, with everything that stood in the way.")
    async def unmatched(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Unmatched] | None:
        """One page."""
        request = ListUnmatched(match_run_id=self.record.id, first=checked_first(first), after=after)
        return connection(Unmatched, await info.context.call(identity.LIST_UNMATCHED, request), after)


@strawberry.type(description="A mentor who could fit you.")
class MatchSuggestion(Scored):
    """Shows identity.MatchSuggestion."""

    reasons = viewed(MatchReason, "reasons", "Everything that was weighed for the two of you.")
    score = Scored.score

    @resolved("The mentor.")
    def mentor(self) -> MentorProfile:
        """With the profile."""
        return MentorProfile.of(self.record.mentor)


@strawberry.input(description="A programme or cohort to be matched.")
class RunMatchingInput(Input):
    """Makes identity.RunMatching."""

    programme_id: strawberry.ID = field("The programme.")
    cohort_id: strawberry.ID | None = optional("Only this cohort; mentors without a cohort are there for it too.")


@strawberry.input(description="Pairs to be proposed.")
class ConfirmMatchesInput(Input):
    """Makes identity.ConfirmMatches."""

    match_run_id: strawberry.ID = field("The matching.")
    mentee_ids: list[strawberry.ID] | None = optional(
        "The mentees, up to 100, whose pairs you confirm; all if left out."
    )


@strawberry.input(description="A mentor whom you ask.")
class RequestMentorInput(Input):
    """Makes identity.RequestMentor."""

    programme_id: strawberry.ID = field("The programme in which you are a mentee.")
    mentor_id: strawberry.ID = field("The mentor.")


@strawberry.input(description="A question to a mentor that you take back.")
class WithdrawRequestInput(Edit):
    """Makes identity.WithdrawRequest."""

    mentorship_id: strawberry.ID = field("The mentorship that you asked for.")


@strawberry.type
class MatchingQueries:
    """Reads of matchings."""

    @resolved("One matching; for the programme's manager.")
    async def match_run(self, info: Info, id: Id) -> MatchRun | None:
        """By its global id."""
        return await find(info.context, MatchRun, id)

    @resolved("The matchings of a programme, newest first; for its manager.")
    async def match_runs(
        self, info: Info, programme_id: Id, first: First = PAGE, after: After = None
    ) -> Connection[MatchRun] | None:
        """One page."""
        local = local_id(info.context, "Programme", programme_id)
        request = ListMatchRuns(programme_id=local, first=checked_first(first), after=after)
        return connection(MatchRun, await info.context.call(identity.LIST_MATCH_RUNS, request), after)

    @resolved("Mentors with room who could fit you, a mentee of the programme, with everything that was weighed.")
    async def match_suggestions(
        self,
        info: Info,
        programme_id: Id,
        first: Annotated[int, strawberry.argument(description="How many to return, 1 to 20.")] = 5,
    ) -> list[MatchSuggestion] | None:
        """Those with the most to speak for them first."""
        local = local_id(info.context, "Programme", programme_id)
        found: Any = await info.context.call(identity.SUGGEST_MENTORS, SuggestMentors(programme_id=local, first=first))
        return views(MatchSuggestion, found)  # type: ignore[no-any-return]


@strawberry.type
class MatchingMutations:
    """Matchings, and what a mentee asks."""

    run_matching = mutation(identity.RUN_MATCHING, RunMatchingInput, MatchRun)
    confirm_matches = mutation(identity.CONFIRM_MATCHES, ConfirmMatchesInput, MatchRun)
    request_mentor = mutation(identity.REQUEST_MENTOR, RequestMentorInput, Mentorship)
    withdraw_request = mutation(identity.WITHDRAW_REQUEST, WithdrawRequestInput, Mentorship)
