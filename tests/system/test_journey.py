"""The whole story on the running platform, and what it must not leave anywhere: a person's words."""

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from contracts.wire import Envelope
from deploy.local.backends import Backends
from deploy.local.stack import Stack
from deploy.local.story import Story
from kit.bus import Bus
from tests.system.polling import until
from tests.system.recording import RecordingPerson
from workflows.codec import Cipher, converter

NAMES = ("Priya", "Maria", "Sofia", "Northwind", "Women who lead")


async def test_three_months_lead_from_a_proposal_to_a_completed_mentorship(
    stack: Stack, backends: Backends, story: Story
) -> None:
    told: list[Envelope] = []
    observer = Bus(backends["amqp"].url, "observer", {})
    observer.listen(["#"], told.append)
    async with observer:
        await story.play()
        await _settled(story, told)
    await _is_as_told(story)
    words = _words(story)
    _found_nowhere(words, "an event", (envelope.data for envelope in told))
    _found_nowhere(words, "a log line", (path.read_bytes() for path in _logs(stack, backends)))
    _found_nowhere(words, "the history", [await _history(stack, backends, story)])


async def _is_as_told(story: Story) -> None:
    ended = await story.mentorship(
        "phase closure checkIns { edges { node { state } } } goals { edges { node { state attainment } } }"
        " reviews { edges { node { kind answers { party } } } } timeSummary { minutes }"
    )
    states = [edge["node"]["state"] for edge in ended["checkIns"]["edges"]]
    assert (ended["phase"], ended["closure"]) == ("CLOSED", "COMPLETED")
    assert states == ["HELD", "HELD", "MISSED", "HELD", "HELD", "HELD"]
    assert ended["goals"]["edges"][0]["node"] == {"state": "ACHIEVED", "attainment": 1.0}
    assert [(edge["node"]["kind"], len(edge["node"]["answers"])) for edge in ended["reviews"]["edges"]] == [
        ("MILESTONE", 2),
        ("FINAL", 2),
    ]
    assert sum(total["minutes"] for total in ended["timeSummary"]) == 5 * 60 * 2 + 6 * 30 + 45


async def _settled(story: Story, told: list[Envelope]) -> None:
    """Every notification has its mail, and the observer has seen that."""

    async def all_sent() -> bool:
        states = []
        for person in (story.maria, story.sofia):
            answer = await person.ask("{ notifications(first: 100) { edges { node { mail } } } }")
            states += [edge["node"]["mail"] for edge in answer["notifications"]["edges"]]
        sent = sum(envelope.type == "notifications.notification_sent.v1" for envelope in told)
        return set(states) == {"SENT"} and sent >= len(states)

    await until(all_sent, "all mails to be sent")


def _words(story: Story) -> set[str]:
    people = [cast(RecordingPerson, person) for person in (story.priya, story.maria, story.sofia)]
    words = set(NAMES).union(*(person.words for person in people))
    assert len(words) > 20, "the story writes many things; without them this test would show nothing"
    return words


def _logs(stack: Stack, backends: Backends) -> list[Path]:
    logs = [*(stack.state / "logs").glob("*.log"), *(backends.state / "logs").glob("*.log")]
    assert {"goals.log", "sessions.log", "workflows.log"} <= {path.name for path in logs}
    return logs


def _found_nowhere(words: set[str], where: str, texts: Iterable[bytes]) -> None:
    searched = 0
    for text in texts:
        searched += len(text)
        for word in words:
            assert word.encode() not in bytes(text), f"{where} has a person's words: {word!r}"
    assert searched, f"there was nothing to search in {where}"


async def _history(stack: Stack, backends: Backends, story: Story) -> bytes:
    """The histories of all runs of the cycle, with their payloads decrypted."""
    cipher = Cipher.read(str(stack.site.secrets.payload_keys))
    client = await Client.connect(backends["temporal"].url, data_converter=converter(cipher))
    cycle_id = b64decode(story.mentorship_id).decode().partition(":")[2]
    texts: list[bytes] = []
    async for run in client.list_workflows(f"WorkflowId = '{cycle_id}'"):
        async for event in client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history_events():
            decoded = await cipher.decode(list(_payloads(event)))
            texts += [payload.data for payload in decoded]
    return b"\n".join(texts)


def _payloads(message: Message) -> Iterable[Payload]:
    for _, value in message.ListFields():
        for each in _each(value):
            if isinstance(each, Payload):
                yield each
            elif isinstance(each, Message):
                yield from _payloads(each)


def _each(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]
