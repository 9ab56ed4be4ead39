"""Reading the endpoint's durations."""

from datetime import timedelta

import msgspec


def days(duration: str) -> float:
    """How many days an ISO 8601 duration of days and seconds is."""
    return msgspec.convert(duration, timedelta) / timedelta(days=1)
