"""How tables are read, and how callers stand to things: every branch of the vocabulary, by example."""

from enum import StrEnum

import pytest

from contracts.errors import Forbidden, NotFound
from contracts.identity import Role
from contracts.policy import (
    WORDS,
    Act,
    Decision,
    Relation,
    check,
    decide,
    forbidden,
    own,
    sees_whole,
    side,
    standing,
    table,
)
from tests.builders import a_caller, a_card

R = Relation


class Fruit(StrEnum):
    """Something to decide about."""

    APPLE = "apple"
    PEAR = "pear"
    PLUM = "plum"


FRUIT = table(
    Fruit,
    """
      | mentee | mentor | manager | hr
apple | W      | R      | M       | A
pear  | -      | W      | -       | -
plum  | -      | -      | -       | -
""",
)


@pytest.mark.parametrize(
    ("letter", "allowed"),
    [(R.MENTEE, "WRM"), (R.MENTOR, "RM"), (R.MANAGER, "M"), (R.HR, "A"), (R.COLLEAGUE, "")],
)
def test_a_letter_allows_what_it_implies(letter: Relation, allowed: str) -> None:
    decisions = {act: decide(FRUIT, frozenset({letter}), act, Fruit.APPLE) for act in Act}
    refused = Decision.FORBIDDEN if allowed else Decision.HIDDEN
    assert decisions == {act: Decision.ALLOWED if act in allowed else refused for act in Act}


def test_several_relations_allow_what_any_of_them_allows() -> None:
    both = frozenset({R.MANAGER, R.HR})
    assert decide(FRUIT, both, Act.METADATA, Fruit.APPLE) is Decision.ALLOWED
    assert decide(FRUIT, both, Act.AGGREGATE, Fruit.APPLE) is Decision.ALLOWED
    assert decide(FRUIT, both, Act.READ, Fruit.APPLE) is Decision.FORBIDDEN


def test_a_table_may_come_in_parts() -> None:
    parts = table(Fruit, "x | mentee\napple | W\npear | R", "x | mentor | hr\nplum | R | A")
    assert parts[Fruit.APPLE] == {R.MENTEE: frozenset({Act.WRITE, Act.READ, Act.METADATA})}
    assert parts[Fruit.PEAR] == {R.MENTEE: frozenset({Act.READ, Act.METADATA})}
    assert parts[Fruit.PLUM] == {R.MENTOR: frozenset({Act.READ, Act.METADATA}), R.HR: frozenset({Act.AGGREGATE})}


def test_a_table_without_a_row_or_with_a_row_too_many_is_none() -> None:
    with pytest.raises(KeyError):
        table(Fruit, "x | mentee\napple | W\npear | W")
    with pytest.raises(ValueError, match="cherry"):
        table(Fruit, "x | mentee\ncherry | W")
    with pytest.raises(ValueError, match="zip"):
        table(Fruit, "x | mentee\napple | W | W\npear | W\nplum | W")


def test_a_refusal_says_who_may_and_hides_what_must_not_be_known() -> None:
    check(FRUIT, frozenset({R.MENTEE}), Act.WRITE, Fruit.APPLE, NotFound("x"))
    with pytest.raises(Forbidden) as refused:
        check(FRUIT, frozenset({R.MENTOR}), Act.WRITE, Fruit.APPLE, NotFound("x"))
    assert refused.value.message == "This is for the mentee only."
    with pytest.raises(NotFound, match=r"^x$"):
        check(FRUIT, frozenset({R.COLLEAGUE}), Act.WRITE, Fruit.APPLE, NotFound("x"))
    with pytest.raises(Forbidden) as refused:
        check(FRUIT, frozenset({R.COLLEAGUE}), Act.READ, Fruit.APPLE)
    assert refused.value.message == "This is for the mentee or the mentor only."
    assert forbidden(FRUIT, Fruit.PLUM, Act.READ).message == "This is for nobody to do."


@pytest.mark.parametrize(("relation", "whole"), [(R.MENTEE, True), (R.MENTOR, True), (R.HR, False)])
def test_numbers_are_whole_for_who_reads_and_of_many_for_who_counts(relation: Relation, whole: bool) -> None:
    assert sees_whole(FRUIT, frozenset({relation}), Fruit.APPLE) is whole


