"""Moving, cancelling and closing check-ins, and deciding who was there where the two disagree."""

from datetime import datetime

import strawberry

from contracts import sessions
from contracts.sessions import Attendance, CancelReason, ListDisputes
from gateway.context import Info
from gateway.types.mutation import Edit, mutation
from gateway.types.relay import PAGE, After, Connection, First, checked_first, connection, field, optional, resolved
from gateway.types.sessions import CheckIn


@strawberry.input(description="Another time that you ask the other one for.")
class RescheduleCheckInInput(Edit):
    """Makes sessions.RescheduleCheckIn."""

    check_in_id: strawberry.ID = field("The check-in.")
    starts_at: datetime = field("When it shall start instead.")


@strawberry.input(description="Your answer to another time that the other one proposed.")
class RespondToRescheduleInput(Edit):
    """Makes sessions.RespondToReschedule."""

    check_in_id: strawberry.ID = field("The check-in.")
    accept: bool = field("Whether you agree. If not, the old time stands.")


@strawberry.input(description="A check-in that will not take place.")
class CancelCheckInInput(Edit):
    """Makes sessions.CancelCheckIn."""

    check_in_id: strawberry.ID = field("The check-in.")
    reason: CancelReason | None = optional("Why, as roughly as you like; OTHER if left out.")


@strawberry.input(description="What follows from a check-in. Name action items, or say that there are none.")
class CloseCheckInInput(Edit):
    """Makes sessions.CloseCheckIn."""

    check_in_id: strawberry.ID = field("The check-in.")
    action_item_ids: list[strawberry.ID] | None = optional("Up to 20 action items of the mentorship.")
    none: bool | None = optional("True if nothing follows from it.")


@strawberry.input(description="Who was there, where the two say different things.")
class ResolveAttendanceInput(Edit):
    """Makes sessions.ResolveAttendance."""

    check_in_id: strawberry.ID = field("The check-in.")
    attendance: Attendance = field("Who was there.")


@strawberry.type
class MovingQueries:
    """What waits for a programme manager."""

    @resolved("Check-ins about which the two say different things, oldest first; for programme managers.")
    async def disputes(self, info: Info, first: First = PAGE, after: After = None) -> Connection[CheckIn] | None:
        """Without anybody's words."""
        request = ListDisputes(first=checked_first(first), after=after)
        return connection(CheckIn, await info.context.call(sessions.LIST_DISPUTES, request), after)


@strawberry.type
class MovingMutations:
    """What happens to check-ins beside being prepared and attended."""

    reschedule_check_in = mutation(sessions.RESCHEDULE_CHECK_IN, RescheduleCheckInInput, CheckIn)
    respond_to_reschedule = mutation(sessions.RESPOND_TO_RESCHEDULE, RespondToRescheduleInput, CheckIn)
    cancel_check_in = mutation(sessions.CANCEL_CHECK_IN, CancelCheckInInput, CheckIn)
    close_check_in = mutation(sessions.CLOSE_CHECK_IN, CloseCheckInInput, CheckIn)
    resolve_attendance = mutation(sessions.RESOLVE_ATTENDANCE, ResolveAttendanceInput, CheckIn)
