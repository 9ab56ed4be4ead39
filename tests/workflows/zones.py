"""A year of two people in two zones, as the calendars on their walls have it: worked out without the product's code."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from contracts.identity import ProgrammePolicy
from workflows.facts import CadenceSet

DAY = timedelta(days=1)
NEVER = 900 * DAY
POLICY = ProgrammePolicy(
    length=360 * DAY, closing_lead=2 * DAY, progress_every=360 * DAY, monitoring=(), milestone_every=timedelta(),
    silence=NEVER, inactivity_escalated=NEVER, inactivity_notice=NEVER,
)  # fmt: skip
BEFORE, AFTER = time(9), time(17, 30)
EVERY = 14 * DAY


@dataclass(frozen=True)
class Year:
    """They meet by the mentor's clock; they rest while it changes; from the middle on they meet by the mentee's."""

    mentors: str
    mentees: str
    begins: datetime

    @property
    def first(self) -> date:
        """The day of the first check-in."""
        return (self.begins + 8 * DAY).date()

    @property
    def rests_at(self) -> datetime:
        """Ten days before the first change of a clock."""
        return self.changes[0] - 10 * DAY

    @property
    def rests_until(self) -> datetime:
        """Ten days after it."""
        return self.changes[0] + 10 * DAY

    @property
    def turns_at(self) -> datetime:
        """A day after a check-in in the middle of the year: when they agree on the other clock."""
        return wall(self.first + 13 * EVERY, BEFORE, self.mentors) + DAY

    @property
    def changes(self) -> list[datetime]:
        """When the clock of either is put forward or back in this year."""
        hours = [self.begins + hour * timedelta(hours=1) for hour in range(24 * 360)]
        return [
            now for before, now in pairwise(hours)
            if any(_offset(before, zone) != _offset(now, zone) for zone in {self.mentors, self.mentees})
        ]  # fmt: skip

    def cadence(self, *, version: int) -> CadenceSet:
        """The first one, or the second."""
        day, at, zone = self.first, BEFORE, self.mentors
        if version > 1:
            day, at, zone = self.turns_at.date() + 5 * DAY, AFTER, self.mentees
        return CadenceSet(
            rule="FREQ=WEEKLY;INTERVAL=2", starts_at=datetime.combine(day, at), zone=zone, minutes=60, version=version,
            moves=True,
        )  # fmt: skip

    def check_ins(self) -> list[datetime]:
        """Every one that both would find on their calendars."""
        return [*self._by(1, self.begins, self.turns_at), *self._by(2, self.turns_at, self.ends)]

    @property
    def ends(self) -> datetime:
        """The end date: the leave is not lost."""
        return self.begins + POLICY.length + (self.rests_until - self.rests_at)

    def _by(self, version: int, after: datetime, until: datetime) -> Iterator[datetime]:
        cadence = self.cadence(version=version)
        day = cadence.starts_at.date()
        while (moment := wall(day, cadence.starts_at.time(), cadence.zone)) < until:
            if moment > after and not self.rests_at < moment < self.rests_until:
                yield moment
            day += EVERY


def wall(day: date, at: time, zone: str) -> datetime:
    """The instant at which a clock in this zone shows that."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _offset(moment: datetime, zone: str) -> timedelta | None:
    return moment.astimezone(ZoneInfo(zone)).utcoffset()
