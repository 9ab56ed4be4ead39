"""What a client is told when something did not work: a code of the closed list, and never an inner detail."""

from enum import StrEnum
from uuid import uuid4

from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from contracts.errors import Refusal
from kit.telemetry import log


class ErrorCode(StrEnum):
    """Every code that a client can meet, in a payload or in `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    INVALID = "INVALID"
    RATE_LIMITED = "RATE_LIMITED"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    UNAVAILABLE = "UNAVAILABLE"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    INTERNAL = "INTERNAL"


_CLIENT_MISTAKES = (GraphQLError, CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError)


def told(error: GraphQLError) -> GraphQLError:
    """The error as a client may see it: with a code, and masked unless it is a refusal or a misuse."""
    cause = _cause(error)
    if isinstance(cause, Refusal):
        return _with_code(error, cause.message, cause.code, cause.field)
    if cause is None or isinstance(cause, _CLIENT_MISTAKES):
        return _with_code(error, error.message, _code(error))
    return _masked(error, cause)


def refused(refusal: Refusal) -> GraphQLError:
    """A refusal of the request as a whole."""
    return told(GraphQLError(refusal.message, original_error=refusal))


def _cause(error: GraphQLError) -> Exception | None:
    """What was raised at the bottom; graphql-core wraps a wrapped error again."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _code(error: GraphQLError) -> str:
    given = (error.extensions or {}).get("code")
    if isinstance(given, str):
        return given
    # graphql-core ends every message about one of its own ceilings (tokens, nesting, errors) like this
    return ErrorCode.BUDGET_EXCEEDED if error.message.endswith("aborted.") else ErrorCode.INVALID


def _with_code(error: GraphQLError, message: str, code: str, field: str | None = None) -> GraphQLError:
    extensions = {"code": str(code)} | ({"field": field} if field else {})
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)


def _masked(error: GraphQLError, cause: Exception) -> GraphQLError:
    error_id = uuid4().hex
    log.error("request_failed", error_id=error_id, path=error.path, exc_info=cause)
    message = f"Something went wrong on our side. Report it with the id {error_id}."
    told_error = _with_code(error, message, ErrorCode.INTERNAL)
    told_error.extensions = {**(told_error.extensions or {}), "id": error_id}
    return told_error
