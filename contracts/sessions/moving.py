"""Moving, cancelling and closing one meeting, and deciding who was there where the two disagree."""

from datetime import datetime
from typing import Annotated

import msgspec

from contracts.identity import Party
from contracts.sessions.check_in import Attendance, CheckIn, CheckInFact
from contracts.sessions.lifecycle import CancelReason, MoveReason
from contracts.wire import Command, CycleCommand, Operation, Page, Record, topic

ItemIds = Annotated[tuple[str, ...], msgspec.Meta(max_length=20)]


class RescheduleCheckIn(Command, frozen=True, kw_only=True):
    """A party asks the other for another time of a check-in, before the horizon. It holds once the other agrees."""

    check_in_id: str
    starts_at: datetime


class RespondToReschedule(Command, frozen=True, kw_only=True):
    """The other party agrees to another time of a check-in, or not; then the old time stands."""

    check_in_id: str
    accept: bool


class CancelCheckIn(Command, frozen=True, kw_only=True):
    """A party cancels a check-in that has not begun. Within the horizon it counts, unless the partner excuses it."""

    check_in_id: str
    reason: CancelReason = CancelReason.OTHER


class CloseCheckIn(Command, frozen=True, kw_only=True):
    """A party closes a check-in that has begun: with the action items that follow from it, or with `none`."""

    check_in_id: str
    action_item_ids: ItemIds = ()
    none: bool = False


class ResolveAttendance(Command, frozen=True, kw_only=True):
    """A programme manager decides who was at a check-in about which the two say different things."""

    check_in_id: str
    attendance: Attendance


class MoveCheckIn(CycleCommand, frozen=True, kw_only=True):
    """The cycle moves a check-in to a new cadence or out of time off. One that cannot move any more stays as it is."""

    check_in_id: str
    starts_at: datetime
    reason: MoveReason


class SkipCheckIn(CycleCommand, frozen=True, kw_only=True):
    """The cycle leaves out a check-in because of time off. One that has begun or is settled stays as it is."""

    check_in_id: str


class ListDisputes(Record, frozen=True, kw_only=True):
    """Check-ins of the organisation whose attendance waits for a programme manager, oldest first."""

    first: int = 20
    after: str | None = None


RESCHEDULE_CHECK_IN = Operation("sessions.reschedule_check_in", RescheduleCheckIn, CheckIn)
RESPOND_TO_RESCHEDULE = Operation("sessions.respond_to_reschedule", RespondToReschedule, CheckIn)
CANCEL_CHECK_IN = Operation("sessions.cancel_check_in", CancelCheckIn, CheckIn)
CLOSE_CHECK_IN = Operation("sessions.close_check_in", CloseCheckIn, CheckIn)
RESOLVE_ATTENDANCE = Operation("sessions.resolve_attendance", ResolveAttendance, CheckIn)
MOVE_CHECK_IN = Operation("sessions.move_check_in", MoveCheckIn, CheckIn)
SKIP_CHECK_IN = Operation("sessions.skip_check_in", SkipCheckIn, CheckIn)
LIST_DISPUTES = Operation("sessions.list_disputes", ListDisputes, Page[CheckIn], safe=True)


@topic("sessions.reschedule_proposed.v1")
class RescheduleProposed(CheckInFact, frozen=True, kw_only=True):
    """One party asks for another time."""

    party: Party
    proposed_starts_at: datetime


@topic("sessions.reschedule_declined.v1")
class RescheduleDeclined(CheckInFact, frozen=True, kw_only=True):
    """The other party would rather keep the time."""

    party: Party


@topic("sessions.checkin_rescheduled.v1")
class CheckInRescheduled(CheckInFact, frozen=True, kw_only=True):
    """It starts at `starts_at` now and not at `was`. `prepared` and `brief_read` say what is done already."""

    was: datetime
    minutes: int
    reason: MoveReason
    prepared: bool
    brief_read: bool = False
    party: Party | None = None


@topic("sessions.checkin_cancelled.v1")
class CheckInCancelled(CheckInFact, frozen=True, kw_only=True):
    """It will not take place. `party` is None where it was skipped because of time off.

    `prepared` and `brief_read` say what was done already.
    """

    party: Party | None = None
    in_time: bool
    reason: CancelReason
    prepared: bool
    brief_read: bool = False


@topic("sessions.checkin_closed.v1")
class CheckInClosed(CheckInFact, frozen=True, kw_only=True):
    """Its next steps are written down; so many action items."""

    party: Party
    action_items: int
