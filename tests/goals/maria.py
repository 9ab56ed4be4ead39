"""Maria's year as commitments: check-ins every two weeks, feedback every week, two weeks of leave.

Who is late with what, and what that comes to, is the data that the demo lives by, too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.goals.ledger import Commitment, Excuse, LedgerPolicy, Promise
from contracts.identity import Party
from deploy.local.year import (
    ACKNOWLEDGED_LATE,
    ACTED_AFTER,
    DRIFTING,
    HELP_WEEKS,
    HOUR,
    ITEM_WEEKS,
    ITEMS_LATE,
    LEAVE,
    MARIA_ABSENT,
    MEETING_WEEKS,
    MENTOR_ITEM_WEEKS,
    NEVER,
    PREPARED_LATE,
    PROGRESS_LATE,
    REVIEWS,
    STEADY,
    STILL_OPEN_AFTER,
    WEEKS,
    Mentor,
)
from services.goals.model import ledger
from tests.builders import a_card

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
POLICY = LedgerPolicy()
DAY = timedelta(days=1)
END = START + (47 * 7 + 4 + STILL_OPEN_AFTER) * DAY  # the last one was accepted on a Friday


@dataclass(frozen=True)
class Entry:
    """One promise and what became of it. Where it is not `excused` and `done_at` is None it was missed."""

    party: Party
    promise: Promise
    cause_id: str
    opened_at: datetime
    due: datetime
    done_at: datetime | None
    excused: bool = False

    def commitment(self) -> Commitment:
        """As the ledger has it, with nobody having written down what was missed."""
        opened = ledger.open_commitment(
            f"{self.party}-{self.promise}-{self.cause_id}",
            a_card(),
            POLICY,
            party=self.party,
            promise=self.promise,
            cause_id=self.cause_id,
            due=self.due,
            at=self.opened_at,
        ).state
        if self.excused:
            return ledger.release(opened, Excuse.PAUSE, self.opened_at).state
        return ledger.keep(opened, self.done_at).state if self.done_at else opened


def golden_year() -> tuple[Commitment, ...]:
    """96 and 92."""
    return tuple(entry.commitment() for entry in entries(STEADY))


def drifting_year() -> tuple[Commitment, ...]:
    """96 and 33."""
    return tuple(entry.commitment() for entry in entries(DRIFTING))


def entries(mentor: Mentor) -> Iterator[Entry]:
    """Everything that the two promised each other."""
    yield _entry(Party.MENTEE, Promise.SIGN_AGREEMENT, "agreement", START + 14 * DAY, late=-2 * DAY)
    yield _entry(Party.MENTOR, Promise.SIGN_AGREEMENT, "agreement", START + 14 * DAY, late=2 * DAY)
    yield from _meetings(mentor)
    yield from _feedback(mentor)
    yield from _progress(mentor)
    yield from _actions(mentor)
    for number in REVIEWS:
        due = START + 73 * number * DAY
        yield _entry(Party.MENTEE, Promise.SUBMIT_REVIEW, f"review-{number}", due, late=-1 * DAY)
        yield _late(Party.MENTOR, Promise.SUBMIT_REVIEW, f"review-{number}", due, mentor.reviews.get(number, -1))


def _meetings(mentor: Mentor) -> Iterator[Entry]:
    """Maria misses the meeting of week 20, which she did not prepare for, and is 6 h late to prepare in week 8."""
    for week in MEETING_WEEKS:
        starts_at, check_in, away = _week(week) + 1 * DAY, f"check-in-{week}", week in LEAVE
        came = timedelta(0)
        maria = NEVER if week == MARIA_ABSENT else came
        yield _entry(Party.MENTEE, Promise.ATTEND, check_in, starts_at, late=maria, excused=away)
        yield _entry(
            Party.MENTOR,
            Promise.ATTEND,
            check_in,
            starts_at,
            late=NEVER if week in mentor.absent else came,
            excused=away,
        )
        prepared = NEVER if week == MARIA_ABSENT else PREPARED_LATE.get(week, -6 * HOUR)
        yield _entry(Party.MENTEE, Promise.PREPARE, check_in, starts_at - 1 * DAY, late=prepared, excused=away)
        if prepared is not NEVER and not away:
            read = NEVER if week in mentor.unread else -3 * HOUR
            yield _entry(Party.MENTOR, Promise.READ_BRIEF, check_in, starts_at, late=read)


def _feedback(mentor: Mentor) -> Iterator[Entry]:
    """The mentor's by Friday. Maria acknowledges it after a day (twice 36 h late) and acts on a quarter of it."""
    for week in WEEKS:
        feedback, away, days = f"feedback-{week}", week in LEAVE, mentor.feedback.get(week, -1)
        given = _late(Party.MENTOR, Promise.GIVE_FEEDBACK, feedback, _week(week) + 4 * DAY, days, excused=away)
        yield given
        if away or given.done_at is None:
            continue
        late = ACKNOWLEDGED_LATE.get(week, -2 * DAY)
        yield _entry(
            Party.MENTEE, Promise.ACKNOWLEDGE_FEEDBACK, feedback, given.done_at + 3 * DAY, late, opened_at=given.done_at
        )
        if week in ACTED_AFTER:
            accepted_at, after = given.done_at + 1 * DAY, ACTED_AFTER[week]
            late_by = NEVER if after is NEVER else (after - 14) * DAY
            due = accepted_at + 14 * DAY
            yield _entry(Party.MENTEE, Promise.ACT_ON_FEEDBACK, feedback, due, late_by, opened_at=accepted_at)


def _progress(mentor: Mentor) -> Iterator[Entry]:
    """Maria logs every week, two 2 d late and one not, and asks for help in nine."""
    for week in WEEKS:
        away, days = week in LEAVE, PROGRESS_LATE.get(week, -1)
        yield _late(Party.MENTEE, Promise.LOG_PROGRESS, f"week-{week}", _week(week) + 6 * DAY, days, excused=away)
    for week in HELP_WEEKS:
        days = mentor.answers.get(week, -1)
        yield _late(Party.MENTOR, Promise.ANSWER_HELP, f"help-{week}", _week(week) + 3 * DAY, days)


def _actions(mentor: Mentor) -> Iterator[Entry]:
    """Maria's 38 items, of one size, 1, 2, 3 and 4 d late and one not done; six of the mentor."""
    for week in ITEM_WEEKS:
        days = ITEMS_LATE.get(week, -1)
        yield _late(Party.MENTEE, Promise.COMPLETE_ACTION, f"item-{week}", _week(week) + 3 * DAY, days)
    for week in MENTOR_ITEM_WEEKS:
        days = mentor.actions.get(week, -1)
        yield _late(Party.MENTOR, Promise.COMPLETE_ACTION, f"item-of-mentor-{week}", _week(week) + 3 * DAY, days)


def _late(
    party: Party, promise: Promise, cause_id: str, due: datetime, days: int | None, *, excused: bool = False
) -> Entry:
    return _entry(party, promise, cause_id, due, NEVER if days is NEVER else days * DAY, excused=excused)


def _entry(
    party: Party,
    promise: Promise,
    cause_id: str,
    due: datetime,
    late: timedelta | None,
    *,
    excused: bool = False,
    opened_at: datetime | None = None,
) -> Entry:
    done_at = None if late is NEVER or excused else due + late
    return Entry(party, promise, cause_id, opened_at or due - 7 * DAY, due, done_at, excused)


def _week(week: int) -> datetime:
    return START + timedelta(weeks=week - 1)
