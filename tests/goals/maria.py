"""Maria's year as commitments: check-ins every two weeks, feedback every week, two weeks of leave.

The article tells the story and gives no counts. These are constructed so that they fit together: who did not prepare
for a meeting left the other no brief to read, and who was given no feedback had none to acknowledge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.goals.ledger import Commitment, Excuse, LedgerPolicy, Promise
from contracts.identity import Party
from services.goals.model import ledger
from tests.builders import a_card

START = datetime(2026, 1, 5, 9, tzinfo=UTC)  # a Monday
POLICY = LedgerPolicy()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEKS = range(1, 53)
LEAVE = (31, 32)
NEVER = None

# From accepting feedback to having acted on it, by the week of the feedback; the one of week 48 is open still.
ACTED_AFTER = {3: 4, 6: 2, 10: 21, 13: 6, 17: 3, 21: 13, 24: 5, 28: 3, 34: 9, 38: 11, 42: 8, 48: NEVER}
END = START + (47 * 7 + 4 + 40) * DAY  # that one was accepted on a Friday, 40 days ago


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


@dataclass(frozen=True)
class Mentor:
    """What the mentor does, by week: how many days late, or NEVER. Weeks that are not named are in time."""

    absent: frozenset[int]
    unread: frozenset[int]
    feedback: dict[int, int | None]
    answers: dict[int, int | None]
    actions: dict[int, int | None]
    reviews: dict[int, int | None]


# Missed one meeting (week 44), three briefs and one feedback; 2 d late with one answer, 3 d with one item.
STEADY = Mentor(
    absent=frozenset({44}),
    unread=frozenset({14, 28, 44}),
    feedback={15: 1, 25: 2, 39: 3, 47: NEVER},
    answers={9: 2},
    actions={11: 3},
    reviews={1: 2},
)

# The same until the end of the first quarter (week 13). Of the 19 meetings after that this mentor comes to three and
# reads the brief of one, gives feedback after these three only, and answers, does and reviews nothing more. So of the
# mentor's commitments these are kept: 9 of 25 check-ins, 7 of 24 briefs, 16 of 50 feedbacks, 3 of 9 answers (one 2 d
# late), 2 of 6 items (one 3 d late), 1 of 5 reviews (2 d late). That is 33.34. Maria does what she did in the other
# year, but can acknowledge 16 and act on 4 only; with one 36 h and one 7 d late she has 13/14 there and 95.68 in all.
# That is still 96. The pair is then 49.45, and the arithmetic mean would be 64.51.
CAME = {16, 20, 30}
FADED = frozenset(range(14, 53)) - CAME
DRIFTING = Mentor(
    absent=FADED,
    unread=FADED | {20, 30},
    feedback=dict.fromkeys(FADED, NEVER),
    answers={9: 2} | dict.fromkeys(FADED, NEVER),
    actions={11: 3} | dict.fromkeys(FADED, NEVER),
    reviews={1: 2} | dict.fromkeys(range(2, 6), NEVER),
)


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
    for number in range(1, 6):
        due = START + 73 * number * DAY
        yield _entry(Party.MENTEE, Promise.SUBMIT_REVIEW, f"review-{number}", due, late=-1 * DAY)
        yield _late(Party.MENTOR, Promise.SUBMIT_REVIEW, f"review-{number}", due, mentor.reviews.get(number, -1))


def _meetings(mentor: Mentor) -> Iterator[Entry]:
    """Maria misses the meeting of week 20, which she did not prepare for, and is 6 h late to prepare in week 8."""
    for week in WEEKS[1::2]:
        starts_at, check_in, away = _week(week) + 1 * DAY, f"check-in-{week}", week in LEAVE
        came = timedelta(0)
        maria = NEVER if week == 20 else came
        yield _entry(Party.MENTEE, Promise.ATTEND, check_in, starts_at, late=maria, excused=away)
        yield _entry(
            Party.MENTOR,
            Promise.ATTEND,
            check_in,
            starts_at,
            late=NEVER if week in mentor.absent else came,
            excused=away,
        )
        prepared = NEVER if week == 20 else {8: 6 * HOUR}.get(week, -6 * HOUR)
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
        late = 36 * HOUR if week in {9, 36} else -2 * DAY
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
        away, days = week in LEAVE, {7: 2, 29: 2, 41: NEVER}.get(week, -1)
        yield _late(Party.MENTEE, Promise.LOG_PROGRESS, f"week-{week}", _week(week) + 6 * DAY, days, excused=away)
    for week in (3, 9, 12, 18, 23, 27, 35, 41, 46):
        days = mentor.answers.get(week, -1)
        yield _late(Party.MENTOR, Promise.ANSWER_HELP, f"help-{week}", _week(week) + 3 * DAY, days)


def _actions(mentor: Mentor) -> Iterator[Entry]:
    """Maria's 38 items, of one size, 1, 2, 3 and 4 d late and one not done; six of the mentor."""
    weeks = [week for week in WEEKS if week not in LEAVE and week % 4][:38]
    for week in weeks:
        days = {5: 1, 15: 2, 25: 3, 35: 4, 43: NEVER}.get(week, -1)
        yield _late(Party.MENTEE, Promise.COMPLETE_ACTION, f"item-{week}", _week(week) + 3 * DAY, days)
    for week in (7, 11, 19, 26, 37, 45):
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
