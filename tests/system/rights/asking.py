"""What can be asked, read out of the schema, and how what came back is told in one letter."""

import asyncio
import json
import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from itertools import batched
from typing import Any, Self

import aiohttp
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)

from gateway.schema import build_schema
from gateway.types.mutation import KINDS
from gateway.types.relay import global_id
from kit.clock import Clock
from tests.system.rights.everything import Everything

SCHEMA = build_schema()._schema
TOGETHER = 8  # fields of one request; the endpoint takes ten
LETTERS = {"NOT_FOUND": "N", "FORBIDDEN": "F", "UNAUTHENTICATED": "U"}
PASSED = {"CONFLICT", "INVALID", "IDEMPOTENCY_MISMATCH"}  # whoever is told this may do it, only not now or not so


class Asker:
    """Posts documents with the token of a principal. Use as an asynchronous context manager."""

    def __init__(self, endpoint: str, everything: Everything) -> None:
        self._endpoint = endpoint
        self._people = everything.people
        self._words = everything.words
        self._hashing = asyncio.Semaphore(1)  # passwords take a core each

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def post(self, principal: str, query: str, variables: Mapping[str, Any] | None = None) -> bytes:
        """The body of the answer as it came. Fails where it holds words that are not this principal's to read."""
        headers = {} if principal == "anonymous" else {"Authorization": self._people[principal].authorization}
        body = {"query": query, "variables": variables or {}}
        async with self._http.post(self._endpoint, json=body, headers=headers) as answer:
            found = await answer.read()
        text = json.dumps(json.loads(found), ensure_ascii=False)
        assert not [words for words, readers in self._words.items() if words in text and principal not in readers], (
            query
        )
        return found

    async def letters(self, principal: str, kind: str, calls: Mapping[str, str]) -> dict[str, str]:
        """What became of each call (by its name), asked `TOGETHER` at a time where the endpoint lets it."""
        found: dict[str, str] = {}
        alone = [[name] for name in calls if name in ALONE]
        for names in [*batched((name for name in calls if name not in ALONE), TOGETHER, strict=False), *alone]:
            selections = [f"_{name}: {calls[name]}" for name in names]
            async with self._hashing if names[0] in ALONE else nullcontext():
                answer = json.loads(await self.post(principal, f"{kind} {{ {' '.join(selections)} }}"))
            found |= {name: letter(answer, f"_{name}") for name in names}
        return found


def letter(answer: dict[str, Any], alias: str) -> str:
    """D data or something to mend, N not found, F forbidden, U sign in first, E nothing there."""
    about = [each for each in answer.get("errors", ()) if (each.get("path") or [alias])[0] == alias]
    codes = [each["extensions"]["code"] for each in about]
    value = (answer.get("data") or {}).get(alias)
    if isinstance(value, dict) and value.get("userErrors"):
        codes = [value["userErrors"][0]["code"]]
    if codes:
        return "D" if codes[0] in PASSED else LETTERS.get(codes[0], f"?{codes[0]}")
    if value is None or value == [] or (isinstance(value, dict) and value.get("edges") == []):
        return "E"
    return "D"


def queries(everything: Everything) -> dict[str, str]:
    """Each query field with arguments that ask for what there is."""
    assert SCHEMA.query_type
    return {
        name: f"{name}{arguments(name, field, everything)}{_shown(field)}"
        for name, field in SCHEMA.query_type.fields.items()
        if name != "node"
    }


def nodes(everything: Everything) -> dict[str, str]:
    """Each kind of node by its id."""
    found = SCHEMA.get_implementations(SCHEMA.type_map["Node"]).objects  # type: ignore[arg-type]
    return {kind.name: f'node(id: "{everything.ids[kind.name]}") {{ __typename }}' for kind in found}


def mutations(everything: Everything) -> dict[str, str]:
    """Each mutation with an input that is valid in itself, and with a version that no object has."""
    assert SCHEMA.mutation_type
    return {
        name: f"{name}{arguments(name, field, everything)} {{ userErrors {{ code }} }}"
        for name, field in SCHEMA.mutation_type.fields.items()
    }


def without_version(call: str, key: str) -> str:
    """The same mutation as somebody asks for it who means it."""
    assert "(input: {" in call, call
    asked = call.replace(", version: 999999", "").replace("version: 999999, ", "").replace("version: 999999", "")
    return asked.replace("(input: {", f'(input: {{idempotencyKey: "{key}", ', 1)


def arguments(call: str, field: GraphQLField, everything: Everything) -> str:
    """What is required, and nothing else."""
    given = {
        name: literal(_value(call, name, argument.type, everything))
        for name, argument in field.args.items()
        if isinstance(argument.type, GraphQLNonNull) and name not in {"first"}
    }
    return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""


