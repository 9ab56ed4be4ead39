"""When the two meet."""

from datetime import datetime
from typing import Annotated

import msgspec

from contracts.wire import (
    ByIds,
    Command,
    Event,
    Line,
    Operation,
    Record,
    topic,
)

# ISO 8601 without offset: what the clock on the wall shows in the cadence's zone, whatever its offset is that day
WallTime = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$")]

Minutes = Annotated[int, msgspec.Meta(ge=1, le=720)]  # a day's honest maximum for one entry


class Cadence(Record, frozen=True, kw_only=True):
    """When the two meet: an RFC 5545 rule from `starts_at` (wall time) in an IANA zone. Its id is the mentorship's."""

    id: str
    org_id: str
    mentorship_id: str
    rule: str
    starts_at: WallTime
    zone: str
    minutes: int
    set_by: str
    set_at: datetime
    version: int = 1


class SetCadence(Command, frozen=True, kw_only=True):
    """A party sets when the two meet. `starts_at` is the wall time of the first meeting."""

    mentorship_id: str
    rule: Line
    starts_at: WallTime
    zone: Line
    minutes: Minutes = 60


SET_CADENCE = Operation("sessions.set_cadence", SetCadence, Cadence)
GET_CADENCES = Operation("sessions.get_cadences", ByIds, tuple[Cadence, ...], safe=True)


@topic("sessions.cadence_changed.v1")
class CadenceChanged(Event, frozen=True, kw_only=True):
    """The two meet by this rule from now on."""

    rule: str
    starts_at: datetime
    zone: str
    minutes: int
    cadence_version: int
