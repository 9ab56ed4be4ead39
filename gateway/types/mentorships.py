"""A mentorship: who the two are, where it stands, what they agreed on, and the way to everything they do."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from contracts import identity
from contracts.goals import CommitmentState
from contracts.identity import Closure, Gap, Health, ListMentorships, Party, Phase
from contracts.sessions import CheckInState
from gateway.context import Info
from gateway.loaders import PageKey
from gateway.types.feedback import Feedback, FeedbackCadence
from gateway.types.goals import Goal
from gateway.types.growth import JournalEntry, Outcome, Skill, Win
from gateway.types.help import HelpRequest, ThirdPartyFeedback
from gateway.types.identity import User
from gateway.types.items import ActionItem
from gateway.types.leaves import Handover, Pause
from gateway.types.ledger import Commitment, Score
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.policy import ProgrammePolicy
from gateway.types.programmes import Programme
from gateway.types.pulse import Pulse
from gateway.types.reasons import MatchReason
from gateway.types.relay import (
    LARGEST_PAGE,
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
    pages,
    reference,
    resolved,
    viewed,
)
from gateway.types.reviews import Review
from gateway.types.sessions import Cadence, CheckIn, Note
from gateway.types.support import Encouragement, Resource
from gateway.types.time import Effort, TimeEntry, TimeShare, TimeTotal
from gateway.types.time_off import TimeOff
from gateway.types.timeline import TimelineEntry
from gateway.types.updates import ProgressUpdate

OfState = Annotated[CommitmentState | None, strawberry.argument(description="Only those of this state.")]


@strawberry.type(description="When a mentorship entered a phase.")
class PhaseChange:
    """Shows identity.PhaseChange."""

    phase: Phase = field("The phase that was entered.")
    at: datetime = field("When.")


@strawberry.type(description="One party's name under one version of the agreement.")
class Signature(View):
    """Shows identity.Signature."""

    party: Party = field("The side that signed.")
    at: datetime = field("When.")
    user = reference(User, "user_id", "Who signed.")


@strawberry.type(description="What both sides expect of each other and which challenges they take on.")
class Agreement(View):
    """Shows identity.Agreement."""

    version: int = field("Sign exactly this one; a new version starts unsigned.")
    challenges: list[str] = field("What the mentee wants to take on.")
    mentee_expectations: str = field("What the mentee expects.")
    mentor_expectations: str = field("What the mentor expects.")
    drafted_at: datetime = field("When this version was written.")
    drafted_by = reference(User, "drafted_by", "Who wrote this version.")
    signatures = viewed(Signature, "signatures", "Who has signed this version.")
    policy_version: int | None = field("The version of the policy that it was signed under; null until both signed.")


@strawberry.type(description="One challenge of an agreement.")
class Challenge(View):
    """Shows goals.Challenge."""

    place: int = field("Its place in the agreement, from 1 on; goals name it by that.")
    text: str = field("What the mentee wants to take on.")


@strawberry.type(description="One mentor and one mentee for the length of a cycle.")
class Mentorship(Node):
    """Shows identity.Mentorship. What other parts own is null, with an error, while they are down."""

    loader = staticmethod(lambda loaders: loaders.mentorships)

    phase: Phase = field("Where it stands.")
    phases: list[PhaseChange] = field("Every phase so far, oldest first.")
    accepted: list[Party] = field("The sides that said yes to the proposal.")
    closure: Closure | None = field("How it came to CLOSED.")
    reasons = viewed(MatchReason, "reasons", "Why the two were matched; none where a programme manager chose.")
    requested: bool = field("Whether the mentee asked for this mentor.")
    gaps: list[Gap] = field("What was still open when it closed.")
    health: Health | None = field("How it does while it runs, beside its phase.")
    extended_by: timedelta = field("How much later than planned it ends.")
    policy: ProgrammePolicy = field("The durations that it runs by.")
    created_at: datetime = field("When it was proposed.")
    version: int = field("Counts its changes.")

    mentor = reference(User, "mentor_id", "The mentor.")
    mentee = reference(User, "mentee_id", "The mentee.")
    next_mentor = reference(User, "next_mentor_id", "Who was asked to be the next mentor.")
    handovers = viewed(Handover, "handovers", "What mentors who left want the next one to know; for the pair.")
    programme = reference(Programme, "programme_id", "The programme that it belongs to.")
    cadence = reference(Cadence, "id", "When the two meet; null until one of them has set it.")

    feedback_cadence = reference(
        FeedbackCadence, "id", "By when the mentor gives feedback, again and again; null until it is set."
    )

    goals = pages(Goal, lambda loaders: loaders.goals_of, "The mentee's goals.")
    action_items = pages(ActionItem, lambda loaders: loaders.action_items_of, "What the two promised to do by a day.")
    feedback = pages(Feedback, lambda loaders: loaders.feedback_of, "Feedback between the two; nobody else sees it.")
    help_requests = pages(HelpRequest, lambda loaders: loaders.help_requests_of, "What the two asked of each other.")
    third_party_feedback = pages(
        ThirdPartyFeedback, lambda loaders: loaders.third_party_feedback_of, "What people outside were asked and said."
    )
    resources = pages(Resource, lambda loaders: loaders.resources_of, "What the two shared that helps.")
    encouragements = pages(
        Encouragement, lambda loaders: loaders.encouragements_of, "Kind words of the mentor; nobody else sees them."
    )
    wins = pages(Win, lambda loaders: loaders.wins_of, "What there is to be glad about.")
    skills = pages(Skill, lambda loaders: loaders.skills_of, "How each of the two sees the mentee's skills.")
    outcomes = pages(Outcome, lambda loaders: loaders.outcomes_of, "What came of it.")
    journal = pages(JournalEntry, lambda loaders: loaders.journal_of, "Your journal, and what was shared with you.")
    progress_updates = pages(
        ProgressUpdate, lambda loaders: loaders.progress_updates_of, "How each week went, as each of the two says it."
    )
    check_ins = pages(CheckIn, lambda loaders: loaders.check_ins_of, "Every meeting that is or was on the calendar.")
    times_off = pages(TimeOff, lambda loaders: loaders.times_off_of, "Days on which the two do not meet.")
    notes = pages(Note, lambda loaders: loaders.notes_of, "Your own notes and those that were shared with you.")
    time_entries = pages(TimeEntry, lambda loaders: loaders.time_entries_of, "The time that either of the two gave.")
    reviews = pages(Review, lambda loaders: loaders.reviews_of, "The looks back, at milestones and at the end.")

    timeline = pages(
        TimelineEntry, lambda loaders: loaders.timeline_of, "What happened, the newest first; for the two parties."
    )
    pulses = pages(Pulse, lambda loaders: loaders.pulses_of, "Each time that both were asked how it goes.")

    @resolved("The latest pause that was asked for, whatever became of it.")
    def pause(self) -> Pause | None:
        """Waiting, approved, declined or over."""
        return Pause.of(self.record.pause) if self.record.pause else None

    @resolved("The current version of what the two agreed on; null before the first draft.")
    def agreement(self) -> Agreement | None:
        """Signed or not."""
        return Agreement.of(self.record.agreement) if self.record.agreement else None

    @resolved("A new version that waits for both signatures; until then the agreement holds. Null if there is none.")
    def renegotiation(self) -> Agreement | None:
        """Drafted at mid-term."""
        return Agreement.of(self.record.renegotiation) if self.record.renegotiation else None

    @resolved("The earliest check-in of which nobody knows yet what became of it.")
    async def next_check_in(self, info: Info) -> CheckIn | None:
        """Nothing if none is scheduled."""
        page = await info.context.loaders.check_ins_of.load(PageKey(self.record.id, LARGEST_PAGE, None))
        scheduled = [record for record in page.items if record.state is CheckInState.SCHEDULED]
        return CheckIn.of(min(scheduled, key=lambda record: record.starts_at)) if scheduled else None

    @resolved("What each of the two promised, as it is now; of one state alone where it is given.")
    async def commitments(
        self, info: Info, state: OfState = None, first: First = PAGE, after: After = None
    ) -> Connection[Commitment] | None:
        """One page. A page of one state may hold fewer than it was asked for."""
        return await _commitments(info, PageKey(self.record.id, checked_first(first), after), state)

    @resolved("What is promised and still open; a page may hold fewer than it was asked for.")
    async def open_commitments(
        self, info: Info, first: First = PAGE, after: After = None
    ) -> Connection[Commitment] | None:
        """One page."""
        return await _commitments(info, PageKey(self.record.id, checked_first(first), after), CommitmentState.OPEN)

    @resolved("What the promises of both come to at this moment, with every term.")
    async def score(self, info: Info) -> Score | None:
        """Nothing is worked out here."""
        return Score.explained(await info.context.loaders.scores.load(self.record.id))

    @resolved("The agreement's challenges that no goal names yet; for the two parties.")
    async def unaddressed_challenges(self, info: Info) -> list[Challenge] | None:
        """Nothing is compared here."""
        found = await info.context.loaders.unaddressed_challenges.load(self.record.id)
        return [Challenge.of(challenge) for challenge in found.challenges]

    @resolved("Minutes by person and kind, over all time entries.")
    async def time_summary(self, info: Info) -> list[TimeTotal] | None:
        """Nothing is added up here."""
        totals = await info.context.loaders.time_totals.load(self.record.id)
        return [TimeTotal.of(total) for total in totals]

    @resolved("How the mentor's time is met: preparation and minutes.")
    async def effort(self, info: Info) -> Effort | None:
        """Nothing is worked out here."""
        return Effort.of(await info.context.loaders.efforts.load(self.record.id))

    @resolved("The same by month.")
    async def time_by_month(self, info: Info) -> list[TimeShare] | None:
        """Nothing is added up here."""
        shares = await info.context.loaders.time_by_month.load(self.record.id)
        return [TimeShare.of(share) for share in shares]


async def _commitments(info: Info, place: PageKey, state: CommitmentState | None) -> Connection[Commitment]:
    key = place if state is None else place._replace(more=(("state", state),))
    return connection(Commitment, await info.context.loaders.commitments_of.load(key), place.after)


@strawberry.input(description="A pair that could work together.")
class ProposeMentorshipInput(Input):
    """Makes identity.ProposeMentorship."""

    programme_id: strawberry.ID = field("The programme.")
    mentor_id: strawberry.ID = field("The mentor.")
    mentee_id: strawberry.ID = field("The mentee.")


@strawberry.input(description="Your answer to a proposal.")
class RespondToMatchInput(Edit):
    """Makes identity.RespondToMatch."""

    mentorship_id: strawberry.ID = field("The proposed mentorship.")
    accept: bool = field("Whether you want it.")


@strawberry.input(description="The next version of the agreement.")
class DraftAgreementInput(Edit):
    """Makes identity.DraftAgreement."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    challenges: list[str] = field("What the mentee wants to take on.")
    mentee_expectations: str = field("What the mentee expects.")
    mentor_expectations: str = field("What the mentor expects.")


