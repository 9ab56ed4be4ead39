"""What waits for one of the two, because the other has done their part."""

from datetime import datetime
from enum import StrEnum

from contracts.wire import ByIds, Operation, Record


class ReplyKind(StrEnum):
    """What is waited for: a yes to a goal, an answer, taking feedback in, a word about a due date, a confirmation."""

    AGREE_GOAL = "agree_goal"
    ANSWER_HELP = "answer_help"
    ANSWER_CLARIFICATION = "answer_clarification"
    ACKNOWLEDGE_FEEDBACK = "acknowledge_feedback"
    ANSWER_RENEGOTIATION = "answer_renegotiation"
    VERIFY_OUTCOME = "verify_outcome"


class AwaitedReply(Record, frozen=True, kw_only=True):
    """One thing that waits for the caller. `about_id` is the goal, request, feedback, commitment or outcome."""

    kind: ReplyKind
    mentorship_id: str
    about_id: str
    since: datetime
    due: datetime | None = None


GET_AWAITED_REPLIES = Operation(
    "goals.get_awaited_replies", ByIds, tuple[tuple[AwaitedReply, ...] | None, ...], safe=True
)
