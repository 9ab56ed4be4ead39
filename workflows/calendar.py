"""When the two meet next, as their cadence says it. Pure; reading a rule is the kit's, alike for every part."""

from datetime import date, datetime

from kit import recurrence


def next_occurrence(*, rule: str, starts_at: datetime, zone: str, after: datetime) -> datetime | None:
    """The first occurrence (UTC) strictly after `after`, or None. ValueError if rule or zone cannot be read."""
    return recurrence.read(rule=rule, starts_at=starts_at, zone=zone).after(after)


def occurrences(*, rule: str, starts_at: datetime, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """All of them (UTC) strictly after `after` and before `until`. ValueError if rule or zone cannot be read."""
    found = recurrence.read(rule=rule, starts_at=starts_at, zone=zone).between(after, until)
    return [moment for moment in found if moment > after]


def same_time(moment: datetime, zone: str, *, days: int) -> datetime:
    """The same wall time in the zone so many days later."""
    return recurrence.days_later(moment, recurrence.place_of(zone), days)


def day_of(moment: datetime, zone: str) -> date:
    """Which day it is there. ValueError if the zone cannot be read."""
    return moment.astimezone(recurrence.place_of(zone)).date()
