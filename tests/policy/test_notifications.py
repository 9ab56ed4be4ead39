"""A notification is its recipient's alone, and the cycle alone prompts."""

import pytest

from contracts.errors import Forbidden
from contracts.identity import Role
from contracts.policy import Act
from contracts.wire import Caller
from services.notifications.model.policy import can, need_prompt
from tests.builders import a_caller

OTHERS = [
    a_caller("priya", roles=tuple(Role), programme_ids=("programme-1",)),
    a_caller("", part="goals"),
    a_caller("", part="workflows"),
    a_caller("", org_id=""),
]


def test_a_notification_is_for_whom_it_is_for() -> None:
    assert can(a_caller("maria"), Act.READ, "maria")
    assert can(a_caller("maria"), Act.WRITE, "maria")


@pytest.mark.parametrize("other", OTHERS, ids=["every role", "a part", "the cycle", "nobody"])
@pytest.mark.parametrize("recipient_id", ["maria", ""])
def test_nobody_else_sees_it(other: Caller, recipient_id: str) -> None:
    assert not any(can(other, act, recipient_id) for act in Act)


def test_the_cycle_prompts_people() -> None:
    need_prompt(a_caller("", part="workflows"))


@pytest.mark.parametrize(
    "other", [*OTHERS[:2], OTHERS[3], a_caller("maria")], ids=["every role", "a part", "nobody", "Maria"]
)
def test_nobody_else_prompts(other: Caller) -> None:
    with pytest.raises(Forbidden) as refused:
        need_prompt(other)
    assert refused.value.message == "This is for the cycle of a mentorship only."
