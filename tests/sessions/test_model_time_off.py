"""Time off: which days it can have, how many, and who removes it."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.identity import Party
from contracts.sessions import AddTimeOff, TimeOff, TimeOffAdded, TimeOffKind, TimeOffRemoved
from services.sessions.model import time_off as model
from tests.builders import NOW, a_card

TODAY, DAY = NOW.date(), timedelta(days=1)


def added(by: str = "maria", known: tuple[TimeOff, ...] = (), **fields: Any) -> TimeOff:
    request = AddTimeOff(**{"mentorship_id": "mentorship-1", "first_day": TODAY, "last_day": TODAY + DAY, **fields})
    change = model.add("off-1", a_card(), request, by=by, at=NOW, known=known)
    (event,) = change.events
    assert isinstance(event, TimeOffAdded)
    assert (event.first_day, event.last_day, event.party) == (
        change.state.first_day, change.state.last_day, change.state.party,
    )  # fmt: skip
    return change.state


def test_time_off_is_ones_own_or_of_both() -> None:
    assert (added().party, added("sofia").party) == (Party.MENTEE, Party.MENTOR)
    assert added(of_both=True, kind=TimeOffKind.HOLIDAY).party is None


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(0, -1, "lastDay"), (0, 60, "lastDay"), (-2, 3, "firstDay"), (400, 401, "firstDay")],
)
def test_days_that_make_no_sense_are_refused(first: int, last: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        added(first_day=TODAY + first * DAY, last_day=TODAY + last * DAY)
    assert refused.value.field == field


@pytest.mark.parametrize(("first", "last"), [(0, 0), (-1, 0), (0, 59), (366, 366)])
def test_one_day_and_two_months_are_time_off(first: int, last: int) -> None:
    assert added(first_day=TODAY + first * DAY, last_day=TODAY + last * DAY)


def test_a_mentorship_has_so_many_times_off_to_come_and_no_more() -> None:
    known = (added(),) * model.MOST
    with pytest.raises(Conflict, match="Remove one"):
        added(known=known)
    assert added(known=(*known[1:], model.remove(known[0], Party.MENTEE, NOW).state))


def test_who_took_it_removes_it_once() -> None:
    with pytest.raises(Forbidden):
        model.remove(added(), Party.MENTOR, NOW)
    change = model.remove(added(), Party.MENTEE, NOW)
    assert [type(event) for event in change.events] == [TimeOffRemoved]
    assert model.remove(change.state, Party.MENTEE, NOW).events == ()
    assert model.remove(added(of_both=True), Party.MENTOR, NOW).state.removed_at == NOW
