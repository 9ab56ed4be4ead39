"""When something that recurs is due: an RFC 5545 rule from a local wall time in an IANA zone. Pure, and the one reader.

Every occurrence is counted from the anchor, so that nothing drifts: 09:00 stays 09:00 over a change of the clocks. A
time that the clocks leave out moves forward, one that they show twice is the first of the two, and a day that a month
does not have is its last day. https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from contracts.errors import Invalid

_ANY = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"})
_OF_MONTHS = _ANY | {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}
_BY_FREQUENCY = {
    # a day filter that nothing meets would be searched day by day until the year 9999, and a workflow has two seconds
    "DAILY": _ANY,
    "WEEKLY": _ANY,
    "MONTHLY": _OF_MONTHS,
    "YEARLY": _OF_MONTHS,
}
_MOST = 1_200  # of INTERVAL and COUNT: a mentorship has fewer days
_FARTHEST = timedelta(days=10 * 366)  # between anchor and question: what is older has nothing to do with it
_YEAR = timedelta(days=366)
_NEAR = timedelta(days=92)
_AHEAD = timedelta(days=3 * 366)  # longer than any mentorship
_AGREED_WITHIN = timedelta(days=366)
_SLACK = timedelta(days=2)  # more than any two clocks on earth differ, so no occurrence is cut off by its zone
_SHORTEST_MONTH = 28


class Unreadable(Invalid, ValueError):
    """A rule, first time or zone that says nothing about when: a refusal where people give it, else a bad value."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What recurs, once it could be read. All instants that go in and come out are UTC."""

    starts_at: datetime
    zone: ZoneInfo
    parts: tuple[tuple[str, str], ...]
    count: int | None
    last: datetime | None

    def first(self) -> datetime | None:
        """The very first occurrence, or None where the rule has none within three years."""
        return next(self._from(until=self.starts_at + _AHEAD), None)

    def after(self, instant: datetime) -> datetime | None:
        """The first occurrence later than this instant, or None. Raises Unreadable about an anchor of another age."""
        now = instant.astimezone(UTC).replace(tzinfo=None)
        if not -_FARTHEST < self.starts_at - now < _FARTHEST:
            raise Unreadable(f"What starts at {self.starts_at} has nothing to do with {now}.", field="startsAt")
        for ahead in (_NEAR, _AHEAD):  # nearly always the next one is near
            found = self._from(until=max(self.starts_at, now) + ahead)
            if (moment := next((each for each in found if each > instant), None)) is not None:
                return moment
        return None

    def between(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every occurrence from `since` on and before `until`, in order and each instant once."""
        for moment in self._from(until=until.astimezone(UTC).replace(tzinfo=None)):
            if moment >= until:
                return
            if moment >= since:
                yield moment

    def _from(self, *, until: datetime) -> Iterator[datetime]:
        """From the anchor on. Where a zone leaves out a whole day, two wall times are one instant: it comes once."""
        until, before = until + _SLACK, None
        for local, moment in _known(self, max(0, (until - self.starts_at) // _YEAR) + 1):
            if local > until:
                return
            if moment != before:
                yield moment
            before = moment


@lru_cache(maxsize=1024)  # the same rhythm is asked about again and again, and nearly always within the same years
def _known(recurrence: Recurrence, years: int) -> tuple[tuple[datetime, datetime], ...]:
    """Every occurrence of so many years from the anchor on: as the clock on the wall shows it, and the instant."""
    rule = _rrule(recurrence.parts, recurrence.starts_at).replace(until=recurrence.starts_at + years * _YEAR)
    last = recurrence.last or datetime.max
    found = takewhile(lambda local: local <= last, islice(rule, recurrence.count))
    return tuple((local, to_utc(local, recurrence.zone)) for local in found)


def days_later(moment: datetime, zone: ZoneInfo, days: int) -> datetime:
    """The same wall time so many days later, by the same reading of gaps and folds."""
    return to_utc(moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days), zone)


@lru_cache(maxsize=1024)  # a cycle asks after the same rhythm again and again
def read(*, rule: str, starts_at: datetime, zone: str) -> Recurrence:
    """What these three say. `starts_at` is what the clock on the wall shows. Raises Unreadable."""
    place, anchor = place_of(zone), starts_at.replace(tzinfo=None)
    try:
        parts = _parts(rule)
        count = int(parts.pop("COUNT")) if "COUNT" in parts else None
        last = _until(parts.pop("UNTIL", ""), place)
        _clamp_to_month_end(parts, anchor)
        _rrule(tuple(parts.items()), anchor)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:  # whatever the library meets
        advice = "Give one recurrence rule that recurs daily at most, as RFC 5545 says, like FREQ=WEEKLY;INTERVAL=2."
        raise Unreadable(advice, field="rule") from error
    return Recurrence(starts_at=anchor, zone=place, parts=tuple(parts.items()), count=count, last=last)


def agreed(*, rule: str, starts_at: str, zone: str, at: datetime) -> datetime:
    """The first wall time of a rhythm that people agree on now. Raises Unreadable."""
    try:
        anchor = datetime.fromisoformat(starts_at)
    except ValueError as error:
        raise Unreadable(f"{starts_at} is no day and time that exists.", field="startsAt") from error
    if abs(anchor - at.replace(tzinfo=None)) > _AGREED_WITHIN:
        raise Unreadable("Give a first time within a year from now, past or to come.", field="startsAt")
    first = read(rule=rule, starts_at=anchor, zone=zone).first()
    if first is None or first - to_utc(anchor, place_of(zone)) > _AGREED_WITHIN:
        raise Unreadable("By this rule nothing would happen within a year. Choose another.", field="rule")
    return anchor


def place_of(zone: str) -> ZoneInfo:
    """The IANA time zone of this name. Raises Unreadable."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:  # a folder of the time zone database is an OSError
        raise Unreadable("Give an IANA time zone like Europe/Berlin.", field="zone") from error


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """With fold 0, zoneinfo moves a time in the gap forward and takes the first of two in the fold (PEP 495)."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _rrule(parts: tuple[tuple[str, str], ...], anchor: datetime) -> rrule:
    found = rrulestr(";".join(f"{name}={value}" for name, value in parts), dtstart=anchor)
    if not isinstance(found, rrule):
        raise ValueError("several rules at once")
    return found


def _parts(rule: str) -> dict[str, str]:
    """The rule's parts, if they are of a kind that a meeting can have; its time of day is the anchor's."""
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pairs}
    allowed = _BY_FREQUENCY.get(parts.get("FREQ", ""))
    if allowed is None or len(parts) != len(pairs) or not parts.keys() <= allowed:
        raise ValueError("it does not say on which days, weeks, months or years")
    if not 1 <= int(parts.get("COUNT", 1)) <= _MOST or not 1 <= int(parts.get("INTERVAL", 1)) <= _MOST:
        raise ValueError("it counts in a way that means nothing")
    return parts


def _until(value: str, zone: ZoneInfo) -> datetime | None:
    """UNTIL is a date (with its whole day), a local time or, with Z, a UTC time; compared as local wall time."""
    if not value:
        return None
    if "T" not in value:
        return datetime.combine(date.fromisoformat(value), time.max)
    moment = datetime.fromisoformat(value)
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _clamp_to_month_end(parts: dict[str, str], anchor: datetime) -> None:
    """A meeting on the 31st is on the last day of a shorter month, and one on 29 February on the 28th of other years.

    RFC 5545 alone would leave that month or year out.
    """
    frequency, by = parts["FREQ"], {name for name in parts if name.startswith("BY")}
    month, day = parts.get("BYMONTH", str(anchor.month)), parts.get("BYMONTHDAY", str(anchor.day))
    monthly = frequency == "MONTHLY" and by <= {"BYMONTHDAY"} and day in {"29", "30", "31"}
    leap = frequency == "YEARLY" and by in (set(), {"BYMONTH", "BYMONTHDAY"}) and (month, day) == ("2", "29")
    if leap:
        parts["BYMONTH"] = month
    if monthly or leap:
        parts["BYMONTHDAY"] = ",".join(str(number) for number in range(_SHORTEST_MONTH, int(day) + 1))
        parts["BYSETPOS"] = "-1"
