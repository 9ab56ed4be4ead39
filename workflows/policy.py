"""Who may do what with time, launches and simulations: one table, read by `can`."""

from enum import StrEnum

from contracts.errors import Refusal
from contracts.policy import Act, Decision, check, decide, standing, table
from contracts.wire import Caller


class Kind(StrEnum):
    """What is decided about."""

    CLOCK = "clock"
    TIME = "time"
    LAUNCH = "launch"
    SIMULATION = "simulation"


# fmt: off
# W write (and read), R read, - nothing
TABLE = table(Kind, """
           | manager | manager_of_all | admin | hr | auditor | colleague | part
clock      | R       | R              | R     | R  | R       | R         | R
time       | -       | W              | W     | -  | -       | -         | -
launch     | R       | R              | -     | -  | -       | -         | -
simulation | W       | W              | -     | -  | -       | -         | -
""")
# fmt: on


def can(caller: Caller, act: Act, kind: Kind, programme_id: str | None = None) -> bool:
    """Whether somebody may do that in the own organisation, or in this programme of it."""
    return decide(TABLE, standing(caller, caller.org_id, programme_id), act, kind) is Decision.ALLOWED


def need(
    caller: Caller, act: Act, kind: Kind, programme_id: str | None = None, *, hidden: Refusal | None = None
) -> None:
    """Refuse whoever may not; in the words of `hidden` who may do nothing with it at all."""
    check(TABLE, standing(caller, caller.org_id, programme_id), act, kind, hidden)
