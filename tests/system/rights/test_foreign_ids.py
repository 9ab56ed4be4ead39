"""A foreign id and an unknown one get the same answer, byte for byte: nobody learns what there is elsewhere."""

import json
import re
from base64 import b64decode, b64encode

import pytest

from tests.system.rights import asking
from tests.system.rights.asking import Asker
from tests.system.rights.everything import Everything
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


@pytest.mark.parametrize("principal", ["elsewhere", "hr"])
async def test_a_hidden_id_is_answered_as_an_unknown_one(everything: Everything, asker: Asker, principal: str) -> None:
    hidden = {kind for kind, cells in rows(NODES).items() if cells[principal] == "N"}
    calls = [
        *(("query", call) for call in asking.nodes(everything).values()),
        *(("query", call) for call in asking.queries(everything).values()),
        *(("mutation", call) for name, call in asking.mutations(everything).items() if name not in BY_A_SECRET),
    ]
    different, compared = [], 0
    for operation, call in calls:
        if not _kinds(call) or not _kinds(call) <= hidden:
            continue
        asked = f"{operation} {{ x: {call.replace('{ code }', '{ code field message }')} }}"
        unknown = GLOBAL_ID.sub(lambda given: f'"{_unknown(given[1])}"', asked)
        bodies = [_told(await asker.post(principal, each), each) for each in (asked, unknown)]
        compared += 1
        if bodies[0] != bodies[1]:
            different.append((call, *bodies))
    assert different == []
    assert compared > len(hidden), "the search for calls with ids finds too few, so it shows nothing"


async def test_what_is_seen_is_not_answered_as_unknown(everything: Everything, asker: Asker) -> None:
    """The comparison above could not fail if everybody got one answer for everything."""
    call = asking.nodes(everything)["Goal"]
    seen, hidden = [json.loads(await asker.post(each, f"{{ x: {call} }}")) for each in ("mentee", "elsewhere")]
    assert seen["data"]["x"] == {"__typename": "Goal"}
    assert hidden["data"]["x"] is None
