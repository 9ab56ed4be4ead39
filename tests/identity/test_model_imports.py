"""What a table of people says, row by row."""

from typing import Any

import pytest

from contracts.errors import Conflict, Invalid, Refusal
from contracts.identity import ImportState, ImportUsers, Role
from services.identity.model import imports
from services.identity.model.imports import PROBLEMS_KEPT, ROWS_LIMIT, Findings, Import, ImportPart, Row
from tests.builders import NOW

HEADING = "name,email,zone,unit,manager,roles"


def a_table(**fields: Any) -> Import:
    return Import(**{"id": "i", "org_id": "acme", "heading": HEADING, "started_by": "ada", "created_at": NOW, **fields})


def looked_at(*lines: str, known: dict[str, tuple[str, str]] | None = None) -> tuple[Findings, list[Row]]:
    table = a_table(part_ids=("p",))
    part = ImportPart(id="p", org_id="acme", csv="\n".join((HEADING, *lines)), before=0)
    findings, right = Findings(), []
    for number, row in imports.read(table, part, {"berlin": "u-1"}):
        if isinstance(row, Row):
            right.append(row)
            imports.note(findings, row)
        else:
            findings.wrong(number, row)
    imports.place_known(findings, "acme", known or {})
    imports.check_managers(findings)
    return findings, right


def told(findings: Findings) -> list[tuple[int, str | None, str]]:
    return [(problem.row, problem.field, problem.code) for problem in findings.problems]


def test_a_row_becomes_a_person_in_normal_form() -> None:
    findings, (row, _) = looked_at(
        " Zoë   Ek ,ZOE@X.example,Europe/Berlin, BERLIN ,lea@x.example,auditor hr_analyst", "Lea,lea@x.example,,,,"
    )
    assert told(findings) == []
    assert (row.name, row.email, row.zone, row.unit_id) == ("Zoë Ek", "zoe@x.example", "Europe/Berlin", "u-1")
    assert (row.manager, row.roles) == ("lea@x.example", (Role.AUDITOR, Role.HR_ANALYST))


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (",a@x.example,,,,", "name", "INVALID"),
        ("A,no address,,,,", "email", "INVALID"),
        ("A,,,,,", "email", "INVALID"),
        ("A,a@x.example,Mars/North,,,", "zone", "INVALID"),
        ("A,a@x.example,,Paris,,", "unit", "INVALID"),
        ("A,a@x.example,,,nobody,", "manager", "INVALID"),
        ("A,a@x.example,,,nobody@x.example,", "manager", "INVALID"),
        ("A,a@x.example,,,a@x.example,", "manager", "INVALID"),
        ("A,a@x.example,,,,king", "roles", "INVALID"),
        ("A,a@x.example,,,,org_admin", "roles", "INVALID"),
    ],
)
def test_a_wrong_row_is_told_with_its_column(line: str, field: str, code: str) -> None:
    findings, _ = looked_at(line)
    assert told(findings) == [(2, field, code)]


def test_a_cell_that_was_guarded_against_spreadsheets_is_read_as_it_was() -> None:
    _, (row,) = looked_at("'=Ada,ada@x.example,,,,")
    assert row.name == "=Ada"


def test_an_address_stands_once_in_a_table() -> None:
    findings, _ = looked_at("A,a@x.example,,,,", "B,A@X.example,,,,")
    assert told(findings) == [(3, "email", "CONFLICT")]
    assert "row 2" in findings.problems[0].message


def test_an_address_of_another_organisation_cannot_be_had_twice() -> None:
    findings, _ = looked_at("A,a@x.example,,,,", "B,b@x.example,,,,", known={"a@x.example": ("umbrella", "x")})
    assert told(findings) == [(2, "email", "CONFLICT")]


def test_a_person_who_is_here_stays_and_may_be_somebodys_manager() -> None:
    findings, _ = looked_at("A,a@x.example,,,b@x.example,", known={"b@x.example": ("acme", "id-b")})
    assert (told(findings), findings.known) == ([], {"b@x.example": "id-b"})


def test_a_row_that_falls_out_takes_along_those_who_report_to_it() -> None:
    findings, _ = looked_at(
        "A,a@x.example,,,b@x.example,", "B,b@x.example,,,c@x.example,", "C,c@x.example,,,gone@x.example,"
    )
    assert findings.bad == {2, 3, 4}
    assert not findings.seen


def test_only_the_first_problems_are_told_and_all_are_counted() -> None:
    findings, _ = looked_at(*(f"A,no address {number},,,," for number in range(PROBLEMS_KEPT + 5)))
    assert (len(findings.problems), len(findings.bad)) == (PROBLEMS_KEPT, PROBLEMS_KEPT + 5)


def test_a_wrong_row_refuses_all_unless_it_is_to_be_left_out() -> None:
    findings, _ = looked_at("A,a@x.example,,,,", "B,nothing,,,,")
    state = {"state": ImportState.CHECKING, "total": 2}
    assert imports.checked(a_table(**state), findings, NOW).state.state is ImportState.REFUSED
    assert imports.checked(a_table(**state, skip_invalid=True), findings, NOW).state.state is ImportState.STORING
    dry = imports.checked(a_table(**state, skip_invalid=True, dry_run=True), findings, NOW).state
    assert (dry.state, dry.created, dry.existing, dry.invalid) == (ImportState.DONE, 1, 0, 1)


@pytest.mark.parametrize("csv", ["email\na@x.example", "name,email,salary\nA,a@x.example,1", "name,name,email\nA,A,a"])
def test_a_table_of_other_columns_is_none(csv: str) -> None:
    draft = imports.begin("i", "acme", ImportUsers(csv=csv), "ada", NOW).state
    with pytest.raises(Invalid):
        imports.count(draft, csv)


def test_a_further_part_is_numbered_after_the_ones_before() -> None:
    table = a_table(part_ids=("p", "q"))
    part = ImportPart(id="q", org_id="acme", csv="A,a@x.example,,,,\nB,b@x.example,,,,\n", before=7)
    assert [number for number, _ in imports.read(table, part, {})] == [9, 10]


def refused(table: Import, csv: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        imports.count(table, csv)
    return refusal.value


def test_an_import_has_its_bounds() -> None:
    line = "A,a@x.example,,,,\n"
    assert isinstance(refused(a_table(part_ids=("p",), total=ROWS_LIMIT), line), Invalid)
    assert isinstance(refused(a_table(part_ids=("p",) * 1_000), line), Invalid)
    assert isinstance(refused(a_table(part_ids=("p",), state=ImportState.STORING), line), Conflict)
