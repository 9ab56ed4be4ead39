"""Policies that the product accepts: any durations that do not contradict each other."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from contracts.identity import ProgrammePolicy, TimeOffRule

HOURS = st.integers(1, 24 * 60).map(lambda hours: timedelta(hours=hours))
SPANS = st.lists(HOURS, max_size=3).map(tuple)
FEW = st.integers(1, 4)


@st.composite
def policies(draw: st.DrawFn) -> ProgrammePolicy:
    """Every duration drawn, and then put in the order that a programme must keep."""
    default = ProgrammePolicy()
    drawn: dict[str, Any] = {}
    for name in ProgrammePolicy.__struct_fields__:
        match getattr(default, name):
            case timedelta():
                drawn[name] = draw(HOURS)
            case tuple():
                drawn[name] = draw(SPANS)
            case TimeOffRule():
                drawn[name] = draw(st.sampled_from(TimeOffRule))
            case _:
                drawn[name] = draw(FEW)
    drawn["length"] += drawn["closing_lead"]
    _in_order(drawn, "signature_deadline", "not_started_after")
    _in_order(drawn, "silence", "inactivity_escalated", "inactivity_notice")
    _in_order(drawn, "preparation_due", "preparation_asked")
    return ProgrammePolicy(**drawn)


def _in_order(drawn: dict[str, Any], *names: str) -> None:
    drawn |= dict(zip(names, sorted(drawn[name] for name in names), strict=True))
