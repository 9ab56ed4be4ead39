"""API tokens at the endpoint: shown once, kept to their scopes, ended at once."""

import uuid
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from contracts.errors import Forbidden
from contracts.identity import REACH, Scope
from contracts.wire import Caller
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from kit.rpc import check_reach
from tests.contracts.snapshot import operations
from tests.system.people import a_story
from tests.system.polling import until

LIST = "{ apiTokens { edges { node { id name scopes lastUsedAt revokedAt expiresAt createdBy { name } } } } }"
MADE = "token apiToken { id name scopes lastUsedAt }"
ALL = [scope.name for scope in Scope]


@pytest.fixture(scope="module")
async def story(stack: Stack) -> AsyncIterator[Story]:
    """An organisation with a proposed pair, for all tests of this file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        yield story


@pytest.fixture
async def program(endpoint: str) -> AsyncIterator[Person]:
    """A program that has no token yet."""
    async with Person("HR system", endpoint) as program:
        yield program


async def given(story: Story, program: Person, *scopes: str, **fields: Any) -> str:
    """Give the program a token; its id."""
    made = await story.priya.do("createApiToken", MADE, name="HR system", scopes=list(scopes), **fields)
    program.use(made["token"])
    return str(made["apiToken"]["id"])


async def refusal(attempt: Awaitable[Any]) -> tuple[str, str | None]:
    """Code and field of a refusal."""
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value.code, refused.value.field


def somebody(story: Story, **fields: Any) -> dict[str, Any]:
    """A person to add."""
    return {"name": "Nina", "email": f"{uuid.uuid4().hex[:8]}@{story.domain}", "password": PASSWORD, **fields}


async def test_a_token_is_shown_once_and_its_use_is_noted(story: Story, program: Person) -> None:
    asked = {"name": "Reports", "scopes": ["USERS_READ"], "idempotencyKey": uuid.uuid4().hex}
    first, again = [await story.priya.do("createApiToken", MADE, **asked) for _ in range(2)]
    assert first["token"].startswith("inzpireu.")
    assert again == {**first, "token": None}
    program.use(first["token"])
    assert (await program.ask("{ users { edges { node { email } } } }"))["users"]["edges"]
    listed = (await story.priya.ask(LIST))["apiTokens"]["edges"]
    (kept,) = [edge["node"] for edge in listed if edge["node"]["id"] == first["apiToken"]["id"]]
    assert kept["lastUsedAt"]
    assert (kept["name"], kept["scopes"], kept["createdBy"]) == ("Reports", ["USERS_READ"], {"name": "Priya"})
    assert first["token"].rpartition(".")[2] not in repr(listed)


async def test_a_scope_opens_what_it_says_and_nothing_else(story: Story, program: Person) -> None:
    await given(story, program, "USERS_READ")
    assert await refusal(program.do("addUser", "user { id }", **somebody(story))) == ("FORBIDDEN", None)
    assert (await refusal(program.ask("{ programmes { edges { node { id } } } }")))[0] == "FORBIDDEN"
    await given(story, program, "USERS_WRITE")
    made = await program.do("addUser", "user { id }", **somebody(story))
    await program.do("suspendUser", "user { state }", userId=made["user"]["id"])
    await given(story, program, "PROGRAMMES_READ")
    assert (await program.ask("{ programmes { edges { node { name } } } }"))["programmes"]["edges"]
    assert await refusal(program.do("createProgramme", "programme { id }", name="Mine")) == ("FORBIDDEN", None)
    assert (await refusal(program.ask("{ users { edges { node { id } } } }")))[0] == "FORBIDDEN"
    await given(story, program, "PROGRAMMES_WRITE")
    await program.do("createProgramme", "programme { id }", name="Mine")


async def test_a_token_with_all_scopes_makes_nobody_powerful_and_reads_no_mentorship(
    story: Story, program: Person
) -> None:
    token_id = await given(story, program, *ALL)
    role = {"roles": ["ORG_ADMIN"]}
    assert (await refusal(program.do("addUser", "user { id }", **somebody(story, **role))))[0] == "FORBIDDEN"
    invited = program.do("inviteUser", "user { id }", email=f"x@{story.domain}", **role)
    assert (await refusal(invited))[0] == "FORBIDDEN"
    for mutation, returning, more in (
        ("grantRole", "user { id }", {"userId": story.maria.id, "role": "AUDITOR"}),
        ("createApiToken", "token", {"name": "Another", "scopes": ["USERS_WRITE"]}),
        ("revokeApiToken", "apiToken { id }", {"apiTokenId": token_id}),
        ("moveTime", "clock { now }", {"by": "PT1S"}),
    ):
        assert (await refusal(program.do(mutation, returning, **more)))[0] == "FORBIDDEN"
    see = "query($id: ID!) { mentorship(id: $id) { id } }"
    assert (await refusal(program.ask(see, id=story.mentorship_id)))[0] == "FORBIDDEN"


async def test_a_revoked_token_ends_at_once(story: Story, program: Person) -> None:
    token_id = await given(story, program, "USERS_READ")
    await program.ask("{ users { edges { node { id } } } }")
    revoked = await story.priya.do("revokeApiToken", "apiToken { revokedAt }", apiTokenId=token_id)
    assert revoked["apiToken"]["revokedAt"]

    async def is_out() -> bool:
        try:
            await program.ask("{ users { edges { node { id } } } }")
        except Refused as refused:
            return refused.code == "UNAUTHENTICATED"
        return False

    await until(is_out, "the token to be called back", seconds=5)


async def test_a_token_that_is_none_is_refused(story: Story, program: Person) -> None:
    made = await story.priya.do("createApiToken", MADE, name="HR system", scopes=["USERS_READ"])
    brand, org_id, token_id, secret = made["token"].split(".")
    for token in (
        f"{brand}.{org_id}.{token_id}.{secret[:-1]}",
        f"{brand}.{uuid.uuid4()}.{token_id}.{secret}",
        f"{brand}.{org_id}.{uuid.uuid4()}.{secret}",
        f"{brand}.",
        f"{brand}...",
    ):
        program.use(token)
        assert (await refusal(program.ask("{ me { id } }")))[0] == "UNAUTHENTICATED"


async def test_only_administrators_make_see_and_end_tokens(story: Story, program: Person, stranger: Person) -> None:
    token_id = await given(story, program, "USERS_READ")
    making = story.maria.do("createApiToken", MADE, name="Mine", scopes=["USERS_READ"])
    assert await refusal(making) == ("FORBIDDEN", None)
    assert (await refusal(story.maria.ask(LIST)))[0] == "FORBIDDEN"
    document = "query($id: ID!) { node(id: $id) { id } }"
    for person in (story.maria, stranger):
        assert (await refusal(person.ask(document, id=token_id)))[0] == "NOT_FOUND"
    assert (await refusal(stranger.do("revokeApiToken", "apiToken { id }", apiTokenId=token_id)))[0] == "NOT_FOUND"
    assert (await refusal(story.maria.do("revokeApiToken", "apiToken { id }", apiTokenId=token_id)))[0] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"expiresIn": "P367D"}, "expiresIn"),
        ({"expiresIn": "PT1S"}, "expiresIn"),
        ({"scopes": []}, "scopes"),
        ({"name": " "}, "name"),
    ],
)
async def test_a_token_that_breaks_a_rule_is_refused(story: Story, fields: dict[str, Any], field: str) -> None:
    asked = {"name": "Reports", "scopes": ["USERS_READ"], **fields}
    assert await refusal(story.priya.do("createApiToken", MADE, **asked)) == ("INVALID", field)


def test_what_no_scope_names_is_out_of_reach() -> None:
    program = Caller(org_id="acme", user_id="token", roles=("org_admin", "programme_manager"), scopes=tuple(Scope))
    named = frozenset[str]().union(*REACH.values())
    reached = set()
    for operation in operations():
        try:
            check_reach(program, operation.name)
            reached.add(operation.name)
        except Forbidden:
            assert operation.name not in named
    assert reached == named
    assert "identity.grant_role" not in named
