"""Notes at the endpoint: edited, shared, deleted, made action items; and whom their words are refused to."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from contracts.identity import Role
from contracts.wire import Envelope
from deploy.local.backends import Backends
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from kit.bus import Bus
from tests.system.people import a_story
from tests.system.polling import until
from tests.system.traces import found_nowhere, history_of, logs_of

READ = "query($id: ID!) { node(id: $id) { ... on Note { text visibility } } }"
LISTED = "query($id: ID!) { mentorship(id: $id) { notes(first: 100) { edges { node { id text } } } } }"
FIELDS = "note { id text visibility version editedAt deletedAt }"


@pytest.fixture(scope="module")
async def active(stack: Stack) -> AsyncIterator[Story]:
    """One active mentorship for the whole file."""
    async with a_story(f"{stack.gateway_url}/graphql") as story:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
            yield story


async def refusal(attempt: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        await attempt
    return refused.value


async def a_note(story: Story, *, visibility: str = "PRIVATE", text: str = "She was tired") -> dict[str, Any]:
    written = await story.maria.do(
        "writeNote", FIELDS, mentorshipId=story.mentorship_id, visibility=visibility, text=text
    )
    note: dict[str, Any] = written["note"]
    return note


async def in_a_week(story: Story) -> str:
    return ((await story.now()).date() + timedelta(days=7)).isoformat()


async def test_its_author_rewords_shares_and_deletes_a_note(active: Story) -> None:
    note = await a_note(active)
    reworded = (await active.maria.do("editNote", FIELDS, noteId=note["id"], text="She was thoughtful"))["note"]
    assert (reworded["text"], reworded["visibility"]) == ("She was thoughtful", "PRIVATE")
    assert reworded["editedAt"]
    await active.maria.do("editNote", FIELDS, noteId=note["id"], visibility="SHARED", version=reworded["version"])
    assert (await active.sofia.ask(READ, id=note["id"]))["node"]["text"] == "She was thoughtful"

    gone = (await active.maria.do("deleteNote", FIELDS, noteId=note["id"], idempotencyKey="away"))["note"]
    assert (gone["text"], bool(gone["deletedAt"])) == ("", True)
    assert (await active.maria.do("deleteNote", FIELDS, noteId=note["id"], idempotencyKey="away"))["note"] == gone
    for person in (active.maria, active.sofia):
        assert (await refusal(person.ask(READ, id=note["id"]))).code == "NOT_FOUND"
        edges = (await person.ask(LISTED, id=active.mentorship_id))["mentorship"]["notes"]["edges"]
        assert note["id"] not in [edge["node"]["id"] for edge in edges]
    for mutation, given in (("editNote", {"text": "Again"}), ("deleteNote", {})):
        assert (await refusal(active.maria.do(mutation, "note { id }", noteId=note["id"], **given))).code == "NOT_FOUND"


async def test_what_cannot_be_done_to_a_note_is_refused_with_the_reason(active: Story, stranger: Person) -> None:
    private, shared = await a_note(active), await a_note(active, visibility="SHARED")
    for mutation, given in (("editNote", {"text": "Mine now"}), ("deleteNote", {})):
        hidden = await refusal(active.sofia.do(mutation, "note { id }", noteId=private["id"], version=9, **given))
        assert hidden.code == "NOT_FOUND", "not even that it exists, nor its version"
        partners = await refusal(active.sofia.do(mutation, "note { id }", noteId=shared["id"], **given))
        assert partners.code == "FORBIDDEN"
        for person in (active.priya, stranger):
            outside = await refusal(person.do(mutation, "note { id }", noteId=shared["id"], **given))
            assert outside.code == "NOT_FOUND"
        stale = await refusal(active.maria.do(mutation, "note { id }", noteId=private["id"], version=7, **given))
        assert stale.code == "CONFLICT"
    back = await refusal(active.maria.do("editNote", "note { id }", noteId=shared["id"], visibility="PRIVATE"))
    assert (back.code, "Delete it" in back.message) == ("CONFLICT", True)
    nothing = await refusal(active.maria.do("editNote", "note { id }", noteId=shared["id"]))
    assert (nothing.code, nothing.field) == ("INVALID", "text")
    blank = await refusal(active.maria.do("editNote", "note { id }", noteId=shared["id"], text="  "))
    assert (blank.code, blank.field) == ("INVALID", "text")


async def test_of_two_who_edit_a_version_at_once_one_wins(active: Story) -> None:
    note = await a_note(active)
    attempts = (
        active.maria.do("editNote", "note { id }", noteId=note["id"], version=note["version"], text=f"Words {number}")
        for number in range(5)
    )
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    assert (
        sorted(isinstance(answer, Refused) and answer.code == "CONFLICT" for answer in answers) == [False] + [True] * 4
    )


async def test_a_note_becomes_an_action_item_in_one_call_and_each_leads_to_the_other(active: Story) -> None:
    note = await a_note(active, visibility="SHARED", text="We said that she should rehearse")
    made = await active.sofia.do(
        "makeActionItem", "actionItem { id title owner { id } note { id text } }", noteId=note["id"],
        title="Rehearse once", due=await in_a_week(active), ownerId=active.maria.id,
    )  # fmt: skip
    item = made["actionItem"]
    assert item["owner"]["id"] == active.maria.id
    assert item["note"] == {"id": note["id"], "text": "We said that she should rehearse"}
    back = "query($id: ID!) { node(id: $id) { ... on Note { actionItems { id title } } } }"
    for person in (active.maria, active.sofia):
        found = (await person.ask(back, id=note["id"]))["node"]["actionItems"]
        assert found == [{"id": item["id"], "title": "Rehearse once"}]


async def test_an_item_of_a_private_note_shows_its_partner_everything_but_the_note(active: Story) -> None:
    note = await a_note(active)
    made = await active.maria.do(
        "makeActionItem",
        "actionItem { id owner { id } }",
        noteId=note["id"],
        title="Sleep",
        due=await in_a_week(active),
    )
    item = made["actionItem"]
    assert item["owner"]["id"] == active.maria.id, "oneself, where nobody is named"
    document = "query($id: ID!) { node(id: $id) { ... on ActionItem { title note { text } } } }"
    seen = [(await person.ask(document, id=item["id"]))["node"] for person in (active.maria, active.sofia)]
    assert seen == [{"title": "Sleep", "note": {"text": "She was tired"}}, {"title": "Sleep", "note": None}]


async def test_feedback_becomes_an_action_item_in_one_call_and_is_accepted_by_that(active: Story) -> None:
    given = await active.sofia.do(
        "giveFeedback", "feedback { id }", mentorshipId=active.mentorship_id, kind="IMPROVE", situation="In the review",
        behaviour="You answered at length", impact="The argument was lost",
    )  # fmt: skip
    feedback_id, due = given["feedback"]["id"], await in_a_week(active)
    wanted = {"feedbackId": feedback_id, "title": "Answer in one sentence", "due": due}
    early = await refusal(active.maria.do("makeActionItem", "actionItem { id }", **wanted))
    assert (early.code, "Acknowledge" in early.message) == ("CONFLICT", True)
    await active.maria.do("acknowledgeFeedback", "feedback { id }", feedbackId=feedback_id)
    foreign = await refusal(active.sofia.do("makeActionItem", "actionItem { id }", **wanted))
    assert foreign.code == "FORBIDDEN"
    key = uuid.uuid4().hex
    returning = "actionItem { id title feedback { state actionItem { id } } }"
    made, again = [
        (await active.maria.do("makeActionItem", returning, **wanted, idempotencyKey=key))["actionItem"] for _ in "12"
    ]
    assert made == again
    assert made["feedback"] == {"state": "ACCEPTED", "actionItem": {"id": made["id"]}}


async def test_an_item_is_made_of_exactly_one_thing_that_one_may_read(active: Story, stranger: Person) -> None:
    note, due = await a_note(active), await in_a_week(active)
    item = {"title": "Do it", "due": due}
    for given in ({}, {"noteId": note["id"], "feedbackId": note["id"]}):
        refused = await refusal(active.maria.do("makeActionItem", "actionItem { id }", **item, **given))
        assert (refused.code, refused.field) == ("INVALID", "noteId")
    for person in (active.sofia, active.priya, stranger):
        refused = await refusal(person.do("makeActionItem", "actionItem { id }", noteId=note["id"], **item))
        assert refused.code == "NOT_FOUND"
    owned = await refusal(
        active.maria.do("makeActionItem", "actionItem { id }", feedbackId=note["id"], ownerId=active.maria.id, **item)
    )
    assert (owned.code, owned.field) == ("INVALID", "ownerId")
    past = await refusal(
        active.maria.do("makeActionItem", "actionItem { id }", noteId=note["id"], title="Do it", due="2020-01-01")
    )
    assert (past.code, past.field) == ("INVALID", "due")


async def test_a_notes_words_are_refused_to_everybody_the_permissions_refuse(
    active: Story, stranger: Person, endpoint: str
) -> None:
    private, shared = await a_note(active), await a_note(active, visibility="SHARED")
    for role in (None, *Role):
        email = f"{role or 'colleague'}@{active.domain}"
        roles = [role.name] if role else []
        await active.priya.do("addUser", "user { id }", name="Other", email=email, password=PASSWORD, roles=roles)
        async with Person("Other", endpoint) as other:
            await other.sign_in(email, PASSWORD)
            await _sees_nothing(other, active, private["id"], shared["id"])
    await _sees_nothing(active.priya, active, private["id"], shared["id"])
    await _sees_nothing(stranger, active, private["id"], shared["id"])
    assert (await refusal(active.sofia.ask(READ, id=private["id"]))).code == "NOT_FOUND"
    edges = (await active.sofia.ask(LISTED, id=active.mentorship_id))["mentorship"]["notes"]["edges"]
    assert shared["id"] in (seen := [edge["node"]["id"] for edge in edges])
    assert private["id"] not in seen


async def _sees_nothing(person: Person, story: Story, *note_ids: str) -> None:
    for note_id in note_ids:
        assert (await refusal(person.ask(READ, id=note_id))).code == "NOT_FOUND"
    listed = await asyncio.gather(person.ask(LISTED, id=story.mentorship_id), return_exceptions=True)
    match listed[0]:
        case Refused() as refused:
            assert refused.code == "NOT_FOUND"
        case found:
            assert isinstance(found, dict)
            assert found["mentorship"]["notes"]["edges"] == []


async def test_no_word_of_a_note_is_in_an_event_a_log_or_the_history(
    active: Story, stack: Stack, backends: Backends
) -> None:
    told: list[Envelope] = []
    observer = Bus(backends["amqp"].url, f"observer-{uuid.uuid4().hex[:6]}", {})
    observer.listen(["sessions.#", "goals.#"], told.append)
    canaries = {f"canary {uuid.uuid4().hex}" for _ in range(3)}
    first, second, third = canaries

    async def listening() -> bool:
        return observer.is_ready()

    async with observer:
        await until(listening, "the observer to listen")
        note = await a_note(active, visibility="SHARED", text=first)
        await active.maria.do("editNote", "note { id }", noteId=note["id"], text=second)
        await active.maria.do(
            "makeActionItem", "actionItem { id }", noteId=note["id"], title=third, due=await in_a_week(active)
        )
        await refusal(active.maria.do("editNote", "note { id }", noteId=note["id"], text=first, version=1))
        await active.maria.do("deleteNote", "note { id }", noteId=note["id"])

        async def seen() -> bool:
            return "sessions.note_deleted.v1" in {envelope.type for envelope in told}

        await until(seen, "the news that a note was deleted")
    assert {"sessions.note_written.v1", "sessions.note_edited.v1"} <= {envelope.type for envelope in told}
    found_nowhere(canaries, "an event", (envelope.data for envelope in told))
    found_nowhere(canaries, "a log line", (path.read_bytes() for path in logs_of(stack, backends)))
    found_nowhere(canaries, "the history", [await history_of(stack, backends, active)])
