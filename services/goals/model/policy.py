"""Who may do what with goals, promises and feedback: design and decision in one table, read by `can`."""

from enum import StrEnum

from contracts.identity import MentorshipCard
from contracts.policy import Act, Decision, decide, side, table
from contracts.wire import Caller


class Kind(StrEnum):
    """What is decided about. Where the two may not do the same with a thing, each deed is a kind of its own."""

    GOAL = "goal"
    AGREEMENT_TO_GOAL = "agreement to goal"
    PROGRESS = "progress"
    PROGRESS_UPDATE = "progress update"
    ACTION_ITEM = "action item"
    ACTION_CARD = "action card"
    COMMITMENT = "commitment"
    DISPUTE = "dispute"
    SCORE = "score"
    INSIGHT = "insight"
    BRIEF = "brief"
    FEEDBACK = "feedback"
    FEEDBACK_CADENCE = "feedback cadence"
    THIRD_PARTY_FEEDBACK = "third-party feedback"
    HELP = "help"
    RESOURCE = "resource"
    ENCOURAGEMENT = "encouragement"
    GROWTH = "growth"
    TIMELINE = "timeline"
    SHARED_JOURNAL = "shared journal"
    PRIVATE_JOURNAL = "private journal"
    RECOMPUTATION = "recomputation"
    GOAL_SUMMARY = "goal summary"
    HEARD = "heard event"
    CYCLE = "cycle"


# fmt: off
# W write (and read), R read, M that and when, A aggregates, - nothing. Roles see nothing of what the two write here.
TABLE = table(Kind, """
                     | mentee | mentor | author | manager | admin | hr | auditor | colleague | part | workflows
goal                 | W      | R      | -      | -       | -     | -  | -       | -         | -    | -
agreement to goal    | R      | W      | -      | -       | -     | -  | -       | -         | -    | -
progress             | W      | R      | -      | -       | -     | -  | -       | -         | -    | -
progress update      | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
action item          | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
action card          | -      | -      | -      | -       | -     | -  | -       | -         | R    | -
commitment           | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
dispute              | R      | R      | -      | W       | -     | -  | -       | -         | -    | -
score                | R      | R      | -      | -       | -     | -  | -       | -         | -    | -
insight              | R      | R      | -      | -       | -     | -  | -       | -         | -    | -
brief                | R      | R      | -      | -       | -     | -  | -       | -         | -    | -
feedback             | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
feedback cadence     | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
third-party feedback | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
help                 | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
resource             | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
encouragement        | R      | W      | -      | -       | -     | -  | -       | -         | -    | -
growth               | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
timeline             | R      | R      | -      | -       | -     | -  | -       | -         | -    | -
shared journal       | W      | W      | -      | -       | -     | -  | -       | -         | -    | -
private journal      | -      | -      | W      | -       | -     | -  | -       | -         | -    | -
recomputation        | -      | -      | -      | -       | -     | -  | R       | -         | -    | -
goal summary         | -      | -      | -      | R       | -     | A  | -       | -         | -    | -
heard event          | -      | -      | -      | -       | -     | -  | -       | -         | -    | R
cycle                | -      | -      | -      | -       | -     | -  | -       | -         | -    | W
""")
# fmt: on


def can(caller: Caller, act: Act, kind: Kind, card: MentorshipCard, author_id: str | None = None) -> Decision:
    """Whether somebody may do that with a thing of this mentorship; `author_id` says whose own it is."""
    return decide(TABLE, side(caller, card, author_id), act, kind)
