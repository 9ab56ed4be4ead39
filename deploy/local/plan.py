"""Maria's year on the calendar: every promise with its due instant and the moment somebody keeps it. Pure.

A week begins at the hour of the activation. They meet on its second day at five; all instants follow from there, the
two clock changes of a year included.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.goals.ledger import Promise
from contracts.identity import Party
from deploy.local import year
from deploy.local.year import HOUR, LEAVE, NEVER, Mentor

ZONE = "Europe/Berlin"
DAY = timedelta(days=1)
AGREED_WITHIN = 14 * DAY
MEETING, FEEDBACK_DUE, EVENING = time(17), time(18), time(18)
RESTS = 14 * DAY + 2 * HOUR  # two weeks, and not to the second: what is due at the same hour stays clear of it
# a week of closing after 52 weeks, two of which are leave; a review each quarter of what remains
POLICY = {"length": "P357D", "closingLead": "P7D", "milestoneEvery": "P84D", "firstMeeting": "P28D"}
LENGTH, QUARTER = 357 * DAY, 84 * DAY


@dataclass(frozen=True)
class Deed:
    """One promise and the moment at which it is kept on the platform; `at` is None where it is missed."""

    party: Party
    promise: Promise
    week: int
    due: datetime
    at: datetime | None


@dataclass(frozen=True)
class Calendar:
    """The instants of one year, counted from the activation."""

    activated_at: datetime

    def week(self, number: int) -> datetime:
        """The beginning of a week."""
        return self.activated_at + timedelta(weeks=number - 1)

    def local(self, number: int, days: int, at: time) -> datetime:
        """A wall time in a week, as an instant."""
        place = ZoneInfo(ZONE)
        day = self.activated_at.astimezone(place).date() + timedelta(weeks=number - 1, days=days)
        return datetime.combine(day, at, place).astimezone(UTC)

    def day(self, number: int, days: int) -> date:
        """The UTC date of a day of a week."""
        return (self.week(number) + days * DAY).date()

    def meeting(self, number: int) -> datetime:
        """When they meet in that week."""
        return self.local(number, 1, MEETING)

    def after_meeting(self, number: int) -> datetime:
        """An hour later; in a week without a meeting the same evening."""
        return self.local(number, 1, EVENING)

    def friday(self, number: int) -> datetime:
        """The evening after that, when the week is looked back on."""
        return self.local(number, 2, EVENING)

    @property
    def leaves_at(self) -> datetime:
        """When the leave begins."""
        return self.week(LEAVE[0]) + timedelta(minutes=10)


def deeds(mentor: Mentor, calendar: Calendar) -> Iterator[Deed]:
    """Everything that the two promise each other, and when they do it."""
    agreed_by = calendar.activated_at - 2 * DAY
    yield Deed(Party.MENTEE, Promise.SIGN_AGREEMENT, 0, agreed_by, agreed_by - 13 * DAY)
    yield Deed(Party.MENTOR, Promise.SIGN_AGREEMENT, 0, agreed_by, calendar.activated_at)
    yield from _meetings(mentor, calendar)
    yield from _feedback(mentor, calendar)
    yield from _progress(calendar)
    yield from _actions(mentor, calendar)
    yield from _help(mentor, calendar)
    yield from _reviews(mentor, calendar)


def _meetings(mentor: Mentor, calendar: Calendar) -> Iterator[Deed]:
    for week in year.MEETING_WEEKS:
        if week in LEAVE:
            continue
        start, said_at = calendar.meeting(week), calendar.after_meeting(week)
        maria_came, sofia_came = week != year.MARIA_ABSENT, week not in mentor.absent
        yield Deed(Party.MENTEE, Promise.ATTEND, week, start, said_at if maria_came else NEVER)
        yield Deed(Party.MENTOR, Promise.ATTEND, week, start, said_at if sofia_came else NEVER)
        due = start - DAY
        prepared = due + year.PREPARED_LATE.get(week, -6 * HOUR) if maria_came else NEVER
        yield Deed(Party.MENTEE, Promise.PREPARE, week, due, prepared)
        if prepared is not NEVER:
            yield Deed(Party.MENTOR, Promise.READ_BRIEF, week, start, NEVER if week in mentor.unread else prepared)


def _feedback(mentor: Mentor, calendar: Calendar) -> Iterator[Deed]:
    """The mentor's on the evening of the meeting. Maria takes it in a day later and acts on a quarter of it."""
    for week in year.WEEKS:
        if week in LEAVE:
            continue
        due = calendar.local(week, 7, FEEDBACK_DUE)
        # what was due the week before is made good for first
        in_time = calendar.local(week, 6, EVENING) if mentor.feedback.get(week - 1) else calendar.after_meeting(week)
        given = _late(mentor.feedback, week, due, in_time)
        yield Deed(Party.MENTOR, Promise.GIVE_FEEDBACK, week, due, given)
        if given is NEVER:
            continue
        by, late = given + 3 * DAY, year.ACKNOWLEDGED_LATE.get(week)
        taken_in = by + late if late else given + DAY
        yield Deed(Party.MENTEE, Promise.ACKNOWLEDGE_FEEDBACK, week, by, taken_in)
        if week in year.ACTED_AFTER:
            after = year.ACTED_AFTER[week]
            acted = NEVER if after is NEVER else taken_in + after * DAY
            yield Deed(Party.MENTEE, Promise.ACT_ON_FEEDBACK, week, taken_in + 14 * DAY, acted)


