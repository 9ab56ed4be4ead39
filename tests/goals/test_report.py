"""A programme's goals in numbers: each goal in its cell, and nothing about few people for HR."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from contracts.cells import FEWEST
from contracts.goals import GoalState
from contracts.identity import Phase
from services.goals.model.report import Outline, report
from tests.builders import NOW, a_card

TODAY = NOW.date()


def an_outline(number: int = 0, **fields: Any) -> Outline:
    given = {"mentorship_id": f"m{number}", "owner_id": f"person-{number}", "due": TODAY, "state": GoalState.AGREED}
    return Outline(**{**given, **fields})


def numbers(goals: list[Outline], *, whole: bool = True) -> dict[str, Any]:
    cards = [a_card(id=f"m{number}") for number in range(12)]
    return asdict(report("programme-1", cards, goals, NOW, whole=whole))


def test_an_agreed_goal_is_on_track_while_it_is_as_far_as_its_time() -> None:
    half = {"agreed_at": NOW - timedelta(days=10), "due": TODAY + timedelta(days=10)}
    found = numbers([an_outline(n, **half, attainment=attained) for n, attained in enumerate((0.49, 0.5, 0.9))])
    assert (found["agreed"], found["on_track"], found["behind"]) == (3, 2, 1)


def test_each_state_has_its_cell_and_reached_goals_are_on_no_track() -> None:
    agreed_at = NOW - timedelta(days=10)
    found = numbers([an_outline(n, state=state, agreed_at=agreed_at) for n, state in enumerate(GoalState)])
    assert [found[cell] for cell in ("drafted", "proposed", "agreed", "achieved", "abandoned")] == [1] * 5
    assert (found["on_track"], found["behind"], found["with_goal"]) == (0, 1, 2)


def test_only_running_mentorships_are_covered() -> None:
    cards = [a_card(id="m0"), a_card(id="m1", phase=Phase.CLOSED)]
    found = report("programme-1", cards, [an_outline(0), an_outline(0), an_outline(1)], NOW, whole=True)
    assert found.with_goal == 1


def test_many_goals_of_few_people_are_hidden_from_hr() -> None:
    few = [an_outline(n % 4, state=GoalState.ACHIEVED) for n in range(20)]
    assert numbers(few, whole=False)["achieved"] is None
    assert numbers(few)["achieved"] == 20


OUTLINES = st.lists(
    st.builds(
        an_outline,
        st.integers(0, 11),
        state=st.sampled_from(GoalState),
        agreed_at=st.just(NOW - timedelta(days=10)),
        due=st.dates(date(2027, 2, 1), date(2027, 6, 1)),
        attainment=st.floats(0, 1),
    ),
    max_size=60,
)


@given(OUTLINES)
def test_what_hr_sees_is_true_and_never_about_fewer_than_five(goals: list[Outline]) -> None:
    whole, shown = numbers(goals), numbers(goals, whole=False)
    for cell, number in shown.items():
        assert number in (None, whole[cell])
        assert number is None or cell == "programme_id" or number >= FEWEST
    assert (shown["on_track"] is None) == (shown["behind"] is None)
    assert shown["with_goal"] is None or 12 - shown["with_goal"] >= FEWEST
