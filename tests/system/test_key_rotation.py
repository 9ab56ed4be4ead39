"""The key of people's tokens is changed as the runbook says, while people work; nobody notices."""

import asyncio
import json
import subprocess
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from joserfc.jwk import KeySet, OKPKey

from deploy.local.parts import PARTS
from deploy.local.person import Person, Refused
from deploy.local.stack import Stack
from deploy.local.story import PASSWORD, Story
from kit.auth import LEEWAY, REFETCH_SECONDS, signed
from tests.system.load import Load, Tokens
from tests.system.people import a_story
from tests.system.polling import until

INZPIREU = Path(sys.executable).parent / "inzpireu"
BELIEVED = 1.0  # seconds, instead of five minutes, that a part believes the keys it has without asking again
WAIT = REFETCH_SECONDS + BELIEVED  # after which every part has asked
ASKED = {
    "identity": "identity.get_organisation",
    "goals": "goals.get_goals",
    "sessions": "sessions.get_notes",
    "notifications": "notifications.get_notifications",
    "workflows": "cycles.read_clock",
}


@pytest.fixture(scope="module")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A platform of its own, servers too, that hears soon which keys are published."""
    extra = {part.name: {"INZPIREU_KEYS_LIVE_SECONDS": str(BELIEVED)} for part in PARTS}
    state = tmp_path_factory.mktemp("rotation")
    async with Stack(state, sandbox=True, extra=extra, disposable=True) as stack:
        yield stack


class Watcher:
    """A subscription that is held open: what it brought, and what ended it."""

    def __init__(self, person: Person, mentorship_id: str) -> None:
        self.seen: set[str] = set()
        self.ended: Refused | None = None
        self._events = person.watch(mentorship_id)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """From the moment in which it is open."""
        reading = asyncio.create_task(self._read())
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    self.seen.add(event["subject"])
        except Refused as refused:
            self.ended = refused


async def test_the_key_is_changed_under_load_and_no_request_fails(platform: Stack) -> None:
    endpoint = f"{platform.gateway_url}/graphql"
    async with a_story(endpoint) as story, Person("Maria", endpoint) as maria:
        await story.found()
        await story.propose()
        async with story.watching():
            await story.agree()
        kept = [await _signed_in(story) for _ in range(2)]
        before, after = Load(story, endpoint), Load(story, endpoint)
        old_watch = Watcher(story.maria, story.mentorship_id)
        async with old_watch.watching():
            async with before.going_on(kept, renewing=[await _signed_in(story) for _ in range(2)]):
                seen = await _seen(old_watch, before)
                await _the_next_is_published(platform, story, before)
                short = await _the_next_signs(platform, story, kept[0])
                await before.goes_on()
                await _brought(old_watch, before, seen)
            await maria.sign_in(f"maria@{story.domain}", PASSWORD)
            watch = Watcher(maria, story.mentorship_id)
            renewing = [await _signed_in(story) for _ in range(3)]
            async with watch.watching(), after.going_on([await _signed_in(story)], renewing=renewing):
                seen = await _seen(watch, after)
                await _a_token_of_the_old_key_ends_when_it_says(platform, short, kept[0])
                await _the_old_one_retires(platform, kept[0], after)
                await until(lambda: _true(old_watch.ended is not None), "the watch of the old token to end")
                await after.goes_on()
                await _brought(watch, after, seen)

    assert before.failed + after.failed == []
    assert old_watch.ended
    assert old_watch.ended.code == "UNAUTHENTICATED"
    assert watch.ended is None


async def _the_next_is_published(platform: Stack, story: Story, load: Load) -> None:
    first = _kids(platform)
    assert "The next key is published" in _rotated(platform)
    assert _signer(await _signed_in(story)) == first[0]
    assert len(_kids(platform)) == 2
    await _passed(WAIT, load)


async def _the_next_signs(platform: Stack, story: Story, kept: Tokens) -> tuple[str, float]:
    """Gives a token of the old key that ends soon, and the moment at which it does."""
    old, new = _kids(platform)
    short = _ending_in(3 * WAIT, platform, kept)
    assert "The next key signs" in _rotated(platform)
    fresh = await _signed_in(story)
    assert (_signer(fresh), _kids(platform)) == (new, [new, old])
    for token in (short[0], kept["accessToken"], fresh["accessToken"]):
        assert await _statuses(platform, token) == {200}
    return short


async def _a_token_of_the_old_key_ends_when_it_says(platform: Stack, short: tuple[str, float], kept: Tokens) -> None:
    token, ends_at = short
    await until(lambda: _true(time.time() > ends_at), "the token to end", seconds=60)
    assert await _statuses(platform, token) == {401}
    assert await _statuses(platform, kept["accessToken"]) == {200}, "the old key still counts"


async def _the_old_one_retires(platform: Stack, kept: Tokens, load: Load) -> None:
    new, _ = _kids(platform)
    assert "Nothing is left to do" in _rotated(platform)
    assert _kids(platform) == [new]
    await _passed(WAIT, load)
    assert await _statuses(platform, kept["accessToken"]) == {401}


def _rotated(platform: Stack) -> str:
    """What the command says of its next step."""
    command: list[str | Path] = [INZPIREU, "rotate-keys", platform.state / "secrets"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _kids(platform: Stack) -> list[str]:
    """The keys in the file, the one that signs first."""
    return [str(key.kid) for key in _keys(platform).keys]


def _keys(platform: Stack) -> KeySet:
    return KeySet.import_key_set(msgspec.json.decode(platform.site.secrets.token_keys.read_bytes()))


async def _signed_in(story: Story) -> Tokens:
    returning = "accessToken refreshToken"
    tokens: Tokens = await story.sofia.do("signIn", returning, email=f"sofia@{story.domain}", password=PASSWORD)
    return tokens


def _signer(tokens: Tokens) -> str:
    """The key by which a token was signed."""
    return str(_segment(tokens["accessToken"], 0)["kid"])


def _segment(token: str, number: int) -> dict[str, Any]:
    segment = token.split(".")[number]
    content: dict[str, Any] = json.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return content


def _ending_in(seconds: float, platform: Stack, like: Tokens) -> tuple[str, float]:
    """A token of the key that signs now which counts for so long, the clocks' leeway included; and when it ends."""
    key = _keys(platform).keys[0]
    assert isinstance(key, OKPKey)
    token = signed(_segment(like["accessToken"], 1), key, seconds - LEEWAY)
    return token, _segment(token, 1)["exp"] + LEEWAY + 1


