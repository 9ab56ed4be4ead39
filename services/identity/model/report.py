"""Adds up how a programme fills, and hides what is too small to be shown."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec.structs import asdict, replace

from contracts.cells import large, split
from contracts.identity import (
    RUNNING,
    Enrolment,
    EnrolmentState,
    FunnelSide,
    MentorProfile,
    Mentorship,
    Party,
    ProgrammeReport,
    UnusedCapacity,
)
from services.identity.model.mentors import ENDED


def report(
    programme_id: str,
    enrolments: Sequence[Enrolment],
    mentorships: Iterable[Mentorship],
    mentors: Iterable[MentorProfile],
) -> ProgrammeReport:
    """The numbers, each the sum of what stands in the records."""
    pairs = list(mentorships)
    open_ones = [each for each in pairs if each.phase not in ENDED]
    running = [each for each in pairs if each.phase in RUNNING]
    return ProgrammeReport(
        programme_id=programme_id,
        mentees=_side(enrolments, Party.MENTEE, {each.mentee_id for each in open_ones}),
        mentors=_side(enrolments, Party.MENTOR, {each.mentor_id for each in open_ones}),
        unused=_unused(list(mentors)),
        mentorships=len(running),
        with_agreement=sum(
            each.agreement is not None and len(each.agreement.signatures) == len(Party) for each in running
        ),
    )


def hidden(whole: ProgrammeReport) -> ProgrammeReport:
    """The same without cells of fewer than five people, and without what would give them away."""
    return replace(
        whole,
        mentees=_hidden_side(whole.mentees),
        mentors=_hidden_side(whole.mentors),
        unused=_hidden(whole.unused),
        mentorships=large(whole.mentorships),
        with_agreement=split(whole.with_agreement or 0, whole.mentorships or 0),
    )


def _side(enrolments: Iterable[Enrolment], party: Party, paired: set[str]) -> FunnelSide:
    of = [each for each in enrolments if each.party is party]
    states = Counter(each.state for each in of)
    approved = {each.user_id for each in of if each.state is EnrolmentState.APPROVED}
    return FunnelSide(
        submitted=states[EnrolmentState.SUBMITTED],
        waiting=states[EnrolmentState.WAITING],
        approved=len(approved),
        matched=len(approved & paired),
        unmatched=len(approved - paired),
    )


def _unused(mentors: Sequence[MentorProfile]) -> UnusedCapacity:
    return UnusedCapacity(
        mentors=len(mentors),
        idle_mentors=sum(each.seats_taken == 0 for each in mentors),
        seats=sum(each.capacity for each in mentors),
        seats_free=sum(each.seats_free for each in mentors),
        minutes=sum(each.hours_per_month * 60 for each in mentors),
        unused_minutes=sum(each.unused_minutes for each in mentors),
    )


def _hidden_side(side: FunnelSide) -> FunnelSide:
    """Approved is the sum of matched and unmatched: where only one of the two is hidden, the other goes with it."""
    shown = {name: large(value) for name, value in asdict(side).items()}
    if shown["matched"] is None or shown["unmatched"] is None:
        shown |= {"matched": None, "unmatched": None}
    return FunnelSide(**shown)


def _hidden(unused: UnusedCapacity) -> UnusedCapacity:
    """Sums over fewer than five mentors are hidden together; so is a small number of mentors without mentees,
    and a number that leaves a small one with them."""
    if large(unused.mentors) is None:
        return UnusedCapacity(**dict.fromkeys(asdict(unused)))
    return replace(unused, idle_mentors=split(unused.idle_mentors or 0, unused.mentors or 0))
