"""Contracts change by adding; anything else is a new name beside the old one."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.breaking import breaks
from tests.contracts.snapshot import snapshot, written

REWRITE = "The contracts changed in a compatible way. Write the snapshot anew: python -m tests.contracts.snapshot"


def test_no_contract_breaks_a_part_of_the_version_before() -> None:
    assert breaks(written(), snapshot()) == []


def test_the_snapshot_is_what_the_code_says() -> None:
    assert written() == snapshot(), REWRITE


def _remove_operation(changed: dict[str, Any]) -> None:
    del changed["operations"]["goals.draft_goal"]


def _remove_event(changed: dict[str, Any]) -> None:
    del changed["events"]["goals.goal_agreed.v1"]


def _remove_code(changed: dict[str, Any]) -> None:
    changed["codes"].remove("CONFLICT")


def _remove_field_of_event(changed: dict[str, Any]) -> None:
    del changed["events"]["goals.goal_agreed.v1"]["$defs"]["GoalAgreed"]["properties"]["ownerId"]


def _retype_field_of_answer(changed: dict[str, Any]) -> None:
    changed["operations"]["goals.draft_goal"]["answer"]["$defs"]["Goal"]["properties"]["title"] = {"type": "integer"}


def _require_field_of_request(changed: dict[str, Any]) -> None:
    changed["operations"]["goals.log_progress"]["request"]["$defs"]["LogProgress"]["required"].append("note")


def _require_field_of_event(changed: dict[str, Any]) -> None:
    changed["events"]["goals.goal_agreed.v1"]["$defs"]["GoalAgreed"]["required"].append("mentorshipId")


def _require_field_of_record(changed: dict[str, Any]) -> None:
    changed["operations"]["goals.draft_goal"]["answer"]["$defs"]["Goal"]["required"].append("achievedAt")


def _remove_choice(changed: dict[str, Any]) -> None:
    changed["operations"]["goals.draft_goal"]["request"]["$defs"]["MetricKind"]["enum"].remove("sum")


@pytest.mark.parametrize(
    "change",
    [
        _remove_operation,
        _remove_event,
        _remove_code,
        _remove_field_of_event,
        _retype_field_of_answer,
        _require_field_of_request,
        _require_field_of_event,
        _require_field_of_record,
        _remove_choice,
    ],
)
def test_a_breaking_change_is_found(change: Callable[[dict[str, Any]], None]) -> None:
    changed = copy.deepcopy(snapshot())
    change(changed)
    assert len(breaks(snapshot(), changed)) == 1


def test_an_added_optional_field_breaks_nothing() -> None:
    changed = copy.deepcopy(snapshot())
    changed["operations"]["goals.draft_goal"]["answer"]["$defs"]["Goal"]["properties"]["colour"] = {"type": "string"}
    assert breaks(snapshot(), changed) == []
