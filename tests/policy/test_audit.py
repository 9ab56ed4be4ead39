"""Who may see what of an audit log: by what it may be searched, and who reads the chain."""

from typing import Any

import pytest

from contracts.audit import AuditEntry, ReadAuditLog
from contracts.errors import Forbidden, Invalid
from contracts.identity import Role
from contracts.wire import Caller
from kit.audit_policy import PROGRAMMES, Kind, allowed_tag, need, shown
from tests.builders import NOW, a_caller

MARIA = a_caller("maria")
PRIYA = a_caller("priya", roles=(Role.PROGRAMME_MANAGER,))
PAULA = a_caller("paula", programme_ids=("p",))
ADA = a_caller("ada", roles=(Role.ORG_ADMIN,))
AMIR = a_caller("amir", roles=(Role.AUDITOR,))
HANNAH = a_caller("hannah", roles=(Role.HR_ANALYST,))
PART = a_caller("", part="goals", roles=tuple(Role))
NOBODY = a_caller("", org_id="")

OWN = "You see the entries about yourself. Leave the filter out, or ask an auditor."
OF_PROGRAMMES = "You see what belongs to programmes, and the entries about yourself. Give a mentorship or a programme."
OF_ONE = (
    "You see the entries about yourself, and those of the programmes that you manage. "
    "Give the `programmeId` of one of these, or leave the filter out for your own."
)
FOR_PEOPLE = "The audit log is for people."
FILTERS = ("person_id", "mentorship_id", "programme_id", "object_id")

ALLOWED: list[tuple[Caller, dict[str, str], str | None]] = [
    (MARIA, {}, "person:maria"),
    (MARIA, {"person_id": "maria"}, "person:maria"),
    (HANNAH, {}, "person:hannah"),
    (PRIYA, {}, PROGRAMMES),
    (PRIYA, {"mentorship_id": "m"}, "mentorship:m"),
    (PRIYA, {"programme_id": "p"}, "programme:p"),
    (PRIYA, {"person_id": "priya"}, "person:priya"),
    (PAULA, {"programme_id": "p"}, "programme:p"),
    (PAULA, {"person_id": "paula"}, "person:paula"),
    (PAULA, {}, "person:paula"),
    *((each, {}, None) for each in (ADA, AMIR)),
    *((each, {name: "x"}, f"{name.removesuffix('_id')}:x") for each in (ADA, AMIR) for name in FILTERS),
]
REFUSED: list[tuple[Caller, dict[str, str], str]] = [
    *((each, {name: "x"}, OWN) for each in (MARIA, HANNAH) for name in FILTERS),
    (PRIYA, {"person_id": "maria"}, OF_PROGRAMMES),
    (PRIYA, {"object_id": "o"}, OF_PROGRAMMES),
    (PAULA, {"programme_id": "q"}, OF_ONE),
    (PAULA, {"mentorship_id": "m"}, OF_ONE),
    (PAULA, {"object_id": "o"}, OF_ONE),
    (PAULA, {"person_id": "maria"}, OF_ONE),
    *((each, asked, FOR_PEOPLE) for each in (PART, NOBODY) for asked in ({}, {"person_id": ""}, {"programme_id": "p"})),
]


@pytest.mark.parametrize(("caller", "asked", "tag"), ALLOWED)
def test_a_caller_reads_what_its_roles_open(caller: Caller, asked: dict[str, str], tag: str | None) -> None:
    assert allowed_tag(caller, ReadAuditLog(**asked)) == tag  # type: ignore[arg-type]


@pytest.mark.parametrize(("caller", "asked", "why"), REFUSED)
def test_a_caller_is_refused_the_rest_and_told_what_to_ask(caller: Caller, asked: dict[str, str], why: str) -> None:
    with pytest.raises(Forbidden) as refused:
        allowed_tag(caller, ReadAuditLog(**asked))  # type: ignore[arg-type]
    assert refused.value.message == why


def test_one_filter_is_given_at_a_time() -> None:
    with pytest.raises(Invalid) as refused:
        allowed_tag(ADA, ReadAuditLog(person_id="maria", object_id="o"))
    assert refused.value.field == "filter"
    assert refused.value.message == "Give one filter at a time: a person, a mentorship, a programme or an object."


@pytest.mark.parametrize(
    ("caller", "people"),
    [
        (ADA, ("maria", "sofia")), (AMIR, ("maria", "sofia")), (MARIA, ("maria",)), (PRIYA, ()), (PAULA, ()),
        (HANNAH, ()),
    ],
)  # fmt: skip
def test_an_entry_names_others_to_who_sees_all_entries(caller: Caller, people: tuple[str, ...]) -> None:
    given: dict[str, Any] = {"who": "priya", "what": "identity.list_users", "kind": "Account", "object_id": "o"}
    entry = AuditEntry(id="1", org_id="acme", service="identity", at=NOW, people=("maria", "sofia"), **given)
    assert shown(caller, entry).people == people
    assert shown(caller, entry).what == "identity.list_users"


@pytest.mark.parametrize(
    ("kind", "may"), [(Kind.CHECKPOINT, {"ada", "amir"}), (Kind.CHAIN, {"amir"})], ids=["checkpoint", "chain"]
)
def test_the_chain_is_for_who_answers_for_it(kind: Kind, may: set[str]) -> None:
    for caller in (MARIA, PRIYA, PAULA, ADA, AMIR, HANNAH, PART, NOBODY):
        if caller.user_id in may:
            need(caller, kind)
            continue
        with pytest.raises(Forbidden, match="the role auditor only"):
            need(caller, kind)
