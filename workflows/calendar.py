"""When a recurring meeting happens next. Pure: an RFC 5545 rule, a local wall time and an IANA zone, nothing else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

_ANY = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"})
_BY_FREQUENCY = {
    # a day filter that nothing meets would be searched day by day until the year 9999, and a workflow has two seconds
    "DAILY": _ANY,
    "WEEKLY": _ANY,
    "MONTHLY": _ANY | {"BYMONTH", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": _ANY | {"BYMONTH", "BYMONTHDAY", "BYSETPOS"},
}
_MOST = 1_200  # of INTERVAL and COUNT: a mentorship has fewer days
_HORIZON = timedelta(days=3 * 366)  # longer than any mentorship, before and after
_SLACK = timedelta(days=2)  # more than any two clocks on earth differ, so no occurrence is cut off by its zone


def next_occurrence(*, rule: str, starts_at: datetime, zone: str, after: datetime) -> datetime | None:
    """The first occurrence (UTC) strictly after `after`, or None. ValueError if rule or zone cannot be read.

    Each occurrence is counted from the anchor `starts_at`, a local wall time, so that nothing drifts and 09:00 stays
    09:00 over a change of the clocks.
    """
    place = _place(zone)
    anchor, now = starts_at.replace(tzinfo=None), after.replace(tzinfo=None)
    if not -_HORIZON < anchor - now < _HORIZON:
        raise ValueError(f"A rhythm that starts at {anchor} has nothing to do with {now}")
    for local in _occurrences(rule, anchor, until=max(anchor, now) + _HORIZON, zone=place):
        if (moment := _to_utc(local, place)) > after:
            return moment
    return None


def _place(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, OSError) as error:  # a folder of the time zone database is an OSError
        raise ValueError(f"{zone!r} is not a time zone") from error


def _occurrences(rule: str, anchor: datetime, *, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    parts = _parts(rule)
    count = min(int(parts.pop("COUNT", _MOST)), _MOST)
    last = _until(parts.pop("UNTIL", ""), zone)
    _clamp_to_month_end(parts, anchor.day)
    found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=anchor)
    if not isinstance(found, rrule):
        raise ValueError(f"{rule!r} is not one recurrence rule")
    for local in islice(found.replace(until=until + _SLACK), count):
        if last is not None and local > last:
            return
        yield local


def _parts(rule: str) -> dict[str, str]:
    """The rule's parts, if they are of a kind that a meeting can have; its time of day is the anchor's."""
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pairs}
    allowed = _BY_FREQUENCY.get(parts.get("FREQ", ""))
    if allowed is None or len(parts) != len(pairs) or not parts.keys() <= allowed:
        raise ValueError(f"{rule!r} does not say on which days, weeks, months or years")
    if int(parts.get("COUNT", 1)) < 1 or not 1 <= int(parts.get("INTERVAL", 1)) <= _MOST:
        raise ValueError(f"{rule!r} counts in a way that means nothing")
    return parts


def _until(value: str, zone: ZoneInfo) -> datetime | None:
    """UNTIL is a date (with its whole day), a local time or, with Z, a UTC time; compared as local wall time."""
    if not value:
        return None
    if "T" not in value:
        return datetime.combine(date.fromisoformat(value), time.max)
    moment = datetime.fromisoformat(value)
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _clamp_to_month_end(parts: dict[str, str], anchor_day: int) -> None:
    """A meeting on the 31st is on the last day of a shorter month; RFC 5545 alone would leave that month out."""
    by = {name for name in parts if name.startswith("BY")}
    day = parts.get("BYMONTHDAY", str(anchor_day))
    if parts["FREQ"] != "MONTHLY" or by - {"BYMONTHDAY"} or not day.isdigit() or int(day) <= 28:
        return
    parts["BYMONTHDAY"] = ",".join(str(number) for number in range(28, int(day) + 1))
    parts["BYSETPOS"] = "-1"


def _to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """With fold 0, zoneinfo moves a time in the gap forward and takes the first of two in the fold (PEP 495)."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)
