"""When a recurring meeting happens next. Pure: an RFC 5545 rule, a local wall time and an IANA zone, nothing else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_HORIZON = timedelta(days=3 * 366)  # an impossible rule (31 February) would be searched until the year 9999
_SLACK = timedelta(days=2)  # more than any two clocks on earth differ, so no occurrence is cut off by its zone


def next_occurrence(*, rule: str, starts_at: datetime, zone: str, after: datetime) -> datetime | None:
    """The first occurrence (UTC) strictly after `after`, or None. ValueError if rule or zone cannot be read.

    Each occurrence is counted from the anchor `starts_at`, a local wall time, so that nothing drifts and 09:00 stays
    09:00 over a change of the clocks.
    """
    place = ZoneInfo(zone)
    anchor = starts_at.replace(tzinfo=None)
    for local in _occurrences(rule, anchor, until=max(anchor, after.replace(tzinfo=None)) + _HORIZON, zone=place):
        if (moment := _to_utc(local, place)) > after:
            return moment
    return None


def _occurrences(rule: str, anchor: datetime, *, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    parts = _parts(rule)
    count = int(parts.pop("COUNT", "0"))
    last = _until(parts.pop("UNTIL", ""), zone)
    _clamp_to_month_end(parts, anchor.day)
    found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=anchor)
    if not isinstance(found, rrule):
        raise ValueError(f"{rule!r} is not one recurrence rule")
    for number, local in enumerate(found.replace(until=until + _SLACK), start=1):
        if (count and number > count) or (last is not None and local > last):
            return
        yield local


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if parts.get("FREQ") not in FREQUENCIES or len(parts) != len(pairs):
        raise ValueError(f"{rule!r} does not repeat by day, week, month or year")
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
