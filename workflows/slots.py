"""Where the next check-in lies: the cadence's occurrences, without those that fall into time off. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.identity import TimeOffRule
from workflows.calendar import day_of, occurrences, same_time
from workflows.facts import CadenceSet
from workflows.state import Cycle

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """The cadence's own time of a check-in, and the time at which it is held."""

    at: datetime
    starts_at: datetime


def next_slot(cycle: Cycle, *, after: datetime, until: datetime) -> Slot | None:
    """The next place in the cadence that a check-in can have. What cannot be read has none."""
    cadence = cycle.cadence
    if cadence is None:
        return None
    try:
        found = occurrences(rule=cadence.rule, starts_at=cadence.starts_at, zone=cadence.zone, after=after, until=until)
    except ValueError:
        return None  # sessions accepted it, we cannot read it: the next change of cadence goes on from here
    for number, moment in enumerate(found):
        if not is_off(cycle, moment):
            return Slot(at=moment, starts_at=moment)
        shifted = _behind(cycle, cadence, moment)
        following = found[number + 1] if number + 1 < len(found) else until
        if cycle.policy.time_off is TimeOffRule.SHIFT and shifted < following:
            return Slot(at=moment, starts_at=shifted)
    return None


def is_off(cycle: Cycle, moment: datetime) -> bool:
    """Whether this lies in time off, as the cadence's zone counts days."""
    if cycle.cadence is None:
        return False
    try:
        day = day_of(moment, cycle.cadence.zone)
    except ValueError:
        return False  # nobody can say which day it is there; a cycle must not stand still for it
    return any(off.first_day <= day <= off.last_day for off in cycle.times_off.values() if not off.is_removed)


def behind(cycle: Cycle, slot: datetime, *, until: datetime) -> datetime | None:
    """Where a check-in of this place goes to when time off comes to lie over it; None where it is left out."""
    cadence = cycle.cadence
    if cadence is None or cycle.policy.time_off is not TimeOffRule.SHIFT:
        return None
    shifted, following = _behind(cycle, cadence, slot), next_slot(cycle, after=slot, until=until)
    return shifted if shifted < (following.starts_at if following else until) else None


def _behind(cycle: Cycle, cadence: CadenceSet, moment: datetime) -> datetime:
    """The same wall time on the first day that is not off."""
    days = 1
    while is_off(cycle, shifted := same_time(moment, cadence.zone, days=days)):
        days += 1
    return shifted
