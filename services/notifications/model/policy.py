"""Who may do what with notifications: one table, read by `can`."""

from enum import StrEnum

from contracts.policy import Act, Decision, check, decide, own, standing, table
from contracts.wire import Caller


class Kind(StrEnum):
    """What is decided about."""

    NOTIFICATION = "notification"
    PROMPT = "prompt"


# fmt: off
# W write (and read), - nothing. A notification's author is whom it is for; to all others there is none.
TABLE = table(Kind, """
             | author | manager | admin | hr | auditor | colleague | part | workflows
notification | W      | -       | -     | -  | -       | -         | -    | -
prompt       | -      | -       | -     | -  | -       | -         | -    | W
""")
# fmt: on


def can(caller: Caller, act: Act, recipient_id: str) -> bool:
    """Whether somebody may do that with a notification that is for this person."""
    relations = own(caller, caller.org_id, recipient_id)
    return decide(TABLE, relations, act, Kind.NOTIFICATION) is Decision.ALLOWED


def need_prompt(caller: Caller) -> None:
    """Refuse everybody but the cycle of a mentorship."""
    check(TABLE, standing(caller, caller.org_id), Act.WRITE, Kind.PROMPT)
