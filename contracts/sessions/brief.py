"""What this part knows of the meeting that two prepare for."""

from datetime import datetime

from contracts.sessions.agenda import Agenda
from contracts.sessions.check_in import CheckIn
from contracts.wire import Operation, Record


class GetCheckInBrief(Record, frozen=True, kw_only=True):
    """One check-in, for one of the two parties."""

    check_in_id: str


class CheckInBrief(Record, frozen=True, kw_only=True):
    """The check-in with what was prepared, and when the two last met; `since` is None where they never did."""

    check_in: CheckIn
    agenda: Agenda | None = None
    since: datetime | None = None


GET_CHECK_IN_BRIEF = Operation("sessions.get_check_in_brief", GetCheckInBrief, CheckInBrief, safe=True)
