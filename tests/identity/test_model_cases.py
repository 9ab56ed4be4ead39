"""Who is told of a case: everybody who could be, or a hundred and a word that these are not all."""

import pytest

from contracts.identity import CaseKind, CaseOpened, User, UserState
from services.identity.model.cases import MOST_TOLD, Managers, open_case
from tests.builders import NOW
from tests.policy.test_identity import a_mentorship


def a_manager(number: int, state: UserState = UserState.ACTIVE) -> User:
    return User(
        id=f"m{number}", org_id="acme", name="Priya", email=f"p{number}@acme.example", zone="UTC", state=state,
        created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "has_more", "told", "are_all"),
    [
        (0, False, 0, True),
        (MOST_TOLD, False, MOST_TOLD, True),
        (MOST_TOLD, True, MOST_TOLD, False),
        (MOST_TOLD + 1, False, MOST_TOLD, False),
    ],
)
def test_a_case_says_whether_all_were_told(count: int, has_more: bool, told: int, are_all: bool) -> None:
    managers = Managers.among(map(a_manager, range(count)), are_all=not has_more)
    change = open_case("c1", a_mentorship(), CaseKind.AT_RISK, occasion="o", rule="silence", managers=managers, at=NOW)
    (fact,) = change.events
    assert isinstance(fact, CaseOpened)
    assert (len(fact.manager_ids), change.state.told_all) == (told, are_all)


def test_each_is_told_once_and_who_is_suspended_takes_nobodys_place() -> None:
    both = [a_manager(1), a_manager(2, UserState.SUSPENDED), a_manager(3), a_manager(1)]
    assert Managers.among(both, are_all=True) == Managers(("m1", "m3"), True)
