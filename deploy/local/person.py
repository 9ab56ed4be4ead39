"""A person at the GraphQL endpoint, as a well-made client program would act for one: the demo and the tests use it."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Any, Self

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportError, TransportQueryError

PATIENCE = 90.0  # seconds that a command is tried again while a part is away; its key makes that safe


class Refused(Exception):
    """The platform said no, with a code of its closed list."""

    def __init__(self, operation: str, code: str, message: str, field: str | None = None) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.code = code
        self.message = message
        self.field = field


class Person:
    """Somebody with a name, who may be signed in. Use as an asynchronous context manager."""

    def __init__(self, name: str, endpoint: str) -> None:
        self.name = name
        self.id = ""
        self.refresh_token = ""
        self.endpoint = endpoint
        self._headers: dict[str, str] = {}
        self._open = AsyncExitStack()
        self._session: AsyncClientSession

    async def __aenter__(self) -> Self:
        transport = AIOHTTPTransport(url=self.endpoint, timeout=15)
        client = Client(transport=transport, fetch_schema_from_transport=False, execute_timeout=15)
        self._session = await self._open.enter_async_context(client)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The answer to a query. Raises Refused with the first error's code; tries again while a part is away."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                request = GraphQLRequest(document, variable_values=variables)
                return await self._session.execute(request, extra_args={"headers": self._headers})
            except TransportQueryError as error:
                refused = _refused(document, error)
            except (TransportError, OSError, TimeoutError) as error:
                refused = Refused("the endpoint", "UNAVAILABLE", type(error).__name__)
            if refused.code != "UNAVAILABLE" or time.monotonic() > deadline:
                raise refused
            await asyncio.sleep(0.2)

    async def do(self, mutation: str, returning: str, **given: Any) -> dict[str, Any]:
        """Carry out one mutation. Raises Refused; tries again with the same key while a part is away."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = (
            f"mutation($input: {kind}!) {{ {mutation}(input: $input)"
            f" {{ {returning} userErrors {{ code field message }} }} }}"
        )
        given.setdefault("idempotencyKey", uuid.uuid4().hex)
        deadline = time.monotonic() + PATIENCE
        while True:
            payload: dict[str, Any] = (await self.ask(document, input=given))[mutation]
            if not payload["userErrors"]:
                return payload
            error = payload["userErrors"][0]
            if error["code"] != "UNAVAILABLE" or time.monotonic() > deadline:
                raise Refused(mutation, error["code"], error["message"], error["field"])
            await asyncio.sleep(0.2)

    async def sign_in(self, email: str, password: str) -> None:
        """From now on everything is asked in this person's name."""
        returning = "accessToken refreshToken user { id }"
        self._headers.pop("Authorization", None)  # it may have ended, and is not needed
        answer = await self.do("signIn", returning, email=email, password=password)
        self.id = answer["user"]["id"]
        self.use(answer["accessToken"], answer["refreshToken"])

    async def renew(self) -> None:
        """Exchange the refresh token for the next two, as when the access token has ended."""
        self._headers.pop("Authorization", None)
        answer = await self.do("refreshToken", "accessToken refreshToken", refreshToken=self.refresh_token)
        self.use(answer["accessToken"], answer["refreshToken"])

    @property
    def authorization(self) -> str:
        """What this person sends along with each request."""
        return self._headers["Authorization"]

    def use(self, access_token: str, refresh_token: str = "") -> None:
        """Ask with this token."""
        self.refresh_token = refresh_token
        self._headers["Authorization"] = f"Bearer {access_token}"

    def watch(self, mentorship_id: str) -> AsyncGenerator[dict[str, Any]]:
        """The events of a mentorship as they arrive."""
        document = "subscription($id: ID!) { mentorshipEvents(id: $id) { id type at subject sequence title } }"
        return self.subscribe(document, "mentorshipEvents", id=mentorship_id)

    async def subscribe(self, document: str, field: str, **variables: Any) -> AsyncGenerator[dict[str, Any]]:
        """What a subscription brings as it arrives. Raises Refused."""
        transport = AIOHTTPWebsocketsTransport(
            url=self.endpoint.replace("http", "ws", 1),
            subprotocols=[AIOHTTPWebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
            init_payload={"authorization": self.authorization},
        )
        async with Client(transport=transport, fetch_schema_from_transport=False) as session:
            try:
                async for answer in session.subscribe(GraphQLRequest(document, variable_values=variables)):
                    yield answer[field]
            except TransportQueryError as error:
                raise _refused(document, error) from error


def _refused(document: str, error: TransportQueryError) -> Refused:
    first: Any = (error.errors or [{}])[0]
    operation = ".".join(map(str, first.get("path") or [])) or document.strip()[:40]
    return Refused(operation, first.get("extensions", {}).get("code", "?"), first.get("message", ""))
