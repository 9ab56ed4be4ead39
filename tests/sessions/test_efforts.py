"""How a mentor's time is met, by example."""

import pytest

from contracts.sessions import CheckInState, Preparation, TimeKind, TimeShare
from services.sessions.model.efforts import effort
from tests.builders import NOW, a_card, a_check_in

PREPARED = Preparation(summary="Two talks", questions=("And now?",), submitted_at=NOW)


def test_before_the_first_check_in_there_is_no_rate() -> None:
    assert effort(a_card(), [a_check_in()], []).preparation_rate is None


@pytest.mark.parametrize(
    ("state", "begun"),
    [
        (CheckInState.HELD, 1),
        (CheckInState.MISSED, 1),
        (CheckInState.DISPUTED, 1),
        (CheckInState.SCHEDULED, 0),
        (CheckInState.CANCELLED, 0),
    ],
)
def test_only_what_began_is_counted(state: CheckInState, begun: int) -> None:
    found = effort(a_card(), [a_check_in(state=state, preparation=PREPARED)], [])
    assert (found.begun, found.prepared) == (begun, begun)


def test_the_rate_is_the_share_that_was_prepared_and_minutes_are_each_sides_own() -> None:
    check_ins = [a_check_in(state=CheckInState.HELD, preparation=each) for each in (PREPARED, None, None, PREPARED)]
    shares = [
        TimeShare(mentorship_id="mentorship-1", person_id=person, kind=TimeKind.ASYNC, month="2027-03", minutes=minutes)
        for person, minutes in (("sofia", 60), ("sofia", 30), ("maria", 20), ("an earlier mentor", 500))
    ]
    found = effort(a_card(), check_ins, shares)
    assert (found.preparation_rate, found.mentor_minutes, found.mentee_minutes) == (0.5, 90, 20)
