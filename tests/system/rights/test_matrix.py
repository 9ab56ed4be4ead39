"""Every query, kind of node, mutation and subscription, asked by everybody: what each gets stands in the table."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextlib import aclosing

import pytest
from gql.transport.exceptions import TransportConnectionFailed

from contracts.identity import OPEN_CASE, CaseKind
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from tests.system.cycle import cycle_of
from tests.system.rights import asking
from tests.system.rights.asking import Asker
from tests.system.rights.everything import PRINCIPALS, Everything
from tests.system.rights.table import BY_A_SECRET, MUTATIONS, NODES, QUERIES, SUBSCRIPTIONS, rows

type Calls = Callable[[Everything], dict[str, str]]


@pytest.mark.parametrize(
    ("operation", "calls", "text"),
    [
        ("query", asking.queries, QUERIES),
        ("query", asking.nodes, NODES),
        ("mutation", asking.mutations, MUTATIONS),
    ],
    ids=["queries", "nodes", "mutations"],
)
async def test_everybody_gets_what_the_table_says(
    everything: Everything, asker: Asker, operation: str, calls: Calls, text: str
) -> None:
    asked = {name: call for name, call in calls(everything).items() if name not in BY_A_SECRET}
    answers = await asyncio.gather(*(asker.letters(each, operation, asked) for each in PRINCIPALS))
    _compare(rows(text), {name: dict(zip(PRINCIPALS, cells, strict=True)) for name, cells in _turned(asked, answers)})


def _turned(asked: Mapping[str, str], answers: list[dict[str, str]]) -> list[tuple[str, list[str]]]:
    return [(name, [answer[name] for answer in answers]) for name in asked]


def _compare(expected: dict[str, dict[str, str]], found: dict[str, dict[str, str]]) -> None:
    wrong = [
        f"{name} for {principal}: {found[name][principal]} instead of {letter}"
        for name, cells in expected.items()
        for principal, letter in cells.items()
        if found[name][principal] != letter
    ]
    assert wrong == []


WATCHED = {
    "mentorshipEvents": "subscription($id: ID!) { mentorshipEvents(id: $id) { type } }",
    "scoreChanged": "subscription($id: ID!) { scoreChanged(mentorshipId: $id) { at } }",
    "caseOpened": "subscription($id: ID!) { caseOpened(programmeId: $id) { kind } }",
}


@pytest.mark.parametrize("field", WATCHED)
async def test_everybody_watches_what_the_table_says(everything: Everything, stack: Stack, field: str) -> None:
    tasks = [asyncio.create_task(_watched(everything, each, field)) for each in PRINCIPALS]
    story = everything.story
    while not all(task.done() for task in tasks):
        async with cycle_of(stack, story) as cycle:
            case = {"kind": CaseKind.AT_RISK, "occasion": uuid.uuid4().hex, "rule": "silence"}
            await cycle.tell(OPEN_CASE, story.mentorship_id, **case)
        due = (await story.now()).date().isoformat()
        item = {"mentorshipId": story.mentorship_id, "ownerId": story.maria.id, "title": "Something", "due": due}
        await story.maria.do("addActionItem", "actionItem { id }", **item)
    found = dict(zip(PRINCIPALS, [task.result() for task in tasks], strict=True))
    _compare({field: rows(SUBSCRIPTIONS)[field]}, {field: found})


async def _watched(everything: Everything, principal: str, field: str) -> str:
    person: Person = everything.people[principal]
    if principal == "anonymous":
        person.use("")
    story = everything.story
    what = story.programme_id if field == "caseOpened" else story.mentorship_id
    watching = person.subscribe(WATCHED[field], field, id=what)
    async with asyncio.timeout(20), aclosing(watching) as events:
        try:
            await anext(events)
        except Refused as refused:
            return asking.LETTERS.get(refused.code, refused.code)
        except TransportConnectionFailed:  # the socket is closed to who does not say who it is
            return "U"
    return "D"
