"""Who may do what with meetings, notes, time, reviews and pulses: one table, read by `can`."""

from enum import StrEnum

from contracts.identity import MentorshipCard
from contracts.policy import Act, Decision, decide, side, table
from contracts.wire import Caller


class Kind(StrEnum):
    """What is decided about. Where the two may not do the same with a thing, each deed is a kind of its own."""

    CADENCE = "cadence"
    CHECK_IN = "check-in"
    PREPARATION = "preparation"
    READING_OF_BRIEF = "reading of brief"
    BRIEF = "brief"
    AGENDA = "agenda"
    DISPUTE = "dispute"
    SHARED_NOTE = "shared note"
    PRIVATE_NOTE = "private note"
    TIME = "time"
    TIME_OFF = "time off"
    REVIEW = "review"
    PULSE = "pulse"
    PULSE_ANSWER = "pulse answer"
    PULSE_TREND = "pulse trend"
    PULSE_SUMMARY = "pulse summary"
    CONTACT_SUMMARY = "contact summary"
    CALENDAR_FEED = "calendar feed"
    CYCLE = "cycle"


# fmt: off
# W write (and read), R read, M that and when, A aggregates of at least five people, - nothing
TABLE = table(Kind, """
                 | mentee | mentor | author | partner | manager | admin | hr | auditor | colleague | workflows
cadence          | W      | W      | -      | -       | R       | -     | -  | -       | -         | -
check-in         | W      | W      | -      | -       | M       | -     | -  | -       | -         | -
preparation      | W      | R      | -      | -       | -       | -     | -  | -       | -         | -
reading of brief | R      | W      | -      | -       | -       | -     | -  | -       | -         | -
brief            | R      | R      | -      | -       | -       | -     | -  | -       | -         | -
agenda           | W      | W      | -      | -       | -       | -     | -  | -       | -         | -
dispute          | R      | R      | -      | -       | W       | -     | -  | -       | -         | -
shared note      | W      | W      | -      | -       | -       | -     | -  | -       | -         | -
private note     | -      | -      | W      | -       | -       | -     | -  | -       | -         | -
time             | W      | W      | -      | -       | R       | -     | -  | -       | -         | -
time off         | W      | W      | -      | -       | R       | -     | -  | -       | -         | -
review           | W      | W      | -      | -       | -       | -     | -  | -       | -         | -
pulse            | W      | W      | -      | -       | R       | -     | -  | -       | -         | -
pulse answer     | -      | -      | W      | -       | R       | -     | -  | -       | -         | -
pulse trend      | -      | -      | -      | -       | R       | -     | -  | -       | -         | -
pulse summary    | -      | -      | -      | -       | A       | -     | A  | -       | -         | -
contact summary  | -      | -      | -      | -       | R       | -     | A  | -       | -         | -
calendar feed    | -      | -      | W      | -       | -       | -     | -  | -       | -         | -
cycle            | -      | -      | -      | -       | -       | -     | -  | -       | -         | W
""")
# fmt: on


def can(caller: Caller, act: Act, kind: Kind, card: MentorshipCard, author_id: str | None = None) -> Decision:
    """Whether somebody may do that with a thing of this mentorship; `author_id` says whose own it is."""
    return decide(TABLE, side(caller, card, author_id), act, kind)
