"""GraphQL over HTTP: what a request may look like, who may ask, and that no input makes a 5xx."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contracts.errors import Unavailable
from contracts.identity import ADD_USER, GET_USERS, SIGN_IN, Tokens
from tests.gateway.fakes import Gateway, a_token, a_user

ME = "{ me { id name } }"
SIGN_IN_DOCUMENT = 'mutation { signIn(input: {email: "a@b.c", password: "x"}) { accessToken userErrors { code } } }'

BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "a number": b"5",
    "a string": b'"x"',
    "an array": b"[]",
    "20,000 arrays": b"[" * 20_000,
    "a batch": b'[{"query":"{me{id}}"}]',
    "invalid UTF-8": b'{"query":"\xff\xfe"}',
    "a lone surrogate": b'{"query":"\\ud800"}',
    "no query": b"{}",
    "null query": b'{"query":null}',
    "empty query": b'{"query":""}',
    "query of another type": b'{"query":{}}',
    "variables of another type": b'{"query":"{__typename}","variables":[]}',
    "operation name of another type": b'{"query":"{__typename}","operationName":5}',
    "an unknown operation": b'{"query":"query A{__typename}","operationName":"B"}',
    "extensions of another type": b'{"query":"{__typename}","extensions":5}',
    "a huge integer": b'{"query":"{__typename}","variables":{"a":' + b"9" * 5000 + b"}}",
    "NaN": b'{"query":"{__typename}","variables":{"a":NaN}}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_body_that_is_no_request_is_invalid(gateway: Gateway, body: bytes) -> None:
    reply = await gateway.post(body)
    assert (reply.status, reply.codes) == (400, ["INVALID"])


@pytest.mark.parametrize("depth", [500, 9_000, 16_000])
async def test_deep_json_harms_nobody(gateway: Gateway, depth: int) -> None:
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    reply = await gateway.post(b'{"query":"query A($a: ID!) {node(id: $a) {id}}","variables":{"a":' + deep + b"}}")
    assert reply.status < 500
    assert reply.codes == ["INVALID"]


async def test_a_body_over_100_kb_is_refused(gateway: Gateway) -> None:
    reply = await gateway.post(b'{"query":"' + b"x" * 100_000 + b'"}')
    assert (reply.status, reply.codes) == (413, ["BUDGET_EXCEEDED"])


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x/y"])
async def test_only_json_may_be_posted(gateway: Gateway, kind: str) -> None:
    reply = await gateway.post(json.dumps({"query": "{__typename}"}).encode(), kind=kind)
    assert (reply.status, reply.codes) == (415, ["INVALID"])


async def test_json_in_another_charset_is_refused(gateway: Gateway) -> None:
    assert (await gateway.post(b"{}", kind="application/json; charset=utf-16")).status == 415
    good = await gateway.post(b'{"query":"{__typename}"}', kind="application/json; charset=UTF-8")
    assert good.data == {"__typename": "Query"}


async def test_queries_may_be_asked_with_get_and_mutations_may_not(gateway: Gateway) -> None:
    assert (await gateway.get(query="{__typename}")).data == {"__typename": "Query"}
    named = await gateway.get(
        query="query A($a: Boolean!) {me @include(if: $a) {id}}", variables='{"a":false}', operationName="A"
    )
    assert named.data == {}
    refused = await gateway.get(query=SIGN_IN_DOCUMENT)
    assert (refused.status, refused.codes, refused.headers["allow"]) == (405, ["INVALID"], "POST")
    assert not gateway.parts.calls


@pytest.mark.parametrize("parameters", [{}, {"query": "{__typename}", "variables": "["}, {"query": ""}])
async def test_a_get_that_is_no_request_is_invalid(gateway: Gateway, parameters: dict[str, str]) -> None:
    reply = await gateway.get({}, **parameters)
    assert (reply.status, reply.codes) == (400, ["INVALID"])


async def test_the_answer_comes_in_the_media_type_that_was_asked_for(gateway: Gateway) -> None:
    body, new = b'{"query":"{ nothing }"}', "application/graphql-response+json"
    plain = await gateway.post(body)
    assert (plain.status, plain.codes) == (200, ["INVALID"])
    exact = await gateway.post(body, headers={"accept": f"{new}, application/json;q=0.9"})
    assert (exact.status, exact.headers["content-type"]) == (400, f"{new}; charset=utf-8")
    legacy = await gateway.post(body, headers={"accept": f"application/json, {new};q=0.5"})
    assert legacy.status == 200
    assert "data" not in exact.json


async def test_a_document_with_an_error_is_told_where(gateway: Gateway) -> None:
    reply = await gateway.run("{ me { id ")
    assert reply.codes == ["INVALID"]
    assert reply.json["errors"][0]["locations"]


async def test_one_of_several_operations_must_be_named(gateway: Gateway) -> None:
    both = "query A {a: __typename} query B {b: __typename}"
    assert (await gateway.run(both)).codes == ["INVALID"]
    named = await gateway.post(json.dumps({"query": both, "operationName": "B"}).encode())
    assert named.data == {"b": "Query"}


async def test_graphiql_is_for_development(gateway: Gateway) -> None:
    page = await gateway.get({"accept": "text/html"})
    assert (page.status, b"graphiql" in page.body.lower()) == (200, True)
    assert (await Gateway(mode="production").get({"accept": "text/html"})).status == 400


async def test_without_a_token_only_the_public_mutations_work(gateway: Gateway) -> None:
    gateway.parts.answer(SIGN_IN, Tokens(access_token="a", refresh_token="r", expires_in=600, user=a_user()))
    assert (await gateway.run(SIGN_IN_DOCUMENT, token=None)).data["signIn"] == {"accessToken": "a", "userErrors": []}
    for query in (ME, "{ clock { now } }", '{ node(id: "x") { id } }', '{ goal(id: "R29hbDp4") { title } }'):
        assert (await gateway.run(query, token=None)).codes == ["UNAUTHENTICATED"], query
    add = 'mutation { addUser(input: {name: "n", email: "e", password: "p"}) { userErrors { code } } }'
    reply = await gateway.run(add, token=None)
    assert reply.data["addUser"]["userErrors"] == [{"code": "UNAUTHENTICATED"}]
    assert gateway.parts.count(ADD_USER) == 0


@pytest.mark.parametrize("value", ["Bearer bad.token.here", "Basic YTpi", "Bearer", "Bearer ", "x"])
async def test_a_request_with_a_bad_token_is_refused_as_a_whole(gateway: Gateway, value: str) -> None:
    body = json.dumps({"query": SIGN_IN_DOCUMENT}).encode()
    reply = await gateway.post(body, headers={"authorization": value})
    assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
    assert reply.headers["www-authenticate"] == "Bearer"
    assert not gateway.parts.calls


async def test_a_token_that_nobody_can_judge_now_is_no_bad_token(gateway: Gateway) -> None:
    gateway.tokens.refusal = Unavailable("Tokens cannot be verified right now.")
    reply = await gateway.run(ME)
    assert (reply.status, reply.codes) == (503, ["UNAVAILABLE"])


async def test_the_token_is_passed_on(gateway: Gateway) -> None:
    gateway.parts.hold(GET_USERS, [a_user()])
    token = a_token()
    assert (await gateway.run(ME, token=token)).data["me"]["name"] == "Ann"
    assert [call[1] for call in gateway.parts.calls] == [token]


async def test_each_answer_has_a_correlation_id(gateway: Gateway) -> None:
    first, second = await gateway.run(ME), await gateway.run(ME)
    assert first.headers["x-correlation-id"] != second.headers["x-correlation-id"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_words = st.sampled_from(
    ["{", "}", "(", ")", "me", "node", "id", ":", "$a", "...", "on", '"', "query", "mutation", "[", "@"]
)
_document = st.lists(_words, max_size=30).map(" ".join) | st.text(max_size=60)
_request = st.fixed_dictionaries({"query": _document | _json}, optional={"variables": _json, "operationName": _json})
_body = st.binary(max_size=200) | (_json | _request).map(lambda value: json.dumps(value).encode())


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_body)
@example(body=b'{"query":"{}"}')  # asks for nothing, and has no first field
async def test_no_body_makes_a_5xx(gateway: Gateway, body: bytes) -> None:
    reply = await gateway.post(body)
    assert reply.status < 500
    assert "INTERNAL" not in reply.codes
