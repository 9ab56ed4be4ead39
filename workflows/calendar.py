"""When the two meet next, as their cadence says it. Pure; reading a rule is the kit's, alike for every part."""

from datetime import datetime

from kit import recurrence


def next_occurrence(*, rule: str, starts_at: datetime, zone: str, after: datetime) -> datetime | None:
    """The first occurrence (UTC) strictly after `after`, or None. ValueError if rule or zone cannot be read."""
    return recurrence.read(rule=rule, starts_at=starts_at, zone=zone).after(after)
