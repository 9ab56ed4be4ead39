"""Maria's year as the events that the services would have told, for the service to make the same ledger of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contracts.goals import (
    ActionCompleted,
    ActionCreated,
    FeedbackAcknowledged,
    FeedbackGiven,
    HelpAnswered,
    HelpKind,
    HelpRequested,
    ProgressLogged,
    Promise,
)
from contracts.identity import AgreementSigned, MentorshipCard, MentorshipPhaseChanged, Party, Phase
from contracts.sessions import (
    Attendance,
    BriefRead,
    CheckInHeld,
    CheckInMissed,
    CheckInScheduled,
    PreparationSubmitted,
    ReviewKind,
    ReviewOpened,
    ReviewSubmitted,
)
from contracts.wire import Envelope, Event
from kit.audit import Trail
from kit.clock import Clock
from kit.mongo import Database
from services.goals.actions import Context
from services.goals.model.promises import end_of
from services.goals.store import Store
from tests.builders import a_card
from tests.goals.maria import Entry

CARD = a_card()


def a_context(database: Database) -> Context:
    """The service's actions on a database of their own, which know of one mentorship."""

    async def ask_card(_org_id: str, mentorship_id: str) -> MentorshipCard | None:
        return CARD if mentorship_id == CARD.id else None

    async def ask_nobody(_org_id: str, _mentorship_id: str) -> None:
        return None

    return Context(Store(database, ask_card, lambda: None), Clock(), ask_nobody, Trail(database, "goals"))


PERSON = {Party.MENTEE: CARD.mentee_id, Party.MENTOR: CARD.mentor_id}
ABSENCE = {
    frozenset(): Attendance.BOTH_ABSENT,
    frozenset({Party.MENTEE}): Attendance.MENTOR_ABSENT,
    frozenset({Party.MENTOR}): Attendance.MENTEE_ABSENT,
}
CHECK_IN = timedelta(days=1)  # that long before a meeting its preparation is due


def told(entries: list[Entry]) -> list[tuple[Event, datetime]]:
    """Every fact with its moment, in the order of time."""
    counted = [entry for entry in entries if not entry.excused]
    facts = [fact for entry in counted for fact in _told(entry, counted)]
    return sorted(facts, key=lambda each: each[1])


def envelope(number: int, event: Event, at: datetime) -> Envelope:
    """The event as it travels."""
    return Envelope(
        id=f"event-{number}",
        source="/test",
        type=event.topic,
        subject="subject",
        time=at,
        orgid=CARD.org_id,
        sequence=1,
        data=msgspec.Raw(msgspec.json.encode(event)),
    )


def _told(entry: Entry, counted: list[Entry]) -> Iterator[tuple[Event, datetime]]:
    of, mentorship = entry.cause_id, CARD.id
    owner = PERSON[entry.party]
    match entry.promise:
        case Promise.SIGN_AGREEMENT:
            if entry.party is Party.MENTEE:
                setting = MentorshipPhaseChanged(
                    mentorship_id=mentorship, mentorship=CARD, phase=Phase.EXPECTATION_SETTING
                )
                yield setting, entry.due - timedelta(days=14)
            signed = AgreementSigned(mentorship_id=mentorship, mentorship=CARD, party=entry.party, agreement_version=1)
            yield signed, _done(entry)
        case Promise.ATTEND if entry.party is Party.MENTEE:
            yield from _meeting(entry, counted)
        case Promise.PREPARE if entry.done_at:
            starts_at = entry.due + CHECK_IN
            prepared = PreparationSubmitted(mentorship_id=mentorship, check_in_id=of, index=1, starts_at=starts_at)
            yield prepared, entry.done_at
        case Promise.READ_BRIEF if entry.done_at:
            yield BriefRead(mentorship_id=mentorship, check_in_id=of, index=1, starts_at=entry.due), entry.done_at
        case Promise.ACKNOWLEDGE_FEEDBACK:
            ids: dict[str, Any] = {"feedback_id": of, "author_id": CARD.mentor_id, "recipient_id": CARD.mentee_id}
            yield FeedbackGiven(mentorship_id=mentorship, **ids), entry.opened_at
            yield FeedbackAcknowledged(mentorship_id=mentorship, **ids), _done(entry)
        case Promise.ACT_ON_FEEDBACK | Promise.COMPLETE_ACTION:
            feedback_id = of if entry.promise is Promise.ACT_ON_FEEDBACK else None
            item = f"act-on-{of}" if feedback_id else of
            created = ActionCreated(
                mentorship_id=mentorship, action_item_id=item, owner_id=owner, added_by=owner, due=entry.due.date(),
                feedback_id=feedback_id,
            )  # fmt: skip
            yield created, entry.opened_at
            if entry.done_at:
                done = ActionCompleted(
                    mentorship_id=mentorship, action_item_id=item, owner_id=owner, feedback_id=feedback_id
                )
                by = entry.due if feedback_id else end_of(entry.due.date())  # an item has the whole of its day
                yield done, by + (entry.done_at - entry.due)
        case Promise.ANSWER_HELP:
            by = end_of(entry.due.date())
            asked: dict[str, Any] = {"help_request_id": of, "asked_by": CARD.mentee_id}
            requested = HelpRequested(mentorship_id=mentorship, kind=HelpKind.ADVICE, due=entry.due.date(), **asked)
            yield requested, entry.opened_at
            if entry.done_at:
                answered_by = CARD.mentor_id
                yield (
                    HelpAnswered(mentorship_id=mentorship, answered_by=answered_by, **asked),
                    by + (entry.done_at - entry.due),
                )
        case Promise.SUBMIT_REVIEW:
            review: dict[str, Any] = {"review_id": of, "kind": ReviewKind.MILESTONE, "index": 1}
            if entry.party is Party.MENTEE:
                yield ReviewOpened(mentorship_id=mentorship, due_at=entry.due, **review), entry.opened_at
            if entry.done_at:
                answered = ReviewSubmitted(mentorship_id=mentorship, party=entry.party, complete=False, **review)
                yield answered, entry.done_at


def _done(entry: Entry) -> datetime:
    assert entry.done_at is not None
    return entry.done_at


def _meeting(entry: Entry, counted: list[Entry]) -> Iterator[tuple[Event, datetime]]:
    same = [each for each in counted if each.promise is Promise.ATTEND and each.cause_id == entry.cause_id]
    present = frozenset(each.party for each in same if each.done_at)
    about: dict[str, Any] = {
        "mentorship_id": CARD.id,
        "check_in_id": entry.cause_id,
        "index": 1,
        "starts_at": entry.due,
    }
    yield CheckInScheduled(**about), entry.due - timedelta(days=14)
    if len(present) == len(same):
        yield CheckInHeld(**about), entry.due + timedelta(hours=1)
    else:
        yield CheckInMissed(**about, attendance=ABSENCE[present]), entry.due + timedelta(hours=1)


def of_progress(entry: Entry) -> ProgressLogged:
    """The fact of an entry of progress."""
    return ProgressLogged(mentorship_id=CARD.id, goal_id="goal-1", owner_id=CARD.mentee_id, entry_id=entry.cause_id)
