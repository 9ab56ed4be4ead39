"""Who may do what with time, launches and simulations."""

import pytest

from contracts.errors import Forbidden, Unauthenticated
from contracts.identity import Role
from contracts.policy import Act
from contracts.wire import Caller
from tests.builders import a_caller
from workflows.policy import Kind, can, need

PEOPLE = {
    "maria": a_caller("maria"),
    "priya": a_caller("priya", roles=(Role.PROGRAMME_MANAGER,)),
    "paula": a_caller("paula", programme_ids=("p",)),
    "ada": a_caller("ada", roles=(Role.ORG_ADMIN,)),
    "hannah": a_caller("hannah", roles=(Role.HR_ANALYST,)),
    "amir": a_caller("amir", roles=(Role.AUDITOR,)),
    "a part": a_caller("", part="goals", roles=tuple(Role)),
    "nobody": a_caller("", org_id=""),
}
IN = set(PEOPLE) - {"nobody"}
TRUTH = [
    (Act.READ, Kind.CLOCK, None, IN),
    (Act.WRITE, Kind.CLOCK, None, set()),
    (Act.WRITE, Kind.TIME, None, {"priya", "ada"}),
    (Act.READ, Kind.LAUNCH, "p", {"priya", "paula"}),
    (Act.READ, Kind.LAUNCH, "q", {"priya"}),
    (Act.WRITE, Kind.LAUNCH, "p", set()),
    (Act.WRITE, Kind.SIMULATION, "p", {"priya", "paula"}),
    (Act.READ, Kind.SIMULATION, "p", {"priya", "paula"}),
    (Act.WRITE, Kind.SIMULATION, "q", {"priya"}),
    (Act.READ, Kind.SIMULATION, "q", {"priya"}),
]


@pytest.mark.parametrize(("act", "kind", "programme_id", "may"), TRUTH)
def test_everybody_may_what_the_table_says(act: Act, kind: Kind, programme_id: str | None, may: set[str]) -> None:
    assert {name for name, caller in PEOPLE.items() if can(caller, act, kind, programme_id)} == may
    assert {name for name, caller in PEOPLE.items() if _passes(caller, act, kind, programme_id)} == may


def _passes(caller: Caller, act: Act, kind: Kind, programme_id: str | None) -> bool:
    try:
        need(caller, act, kind, programme_id)
    except Forbidden:
        return False
    return True


def test_who_may_do_nothing_is_refused_in_the_words_given() -> None:
    with pytest.raises(Unauthenticated, match=r"^first$"):
        need(PEOPLE["nobody"], Act.READ, Kind.CLOCK, hidden=Unauthenticated("first"))
    with pytest.raises(Forbidden) as refused:
        need(PEOPLE["nobody"], Act.WRITE, Kind.SIMULATION, "p")
    assert refused.value.message.startswith("This is for the role programme_manager")