@strawberry.input(description="Your name under the agreement.")
class SignAgreementInput(Edit):
    """Makes identity.SignAgreement."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    agreement_version: int = field("The version that you have read.")


@strawberry.type
class MentorshipQueries:
    """Reads of mentorships."""

    @resolved("One mentorship: the two parties see all of theirs, a programme manager its outline.")
    async def mentorship(self, info: Info, id: Id) -> Mentorship | None:
        """By its global id."""
        return await find(info.context, Mentorship, id)

    @resolved("Your own mentorships, newest first.")
    async def my_mentorships(
        self, info: Info, first: First = PAGE, after: After = None
    ) -> Connection[Mentorship] | None:
        """Those in which the viewer is mentor or mentee."""
        return await _mentorships(info, ListMentorships(first=checked_first(first), after=after))

    @resolved("All mentorships of a programme, newest first; for its manager.")
    async def mentorships(
        self, info: Info, programme_id: Id, first: First = PAGE, after: After = None
    ) -> Connection[Mentorship] | None:
        """One page."""
        local = local_id(info.context, "Programme", programme_id)
        return await _mentorships(info, ListMentorships(programme_id=local, first=checked_first(first), after=after))


async def _mentorships(info: Info, request: ListMentorships) -> Connection[Mentorship]:
    return connection(Mentorship, await info.context.call(identity.LIST_MENTORSHIPS, request), request.after)


@strawberry.type
class MentorshipMutations:
    """Changes of mentorships."""

    propose_mentorship = mutation(identity.PROPOSE_MENTORSHIP, ProposeMentorshipInput, Mentorship)
    respond_to_match = mutation(identity.RESPOND_TO_MATCH, RespondToMatchInput, Mentorship)
    draft_agreement = mutation(identity.DRAFT_AGREEMENT, DraftAgreementInput, Mentorship)
    sign_agreement = mutation(identity.SIGN_AGREEMENT, SignAgreementInput, Mentorship)
