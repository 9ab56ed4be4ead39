"""What can happen to one meeting before and after it: another time, a cancellation, its next steps."""

from datetime import datetime, timedelta
from enum import StrEnum

from contracts.identity import Party
from contracts.wire import Record


class MoveReason(StrEnum):
    """Why a check-in has another time than it was planned for: both agreed, a new cadence, or time off."""

    AGREED = "agreed"
    CADENCE = "cadence"
    TIME_OFF = "time_off"


class CancelReason(StrEnum):
    """Why a check-in was cancelled, no more precisely than anybody needs to know."""

    PERSONAL = "personal"
    WORK = "work"
    LEAVE = "leave"
    OTHER = "other"


class RescheduleProposal(Record, frozen=True, kw_only=True):
    """One party asks for another time of a check-in. `accepted` is None until the other has answered.

    `answer_within` is what the mentorship's policy leaves for the answer.
    """

    starts_at: datetime
    proposed_by: Party
    proposed_at: datetime
    answered_at: datetime | None = None
    accepted: bool | None = None
    answer_within: timedelta = timedelta(hours=72)


class Cancellation(Record, frozen=True, kw_only=True):
    """A check-in that will not take place. `by` is None where it was skipped because of time off.

    `in_time`: before the horizon, so that it counts for nobody.
    """

    by: Party | None = None
    at: datetime
    in_time: bool
    reason: CancelReason


class NextSteps(Record, frozen=True, kw_only=True):
    """What follows from a meeting: action items, or explicitly none."""

    action_item_ids: tuple[str, ...] = ()
    closed_by: Party
    closed_at: datetime
