"""What a resolver has at hand: who asks, the parts to call, the loaders, and the live events."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import strawberry

from contracts.errors import Unauthenticated
from contracts.goals import OPEN_THIRD_PARTY_FEEDBACK, SUBMIT_THIRD_PARTY_FEEDBACK
from contracts.identity import (
    ACCEPT_INVITATION,
    REFRESH,
    REGISTER_ORGANISATION,
    REQUEST_PASSWORD_RESET,
    RESET_PASSWORD,
    SIGN_IN,
    SIGN_OUT,
)
from contracts.sessions import OPEN_CALENDAR_FEED
from contracts.wire import Operation, Record
from gateway.auth import NOBODY, Viewer
from gateway.door import Passage
from gateway.live import Live
from gateway.loaders import Loaders

_WITH_A_SECRET: tuple[Operation[Any, Any], ...] = (
    REGISTER_ORGANISATION,
    SIGN_IN,
    REFRESH,
    SIGN_OUT,
    REQUEST_PASSWORD_RESET,
    RESET_PASSWORD,
    ACCEPT_INVITATION,
    OPEN_THIRD_PARTY_FEEDBACK,
    SUBMIT_THIRD_PARTY_FEEDBACK,
    OPEN_CALENDAR_FEED,
)
PUBLIC = frozenset(operation.name for operation in _WITH_A_SECRET)
SIGN_IN_FIRST = "Sign in first: this needs a valid access token."


class Calls(Protocol):
    """Calls the operations of one part; `kit.rpc.Client` does."""

    async def call[Q: Record, A](self, operation: Operation[Q, A], token: str, request: Q) -> A:
        """Raises the part's Refusal, or Unavailable when it does not answer."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The five parts that the gateway asks."""

    identity: Calls
    goals: Calls
    sessions: Calls
    notifications: Calls
    workflows: Calls

    def answering(self, owner: str) -> Calls:
        """The part that answers the operations called `<owner>.<verb>`."""
        return {
            "identity": self.identity,
            "goals": self.goals,
            "sessions": self.sessions,
            "notifications": self.notifications,
            "cycles": self.workflows,
        }[owner]


@dataclass
class Context:
    """One request, or one subscription."""

    parts: Parts
    live: Live
    viewer: Viewer = NOBODY
    passage: Passage | None = None

    async def call[Q: Record, A](self, operation: Operation[Q, A], request: Q) -> A:
        """Ask the part that owns the operation, as the viewer."""
        self.admit(operation)
        part = self.parts.answering(operation.name.partition(".")[0])
        async with self.passage.of(operation.name) if self.passage else nullcontext():
            return await part.call(operation, self.viewer.token, request)

    def admit(self, operation: Operation[Any, Any]) -> None:
        """Only the public operations are for people whom nobody knows."""
        if operation.name not in PUBLIC:
            self.check_signed_in()

    def check_signed_in(self) -> None:
        """Raises Unauthenticated without a token."""
        if not self.viewer.token:
            raise Unauthenticated(SIGN_IN_FIRST)

    @cached_property
    def loaders(self) -> Loaders:
        """Fresh for each request: what one viewer may see is never kept for another."""
        return Loaders(self.call)


Info = strawberry.Info[Context, None]
