"""What the workflows part answers. Its cycles speak to the services through the services' own operations."""

from datetime import datetime, timedelta

from contracts.wire import Command, Operation, Record


class MoveTime(Command, frozen=True, kw_only=True):
    """Sandbox only: let the whole installation live `by` later. An organisation admin or programme manager may ask."""

    by: timedelta


class Clock(Record, frozen=True, kw_only=True):
    """The moment (UTC) at which the installation lives, and whether that moment may be moved."""

    now: datetime
    sandbox: bool


class ReadClock(Record, frozen=True, kw_only=True):
    """Ask what time it is here."""


class CountCycles(Record, frozen=True, kw_only=True):
    """How many cycles of a programme run; for its manager."""

    programme_id: str


class CycleCount(Record, frozen=True, kw_only=True):
    """Cycles that run at this moment. The engine shows a new one after a moment."""

    programme_id: str
    running: int


COUNT_CYCLES = Operation("cycles.count_cycles", CountCycles, CycleCount, safe=True)
MOVE_TIME = Operation("cycles.move_time", MoveTime, Clock)
READ_CLOCK = Operation("cycles.read_clock", ReadClock, Clock, safe=True)
