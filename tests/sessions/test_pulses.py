"""Pulses by example: answered once, compared with the time before, and never summed up over a few people."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.errors import Conflict
from contracts.identity import MentorshipCard, Party
from contracts.sessions import AnswerPulse, OpenPulse, Pulse, PulseAnswered
from services.sessions.model import pulses as model
from tests.builders import NOW, a_card

NEXT_MONTH = datetime(2027, 4, 1, tzinfo=UTC)


def a_pulse(index: int = 1, card: MentorshipCard | None = None) -> Pulse:
    request = OpenPulse(mentorship_id="mentorship-1", index=index, at=NOW)
    return model.open_pulse(f"pulse-{index}", card or a_card(), request).state


def said(trust: int, safety: int = 4) -> AnswerPulse:
    return AnswerPulse(mentorship_id="mentorship-1", trust=trust, safety=safety, comment="  I feel small ")


def answered(pulse: Pulse, party: Party, trust: int, at: datetime = NOW) -> Pulse:
    return model.answer_pulse(pulse, said(trust), party, at).state


def test_the_event_of_an_answer_has_no_rating() -> None:
    change = model.answer_pulse(a_pulse(), said(2), Party.MENTEE, NOW)
    assert change.events == (
        PulseAnswered(mentorship_id="mentorship-1", pulse_id="pulse-1", index=1, party=Party.MENTEE),
    )
    assert change.state.answers[0].comment == "I feel small"


def test_a_pulse_is_answered_once_by_each() -> None:
    pulse = answered(answered(a_pulse(), Party.MENTEE, 2), Party.MENTOR, 5)
    with pytest.raises(Conflict):
        model.answer_pulse(pulse, said(1), Party.MENTOR, NOW)


def test_the_newest_pulse_is_the_one_to_answer() -> None:
    assert model.newest([a_pulse(2), a_pulse(3), a_pulse(1)], "mentorship-1").index == 3
    with pytest.raises(Conflict):
        model.newest([], "mentorship-1")


def test_a_trend_compares_each_party_with_itself() -> None:
    first = answered(answered(a_pulse(1), Party.MENTEE, 5), Party.MENTOR, 3)
    second, third = a_pulse(2), answered(a_pulse(3), Party.MENTEE, 2)
    points = model.trend("mentorship-1", [third, first, second]).points
    assert [(point.index, point.party, point.trust, point.trust_change) for point in points] == [
        (1, Party.MENTEE, 5, None),
        (1, Party.MENTOR, 3, None),
        (3, Party.MENTEE, 2, -3),
    ]


def pairs(count: int, at: datetime = NOW) -> list[tuple[Pulse, MentorshipCard]]:
    found = []
    for number in range(count):
        card = a_card(id=f"mentorship-{number}", mentee_id=f"mentee-{number}")
        found.append((answered(a_pulse(1, card), Party.MENTEE, 1 + number % 2, at), card))
    return found


@pytest.mark.parametrize(("people", "shown"), [(4, 0), (5, 1)])
def test_a_cell_has_at_least_five_people(people: int, shown: int) -> None:
    assert len(model.cells(pairs(people), NEXT_MONTH)) == shown


def test_many_answers_of_four_people_are_no_cell() -> None:
    again = [(answered(a_pulse(2, card), Party.MENTEE, 4), card) for _, card in pairs(4)]
    assert model.cells([*pairs(4), *again], NEXT_MONTH) == ()


def test_a_mentor_of_five_is_one_person() -> None:
    shared = [(answered(pulse, Party.MENTOR, 3), card) for pulse, card in pairs(5)]
    (cell,) = model.cells(shared, NEXT_MONTH)
    assert (cell.party, cell.people, cell.trust) == (Party.MENTEE, 5, 1.4)


def test_a_month_that_is_not_over_is_not_shown() -> None:
    assert model.cells(pairs(5), NEXT_MONTH - timedelta(microseconds=1)) == ()
    (cell,) = model.cells(pairs(5), NEXT_MONTH)
    assert cell.month == "2027-03"