class Enumerated(str):
    """A member of an enumeration, which GraphQL writes without quotes."""


def literal(value: object) -> str:
    """The value as a document has it."""
    match value:
        case Enumerated():
            return str(value)
        case dict():
            return f"{{{', '.join(f'{key}: {literal(each)}' for key, each in value.items())}}}"
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case _:
            return json.dumps(value)


def _value(call: str, name: str, kind: Any, everything: Everything) -> Any:
    special = {**GIVEN.get(call, {})}.get(name)
    if special is not None:
        return special(everything) if callable(special) else special
    named = get_named_type(kind)
    made: Any
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(named, GraphQLInputObjectType):
        made = {
            key: _value(call, key, each.type, everything)
            for key, each in named.fields.items()
            if isinstance(each.type, GraphQLNonNull) or key in GIVEN.get(call, {}) or key == "version"
        }
    elif isinstance(named, GraphQLEnumType):
        made = Enumerated(next(iter(named.values)))
    elif named.name == "ID":
        made = _id(call, name, everything)
    else:
        made = SCALARS[named.name] if name not in BY_NAME else BY_NAME[name]
    return [made] if isinstance(inner, GraphQLList) else made


def _id(call: str, name: str, everything: Everything) -> str:
    if name == "id":
        kind = BY_QUERY.get(call, call[0].upper() + call[1:])
        return everything.ids[kind]
    kind = KINDS.get(_snake(name), "") or name.removesuffix("Id").capitalize()
    return everything.ids.get(name) or everything.ids.get(kind) or str(global_id(kind, "nowhere"))


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


def _shown(field: GraphQLField) -> str:
    named = get_named_type(field.type)
    if not isinstance(named, GraphQLObjectType):
        return ""
    return " { edges { cursor } }" if "edges" in named.fields else " { __typename }"


_NOW = Clock(None).now()
_SOON = _NOW + timedelta(days=20)
SCALARS = {
    "String": "Some words", "Int": 1, "Float": 1.0, "Boolean": True, "Duration": "P1D",
    "Date": _SOON.date().isoformat(), "DateTime": _SOON.isoformat(), "LocalDateTime": f"{_SOON.date()}T09:00:00",
}  # fmt: skip
BY_NAME: dict[str, Any] = {
    "version": 999_999, "email": "somebody@never.example", "adminEmail": "x", "password": "a long phrase for tests",
    "zone": "Europe/Berlin", "rule": "FREQ=WEEKLY;INTERVAL=2", "languages": "en", "period": _NOW.strftime("%G-W%V"),
    "startedAt": (_NOW - timedelta(hours=30)).isoformat(), "link": "https://example.org/", "csv": "on,value",
    "on": (_NOW - timedelta(days=1)).date().isoformat(),
}  # fmt: skip
BY_QUERY = {"userImport": "UserImport", "checkInBrief": "CheckIn", "mentorshipEvents": "Mentorship"}


def _nobody(_everything: Everything) -> str:
    """Another address each time: tries are counted for each."""
    return f"{uuid.uuid4().hex}@never.example"


GIVEN: dict[str, dict[str, Any]] = {
    "addUser": {"email": _nobody},
    "signIn": {"email": _nobody},
    "requestPasswordReset": {"email": _nobody},
    "draftGoal": {"target": 9.0},
    "logTime": {"kind": Enumerated("ASYNC")},
    "importUsers": {"csv": "name,email\nNina,nina@never.example", "dryRun": True},
    "suspendUser": {"userId": lambda all_: all_.ids["Spare"]},
    "reinstateUser": {"userId": lambda all_: all_.ids["Spare"]},
    "grantRole": {"userId": lambda all_: all_.ids["Spare"]},
    "revokeRole": {"userId": lambda all_: all_.ids["Spare"]},
    "configureOidc": {"issuer": "ftp://nowhere.example"},
    "reportConduct": {"mentorshipId": lambda all_: all_.ids["Second"]},
    "simulateProgramme": {"pairs": 12, "months": 1},
    "moveTime": {"by": "P9999D"},
    "closeCheckIn": {"none": True},
    "makeActionItem": {"noteId": lambda all_: all_.ids["Note"]},
    "editNote": {"text": "Other words"},
}
ALONE = frozenset(
    {"registerOrganisation", "changePassword", "requestPasswordReset", "thirdPartyFeedback", "submitThirdPartyFeedback",
     "signIn", "refreshToken", "resetPassword", "acceptInvitation"}
)  # fmt: skip
