"""Subscriptions over graphql-transport-ws (https://github.com/enisdenjo/graphql-ws), and nothing else.

Strawberry's handler speaks the protocol; here stands who may connect, how much, and that no frame can crash it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, cast

import msgspec
from graphql import GraphQLError
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UnsetType

from contracts.errors import RateLimited, Refusal, Unauthenticated
from gateway.auth import NOBODY, Verifies, Viewer, viewer_of
from gateway.context import Context
from gateway.errors import told
from gateway.limits import parsed
from gateway.schema import Schema
from kit.revocations import Revocations

SUBSCRIPTIONS = 20  # at once on one connection
CONNECTIONS = 5  # at once of one person
INIT_SECONDS = 5.0  # to say who is there
TOO_MANY, TRY_AGAIN_LATER, FORBIDDEN = 4429, 1013, 4403
ENDED = "Your access has ended or changed. Refresh your token or sign in again."


class _Init(msgspec.Struct, tag="connection_init"):
    payload: dict[str, Any] | None = None


class _Ping(msgspec.Struct, tag="ping"):
    payload: dict[str, Any] | None = None


class _Pong(msgspec.Struct, tag="pong"):
    payload: dict[str, Any] | None = None


class _Operation(msgspec.Struct, rename="camel"):
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


class _Subscribe(msgspec.Struct, tag="subscribe"):
    id: str
    payload: _Operation


class _Complete(msgspec.Struct, tag="complete"):
    id: str


type _Frame = _Init | _Ping | _Pong | _Subscribe | _Complete


@dataclass
class Connection:
    """What one socket knows: the handshake's header, then the init payload, then the viewer."""

    authorization: str
    connection_params: dict[str, Any] = field(default_factory=dict)
    viewer: Viewer = NOBODY


class _Handler(BaseGraphQLTransportWSHandler[Connection, None]):
    """Strawberry's handler for frames that were checked."""

    async def handle(self) -> None:
        """Speak until the socket is gone."""
        try:
            await super().handle()
        finally:
            cast(Sockets, self.view).left(self.context)

    async def handle_connection_init(self, message: Any) -> None:
        """Whoever was let in stays until the token is called back."""
        await self._init(message)
        if self.connection_acknowledged:
            cast(Sockets, self.view).entered(self.context, self._turn_out)

    async def _turn_out(self) -> None:
        """End what is watched, so that nothing is sent any more, and close."""
        await self.shutdown()
        await self.websocket.close(code=FORBIDDEN, reason=ENDED)

    async def _init(self, message: Any) -> None:
        """A refusal that may pass gets a code after which clients try again."""
        try:
            await super().handle_connection_init(message)
        except Refusal as refusal:
            code = TOO_MANY if isinstance(refusal, RateLimited) else TRY_AGAIN_LATER
            await self.websocket.close(code=code, reason=refusal.message)

    async def handle_message(self, message: Any) -> None:
        """Frames of another form close the socket instead of crashing it."""
        try:
            frame = msgspec.convert(message, cast(Any, _Frame))
        except msgspec.ValidationError:
            await self.handle_invalid_message("Not a message of graphql-transport-ws")
            return
        if isinstance(frame, _Init) and frame.payload is None:
            message = {"type": "connection_init"}
        await super().handle_message(message)


class _Subscriptions:
    """The schema as a socket sees it: only subscriptions, each with its own context, errors as clients may see them."""

    def __init__(self, schema: Schema, context_for: Callable[[Viewer], Context]) -> None:
        self._schema = schema
        self._context_for = context_for
        self.config = schema.config

    async def stream(self, query: str, *, context_value: Connection, **more: Any) -> AsyncGenerator[Any]:
        """What Strawberry's handler calls for each `subscribe`."""
        try:
            parsed(query)  # Strawberry's stream does not expect that its extension cannot parse
        except GraphQLError as error:
            return _unreadable(error)
        context = self._context_for(context_value.viewer)
        more["allowed_operation_types"] = (OperationType.SUBSCRIPTION,)
        return _told(await self._schema.stream(query, context_value=context, **more))


async def _told(results: AsyncGenerator[Any]) -> AsyncGenerator[Any]:
    async with aclosing(results):
        async for result in results:
            if result.errors:
                result.errors = [told(error) for error in result.errors]
            yield result


async def _unreadable(error: GraphQLError) -> AsyncGenerator[Any]:
    yield PreExecutionError(data=None, errors=[told(error)])


class Sockets(GraphQL[Connection, None]):
    """Answers websockets at `/graphql`."""

    graphql_transport_ws_handler_class = _Handler

    def __init__(
        self,
        schema: Schema,
        verifier: Verifies,
        context_for: Callable[[Viewer], Context],
        revocations: Revocations,
        *,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(
            cast(Any, _Subscriptions(schema, context_for)),
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=INIT_SECONDS),
            max_subscriptions_per_connection=SUBSCRIPTIONS,
            allowed_origins=allowed_origins,
        )
        self._verifier = verifier
        self._revocations = revocations
        self._open: Counter[str] = Counter()
        self._inside: dict[int, tuple[Connection, Callable[[], Coroutine[Any, Any, None]]]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        revocations.on_news(self._turn_out)

    async def get_context(self, request: Any, response: Any) -> Connection:  # noqa: ARG002
        """A connection of nobody yet."""
        return Connection(request.headers.get("authorization", ""))

    async def on_ws_connect(self, context: Connection) -> UnsetType | None:
        """Let a person in. Raises ConnectionRejectionError (4403), or a refusal that may pass."""
        given = context.connection_params.get("authorization", context.authorization)
        try:
            viewer = await viewer_of(given if isinstance(given, str) else "", self._verifier)
        except Unauthenticated as refusal:
            raise ConnectionRejectionError from refusal
        if not viewer.token:
            raise ConnectionRejectionError
        if self._open[viewer.caller.name] >= CONNECTIONS:
            raise RateLimited(f"At most {CONNECTIONS} connections at once. Close one first.")
        context.viewer = viewer
        self._open[viewer.caller.name] += 1
        return UnsetType()

    def entered(self, context: Connection, turn_out: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """A socket is open in a viewer's name; `turn_out` closes it."""
        self._inside[id(context)] = (context, turn_out)
        self._turn_out()  # what was called back while the socket opened

    def _turn_out(self) -> None:
        """Close the sockets of those whose tokens are called back."""
        for context, turn_out in tuple(self._inside.values()):
            if context.viewer.is_revoked(self._revocations):
                del self._inside[id(context)]
                task = asyncio.create_task(turn_out())
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)

    def left(self, context: Connection) -> None:
        """A socket is gone."""
        self._inside.pop(id(context), None)
        name = context.viewer.caller.name
        self._open[name] -= 1
        if self._open[name] <= 0:
            del self._open[name]

    def decode_json(self, data: str | bytes) -> object:
        """What is no JSON, or too deep, is told to the handler in the one way that it expects."""
        try:
            return msgspec.json.decode(data)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise JSONDecodeError("not JSON", "", 0) from error

    def encode_json(self, data: object) -> str:
        """Text, for the protocol has no binary frames."""
        return msgspec.json.encode(data).decode()
