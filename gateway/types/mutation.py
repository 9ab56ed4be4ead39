"""The one way in which every mutation runs: input to command, operation, refusal to user error."""

import dataclasses
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Annotated, Any, cast
from uuid import uuid4

import msgspec
import strawberry
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from contracts.errors import Conflict, Refusal
from contracts.wire import Command, Operation, Record
from gateway.context import Context, Info
from gateway.errors import ErrorCode
from gateway.loaders import Loaders
from gateway.types.relay import Node, field, local_id, optional
from kit.rpc import invalid

type Ask = Callable[[Context, Any], Awaitable[Any]]

KINDS = {  # which kind of object each id of an input means
    "action_item_id": "ActionItem",
    "calendar_feed_id": "CalendarFeed",
    "api_token_id": "ApiToken",
    "case_id": "Case",
    "check_in_id": "CheckIn",
    "cohort_id": "Cohort",
    "commitment_id": "Commitment",
    "enrolment_id": "Enrolment",
    "feedback_id": "Feedback",
    "goal_id": "Goal",
    "help_request_id": "HelpRequest",
    "match_run_id": "MatchRun",
    "import_id": "UserImport",
    "manager_id": "User",
    "mentee_id": "User",
    "mentor_id": "User",
    "mentorship_id": "Mentorship",
    "new_mentor_id": "User",
    "note_id": "Note",
    "notification_id": "Notification",
    "outcome_id": "Outcome",
    "owner_id": "User",
    "parent_id": "OrgUnit",
    "programme_id": "Programme",
    "review_id": "Review",
    "time_off_id": "TimeOff",
    "user_id": "User",
    "time_entry_id": "TimeEntry",
    "unit_id": "OrgUnit",
}


@strawberry.input(description="What every mutation takes.")
class Input:
    """The part of an input that makes a repeat harmless."""

    idempotency_key: str | None = optional(
        "Repeat a request with the same key and it takes effect once. With another body it is refused."
    )


@strawberry.input(description="What a mutation of an existing object takes.")
class Edit(Input):
    """The part of an input that keeps two people from overwriting each other."""

    version: int | None = optional(
        "The version that you saw. If the object has another one by now, you get CONFLICT and the current object."
    )


@strawberry.type(description="Something that you can mend.")
class UserError:
    """A refusal, in a payload."""

    code: ErrorCode = field("What kind of no this is.")
    field: str | None = strawberry.field(description="The input field that it is about, if it is about one.")
    message: str = strawberry.field(description="What was wrong and what to do.")


@strawberry.type(description="What every mutation returns.")
class Payload:
    """An object or the reasons why there is none."""

    user_errors: list[UserError] = field("Why it was not done; empty if it was.", default_factory=list)

    @classmethod
    def of(cls, record: Any) -> "Payload":
        """The payload of an answer."""
        raise NotImplementedError


@cache
def payload_of(shown: type[Any]) -> type[Payload]:
    """The payload that holds one object of this type, under the type's own name."""
    name = shown.__name__
    attribute = to_snake_case(name[0].lower() + name[1:])
    words = "The object after the change. With CONFLICT: as it is now."
    body = {
        "__module__": __name__,
        "__annotations__": {attribute: shown | None},
        attribute: field(words, default=None),
        "of": classmethod(lambda cls, record: cls(**{attribute: shown.of(record)})),
    }
    kind = type(f"{name}Payload", (Payload,), body)
    return strawberry.type(kind, description=f"What a change of this kind of object returns: {name}.")


def mutation(
    operation: Operation[Any, Any] | Callable[[Any], Operation[Any, Any]],
    takes: type[Input],
    gives: type[Payload] | type[Node],
    request: type[Record] | None = None,
    *,
    deprecated: str | None = None,
) -> Any:
    """A mutation that runs one operation. Its words are those of the operation's command.

    Where the input says which operation, `operation` chooses it, and `request` is what they all take.
    """
    payload = gives if issubclass(gives, Payload) else payload_of(cast(Any, gives))

    async def ask(context: Context, given: Any) -> Any:
        chosen = operation if isinstance(operation, Operation) else operation(given)
        context.admit(chosen)
        return await context.call(chosen, command(context, chosen.request, given))

    command_kind = operation.request if isinstance(operation, Operation) else request
    return _resolved(ask, takes, payload, gives, inspect.getdoc(command_kind) or "", deprecated=deprecated)


def combined(ask: Ask, takes: type[Input], gives: type[Node]) -> Any:
    """A mutation that needs more than one call: `ask` gives the record. Its words are those of `ask`."""
    return _resolved(ask, takes, payload_of(cast(Any, gives)), gives, inspect.getdoc(ask) or "")


def _resolved(
    ask: Ask, takes: type[Input], payload: type[Payload], gives: Any, words: str, *, deprecated: str | None = None
) -> Any:
    async def resolve(info: Info, input: Any) -> Any:
        return await _run(info.context, ask, input, payload, gives)

    argument = Annotated[takes, strawberry.argument(description="What to do.")]  # type: ignore[valid-type]
    resolve.__annotations__ = {"info": Info, "input": argument, "return": payload | None}
    return strawberry.mutation(resolver=resolve, description=words, deprecation_reason=deprecated)


async def _run(context: Context, ask: Ask, given: Any, payload: type[Payload], gives: Any) -> Payload:
    try:
        return payload.of(await ask(context, given))
    except Refusal as refusal:
        stale = isinstance(refusal, Conflict)
        answer = await _as_it_is(context, given, payload, gives) if stale else payload()
        answer.user_errors = [_user_error(refusal)]
        return answer


async def _as_it_is(context: Context, given: Any, payload: type[Payload], gives: Any) -> Payload:
    """The object that a conflict is about, where the input names it."""
    name = (gives.named_by or f"{to_snake_case(gives.__name__)}_id") if issubclass(gives, Node) else ""
    named = getattr(given, name, None)
    if named is None:
        return payload()
    try:
        record = await gives.loader(Loaders(context.call)).load(local_id(context, KINDS[name], named))
    except Refusal:
        record = None  # the conflict itself matters more
    return payload.of(record) if record else payload()


def _user_error(refusal: Refusal) -> UserError:
    about = to_camel_case(refusal.field) if refusal.field else None
    return UserError(code=ErrorCode(refusal.code), field=about, message=refusal.message)


def command[Q: Record](context: Context, kind: type[Q], given: object, also: Mapping[str, Any] | None = None) -> Q:
    """The operation's request, made from an input of the same field names. What was not given takes its default.

    `also` has what the input does not say, as on the wire. A command without a key gets one for this call, so that it
    can be repeated where the part did not answer.
    """
    key = {"idempotencyKey": uuid4().hex} if issubclass(kind, Command) else {}
    try:
        return msgspec.convert({**key, **_plain(context, given), **(also or {})}, kind)
    except msgspec.ValidationError as error:
        raise invalid(error) from error


def _plain(context: Context, value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(context, item) for item in value]
    if not dataclasses.is_dataclass(value):
        return value
    given = {name: item for name, item in vars(value).items() if item is not None and item is not strawberry.UNSET}
    return {_wire_name(name): _local(context, name, item) for name, item in given.items()}


def _wire_name(name: str) -> str:
    return "expectedVersion" if name == "version" else to_camel_case(name)


def _local(context: Context, name: str, value: Any) -> Any:
    if isinstance(value, list) and (kind := KINDS.get(name.removesuffix("s"))):
        return [local_id(context, kind, item) for item in value]
    return local_id(context, KINDS[name], value) if name in KINDS else _plain(context, value)
