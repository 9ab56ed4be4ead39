"""GraphQL over HTTP: POST with JSON, GET for queries, GraphiQL in development.

No input leads to a 5xx: what is wrong with a request is told as a GraphQL error with a code.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import msgspec
from graphql import FieldNode, GraphQLError, GraphQLFormattedError, OperationDefinitionNode
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.exceptions import MissingQueryError
from strawberry.http.ides import get_graphql_ide_html
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from contracts.errors import BudgetExceeded, Invalid, Refusal, Unauthenticated, Unavailable
from gateway.auth import Verifies, Viewer, viewer_of
from gateway.context import Context
from gateway.errors import refused, told
from gateway.limits import parsed
from gateway.requests import RESPONSE_JSON, Document, UnsupportedMediaType, document_of, media_type
from gateway.schema import Schema
from kit.metrics import GRAPHQL
from kit.telemetry import attached

DEADLINE = 5.0  # seconds for one operation with all its calls
METHODS = {
    "GET": frozenset({OperationType.QUERY}),
    "POST": frozenset({OperationType.QUERY, OperationType.MUTATION}),
}
STATUS: dict[type[Refusal], int] = {  # of a request that was refused as a whole
    Unauthenticated: 401,
    BudgetExceeded: 413,
    UnsupportedMediaType: 415,
    Unavailable: 503,
}


class Endpoint:
    """Answers `/graphql`."""

    def __init__(
        self, schema: Schema, verifier: Verifies, context_for: Callable[[Viewer, Request], Context], *, graphiql: bool
    ) -> None:
        self._schema = schema
        self._verifier = verifier
        self._context_for = context_for
        self._page = get_graphql_ide_html(graphql_ide="graphiql") if graphiql else None

    async def answer(self, request: Request) -> Response:
        """The answer to one request."""
        if self._page and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(self._page)
        correlation = uuid4().hex
        with attached("graphql", request.headers.get("traceparent", ""), correlation):
            response = await self._answer(request)
        response.headers["x-correlation-id"] = correlation
        return response

    async def _answer(self, request: Request) -> Response:
        kind = media_type(request)
        try:
            viewer = await viewer_of(request.headers.get("authorization", ""), self._verifier)
            document = await document_of(request)
        except Refusal as refusal:
            return _refusal(kind, refusal)
        except msgspec.ValidationError as error:
            return _refusal(kind, Invalid(f"The request is not a GraphQL request: {error}."))
        began = time.perf_counter()
        try:
            result = await self._run(document, self._context_for(viewer, request), METHODS[request.method])
            errors = [told(error).formatted for error in result.errors or ()]
            GRAPHQL.labels(_field(document, result), _code(errors)).observe(time.perf_counter() - began)
            return _result(kind, result, errors)
        except InvalidOperationTypeError as error:
            return _refusal(kind, Invalid(error.as_http_error_reason(request.method)), 405)
        except (CannotGetOperationTypeError, MissingQueryError):
            return _refusal(kind, Invalid("Say in `query` what to run, and in `operationName` which of them."))

    async def _run(self, document: Document, context: Context, allowed: frozenset[OperationType]) -> ExecutionResult:
        try:
            async with asyncio.timeout(DEADLINE):
                return await self._schema.execute(
                    document.query,
                    variable_values=document.variables,
                    operation_name=document.operation_name,
                    context_value=context,
                    allowed_operation_types=allowed,
                )
        except TimeoutError:
            late = Unavailable("The operation took too long. Ask for less, or try again in a moment.")
            return ExecutionResult(data=None, errors=[GraphQLError(late.message, original_error=late)])


def _field(document: Document, result: ExecutionResult) -> str:
    """The first root field: a name of the schema, and not one that a client made up."""
    if isinstance(result, PreExecutionError):
        return "invalid"
    operations = [each for each in parsed(document.query).definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in operations if each.name and each.name.value == document.operation_name]
    first = next((each for chosen in (named or operations)[:1] for each in chosen.selection_set.selections), None)
    if first is None:
        return "invalid"
    return first.name.value if isinstance(first, FieldNode) else "fragment"


def _code(errors: Sequence[GraphQLFormattedError]) -> str:
    return str(errors[0]["extensions"]["code"]) if errors else "OK"


def _refusal(kind: str, refusal: Refusal, status: int | None = None) -> Response:
    answer = _response(kind, {"errors": [refused(refusal).formatted]}, status or STATUS.get(type(refusal), 400))
    if answer.status_code == 401:
        answer.headers["www-authenticate"] = "Bearer"
    if answer.status_code == 405:
        answer.headers["allow"] = "POST"
    return answer


def _result(kind: str, result: ExecutionResult, errors: Sequence[GraphQLFormattedError]) -> Response:
    if isinstance(result, PreExecutionError):
        # plain JSON means 200 for every well-formed request, however wrong its document is
        return _response(kind, {"errors": errors}, 400 if kind == RESPONSE_JSON else 200)
    return _response(kind, {"data": result.data} | ({"errors": errors} if errors else {}), 200)


def _response(kind: str, content: dict[str, Any], status: int) -> Response:
    return Response(msgspec.json.encode(content), status, media_type=f"{kind}; charset=utf-8")
