"""A programme's policy, shown and given: the fields are those of the contract, so that none is forgotten here."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import strawberry

from contracts import identity
from gateway.types.relay import field, optional

WORDS = {
    "version": "Counts the changes of this policy.",
    "length": "From the start of a mentorship to its planned end.",
    "match_response": "How long the two have to answer a proposal.",
    "match_nudges": "When those who have not answered are reminded, counted from the proposal.",
    "signature_deadline": "How long the two have to sign their agreement before the programme manager is told.",
    "signature_nudges": "When those who have not signed are reminded.",
    "not_started_after": "When a mentorship without an agreement is closed.",
    "preparation_asked": "How long before a check-in the mentee is asked to prepare.",
    "preparation_due": "How long before a check-in the preparation is due.",
    "brief_before": "How long before a check-in both get its brief.",
    "log_prompt_after": "How long after a check-in both are asked who was there.",
    "attendance_tacit_after": "How long after a check-in one word about attendance stands alone.",
    "milestone_every": "From one milestone review to the next.",
    "review_opens_before": "How long before it is due a review opens.",
    "closing_lead": "How long before the planned end the closing phase begins.",
    "hard_close_after": "How long after the planned end a mentorship is closed in any case.",
    "reschedule_horizon": "How long before a check-in it can be moved no more, and cancelling it counts.",
    "renegotiation_window": "How long, from mid-term on, both may look at their agreement again.",
}


def _shape(name: str, *, given: bool) -> type[Any]:
    """A class with the policy's fields: durations, lists of durations and, when it is shown, the version."""
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
    for column in msgspec.structs.fields(identity.ProgrammePolicy):
        if given and column.name == "version":
            continue
        plain = {int: int, timedelta: timedelta}.get(column.type, list[timedelta])
        body["__annotations__"][column.name] = plain | None if given else plain
        body[column.name] = (optional if given else field)(WORDS[column.name])
    return type(name, (), body)


if TYPE_CHECKING:  # a type checker cannot follow classes that are made from the contract
    type ProgrammePolicy = Any
    type ProgrammePolicyInput = Any
else:
    ProgrammePolicy = strawberry.type(
        _shape("ProgrammePolicy", given=False),
        description="Every duration that a mentorship of the programme runs by.",
    )
    ProgrammePolicyInput = strawberry.input(
        _shape("ProgrammePolicyInput", given=True),
        description="Durations of a policy. What you leave out takes the default, or stays as it is.",
    )
