"""Every query, kind of node, mutation and subscription, asked by everybody: what each gets stands in the table."""

import asyncio
import uuid
from collections.abc import Callable
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
from tests.system.rights.table import MUTATIONS, NODES, QUERIES, SUBSCRIPTIONS, rows

OUT = "signOutEverywhere"

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
    expected = {name: cells for name, cells in rows(text).items() if name != OUT}

    async def found(principal: str) -> dict[str, str]:
        asked = {name: call for name, call in calls(everything).items() if name in expected}
        return await asker.letters(principal, operation, asked)

    answers = dict(zip(PRINCIPALS, await asyncio.gather(*map(found, PRINCIPALS)), strict=True))
    _compare(expected, {name: {who: answers[who][name] for who in PRINCIPALS} for name in expected})


def _compare(expected: dict[str, dict[str, str]], found: dict[str, dict[str, str]]) -> None:
    wrong = [
        f"{name} for {principal}: {found[name][principal]} instead of {letter}"
        for name, cells in expected.items()
        for principal, letter in cells.items()
        if found[name][principal] != letter
    ]
    assert not wrong, "\n".join(wrong)


async def test_everybody_signs_out_alone(everything: Everything, asker: Asker) -> None:
    """Asked apart from the others, because nobody can ask anything afterwards."""
    call = {OUT: asking.mutations(everything)[OUT]}
    answers = await asyncio.gather(*(asker.letters(each, "mutation", call) for each in PRINCIPALS))
    await asyncio.gather(*(everything.people[each].sign_in(*everything.ways_in[each]) for each in PRINCIPALS[1:]))
    _compare(
        {OUT: rows(MUTATIONS)[OUT]}, {OUT: {who: found[OUT] for who, found in zip(PRINCIPALS, answers, strict=True)}}
    )


WATCHED = {
    "mentorshipEvents": "subscription($id: ID!) { mentorshipEvents(id: $id) { type } }",
    "scoreChanged": "subscription($id: ID!) { scoreChanged(mentorshipId: $id) { at } }",
    "caseOpened": "subscription($id: ID!) { caseOpened(programmeId: $id) { kind } }",
    "menteeNeedsMe": "subscription { menteeNeedsMe { __typename } }",
}


@pytest.mark.parametrize("field", WATCHED)
async def test_everybody_watches_what_the_table_says(everything: Everything, stack: Stack, field: str) -> None:
    """Things happen until everybody has seen one who shall; E is who has seen none by then and was not refused."""
    expected = rows(SUBSCRIPTIONS)[field]
    tasks = {each: asyncio.create_task(_watched(everything, each, field)) for each in PRINCIPALS}
    while not all(task.done() for who, task in tasks.items() if expected[who] != "E"):
        await _something_happens(everything, stack)
    for task in tasks.values():
        task.cancel()
    found = await asyncio.gather(*tasks.values(), return_exceptions=True)
    letters = ["E" if isinstance(each, asyncio.CancelledError) else str(each) for each in found]
    _compare({field: expected}, {field: dict(zip(PRINCIPALS, letters, strict=True))})


async def _something_happens(everything: Everything, stack: Stack) -> None:
    """A case, an item for the ledger, and a question that needs the mentor."""
    story = everything.story
    async with cycle_of(stack, story) as cycle:
        case = {"kind": CaseKind.AT_RISK, "occasion": uuid.uuid4().hex, "rule": "silence"}
        await cycle.tell(OPEN_CASE, story.mentorship_id, **case)
    due = (await story.now()).date().isoformat()
    of = {"mentorshipId": story.mentorship_id}
    await story.maria.do("addActionItem", "actionItem { id }", **of, ownerId=story.maria.id, title="One", due=due)
    await story.maria.do("requestHelp", "helpRequest { id }", **of, kind="ADVICE", text="What do you think?")


async def _watched(everything: Everything, principal: str, field: str) -> str:
    person: Person = everything.people[principal]
    if principal == "anonymous":
        person.use("")
    story = everything.story
    what = story.programme_id if field == "caseOpened" else story.mentorship_id
    watching = person.subscribe(WATCHED[field], field, **({"id": what} if "$id" in WATCHED[field] else {}))
    async with asyncio.timeout(20), aclosing(watching) as events:
        try:
            await anext(events)
        except Refused as refused:
            return asking.LETTERS.get(refused.code, refused.code)
        except TransportConnectionFailed:  # the socket is closed to who does not say who it is
            return "U"
    return "D"
