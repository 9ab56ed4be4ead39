"""What a mentor's time is met with: how often the mentee came prepared, and the minutes that both gave."""

from contracts.wire import ByIds, Operation, Record


class Effort(Record, frozen=True, kw_only=True):
    """Of the mentorship with this id. `begun` check-ins were held, missed or are disputed; `prepared` are among them.

    `preparation_rate` (0 to 1) is None before the first one. Minutes are those that count: not disputed, not set aside.
    """

    id: str
    begun: int
    prepared: int
    preparation_rate: float | None = None
    mentor_minutes: int
    mentee_minutes: int


GET_EFFORTS = Operation("sessions.get_efforts", ByIds, tuple[Effort | None, ...], safe=True)
