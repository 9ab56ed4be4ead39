"""The calendar feed, outside GraphQL: what calendar programs fetch (RFC 5545 over HTTP)."""

import hashlib
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from contracts.errors import Refusal, Unavailable
from contracts.sessions import OPEN_CALENDAR_FEED, OpenCalendarFeed
from gateway.context import Calls
from kit.telemetry import attached

PRIVATE = "private, no-cache"  # nobody on the way keeps it, and its reader asks whether it is still the same


def path_of(secret: str) -> str:
    """Where a feed is fetched from."""
    return f"/calendar/{secret}.ics"


def calendar_route(sessions: Calls) -> Route:
    """Answers with a calendar, with 304 where the reader has it already, and with one 404 for every other secret."""

    async def calendar(request: Request) -> Response:
        with attached("calendar", "", uuid4().hex):  # never the path: it is a secret
            try:
                asked = OpenCalendarFeed(secret=request.path_params["secret"])
                found = await sessions.call(OPEN_CALENDAR_FEED, "", asked)
            except Unavailable:
                return PlainTextResponse("The calendar cannot be read right now. Try again in a moment.", 503)
            except Refusal:
                return PlainTextResponse("There is no calendar at this address.", 404)
        return _answer(request, found.text.encode())

    return Route(path_of("{secret}"), calendar, methods=["GET"])


def _answer(request: Request, text: bytes) -> Response:
    tag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": PRIVATE}
    if tag in (given.strip().removeprefix("W/") for given in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="text/calendar; charset=utf-8")
