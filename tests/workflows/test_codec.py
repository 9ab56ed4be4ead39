"""Payloads are encrypted with the current key and read with whichever key they name."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from contracts.identity import Party
from tests.workflows.engine import CIPHER
from tests.workflows.play import Play, a_cadence
from workflows.codec import ENCRYPTED, Cipher, converter
from workflows.facts import Accepted, Fact, Told, Trace
from workflows.state import Batch, Cycle

OLD, NEW = bytes(32), bytes([7]) * 32


async def test_everything_a_cycle_says_comes_back_as_it_was() -> None:
    play = Play(answering=False)
    play.become_active()
    play.tell(a_cadence(version=2))
    told = Told(event_id="e1", fact=Accepted(party=Party.MENTOR), trace=Trace(correlation_id="c"))
    batch = Batch(org_id="o1", mentorship_id="m1", effects=play.cycle.pending)
    values: list[object] = [play.cycle, told, batch, [told.fact], timedelta(days=1), datetime.now(UTC), None, 3]
    hints: list[type] = [Cycle, Told, Batch, list[Fact], timedelta, datetime, type(None), int]
    both_ways = converter(CIPHER)
    assert await both_ways.decode(await both_ways.encode(values), hints) == values


async def test_no_value_and_no_failure_is_readable_outside() -> None:
    both_ways = converter(CIPHER)
    (payload,) = await both_ways.encode([Told(event_id="secret-event", fact=Accepted(party=Party.MENTOR))])
    assert payload.metadata["encoding"] == ENCRYPTED
    failure = Failure()
    await both_ways.encode_failure(ApplicationError("secret-words"), failure)
    assert b"secret" not in payload.SerializeToString() + failure.SerializeToString()
    assert "secret-words" in str(await both_ways.decode_failure(failure))


async def test_keys_rotate_without_rewriting_what_is_stored(tmp_path: Path) -> None:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=b"1")
    (stored,) = await Cipher("old", {"old": OLD}).encode([payload])
    file = tmp_path / "keys.json"
    keys = {"old": base64.b64encode(OLD).decode(), "new": base64.b64encode(NEW).decode()}
    file.write_text(json.dumps({"current": "new", "keys": keys}))
    rotated = Cipher.read(str(file))
    assert await rotated.decode([stored]) == [payload]
    assert (await rotated.encode([payload]))[0].metadata["key-id"] == b"new"


async def test_a_payload_of_an_unknown_or_another_key_is_not_read() -> None:
    (stored,) = await Cipher("old", {"old": OLD}).encode([Payload(data=b"1")])
    with pytest.raises(ValueError, match="old is not in the key file"):
        await Cipher("new", {"new": NEW}).decode([stored])
    with pytest.raises(InvalidTag):
        await Cipher("old", {"old": NEW}).decode([stored])


async def test_what_was_never_encrypted_passes() -> None:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=b"1")
    assert await CIPHER.decode([payload]) == [payload]


def test_a_current_key_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="lost"):
        Cipher("lost", {"old": OLD})
