"""Which events open a promise, and which say what became of one. Pure; the ledger's own rules are in `ledger`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from contracts.errors import Conflict
from contracts.goals import (
    ActionCompleted,
    ActionCreated,
    FeedbackAcknowledged,
    FeedbackGiven,
    HelpAnswered,
    HelpRequested,
)
from contracts.goals.ledger import Commitment, CommitmentState, Promise
from contracts.identity import AgreementSigned, MentorshipCard, MentorshipPhaseChanged, Party, Phase
from contracts.sessions import (
    Attendance,
    AttendanceDisputed,
    BriefRead,
    CheckInCancelled,
    CheckInFact,
    CheckInHeld,
    CheckInMissed,
    CheckInRescheduled,
    CheckInScheduled,
    PreparationSubmitted,
    ReviewOpened,
    ReviewSubmitted,
)
from contracts.wire import Event

BOTH = (Party.MENTEE, Party.MENTOR)
SIGN_WITHIN = timedelta(days=14)  # where an event of before says nothing of the policy
PRESENT = {
    Attendance.BOTH_PRESENT: BOTH,
    Attendance.MENTOR_ABSENT: (Party.MENTEE,),
    Attendance.MENTEE_ABSENT: (Party.MENTOR,),
    Attendance.BOTH_ABSENT: (),
}


@dataclass(frozen=True, slots=True)
class Opening:
    """One party has promised something about one thing by an instant."""

    party: Party
    promise: Promise
    cause_id: str
    due: datetime
    size: int | None = None


class Outcome(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    MISSED = "missed"
    DISPUTED = "disputed"
    RELEASED = "released"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class News:
    """What became of the promise of one party about one thing, and when. MOVED: `at` is the new due instant.

    `decided_by` is the programme manager who ended a dispute.
    """

    party: Party
    promise: Promise
    cause_id: str
    outcome: Outcome
    at: datetime
    decided_by: str | None = None


def openings(event: Event, card: MentorshipCard, at: datetime) -> tuple[Opening, ...]:
    """The promises that this fact opens."""
    return tuple(_opened(event, card, at))


def _opened(event: Event, card: MentorshipCard, at: datetime) -> Iterable[Opening]:
    match event:
        case MentorshipPhaseChanged(phase=Phase.EXPECTATION_SETTING, due_at=due_at):
            due = due_at or at + SIGN_WITHIN
            yield from (Opening(party, Promise.SIGN_AGREEMENT, card.id, due) for party in BOTH)
        case CheckInScheduled(check_in_id=cause_id, starts_at=starts_at):
            yield from (Opening(party, Promise.ATTEND, cause_id, starts_at) for party in BOTH)
            yield Opening(Party.MENTEE, Promise.PREPARE, cause_id, starts_at - card.terms.preparation_due)
        case PreparationSubmitted(check_in_id=cause_id, starts_at=starts_at):
            yield Opening(Party.MENTOR, Promise.READ_BRIEF, cause_id, starts_at)
        case FeedbackGiven(feedback_id=cause_id, recipient_id=recipient_id) if recipient_id == card.mentee_id:
            yield Opening(Party.MENTEE, Promise.ACKNOWLEDGE_FEEDBACK, cause_id, at + card.terms.feedback_acknowledged)
        case ActionCreated(due=date() as due) as created if owner := card.party_of(created.owner_id):
            if _acts_on_feedback(created.feedback_id, owner):
                acted_on = at + card.terms.feedback_acted_on
                yield Opening(owner, Promise.ACT_ON_FEEDBACK, created.action_item_id, acted_on)
            else:
                yield Opening(owner, Promise.COMPLETE_ACTION, created.action_item_id, end_of(due), created.size)
        case HelpRequested(help_request_id=cause_id, asked_by=asked_by, due=due) if asked_by == card.mentee_id:
            yield Opening(Party.MENTOR, Promise.ANSWER_HELP, cause_id, end_of(due))
        case ReviewOpened(kind=kind, review_id=cause_id, due_at=datetime() as due_at) if kind.is_owed:
            yield from (Opening(party, Promise.SUBMIT_REVIEW, cause_id, due_at) for party in BOTH)
        case _:
            return


def news(event: Event, card: MentorshipCard, at: datetime) -> tuple[News, ...]:
    """What this fact says of promises that were opened before."""
    return tuple(_told(event, card, at))


def _told(event: Event, card: MentorshipCard, at: datetime) -> Iterable[News]:
    match event:
        case AgreementSigned(party=party):
            yield News(party, Promise.SIGN_AGREEMENT, card.id, Outcome.KEPT, at)
        case CheckInFact():
            yield from _told_of_meeting(event, card, at)
        case FeedbackAcknowledged(feedback_id=cause_id, recipient_id=recipient_id) if recipient_id == card.mentee_id:
            yield News(Party.MENTEE, Promise.ACKNOWLEDGE_FEEDBACK, cause_id, Outcome.KEPT, at)
        case ActionCompleted() as completed if owner := card.party_of(completed.owner_id):
            acted = _acts_on_feedback(completed.feedback_id, owner)
            promise = Promise.ACT_ON_FEEDBACK if acted else Promise.COMPLETE_ACTION
            yield News(owner, promise, completed.action_item_id, Outcome.KEPT, at)
        case HelpAnswered(help_request_id=cause_id, asked_by=asked_by) if asked_by == card.mentee_id:
            yield News(Party.MENTOR, Promise.ANSWER_HELP, cause_id, Outcome.KEPT, at)
        case ReviewSubmitted(review_id=cause_id, party=party):
            yield News(party, Promise.SUBMIT_REVIEW, cause_id, Outcome.KEPT, at)
        case _:
            return


def _told_of_meeting(event: CheckInFact, card: MentorshipCard, at: datetime) -> Iterable[News]:
    cause_id, starts_at = event.check_in_id, event.starts_at
    match event:
        case CheckInHeld() | CheckInMissed():
            attendance = event.attendance if isinstance(event, CheckInMissed) else Attendance.BOTH_PRESENT
            by, when = event.resolved_by, at if event.resolved_by else starts_at
            for party in BOTH:
                was_there = Outcome.KEPT if party in PRESENT[attendance] else Outcome.MISSED
                yield News(party, Promise.ATTEND, cause_id, was_there, when, by)
        case AttendanceDisputed():
            yield from (News(party, Promise.ATTEND, cause_id, Outcome.DISPUTED, at) for party in BOTH)
        case CheckInRescheduled():
            for party, promise in _open_about(event):
                due = starts_at - card.terms.preparation_due if promise is Promise.PREPARE else starts_at
                yield News(party, promise, cause_id, Outcome.MOVED, due)
        case CheckInCancelled(party=by, in_time=in_time):
            for party, promise in _open_about(event):
                broken = promise is Promise.ATTEND and party is by and not in_time
                yield News(party, promise, cause_id, Outcome.MISSED if broken else Outcome.RELEASED, at)
        case PreparationSubmitted():
            yield News(Party.MENTEE, Promise.PREPARE, cause_id, Outcome.KEPT, at)
        case BriefRead():
            yield News(Party.MENTOR, Promise.READ_BRIEF, cause_id, Outcome.KEPT, at)


def _open_about(event: CheckInRescheduled | CheckInCancelled) -> Iterable[tuple[Party, Promise]]:
    """The promises that still hang on a check-in. What is done already is told by its own event, in whatever order."""
    yield from ((party, Promise.ATTEND) for party in BOTH)
    if not event.prepared:
        yield Party.MENTEE, Promise.PREPARE
    elif not event.brief_read:
        yield Party.MENTOR, Promise.READ_BRIEF


def check_is_movable(commitment: Commitment) -> None:
    """Refuse another due instant for being at a meeting: it is the meeting that moves, for both."""
    if commitment.promise is Promise.ATTEND:
        raise Conflict(
            f"The commitment {commitment.id} moves with its check-in. Propose another time with rescheduleCheckIn."
        )


def check_is_decided_alone(commitment: Commitment) -> None:
    """Refuse to decide about one side what the two say differently about both."""
    contradicted = commitment.state is CommitmentState.DISPUTED and commitment.disputed_by is None
    if commitment.promise is Promise.ATTEND and contradicted:
        raise Conflict(
            f"The two say different things about the check-in that the commitment {commitment.id} is about. "
            "Decide who was there with resolveAttendance; that settles both sides."
        )


def _acts_on_feedback(feedback_id: str | None, party: Party) -> bool:
    """A mentee's item that came from feedback is the acting on it, and not one more promise beside."""
    return feedback_id is not None and party is Party.MENTEE


def end_of(day: date) -> datetime:
    """The last instant (UTC) of a day: who promised it for that day has the whole of it."""
    return datetime.combine(day, time.max, UTC)
