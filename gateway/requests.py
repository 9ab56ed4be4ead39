"""What a GraphQL request over HTTP looks like, and the refusal of everything that is none. Knows no schema."""

from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request

from contracts.errors import BudgetExceeded, Invalid
from gateway.limits import BODY

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"  # https://graphql.github.io/graphql-over-http/draft/


class Document(NamedTuple):
    """One operation to run."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


class _Parameters(msgspec.Struct, rename="camel"):
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


class UnsupportedMediaType(Invalid):
    """The body is not JSON by its own word: what a form or a foreign page can send without asking first."""


async def document_of(request: Request) -> Document:
    """The operation of a request. Raises Invalid or BudgetExceeded."""
    if request.method == "GET":
        parameters = msgspec.convert(_from_url(request), _Parameters)
    else:
        parameters = _decoded(await _body(request), _Parameters)
    return Document(parameters.query, parameters.variables, parameters.operation_name)


def _from_url(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _decoded(given[name].encode(), dict[str, Any] | None)
    return given


async def _body(request: Request) -> bytes:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != JSON or charset not in ("", "utf-8"):
        raise UnsupportedMediaType(f"Send the request as JSON, with `Content-Type: {JSON}` in UTF-8.")
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY:
            raise BudgetExceeded(f"A request may have at most {BODY} bytes. Send less at a time.")
        parts.append(chunk)
    return b"".join(parts)


def _decoded(text: bytes, kind: Any) -> Any:
    """Decode, or refuse in words that quote nothing: what was sent may hold a password."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"The request is not a GraphQL request: {error}.") from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Invalid("The request is not valid JSON in UTF-8.") from error


def media_type(request: Request) -> str:
    """The media type that the client prefers; plain JSON for those that name neither."""
    accepted = [_preference(item) for item in request.headers.get("accept", "").lower().split(",")]
    wanted = [kind for quality, kind in sorted(accepted, reverse=True) if quality > 0]
    return RESPONSE_JSON if RESPONSE_JSON in wanted and JSON not in wanted[: wanted.index(RESPONSE_JSON)] else JSON


def _preference(item: str) -> tuple[float, str]:
    kind, _, rest = item.partition(";")
    _, _, quality = rest.partition("q=")
    try:
        return (float(quality) if quality else 1.0, kind.strip())
    except ValueError:
        return (0.0, "")
