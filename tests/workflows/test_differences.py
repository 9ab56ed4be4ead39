"""What counts as a difference, and what a cycle makes of hearing about one."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from contracts.identity import ChangePhase, MentorshipCard, Party, Phase, Standing
from tests.builders import NOW, a_card
from tests.workflows.play import START, a_cycle
from workflows import machine
from workflows.differences import Kind, Life, Seen, differences
from workflows.facts import Accepted, Compared, Told
from workflows.state import Cycle

CARD = a_card(phase=Phase.ACTIVE)
AGREED: Mapping[str, MentorshipCard | None] = {"goals": CARD, "sessions": CARD}


def a_standing(phase: Phase = Phase.ACTIVE) -> Standing:
    return Standing(card=replace(CARD, phase=phase), phase_version=2, created_at=NOW)


def kinds(standing: Standing, cycle: Seen | None) -> list[Kind]:
    return [each.kind for each in differences(standing, cycle, {})]


@pytest.mark.parametrize("phase", Phase)
def test_only_what_is_over_may_be_without_a_cycle(phase: Phase) -> None:
    over = {Phase.DECLINED, Phase.EXPIRED, Phase.CLOSED, Phase.ARCHIVED}
    assert kinds(a_standing(phase), None) == ([] if phase in over else [Kind.NO_CYCLE])


@pytest.mark.parametrize(
    ("phase", "cycle", "expected"),
    [
        (Phase.ACTIVE, Seen(life=Life.RUNNING, phase="active"), []),
        (Phase.ACTIVE, Seen(life=Life.RUNNING), []),
        (Phase.ACTIVE, Seen(life=Life.RUNNING, phase="paused"), [Kind.PHASE]),
        (Phase.CLOSED, Seen(life=Life.RUNNING, phase="closed"), []),
        (Phase.ARCHIVED, Seen(life=Life.RUNNING, phase="active"), [Kind.PHASE]),
        (Phase.ARCHIVED, Seen(life=Life.OVER, phase="archived"), []),
        (Phase.ALUMNI, Seen(life=Life.OVER, phase="archived"), [Kind.PHASE]),
        (Phase.ACTIVE, Seen(life=Life.BROKEN, phase="active"), [Kind.NO_CYCLE]),
        (Phase.CLOSED, Seen(life=Life.BROKEN, phase="closed"), [Kind.NO_CYCLE]),
        (Phase.ARCHIVED, Seen(life=Life.BROKEN, phase="active"), []),
    ],
)
def test_a_cycle_stands_where_its_mentorship_does(phase: Phase, cycle: Seen, expected: list[Kind]) -> None:
    assert kinds(a_standing(phase), cycle) == expected


@pytest.mark.parametrize(
    "kept",
    [None, replace(CARD, version=CARD.version - 1), replace(CARD, version=99), replace(CARD, phase=Phase.PAUSED)],
    ids=["none", "older", "newer than its owner's", "another with the same version"],
)
def test_a_card_differs_from_its_owners_in_any_way(kept: MentorshipCard | None) -> None:
    found = list(differences(a_standing(), Seen(life=Life.RUNNING, phase="active"), {**AGREED, "sessions": kept}))
    assert [(each.kind, each.part) for each in found] == [(Kind.CARD, "sessions")]


def compared(cycle: Cycle, phase: Phase, phase_version: int) -> list[ChangePhase]:
    """What a cycle says when it is told where its record stands."""
    cycle.pending = []
    machine.hear(cycle, Told(event_id="c", fact=Compared(phase=phase, phase_version=phase_version)), START)
    return [each.command for each in cycle.pending if isinstance(each.command, ChangePhase)]


def an_accepted_cycle() -> Cycle:
    cycle = a_cycle()
    machine.begin(cycle)
    for party in Party:
        machine.hear(cycle, Told(event_id=party, fact=Accepted(party=party)), START)
    return cycle


def test_a_cycle_that_hears_what_it_knows_says_nothing() -> None:
    cycle = an_accepted_cycle()
    before = dict(cycle.deadlines)
    assert compared(cycle, Phase.EXPECTATION_SETTING, 1) == []
    assert cycle.deadlines == before


@pytest.mark.parametrize(("phase", "version"), [(Phase.PROPOSED, 0), (Phase.ACTIVE, 1)])
def test_a_cycle_says_again_where_it_stands(phase: Phase, version: int) -> None:
    (said,) = compared(an_accepted_cycle(), phase, version)
    assert (said.phase, said.phase_version, said.again) == (Phase.EXPECTATION_SETTING, 1, True)


def test_a_cycle_that_fell_behind_a_mentorship_that_is_over_ends() -> None:
    cycle = an_accepted_cycle()
    assert compared(cycle, Phase.CLOSED, 4) == []
    assert (cycle.is_over, cycle.phase) == (True, Phase.CLOSED)


def test_a_cycle_that_fell_behind_otherwise_waits_for_a_person() -> None:
    cycle = an_accepted_cycle()
    before = dict(cycle.deadlines)
    assert compared(cycle, Phase.ACTIVE, 2) == []
    assert (cycle.phase, cycle.deadlines) == (Phase.EXPECTATION_SETTING, before)