async def _statuses(platform: Stack, token: str) -> set[int]:
    """What the endpoint and every part behind it answer to a token."""
    asked: list[tuple[str, dict[str, Any]]] = [
        (f"http://127.0.0.1:{platform.site.ports[part]}/operations/{name}", {"ids": []}) for part, name in ASKED.items()
    ]
    asked.append((f"{platform.gateway_url}/graphql", {"query": "{ me { id } }"}))
    found = set()
    async with aiohttp.ClientSession(headers={"authorization": f"Bearer {token}"}) as http:
        for url, body in asked:
            async with http.post(url, json=body) as answer:
                found.add(answer.status)
    return found


async def _passed(seconds: float, load: Load) -> None:
    """The wait between two steps, while work goes on."""
    until_then = time.monotonic() + seconds
    await until(lambda: _true(time.monotonic() > until_then), "the wait between two steps", seconds=seconds + 5)
    await load.goes_on()


async def _seen(watch: Watcher, load: Load) -> set[str]:
    """What was acknowledged by the time at which the watch is open for sure: it has brought something."""
    await until(lambda: _true(bool(watch.seen & set(load.acknowledged))), "the first event of a watch")
    return set(load.acknowledged)


async def _brought(watch: Watcher, load: Load, since: set[str]) -> None:
    """Every item that was acknowledged after those."""
    wanted = set(load.acknowledged) - since
    assert wanted
    await until(lambda: _true(wanted <= watch.seen), "every event of the load")


async def _true(found: bool) -> bool:
    return found
