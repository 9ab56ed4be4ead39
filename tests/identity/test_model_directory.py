"""What people are found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Invalid
from contracts.identity import OrgUnit, Role, UserState
from contracts.wire import Change
from services.identity.model.directory import END, facet, folded, found_by, place, same_unit
from services.identity.model.people import Account
from tests.builders import NOW


def an_account(**fields: object) -> Account:
    given = {"id": "a-1", "org_id": "acme", "name": "Zoë Łukasz", "email": "zoe@x.example", "zone": "UTC"}
    return Account(**{**given, "created_at": NOW, "password_hash": "", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Zoë", "zoe"),
        ("  ÉMILE   Dupont ", "emile dupont"),
        ("Łukasz Đorđe", "lukasz dorde"),
        ("Straße", "strasse"),
        ("Øst", "ost"),
        ("李 明", "李 明"),
        ("\N{MATHEMATICAL MONOSPACE CAPITAL A}da", "ada"),
    ],
)
def test_a_name_is_found_whatever_its_case_and_accents(written: str, found: str) -> None:
    assert folded(written) == found


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(min_size=1, max_size=12), st.text(max_size=12))
def test_a_beginning_of_a_key_lies_within_its_reach(beginning: str, rest: str) -> None:
    begins, whole = folded(beginning), folded(beginning) + folded(rest)
    assert begins <= whole + "\na-1"
    assert whole + "\na-1" < begins + END or END in whole


def test_an_account_is_found_by_every_choice_that_it_belongs_to_and_by_no_other() -> None:
    account = an_account(roles=(Role.AUDITOR, Role.HR_ANALYST), unit_id="u", state=UserState.INVITED)
    facets = found_by(account)["facets"]
    assert isinstance(facets, list)
    assert len(facets) == len(set(facets)) == 2 * 3 * 2
    assert facet() in facets
    assert facet(state=UserState.INVITED, role=Role.AUDITOR, unit_id="u") in facets
    assert facet(state=UserState.ACTIVE) not in facets
    assert facet(unit_id="v") not in facets
    assert len(found_by(an_account())["facets"]) == 2


def test_two_of_one_name_have_keys_of_their_own() -> None:
    assert found_by(an_account(id="a-1"))["name"] != found_by(an_account(id="a-2"))["name"]


def test_placing_somebody_where_they_stand_changes_nothing() -> None:
    account = an_account(unit_id="u", manager_id="m")
    assert place(account, "u", "m") == Change(account)
    assert place(account, None, None).state.version == 2


def test_nobody_reports_to_themselves() -> None:
    with pytest.raises(Invalid) as refused:
        place(an_account(), None, "a-1")
    assert refused.value.field == "managerId"


def test_a_name_of_a_unit_in_another_place_is_taken() -> None:
    unit = OrgUnit(id="u", org_id="acme", name="Berlin", created_at=NOW)
    assert same_unit(unit, None) is unit
    with pytest.raises(Conflict):
        same_unit(unit, "other")
