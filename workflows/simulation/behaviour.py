"""How simulated people behave, as data. Pure.

The numbers in this file are assumptions and no findings: nobody measured them, and no study stands behind them. They
are set so that four kinds of people differ plainly, in order that a programme manager sees what a policy does with
each. Compare two policies under the same behaviour and seed; do not read one figure alone as a forecast.
"""

from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType

import msgspec

from contracts.identity import CaseKind
from contracts.simulation import Profile

HOURS_A_MONTH = 730
_ALL = 2**64


class Habit(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of people. Shares are in a hundred, times in hours; a time is drawn evenly between its two ends.

    `fades`: what is left of the shares each month, in a hundred, after the first `steady` months.
    `leaves`: between which months somebody stops for good, who is one to do so in `leaving` of a hundred cases.
    `heeds`: in how many of a hundred cases a reminder brings what had not come by itself.
    """

    answers: int
    answers_after: tuple[int, int]
    attends: int
    prepares: int
    attests_after: tuple[int, int]
    logs: int
    late: int
    late_by: tuple[int, int]
    gives_feedback: int
    acknowledges: int
    reviews: int
    promises_item: int
    does_item: int
    asks_help: int
    gives_help: int
    reaches_goal: int
    heeds: int
    steady: int = 0
    fades: int = 100
    leaving: int = 0
    leaves: tuple[int, int] = (0, 0)


_RELIABLE = Habit(
    answers=97,
    answers_after=(2, 72),
    attends=96,
    prepares=90,
    attests_after=(1, 24),
    logs=94,
    late=10,
    late_by=(4, 48),
    gives_feedback=93,
    acknowledges=95,
    reviews=96,
    promises_item=80,
    does_item=92,
    asks_help=10,
    gives_help=95,
    reaches_goal=60,
    heeds=70,
)
_BUSY = Habit(
    answers=88,
    answers_after=(12, 240),
    attends=84,
    prepares=60,
    attests_after=(2, 60),
    logs=72,
    late=40,
    late_by=(12, 144),
    gives_feedback=70,
    acknowledges=75,
    reviews=80,
    promises_item=70,
    does_item=72,
    asks_help=8,
    gives_help=78,
    reaches_goal=40,
    heeds=50,
)

HABITS: Mapping[Profile, Habit] = MappingProxyType(
    {
        Profile.RELIABLE: _RELIABLE,
        Profile.BUSY: _BUSY,
        Profile.DRIFTING: msgspec.structs.replace(_RELIABLE, heeds=40, steady=2, fades=82),
        Profile.VANISHING: msgspec.structs.replace(_BUSY, heeds=20, leaving=85, leaves=(1, 9)),
    }
)
USUAL: Mapping[Profile, int] = MappingProxyType(
    {Profile.RELIABLE: 50, Profile.BUSY: 30, Profile.DRIFTING: 15, Profile.VANISHING: 5}
)
"""The mix of people that is taken where none is given, in a hundred."""


class Chance(msgspec.Struct, frozen=True):
    """Where the numbers of one pair come from: each is a hash of the seed, the pair and what it decides.

    Nothing is drawn in an order, so that the same people do the same things under every policy and on every engine,
    whatever else happens in between: two policies differ by the policy alone.
    """

    seed: int
    pair: int

    def share(self, about: str) -> float:
        """From 0 to below 1."""
        drawn = blake2b(f"{self.seed}:{self.pair}:{about}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn) / _ALL

    def happens(self, percent: float, about: str) -> bool:
        """Whether something does that happens in so many of a hundred cases."""
        return self.share(about) * 100 < percent

    def hours(self, between: tuple[int, int], about: str) -> float:
        """A time between two others."""
        least, most = between
        return least + (most - least) * self.share(about)


def profile_of(chance: Chance, mix: Mapping[Profile, int], who: str) -> Profile:
    """What kind of person somebody is."""
    drawn, below = chance.share(f"profile:{who}") * 100, 0
    for profile, percent in sorted(mix.items()):
        below += percent
        if drawn < below:
            return profile
    return max(profile for profile, percent in mix.items() if percent)


def left(habit: Habit, months: float) -> float:
    """What is left of somebody's shares after so many months, from 0 to 1."""
    return float((habit.fades / 100) ** max(0.0, months - habit.steady))


# What things take, in minutes: assumed as well.
PREPARING_MINUTES = 10
FEEDBACK_MINUTES = 15
REVIEW_MINUTES = 20
STAFF_MINUTES: Mapping[CaseKind, int] = MappingProxyType(
    {
        CaseKind.AGREEMENT_OVERDUE: 15,
        CaseKind.FIRST_MEETING: 15,
        CaseKind.MISSED_CHECK_INS: 30,
        CaseKind.AT_RISK: 45,
        CaseKind.INACTIVITY: 45,
        CaseKind.HELP_OVERDUE: 15,
        CaseKind.BLOCKED_ITEM: 20,
        CaseKind.MENTOR_CHANGE: 60,
        CaseKind.NO_MENTOR: 60,
        CaseKind.CONDUCT: 240,
    }
)
