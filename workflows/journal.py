"""From what was kept of a past mentorship to a life that can be lived once more. Reads events as a cycle hears them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from contracts.goals import FeedbackAcknowledged, FeedbackGiven, HeardEvent, HelpAnswered, ProgressLogged, Promise
from contracts.identity import Mentorship, MentorshipCourse, Party
from contracts.sessions import (
    Attendance,
    BriefRead,
    CheckInFact,
    CheckInHeld,
    CheckInMissed,
    CheckInScheduled,
    PreparationSubmitted,
    ReviewSubmitted,
)
from contracts.subscriptions import HEARD_SOURCES
from contracts.wire import Event
from workflows.consumers import fact_of
from workflows.facts import Outcome
from workflows.simulation.behaviour import FEEDBACK_MINUTES, PREPARING_MINUTES, REVIEW_MINUTES
from workflows.simulation.past import Happened, PastLife, PastMeeting

EVENTS: dict[str, type[Event]] = {event.topic: event for event in HEARD_SOURCES}
_APART = timedelta(minutes=5)  # a cycle and the services do not live at the very same moment
_PRESENT = {
    Attendance.BOTH_PRESENT: (Party.MENTEE, Party.MENTOR),
    Attendance.MENTOR_ABSENT: (Party.MENTEE,),
    Attendance.MENTEE_ABSENT: (Party.MENTOR,),
    Attendance.BOTH_ABSENT: (),
}


def life_of(course: MentorshipCourse, heard: Sequence[HeardEvent], asked_at: datetime) -> PastLife:
    """Everything that is known of a mentorship until it ended, or until now; events in the order of what happened."""
    until = min(course.ended_at + _APART, asked_at) if course.ended_at else asked_at
    known = [(each, _event(each)) for each in heard if each.at <= until]
    return PastLife(
        mentorship=_at_first(course),
        until=until,
        phase=course.phase,
        closure=course.closure,
        meetings=list(_meetings([event for _, event in known])),
        happened=list(_happened(course, known)),
    )


def _event(heard: HeardEvent) -> Event:
    return msgspec.convert(heard.body, EVENTS[heard.topic])


def _at_first(course: MentorshipCourse) -> Mentorship:
    """As it was proposed."""
    return Mentorship(
        id=course.id,
        org_id=course.org_id,
        programme_id=course.programme_id,
        mentor_id=course.mentor_id,
        mentee_id=course.mentee_id,
        policy=course.policy,
        created_at=course.created_at,
    )


def _meetings(events: Sequence[Event]) -> Iterator[PastMeeting]:
    """Each with the last word about it: a dispute may have been resolved."""
    found: dict[str, PastMeeting] = {}
    for event in events:
        match event:
            case CheckInScheduled(check_in_id=check_in_id, starts_at=planned_for):
                found[check_in_id] = PastMeeting(check_in_id=check_in_id, planned_for=planned_for)
            case CheckInHeld(check_in_id=check_in_id) if check_in_id in found:
                present = _PRESENT[Attendance.BOTH_PRESENT]
                found[check_in_id] = replace(found[check_in_id], outcome=Outcome.HELD, present=present)
            case CheckInMissed(check_in_id=check_in_id, attendance=attendance) if check_in_id in found:
                present = _PRESENT[attendance]
                found[check_in_id] = replace(found[check_in_id], outcome=Outcome.MISSED, present=present)
    yield from found.values()


def _happened(course: MentorshipCourse, known: Sequence[tuple[HeardEvent, Event]]) -> Iterator[Happened]:
    """What people did. What came of the cycle's own commands comes of them once more, or does not."""
    updates: set[str] = set()
    for heard, event in known:
        fact = None if heard.by_cycle else fact_of(event, heard.sequence)
        if fact is None:
            continue
        more = _meaning(course, event)
        if isinstance(event, ProgressLogged) and event.progress_update_id is not None:
            if event.progress_update_id in updates:  # one thing done, with all its values
                del more["renews"]
            updates.add(event.progress_update_id)
        yield Happened(at=heard.at, fact=fact, **more)


def _meaning(course: MentorshipCourse, event: Event) -> dict[str, Any]:
    """What it says of promises beyond what the fact itself says, and what it took the mentor, as far as one knows."""
    meeting = {"meeting": event.check_in_id} if isinstance(event, CheckInFact) else {}
    match event:
        case PreparationSubmitted():
            return meeting | {"around": "prepares"}
        case BriefRead():
            return meeting | {"around": "reads", "minutes": PREPARING_MINUTES}
        case FeedbackGiven(feedback_id=feedback_id, author_id=author_id) if author_id != course.mentee_id:
            thanks = f"thanks:{feedback_id}"
            return {"renews": Promise.GIVE_FEEDBACK, "minutes": FEEDBACK_MINUTES, "thanks": thanks}
        case FeedbackAcknowledged(feedback_id=feedback_id):
            return {"keeps": f"thanks:{feedback_id}"}
        case ProgressLogged():
            return {"renews": Promise.LOG_PROGRESS}
        case HelpAnswered(asked_by=asked_by) if asked_by == course.mentee_id:
            return {"minutes": FEEDBACK_MINUTES}
        case ReviewSubmitted(party=Party.MENTOR):
            return {"minutes": REVIEW_MINUTES}
    return meeting
