"""Access tokens that were called back. Every process knows those of the last minutes: older tokens have ended anyway.

News comes over the bus at once. Asking identity every few seconds is the truth: it brings what was missed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec

from contracts.errors import Refusal
from contracts.identity import AccessRevoked, Revocation
from contracts.wire import Envelope
from kit.telemetry import log

KEPT = timedelta(minutes=12)  # an access token lives ten, and clocks may differ by one
ASK_SECONDS = 3.0
OVERLAP = timedelta(seconds=30)  # asked for again: what was saved late, or by a host whose clock is behind
EVERYWHERE = "*"  # the organisation that a part names where it asks for all of them

type Ask = Callable[[datetime], Awaitable[Sequence[Revocation]]]


class Revocations:
    """From which moment on tokens of a person, or of one sign-in, count."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._on_news: list[Callable[[], None]] = []

    def cover(self, subjects: Sequence[str], issued_at: float) -> bool:
        """Whether a token of these subjects that was issued then is called back."""
        return any(issued_at < self._since.get(subject, 0.0) for subject in subjects)

    def learn(self, revocation: Revocation) -> None:
        """Remember one, and tell those who wait for news."""
        since = revocation.not_before.timestamp()
        if since <= self._since.get(revocation.subject_id, 0.0):
            return
        self._since[revocation.subject_id] = since
        for tell in self._on_news:
            tell()

    def on_news(self, tell: Callable[[], None]) -> None:
        """Call this after each revocation that is new here."""
        self._on_news.append(tell)

    def on_envelope(self, envelope: Envelope) -> None:
        """Hear one over the bus."""
        event = msgspec.json.decode(envelope.data, type=AccessRevoked)
        self.learn(Revocation(subject_id=event.subject_id, not_before=event.not_before))

    async def keep_asking(self, ask: Ask) -> None:
        """Learn what the bus did not bring, as long as the process lives."""
        since = datetime.now(UTC) - KEPT
        while True:
            with suppress(Refusal):  # whoever is away is asked again; tokens end by themselves meanwhile
                began = datetime.now(UTC)
                for each in await ask(since):
                    self.learn(each)
                since = began - OVERLAP
            self._forget()
            await asyncio.sleep(ASK_SECONDS)

    def _forget(self) -> None:
        oldest = time.time() - KEPT.total_seconds()
        forgotten = [subject for subject, since in self._since.items() if since < oldest]
        for subject in forgotten:
            del self._since[subject]
        if forgotten:
            log.info("revocations_forgotten", number=len(forgotten))
