"""How large one request may be, and that refusing a large one is cheap."""

import time

import pytest
from graphql import get_introspection_query

from contracts.identity import GET_ORGANISATION, GET_USERS, LIST_PROGRAMMES, Organisation, Programme, ProgrammePolicy
from contracts.wire import Page
from gateway.limits import ALIASES, DEPTH, ROOT_FIELDS, TOKENS
from tests.gateway.fakes import AT, Gateway, a_token, a_user

SIGN_IN = 'signIn(input: {email: "a@b.c", password: "x"}) { userErrors { code } }'


def nested(depth: int) -> str:
    """A query that is `depth` fields deep; validation after the limits finds fields that do not exist."""
    return "{ me " + "{ me " * (depth - 1) + "}" * depth


def bomb(levels: int) -> str:
    """Fragments that each spread the next one twice."""
    fragments = [f"fragment F{n} on User {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    return "{ me { ...F0 } } " + " ".join(fragments) + f" fragment F{levels} on User {{ a: id b: name }}"


LOOP = "{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }"

TOO_LARGE = {
    "too deep": nested(DEPTH + 1),
    "too deep in a fragment": "{ me { ...A } } fragment A on User " + nested(DEPTH),
    "too deep in inline fragments": "{ me { ... on User " + nested(DEPTH) + "}}",
    "so deep that no parser follows": nested(400),
    "too many aliases": "{" + " ".join(f"a{n}: __typename" for n in range(ALIASES + 1)) + "}",
    "too many aliases through one fragment": "{ me {" + "...A " * 8 + "} } fragment A on User { a: id b: name }",
    "a bomb of fragments": bomb(24),
    "too many root fields": "{" + "__typename " * (ROOT_FIELDS + 1) + "}",
    "too many root fields through fragments": "{" + "...A " * 6 + "} fragment A on Query { __typename me { id } }",
    "too many tokens": "{" + "me " * TOKENS + "}",
    "too many comments": "#\n" * (TOKENS + 1) + "{__typename}",
    "two sign-ins": f"mutation {{ a: {SIGN_IN} b: {SIGN_IN} }}",
    "a sign-in beside something": f'mutation {{ {SIGN_IN} signOut(input: {{refreshToken: "x"}}) {{ signedOut }} }}',
    "deep introspection": "{ __schema { types " + "{ fields { type " * 4 + "{ name }" + "} }" * 4 + "} }",
}


@pytest.mark.parametrize("query", TOO_LARGE.values(), ids=TOO_LARGE.keys())
async def test_what_is_too_large_is_refused_before_it_runs(gateway: Gateway, query: str) -> None:
    start = time.process_time()
    reply = await gateway.run(query)
    assert "BUDGET_EXCEEDED" in reply.codes
    assert "data" not in reply.json
    assert not gateway.parts.calls
    assert time.process_time() - start < 0.5, "a few milliseconds on an idle machine; the exponential way takes minutes"


async def test_the_largest_that_fits_runs(gateway: Gateway) -> None:
    gateway.parts.hold(GET_USERS, [a_user()])
    for query in ("{" + " ".join(f"a{n}: __typename" for n in range(ROOT_FIELDS)) + "}", "{ me { id ...A ...A } }"):
        fragment = " fragment A on User { a: id b: name c: zone d: email }" if "...A" in query else ""
        assert (await gateway.run(query + fragment)).data


@pytest.mark.parametrize("query", [LOOP, "{ ...Unknown }", "fragment A on User { id }"])
async def test_fragments_that_lead_nowhere_are_invalid(gateway: Gateway, query: str) -> None:
    assert set((await gateway.run(query)).codes) == {"INVALID"}


async def test_a_thousand_fragments_in_a_row_are_no_trouble(gateway: Gateway) -> None:
    chain = " ".join(f"fragment F{n} on User {{ ...F{n + 1} }}" for n in range(150)) + " fragment F150 on User { id }"
    start = time.process_time()
    await gateway.run("{ me { ...F0 } } " + chain)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("first", [0, -1, 101, 2_000_000_000])
async def test_a_page_has_1_to_100_items(gateway: Gateway, first: int) -> None:
    reply = await gateway.run("query A($first: Int!) { programmes(first: $first) { edges { cursor } } }", first=first)
    assert reply.codes == ["INVALID"]
    assert reply.json["errors"][0]["extensions"]["field"] == "first"


async def test_a_page_says_whether_more_follow(gateway: Gateway) -> None:
    made = [Programme(id=f"p{n}", org_id="org", name="P", policy=ProgrammePolicy(), created_at=AT) for n in range(2)]
    gateway.parts.answer(
        LIST_PROGRAMMES, Page(items=tuple(made), cursors=("there", "here"), end_cursor="here", has_next=True)
    )
    query = '{ programmes(first: 2, after: "x") { edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }'
    shown = (await gateway.run(query)).data["programmes"]
    assert shown["pageInfo"] == {"hasNextPage": True, "endCursor": "here"}
    assert [edge["cursor"] for edge in shown["edges"]] == ["there", "here"]
    assert (gateway.parts.calls[0][2].first, gateway.parts.calls[0][2].after) == (2, "x")


async def test_the_schema_may_be_read_in_development_and_by_admins() -> None:
    query = get_introspection_query(input_value_deprecation=False)
    assert (await Gateway().run(query, token=None)).data["__schema"]
    production = Gateway(mode="production")
    assert set((await production.run(query)).codes) == {"INVALID"}
    assert (await production.run(query, token=a_token(roles=("org_admin",)))).data["__schema"]


async def test_production_suggests_no_fields() -> None:
    assert "Did you mean" in (await Gateway().run("{ mee }")).json["errors"][0]["message"]
    assert "Did you mean" not in (await Gateway(mode="production").run("{ mee }")).json["errors"][0]["message"]


async def test_a_document_is_remembered_without_its_answer(gateway: Gateway) -> None:
    for name in ("One", "Two"):
        gateway.parts.answer(GET_ORGANISATION, Organisation(id="o", name=name, created_at=AT))
        assert (await gateway.run("{ organisation { name } }")).data == {"organisation": {"name": name}}
