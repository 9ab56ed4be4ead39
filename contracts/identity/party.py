"""The two sides of a mentorship."""

from enum import StrEnum


class Party(StrEnum):
    """One of the two sides of a mentorship."""

    MENTOR = "mentor"
    MENTEE = "mentee"
