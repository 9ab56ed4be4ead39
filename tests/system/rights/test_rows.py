"""The table has a row for everything in the schema. Part of `make check`, so that nothing new lands without one."""

import pytest
from graphql import GraphQLInterfaceType

from tests.system.rights.asking import SCHEMA
from tests.system.rights.table import (
    COLUMNS,
    MUTATIONS,
    NODES,
    QUERIES,
    SUBSCRIPTIONS,
    rows,
)


def _named() -> list[tuple[str, str, set[str]]]:
    node = SCHEMA.type_map["Node"]
    assert SCHEMA.query_type
    assert SCHEMA.mutation_type
    assert SCHEMA.subscription_type
    assert isinstance(node, GraphQLInterfaceType)
    return [
        ("QUERIES", QUERIES, set(SCHEMA.query_type.fields) - {"node"}),
        ("NODES", NODES, {kind.name for kind in SCHEMA.get_implementations(node).objects}),
        ("MUTATIONS", MUTATIONS, set(SCHEMA.mutation_type.fields)),
        ("SUBSCRIPTIONS", SUBSCRIPTIONS, set(SCHEMA.subscription_type.fields)),
    ]


@pytest.mark.parametrize(("name", "text", "expected"), _named(), ids=[name for name, *_ in _named()])
def test_everything_in_the_schema_has_a_row(name: str, text: str, expected: set[str]) -> None:
    missing, unknown = expected - set(rows(text)), set(rows(text)) - expected
    assert not missing, (
        f"Say who gets what of {', '.join(sorted(missing))}: add a row to {name} in tests/system/rights/table.py with "
        f"one letter for each of {', '.join(COLUMNS)}. A new kind of node is made in everything.py beside it."
    )
    assert not unknown, f"The schema has no {', '.join(sorted(unknown))}: take the row out of {name}."
