"""Who may do what with people, programmes and mentorships; words are shown to who may read them."""

import pytest

from contracts.errors import Forbidden
from contracts.identity import Agreement, Handover, Mentorship, Phase, ProgrammePolicy, Role
from contracts.policy import Act, Relation
from contracts.wire import Caller
from services.identity.model.policy import Kind, can, need, shown, stands
from tests.builders import NOW, a_caller

MANAGER = a_caller("priya", roles=(Role.PROGRAMME_MANAGER,))
OF_ONE = a_caller("paul", programme_ids=("programme-1",))
ADMIN = a_caller("ada", roles=(Role.ORG_ADMIN,))
BLIND = a_caller("hal", roles=(Role.ORG_ADMIN, Role.HR_ANALYST, Role.AUDITOR))
CYCLE = a_caller("", part="workflows")


def a_mentorship() -> Mentorship:
    """Sofia has taken over from Tom, and Nina is asked to be next."""
    agreement = Agreement(
        version=1, challenges=("Speak up",), mentee_expectations="Honest words", mentor_expectations="Preparation",
        drafted_by="maria", drafted_at=NOW,
    )  # fmt: skip
    return Mentorship(
        id="mentorship-1", org_id="acme", programme_id="programme-1", mentor_id="sofia", mentee_id="maria",
        party_ids=("sofia", "maria"), policy=ProgrammePolicy(), phase=Phase.REMATCHING, agreement=agreement,
        renegotiation=agreement, handovers=(Handover(by="tom", text="She likes examples", at=NOW),),
        former_mentor_ids=("tom",), next_mentor_id="nina", created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (a_caller("maria"), {Relation.MENTEE}),
        (a_caller("sofia", roles=tuple(Role)), {Relation.MENTOR}),
        (a_caller("tom"), {Relation.COLLEAGUE, Relation.FORMER_MENTOR}),
        (a_caller("nina"), {Relation.COLLEAGUE, Relation.NEXT_MENTOR}),
        (a_caller("olga"), {Relation.COLLEAGUE}),
        (a_caller("tom", org_id="other"), {Relation.ELSEWHERE}),
        (CYCLE, {Relation.PART, Relation.WORKFLOWS}),
    ],
)
def test_everybody_stands_somewhere_to_a_mentorship(caller: Caller, expected: set[Relation]) -> None:
    assert stands(caller, a_mentorship()) == expected


@pytest.mark.parametrize(
    ("caller", "agreement", "handover"),
    [
        (a_caller("maria"), True, True),
        (a_caller("sofia"), True, True),
        (MANAGER, True, False),
        (OF_ONE, True, False),
        (a_caller("nina"), False, False),
        (a_caller("tom"), False, False),
        (BLIND, False, False),
        (CYCLE, True, False),
    ],
)
def test_words_are_shown_to_who_may_read_them(caller: Caller, agreement: bool, handover: bool) -> None:
    seen = shown(caller, a_mentorship())
    assert (seen.agreement is not None, seen.renegotiation is not None) == (agreement, agreement)
    assert [each.text for each in seen.handovers] == ["She likes examples"] * handover
    assert seen.id == "mentorship-1"


@pytest.mark.parametrize(
    ("caller", "act", "kind", "programme_id", "may"),
    [
        (MANAGER, Act.WRITE, Kind.PROGRAMME, None, True),
        (OF_ONE, Act.WRITE, Kind.PROGRAMME, None, False),
        (OF_ONE, Act.WRITE, Kind.PROPOSAL, "programme-1", True),
        (OF_ONE, Act.WRITE, Kind.PROPOSAL, "programme-2", False),
        (OF_ONE, Act.READ, Kind.DIRECTORY, None, True),
        (ADMIN, Act.WRITE, Kind.ACCOUNT, None, True),
        (ADMIN, Act.WRITE, Kind.PROPOSAL, "programme-1", False),
        (ADMIN, Act.READ, Kind.CASE, "programme-1", False),
        (MANAGER, Act.WRITE, Kind.ACCOUNT, None, False),
        (BLIND, Act.AGGREGATE, Kind.NUMBERS, "programme-1", True),
        (BLIND, Act.READ, Kind.NUMBERS, "programme-1", False),
        (a_caller("maria"), Act.WRITE, Kind.WISH, None, True),
        (CYCLE, Act.WRITE, Kind.WISH, None, False),
        (CYCLE, Act.WRITE, Kind.CYCLE, None, True),
        (a_caller("", part="goals"), Act.WRITE, Kind.CYCLE, None, False),
        (a_caller("", part="goals", roles=tuple(Role)), Act.WRITE, Kind.ACCOUNT, None, False),
        (a_caller("", org_id=""), Act.READ, Kind.UNIT, None, False),
    ],
)
def test_a_role_allows_what_the_table_says(
    caller: Caller, act: Act, kind: Kind, programme_id: str | None, may: bool
) -> None:
    if may:
        need(caller, act, kind, programme_id)
        return
    with pytest.raises(Forbidden):
        need(caller, act, kind, programme_id)


def test_an_organisation_admin_sees_no_mentorship() -> None:
    for kind in (Kind.MENTORSHIP, Kind.AGREEMENT, Kind.HANDOVER, Kind.CARE):
        assert not any(can(stands(BLIND, a_mentorship()), act, kind) for act in Act)
