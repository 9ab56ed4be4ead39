"""What all records, operations and events have in common."""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, get_args

import msgspec
import pytest

import contracts
from contracts import errors
from contracts.audit import AuditedService
from contracts.subscriptions import EVENTS, SUBSCRIPTIONS
from contracts.wire import Event, Record
from kit.audit import COLLECTION, Trail
from kit.audit_log import audit_answers
from kit.clock import Clock
from tests.contracts.snapshot import operations

RULES = {"rule", "zone"}  # of a cadence: chosen from what calendars know, not a person's words


def _records() -> Iterator[type[Record]]:
    for found in pkgutil.walk_packages(contracts.__path__, "contracts."):
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Record) and each.__module__ == module.__name__:
                yield each


@pytest.mark.parametrize("record", list(_records()), ids=lambda record: record.__name__)
def test_a_record_is_frozen_by_keyword_and_documented(record: type[Record]) -> None:
    assert record.__struct_config__.frozen, record
    parameters = inspect.signature(record).parameters.values()
    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters), record
    assert record.__doc__, record


def test_an_operation_is_named_by_its_owner_and_a_verb() -> None:
    for operation in operations():
        assert re.fullmatch(r"(identity|goals|sessions|notifications|cycles)\.[a-z]+(_[a-z]+)*", operation.name)


def test_an_event_is_named_by_its_owner_and_a_fact_of_the_past() -> None:
    for event in EVENTS:
        assert re.fullmatch(r"(identity|goals|sessions|notifications)\.[a-z]+_[a-z_]+\.v\d+", event.topic), event
        assert "updated" not in event.topic, "name the fact, not that something changed"


def test_every_operation_name_and_topic_is_given_once() -> None:
    assert set(Counter(operation.name for operation in operations()).values()) == {1}
    assert set(Counter(event.topic for event in EVENTS).values()) == {1}


def test_every_refusal_has_a_code_of_its_own() -> None:
    assert len(errors.BY_CODE) == len(errors.KINDS)


def test_every_subscribed_event_exists() -> None:
    assert {event for wanted in SUBSCRIPTIONS.values() for event in wanted} <= set(EVENTS)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_an_event_has_room_for_no_persons_words(event: type[Event]) -> None:
    for field in msgspec.structs.fields(event):
        assert _is_safe(field.name, field.type), f"{event.__name__}.{field.name} could carry a person's words"


def _is_safe(name: str, kind: Any) -> bool:
    if kind is str:
        return name.endswith(("_id", "_ids", "_by")) or name in RULES
    if options := get_args(kind):
        return all(_is_safe(name, option) for option in options if option is not ...)
    if isinstance(kind, type) and issubclass(kind, Record):
        return all(
            _is_safe(field.name if field.name != "id" else "own_id", field.type)
            for field in msgspec.structs.fields(kind)
        )
    return kind in {int, float, bool, datetime, date, timedelta, type(None)} or issubclass(kind, StrEnum)


def test_every_operation_is_answered_by_exactly_one_part() -> None:
    answered = Counter(_answered())
    assert answered == Counter(operation.name for operation in operations())


def _answered() -> Iterator[str]:
    from services.goals import routes as of_goals
    from services.identity import routes as of_identity
    from services.notifications import routes as of_notifications
    from services.sessions import routes as of_sessions
    from workflows import hindsights as of_hindsights
    from workflows import routes as of_workflows
    from workflows import simulations as of_simulations
    from workflows.hindsights import Hindsights
    from workflows.routes import Counter as Counted
    from workflows.routes import TimeKeeper
    from workflows.simulations import Simulations

    nothing: Any = None
    no_database: Any = {COLLECTION: None}
    keeper, nothing_counted = TimeKeeper(nothing, Clock()), Counted(nothing)
    for part in (of_goals, of_identity, of_notifications, of_sessions):
        yield from (answer.operation.name for answer in part.answers(nothing))
    for service in AuditedService:
        yield from (answer.operation.name for answer in audit_answers(Trail(no_database, service), Clock()))
    yield from (answer.operation.name for answer in of_workflows.answers(keeper, nothing_counted))
    simulations = Simulations(nothing, Clock(), nothing, nothing)
    yield from (answer.operation.name for answer in of_simulations.answers(simulations))
    hindsights = Hindsights(nothing, Clock(), nothing, nothing)
    yield from (answer.operation.name for answer in of_hindsights.answers(hindsights))


def test_every_part_consumes_what_it_subscribes_to() -> None:
    from services.goals import consumers as of_goals
    from services.identity import consumers as of_identity
    from services.notifications import consumers as of_notifications
    from services.sessions import consumers as of_sessions
    from workflows import consumers as of_workflows

    nothing: Any = None
    consumed = {
        "identity": {each.event for each in of_identity.consumers(nothing)},
        "goals": {each.event for each in of_goals.consumers(nothing)},
        "sessions": {each.event for each in of_sessions.consumers(nothing)},
        "notifications": {each.event for each in of_notifications.consumers(nothing)},
        "workflows": {each.event for each in of_workflows.consumers(of_workflows.Hearing(nothing, nothing))},
    }
    assert consumed == {part: set(events) for part, events in SUBSCRIPTIONS.items()}
