"""A foreign id and an unknown one get the same answer, byte for byte: nobody learns what there is elsewhere."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from itertools import batched

import pytest

from tests.system.rights import asking
from tests.system.rights.asking import TOGETHER, Asker
from tests.system.rights.everything import ABROAD, Everything
from tests.system.rights.table import BY_A_SECRET, NODES, rows

GLOBAL_ID = re.compile(r'"([A-Za-z0-9+/]{20,}={0,2})"')


def _unknown(given: str) -> str:
    """An id of the same kind and length that nothing has."""
    kind, _, local = b64decode(given).decode().partition(":")
    return b64encode(f"{kind}:{re.sub('[0-9a-f]', '0', local)}".encode()).decode()


def _told(body: bytes, call: str) -> bytes:
    """The body, with every id that it echoes made the same."""
    for given in GLOBAL_ID.findall(call):
        local = b64decode(given).decode().partition(":")[2]
        body = body.replace(given.encode(), b"(id)").replace(local.encode(), b"(id)")
    return body


def _kinds(call: str) -> set[str]:
    return {b64decode(given).decode().partition(":")[0] for given in GLOBAL_ID.findall(call)}


def _calls(everything: Everything, hidden: set[str]) -> list[tuple[str, str]]:
    """What can be asked with ids of these kinds alone."""
    calls = [
        *(("query", call) for call in asking.nodes(everything).values()),
        *(("query", call) for call in asking.queries(everything).values()),
        *(("mutation", call) for name, call in asking.mutations(everything).items() if name not in BY_A_SECRET),
    ]
    return [(operation, call) for operation, call in calls if _kinds(call) and _kinds(call) <= hidden]


def _hidden(principal: str) -> set[str]:
    return {kind for kind, cells in rows(NODES).items() if cells[principal] == "N"}


def _twice(operation: str, calls: Sequence[str]) -> tuple[str, str]:
    """A document as it is, and with ids that nothing has."""
    aliased = " ".join(f"x{number}: {call}" for number, call in enumerate(calls))
    asked = f"{operation} {{ {aliased.replace('{ code }', '{ code field message }')} }}"
    return asked, GLOBAL_ID.sub(lambda given: f'"{_unknown(given[1])}"', asked)


@pytest.mark.parametrize("principal", ["elsewhere", "hr"])
async def test_a_hidden_id_is_answered_as_an_unknown_one(everything: Everything, asker: Asker, principal: str) -> None:
    hidden = _hidden(principal)
    calls = _calls(everything, hidden)
    different = []
    for operation, call in calls:
        bodies = [_told(await asker.post(principal, each), each) for each in _twice(operation, [call])]
        if bodies[0] != bodies[1]:
            different.append((call, *bodies))
    assert different == []
    assert len(calls) > len(hidden), "the search for calls with ids finds too few, so it shows nothing"


@pytest.mark.parametrize("principal", [each for each in ABROAD if each != "elsewhere"])
async def test_no_role_elsewhere_tells_a_foreign_id_from_an_unknown_one(
    everything: Everything, asker: Asker, principal: str
) -> None:
    """Several at a time; the errors of a document come in no order of their own."""
    calls = _calls(everything, _hidden("elsewhere"))
    different = []
    for operation in ("query", "mutation"):
        mine = [call for kind, call in calls if kind == operation]
        for some in batched(mine, TOGETHER, strict=False):
            answers = [_parts(_told(await asker.post(principal, each), each)) for each in _twice(operation, some)]
            different += [pair for pair in zip(some, *answers, strict=True) if pair[1] != pair[2]]
    assert different == []


def _parts(body: bytes) -> list[tuple[object, list[object]]]:
    """For each call of a document what it gave and what was said about it."""
    answer = json.loads(body)
    errors = answer.get("errors", [])
    assert all(error.get("path") for error in errors), errors
    return [(value, [each for each in errors if each["path"][0] == name]) for name, value in answer["data"].items()]


async def test_what_is_seen_is_not_answered_as_unknown(everything: Everything, asker: Asker) -> None:
    """The comparison above could not fail if everybody got one answer for everything."""
    call = asking.nodes(everything)["Goal"]
    seen, hidden = [json.loads(await asker.post(each, f"{{ x: {call} }}")) for each in ("mentee", "elsewhere")]
    assert seen["data"]["x"] == {"__typename": "Goal"}
    assert hidden["data"]["x"] is None
