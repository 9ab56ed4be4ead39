"""The published schema offers nothing that puts people in an order of worth."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

import gateway

SCHEMA = build_schema((Path(gateway.__file__).parent / "schema.graphql").read_text())
OWN = {name: kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")}
RANKING = {
    "leaderboard",
    "rank",
    "ranks",
    "ranked",
    "ranking",
    "percentile",
    "quartile",
    "top",
    "best",
    "worst",
    "league",
}
ORDERING = {"order", "orderby", "sort", "sortby"}
SCORES = {"Score", "PartyScore"}


def words_of(name: str) -> set[str]:
    """The words of a name: topMentors is top and mentors, TOP_MENTORS too."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)}


def names() -> Iterator[tuple[str, str]]:
    """Every name of the schema, with where it stands."""
    for kind_name, kind in OWN.items():
        yield "schema", kind_name
        if isinstance(kind, GraphQLEnumType):
            yield from ((kind_name, value) for value in kind.values)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                yield kind_name, field_name
                yield from ((f"{kind_name}.{field_name}", name) for name in getattr(field, "args", {}))


def lists_of(wanted: set[str]) -> set[str]:
    """Where many of a type come at once, as a list or as the items of a connection."""
    found = set()
    for kind_name, kind in OWN.items():
        for field_name, field in kind.fields.items() if isinstance(kind, GraphQLObjectType) else ():
            inner, many = field.type, False
            while is_non_null_type(inner) or is_list_type(inner):
                many |= is_list_type(inner)
                inner = inner.of_type
            if get_named_type(inner).name in wanted and (many or kind_name.endswith("Edge")):
                found.add(f"{kind_name}.{field_name}")
    return found


def fields_with(wanted: set[str]) -> set[str]:
    """Every field that gives one of these types."""
    return {
        f"{kind_name}.{field_name}"
        for kind_name, kind in OWN.items()
        if isinstance(kind, GraphQLObjectType)
        for field_name, field in kind.fields.items()
        if get_named_type(field.type).name in wanted
    }


SIDES = {"Score.mentee", "Score.mentor", "ScoreFigures.mentee", "ScoreFigures.mentor"}


def test_no_name_speaks_of_a_ranking() -> None:
    assert [(where, name) for where, name in names() if words_of(name) & RANKING] == []


def test_no_list_can_be_put_in_an_order_of_the_clients_choice() -> None:
    assert [(where, name) for where, name in names() if words_of(name) & ORDERING] == []


def test_a_score_is_read_of_one_mentorship_and_never_of_many_people_at_once() -> None:
    assert lists_of(SCORES) == set()
    assert fields_with(SCORES) == {"Mentorship.score", "Subscription.scoreChanged", *SIDES}


@pytest.mark.parametrize("name", ["topMentors", "TOP_MENTORS", "scorePercentile", "leaderboard", "menteeRank"])
def test_what_would_rank_people_would_be_found(name: str) -> None:
    assert words_of(name) & RANKING