def _progress(calendar: Calendar) -> Iterator[Deed]:
    for week in year.WEEKS:
        if week not in LEAVE:
            due = calendar.week(week + 1) + (RESTS % (7 * DAY) if week > LEAVE[1] else timedelta())
            done = _late(year.PROGRESS_LATE, week, due, calendar.friday(week))
            yield Deed(Party.MENTEE, Promise.LOG_PROGRESS, week, due, done)


def _actions(mentor: Mentor, calendar: Calendar) -> Iterator[Deed]:
    """Promised on the evening of the meeting for the Tuesday after, and done on the day after."""
    owners = (
        (Party.MENTEE, year.ITEM_WEEKS, year.ITEMS_LATE),
        (Party.MENTOR, year.MENTOR_ITEM_WEEKS, mentor.actions),
    )
    for party, weeks, late in owners:
        for week in weeks:
            due = end_of(calendar.day(week, 6))
            yield Deed(party, Promise.COMPLETE_ACTION, week, due, _late(late, week, due, calendar.friday(week)))


def _help(mentor: Mentor, calendar: Calendar) -> Iterator[Deed]:
    """Asked on a Thursday, so three working days are over on Tuesday."""
    for week in year.HELP_WEEKS:
        due = end_of(calendar.day(week, 6))
        answered = _late(mentor.answers, week, due, calendar.friday(week))
        yield Deed(Party.MENTOR, Promise.ANSWER_HELP, week, due, answered)


def _reviews(mentor: Mentor, calendar: Calendar) -> Iterator[Deed]:
    for number in year.REVIEWS:
        mentored = LENGTH if number == len(year.REVIEWS) else number * QUARTER
        due = calendar.activated_at + mentored + (RESTS if mentored > (LEAVE[0] - 1) * 7 * DAY else timedelta())
        evening = calendar.friday((due - calendar.activated_at) // (7 * DAY))
        yield Deed(Party.MENTEE, Promise.SUBMIT_REVIEW, number, due, evening)
        yield Deed(Party.MENTOR, Promise.SUBMIT_REVIEW, number, due, _late(mentor.reviews, number, due, evening))


def _late(late: Mapping[int, int | None], week: int, due: datetime, otherwise: datetime) -> datetime | None:
    if week not in late:
        return otherwise
    days = late[week]
    return NEVER if days is NEVER else due + days * DAY


def end_of(day: date) -> datetime:
    """The last instant (UTC) of a day: who promised it for that day has the whole of it."""
    return datetime.combine(day, time(23, 59, 59, 999_000), UTC)


def wall(moment: datetime) -> datetime:
    """The wall time of an instant where the two meet."""
    return moment.astimezone(ZoneInfo(ZONE))