@pytest.mark.parametrize("relation", [R.MANAGER, R.COLLEAGUE])
def test_numbers_are_refused_to_everybody_else(relation: Relation) -> None:
    with pytest.raises(Forbidden) as refused:
        sees_whole(FRUIT, frozenset({relation}), Fruit.APPLE)
    assert refused.value.message == "This is for the mentee or the mentor or the role hr_analyst only."


def test_every_relation_has_words() -> None:
    assert set(WORDS) == set(Relation)


@pytest.mark.parametrize(
    ("fields", "programme_id", "expected"),
    [
        ({}, None, {R.COLLEAGUE}),
        ({"org_id": ""}, None, {R.NOBODY}),
        ({"org_id": "other", "roles": tuple(Role)}, "programme-1", {R.ELSEWHERE}),
        ({"user_id": "", "part": "workflows"}, None, {R.PART, R.WORKFLOWS}),
        ({"user_id": "", "part": "notifications"}, None, {R.PART, R.NOTIFICATIONS}),
        ({"user_id": "", "part": "goals"}, None, {R.PART}),
        ({"roles": (Role.ORG_ADMIN,)}, None, {R.COLLEAGUE, R.ADMIN}),
        ({"roles": (Role.HR_ANALYST, Role.AUDITOR)}, None, {R.COLLEAGUE, R.HR, R.AUDITOR}),
        ({"roles": (Role.PROGRAMME_MANAGER,)}, None, {R.COLLEAGUE, R.MANAGER, R.MANAGER_OF_ALL}),
        ({"roles": (Role.PROGRAMME_MANAGER,)}, "programme-1", {R.COLLEAGUE, R.MANAGER, R.MANAGER_OF_ALL}),
        ({"programme_ids": ("programme-1",)}, "programme-1", {R.COLLEAGUE, R.MANAGER}),
        ({"programme_ids": ("programme-1",)}, "programme-2", {R.COLLEAGUE}),
        ({"programme_ids": ("programme-1",)}, None, {R.COLLEAGUE, R.MANAGER}),
    ],
)  # fmt: skip
def test_roles_make_relations(fields: dict[str, object], programme_id: str | None, expected: set[Relation]) -> None:
    assert standing(a_caller(**fields), "acme", programme_id) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("user_id", "author_id", "expected"),
    [
        ("maria", None, {R.MENTEE}),
        ("sofia", None, {R.MENTOR}),
        ("maria", "maria", {R.MENTEE, R.AUTHOR}),
        ("sofia", "maria", {R.MENTOR, R.PARTNER}),
        ("olga", None, {R.COLLEAGUE}),
        ("olga", "olga", {R.COLLEAGUE}),
    ],
)
def test_a_side_makes_relations(user_id: str, author_id: str | None, expected: set[Relation]) -> None:
    assert side(a_caller(user_id), a_card(), author_id) == expected


def test_a_side_comes_before_every_role() -> None:
    assert side(a_caller("maria", roles=tuple(Role)), a_card()) == {R.MENTEE}


def test_the_programme_of_a_mentorship_decides_who_manages_it() -> None:
    assert R.MANAGER in side(a_caller("olga", programme_ids=("programme-1",)), a_card())
    assert R.MANAGER not in side(a_caller("olga", programme_ids=("programme-2",)), a_card())


def test_the_same_id_in_another_organisation_has_no_side() -> None:
    assert side(a_caller("maria", org_id="other"), a_card(), "maria") == {R.ELSEWHERE}
    assert own(a_caller("maria", org_id="other"), "acme", "maria") == {R.ELSEWHERE}


def test_what_is_about_somebody_is_their_own() -> None:
    assert own(a_caller("maria"), "acme", "maria") == {R.COLLEAGUE, R.AUTHOR}
    assert own(a_caller("maria"), "acme", "sofia") == {R.COLLEAGUE}
    assert own(a_caller("", part="workflows"), "acme", "") == {R.PART, R.WORKFLOWS}
    assert own(a_caller("olga", programme_ids=("p",)), "acme", "x", "p") == {R.COLLEAGUE, R.MANAGER}
    assert own(a_caller("olga", programme_ids=("p",)), "acme", "x", "q") == {R.COLLEAGUE}
