"""The tables hold what the domain demands, whoever edits them: private words stay with the two."""

from collections.abc import Callable

import pytest

from contracts.identity import Role
from contracts.policy import Act, Decision
from contracts.wire import Caller
from services.goals.model import policy as goals
from services.sessions.model import policy as sessions
from tests.builders import a_caller, a_card

FOR_OTHERS = {
    goals.Kind.DISPUTE,
    goals.Kind.ACTION_CARD,
    goals.Kind.GOAL_SUMMARY,
    goals.Kind.RECOMPUTATION,
    goals.Kind.HEARD,
    goals.Kind.CYCLE,
}
WORDS_OF_THE_TWO = [
    *((goals.can, kind) for kind in goals.Kind if kind not in FOR_OTHERS),
    *(
        (sessions.can, kind)
        for kind in (
            sessions.Kind.PREPARATION, sessions.Kind.BRIEF, sessions.Kind.AGENDA, sessions.Kind.SHARED_NOTE,
            sessions.Kind.PRIVATE_NOTE, sessions.Kind.REVIEW,
        )
    ),
]  # fmt: skip
OUTSIDERS = [
    a_caller("olga", roles=tuple(Role), programme_ids=("programme-1",)),
    a_caller("maria", org_id="other"),
    a_caller("", part="workflows"),
    a_caller("", org_id=""),
]


@pytest.mark.parametrize("outsider", OUTSIDERS, ids=["every role", "elsewhere", "a part", "nobody"])
@pytest.mark.parametrize(
    ("can", "kind"), WORDS_OF_THE_TWO, ids=lambda each: each.__module__ if callable(each) else str(each)
)
def test_words_of_the_two_are_hidden_from_everybody_else(
    can: Callable[..., Decision], kind: object, outsider: Caller
) -> None:
    for act in Act:
        for author in (None, "maria", "olga"):
            assert can(outsider, act, kind, a_card(), author) is Decision.HIDDEN


@pytest.mark.parametrize(
    ("can", "shared", "private"),
    [
        (goals.can, goals.Kind.SHARED_JOURNAL, goals.Kind.PRIVATE_JOURNAL),
        (sessions.can, sessions.Kind.SHARED_NOTE, sessions.Kind.PRIVATE_NOTE),
    ],
)
def test_private_words_are_their_authors_and_shared_ones_the_pairs(
    can: Callable[..., Decision], shared: object, private: object
) -> None:
    maria, sofia = a_caller("maria"), a_caller("sofia")
    assert can(maria, Act.WRITE, private, a_card(), "maria") is Decision.ALLOWED
    assert can(sofia, Act.METADATA, private, a_card(), "maria") is Decision.HIDDEN
    assert can(maria, Act.WRITE, shared, a_card()) is Decision.ALLOWED
    assert can(sofia, Act.READ, shared, a_card(), "maria") is Decision.ALLOWED


def test_a_partner_never_reads_the_others_pulse_and_the_manager_does() -> None:
    kind, card = sessions.Kind.PULSE_ANSWER, a_card()
    assert sessions.can(a_caller("maria"), Act.READ, kind, card, "maria") is Decision.ALLOWED
    assert sessions.can(a_caller("sofia"), Act.READ, kind, card, "maria") is Decision.HIDDEN
    manager = a_caller("priya", roles=(Role.PROGRAMME_MANAGER,))
    assert sessions.can(manager, Act.READ, kind, card, "maria") is Decision.ALLOWED


@pytest.mark.parametrize(("can", "kind"), [(goals.can, goals.Kind.DISPUTE), (sessions.can, sessions.Kind.DISPUTE)])
def test_a_manager_decides_disputes_but_never_the_own(can: Callable[..., Decision], kind: object) -> None:
    manager = a_caller("priya", roles=(Role.PROGRAMME_MANAGER,))
    assert can(manager, Act.WRITE, kind, a_card()) is Decision.ALLOWED
    assert can(manager, Act.WRITE, kind, a_card(mentor_id="priya")) is Decision.FORBIDDEN
    assert can(a_caller("priya", programme_ids=("programme-2",)), Act.WRITE, kind, a_card()) is Decision.HIDDEN
