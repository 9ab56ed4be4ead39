"""Days on which the two do not meet."""

from datetime import date, datetime
from enum import StrEnum

from contracts.identity import OfMentorships, Party
from contracts.wire import ByIds, Command, Event, Operation, Page, Record, topic


class TimeOffKind(StrEnum):
    """Why there is time off, no more precisely than anybody needs to know."""

    LEAVE = "leave"
    HOLIDAY = "holiday"
    OTHER = "other"


class TimeOff(Record, frozen=True, kw_only=True):
    """From the first to the last day, both included, as the cadence's zone counts days. `party` None: of both."""

    id: str
    org_id: str
    mentorship_id: str
    party: Party | None = None
    first_day: date
    last_day: date
    kind: TimeOffKind
    added_by: str
    added_at: datetime
    removed_at: datetime | None = None
    version: int = 1


class AddTimeOff(Command, frozen=True, kw_only=True):
    """A party takes time off. Check-ins in it are left out or moved behind it, as the programme's policy says."""

    mentorship_id: str
    first_day: date
    last_day: date
    kind: TimeOffKind = TimeOffKind.LEAVE
    of_both: bool = False


class RemoveTimeOff(Command, frozen=True, kw_only=True):
    """A party works after all. What was left out or moved stays so; the rhythm goes on without this time off."""

    time_off_id: str


ADD_TIME_OFF = Operation("sessions.add_time_off", AddTimeOff, TimeOff)
REMOVE_TIME_OFF = Operation("sessions.remove_time_off", RemoveTimeOff, TimeOff)
GET_TIMES_OFF = Operation("sessions.get_times_off", ByIds, tuple[TimeOff, ...], safe=True)
LIST_TIMES_OFF = Operation("sessions.list_times_off", OfMentorships, tuple[Page[TimeOff] | None, ...], safe=True)


class TimeOffFact(Event, frozen=True, kw_only=True):
    """Any fact about time off."""

    time_off_id: str
    first_day: date
    last_day: date


@topic("sessions.time_off_added.v1")
class TimeOffAdded(TimeOffFact, frozen=True, kw_only=True):
    """The two do not meet on these days."""

    kind: TimeOffKind
    party: Party | None = None


@topic("sessions.time_off_removed.v1")
class TimeOffRemoved(TimeOffFact, frozen=True, kw_only=True):
    """They may meet on these days after all."""
