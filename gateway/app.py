"""Builds the gateway, in order. The only place that constructs."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from contracts.subscriptions import SUBSCRIPTIONS
from gateway.auth import Tokens, Verifies, Viewer
from gateway.calendar import calendar_route
from gateway.context import Context, Parts
from gateway.door import Door
from gateway.endpoint import Endpoint
from gateway.live import TOPICS, Live
from gateway.oidc import PATIENCE, oidc_routes
from gateway.schema import build_schema
from gateway.settings import Settings
from gateway.sockets import Sockets
from kit.auth import PartSigner, Verifier
from kit.bus import Bus
from kit.cache import Limiter
from kit.footing import hear_revocations
from kit.process import Part
from kit.revocations import Revocations
from kit.rpc import Client, http_session

JWKS = "/.well-known/jwks.json"


async def build(settings: Settings, running: AsyncExitStack) -> Part:
    """The gateway, connected to the bus and to the other parts."""
    http = await running.enter_async_context(http_session())
    live = Live()
    bus = Bus(settings.amqp_url, "gateway", SUBSCRIPTIONS)
    identity, signer = Client("identity", settings.identity_url, http), PartSigner(settings.part_key_file)
    revocations = await hear_revocations(bus, identity, signer, running)
    verifier = Verifier(
        settings.parts_jwks_file,
        settings.identity_url.rstrip("/") + JWKS,
        http,
        keys_live=settings.keys_live_seconds,
        revocations=revocations,
    )
    bus.listen(TOPICS, live.on_envelope)
    await running.enter_async_context(bus)
    running.callback(live.close)
    keys = Route(JWKS, _keys(settings.identity_url.rstrip("/") + JWKS, http))
    parts = _parts(settings, http)
    limiter = Limiter(settings.redis_url) if settings.redis_url else None
    if limiter:
        running.push_async_callback(limiter.close)
    door = Door(limiter, settings.client_address_header) if limiter else None
    patient = Client("identity", settings.identity_url, http, deadline=PATIENCE)
    routes = [
        *oidc_routes(settings, patient),
        *graphql_routes(settings, Tokens(verifier, identity), parts, live, revocations, door=door),
        calendar_route(parts.sessions),
        keys,
    ]
    return Part("gateway", routes, {"bus": bus.is_ready}, {"bus": bus.is_alive})


def graphql_routes(
    settings: Settings,
    verifier: Verifies,
    parts: Parts,
    live: Live,
    revocations: Revocations,
    *,
    door: Door | None = None,
) -> list[BaseRoute]:
    """`/graphql`, over HTTP and websockets."""
    is_production = settings.mode == "production"
    schema = build_schema(production=is_production)

    def context_for(viewer: Viewer, request: Request | None = None) -> Context:
        return Context(parts, live, viewer, door.passage(request) if door and request else None)

    endpoint = Endpoint(schema, verifier, context_for, graphiql=not is_production)
    origins = [origin for origin in settings.allowed_origins.split(",") if origin]
    sockets = Sockets(schema, verifier, context_for, revocations, allowed_origins=origins)
    return [Route("/graphql", endpoint.answer, methods=["GET", "POST"]), WebSocketRoute("/graphql", sockets)]


def _parts(settings: Settings, http: aiohttp.ClientSession) -> Parts:
    return Parts(
        identity=Client("identity", settings.identity_url, http),
        goals=Client("goals", settings.goals_url, http),
        sessions=Client("sessions", settings.sessions_url, http),
        notifications=Client("notifications", settings.notifications_url, http),
        workflows=Client("workflows", settings.workflows_url, http),
    )


def _keys(url: str, http: aiohttp.ClientSession) -> Callable[[Request], Awaitable[Response]]:
    async def keys(_request: Request) -> Response:
        try:
            async with http.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
                answer.raise_for_status()
                return Response(await answer.read(), media_type="application/json")
        except (aiohttp.ClientError, TimeoutError, OSError):
            return JSONResponse({"error": "The identity part does not answer. Try again in a moment."}, 503)

    return keys
