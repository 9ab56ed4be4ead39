"""Agendas: bounded, ordered by both, and nothing that was left open is lost or doubled on the way to the next one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from contracts.sessions import AddAgendaPoint, Agenda, AgendaCarriedOver, AgendaPointAdded, AgendaSection
from services.sessions.model import agenda as model
from tests.builders import NOW, a_check_in


def an_agenda(*names: str, check_in_id: str = "check-in-1", by: str = "maria") -> Agenda:
    """With these points, each with its name as id and text."""
    agenda = model.open_agenda(a_check_in(id=check_in_id)).state
    for name in names:
        request = AddAgendaPoint(check_in_id=check_in_id, section=AgendaSection.QUESTIONS, text=name)
        agenda = model.add_point(agenda, name, request, by, NOW).state
    return agenda


def ids(agenda: Agenda) -> list[str]:
    return [point.id for point in agenda.points]


def test_a_point_goes_to_the_end_and_is_told_without_its_words() -> None:
    request = AddAgendaPoint(check_in_id="check-in-1", text="  How do I say no?  ")
    change = model.add_point(an_agenda("a"), "b", request, "sofia", NOW)
    assert ids(change.state) == ["a", "b"]
    added = change.state.points[-1]
    assert (added.text, added.section, added.added_by) == ("How do I say no?", AgendaSection.OTHER, "sofia")
    assert change.events == (AgendaPointAdded(mentorship_id="mentorship-1", check_in_id="check-in-1", points=2),)


def test_an_agenda_has_up_to_thirty_points() -> None:
    full = an_agenda(*map(str, range(model.MOST_POINTS)))
    with pytest.raises(Conflict, match="30 points"):
        model.add_point(full, "more", AddAgendaPoint(check_in_id="check-in-1", text="More"), "maria", NOW)


@given(st.permutations(["a", "b", "c", "d"]))
def test_any_order_of_the_same_points_is_taken_and_loses_none(order: list[str]) -> None:
    assert ids(model.reorder(an_agenda("a", "b", "c", "d"), tuple(order)).state) == order


@pytest.mark.parametrize("order", [(), ("a",), ("a", "b", "c"), ("a", "a"), ("a", "x")])
def test_an_order_that_is_none_of_the_same_points_is_refused(order: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        model.reorder(an_agenda("a", "b"), order)
    assert refused.value.field == "pointIds"


@pytest.mark.parametrize(
    ("remove", "refusal"),
    [
        (lambda agenda: model.remove_point(agenda, "a", "sofia"), Forbidden),
        (lambda agenda: model.remove_point(agenda, "x", "maria"), NotFound),
    ],
)
def test_only_who_added_a_point_removes_it(remove: Callable[[Agenda], object], refusal: type[Refusal]) -> None:
    agenda = an_agenda("a", "b")
    with pytest.raises(refusal):
        remove(agenda)
    assert ids(model.remove_point(agenda, "a", "maria").state) == ["b"]


def test_what_was_left_open_comes_first_and_says_where_it_comes_from() -> None:
    left, ahead = an_agenda("a", "b"), an_agenda("c", check_in_id="check-in-2")
    change = model.carry_over(ahead, left)
    assert ids(change.state) == ["a", "b", "c"]
    assert [point.carried_from for point in change.state.points] == ["check-in-1", "check-in-1", None]
    (told,) = change.events
    assert isinstance(told, AgendaCarriedOver)
    assert (told.from_check_in_id, told.points) == ("check-in-1", 3)


def test_a_point_carried_twice_keeps_its_first_check_in_and_is_there_once() -> None:
    second = model.carry_over(an_agenda("c", check_in_id="check-in-2"), an_agenda("a")).state
    assert model.carry_over(second, an_agenda("a")).state == second, "the same news twice"
    third = model.carry_over(an_agenda(check_in_id="check-in-3"), second).state
    assert [(point.id, point.carried_from) for point in third.points] == [("a", "check-in-1"), ("c", "check-in-2")]


def test_many_check_ins_in_a_row_fill_an_agenda_to_its_bound() -> None:
    agenda = an_agenda()
    for number in range(10):
        names = (f"{number}-{each}" for each in range(model.MOST_POINTS))
        agenda = model.carry_over(agenda, an_agenda(*names, check_in_id=f"check-in-{number}")).state
    assert len(agenda.points) == model.MOST_CARRIED
