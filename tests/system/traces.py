"""What the platform leaves behind, and the search for a person's words in it."""

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from deploy.local.backends import Backends
from deploy.local.stack import Stack
from deploy.local.story import Story
from workflows.codec import Cipher, converter


def logs_of(stack: Stack, backends: Backends) -> list[Path]:
    """Every log that the parts and the servers write."""
    logs = [*(stack.state / "logs").glob("*.log"), *(backends.state / "logs").glob("*.log")]
    assert {"goals.log", "sessions.log", "workflows.log"} <= {path.name for path in logs}
    return logs


def found_nowhere(words: Iterable[str], where: str, texts: Iterable[bytes]) -> None:
    """Fail if one of the words stands anywhere in the texts."""
    searched = 0
    for text in texts:
        searched += len(text)
        for word in words:
            assert word.encode() not in bytes(text), f"{where} has a person's words: {word!r}"
    assert searched, f"there was nothing to search in {where}"


async def history_of(stack: Stack, backends: Backends, story: Story) -> bytes:
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
