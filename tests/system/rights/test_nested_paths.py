"""What is private does not come back by a detour: every path of three steps from every root, as everybody."""

import json

import pytest
from graphql import GraphQLObjectType, get_named_type

from tests.system.rights.asking import SCHEMA, Asker, arguments
from tests.system.rights.everything import PRINCIPALS, Everything
from tests.system.rights.table import NODES, QUERIES, rows
from tests.system.rights.walking import walks

DEPTH = 2  # steps after the first


def _documents(principal: str, everything: Everything) -> list[str]:
    """From every query and every node that gives this principal anything at all."""
    assert SCHEMA.query_type
    found = []
    for name, field in SCHEMA.query_type.fields.items():
        kind = get_named_type(field.type)
        if name != "node" and rows(QUERIES)[name][principal] in "DE":
            call = f"{name}{arguments(name, field, everything)}"
            inner = walks(kind, DEPTH, everything) if isinstance(kind, GraphQLObjectType) else None
            found += [f"{{ {call} {{ {each} }} }}" for each in inner] if inner else [f"{{ {call} }}"]
    for name, cells in rows(NODES).items():
        kind = SCHEMA.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        if cells[principal] == "D":
            call = f'node(id: "{everything.ids[name]}")'
            found += [f"{{ {call} {{ ... on {name} {{ {each} }} }} }}" for each in walks(kind, DEPTH, everything)]
    return found


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_nobody_reads_what_is_not_theirs_by_any_path(
    everything: Everything, asker: Asker, principal: str
) -> None:
    seen, refused, documents = set[str](), list[str](), _documents(principal, everything)
    for document in documents:
        body = await asker.post(principal, document)
        for error in json.loads(body).get("errors", ()):
            if error["extensions"]["code"] in {"INVALID", "BUDGET_EXCEEDED", "INTERNAL"}:
                refused.append(f"{error['message']} {document}")
        text = json.dumps(json.loads(body), ensure_ascii=False)
        seen |= {words for words in everything.words if words in text}
    assert refused == [], "a document that is refused shows nothing"
    expected = {words for words, readers in everything.words.items() if principal in readers}
    assert seen == expected, "the walk passes by where the words are, so it would find no leak there"
