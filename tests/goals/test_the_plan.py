"""The plan that the demo lives by comes to what the golden year comes to, in every kind and to the last digit."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from contracts.goals.ledger import Commitment, CommitmentKind, LedgerPolicy, Promise
from contracts.identity import Party
from deploy.local import year
from deploy.local.plan import Calendar, Deed, deeds
from services.goals.model import ledger, rhythm, score
from services.goals.model.score import Tally
from tests.builders import a_card
from tests.goals.maria import END, drifting_year, golden_year

POLICY = LedgerPolicy()
# one year without, and two with a clock change in the leave
STARTS = [datetime(2026, month, day, 8, tzinfo=UTC) for month, day in ((12, 9), (3, 25), (8, 26))]
GOLDEN = {"year": golden_year, "drifting": drifting_year}


RECURRING = (Promise.GIVE_FEEDBACK, Promise.LOG_PROGRESS)


def _commitments(planned: Iterable[Deed]) -> tuple[Commitment, ...]:
    """As the ledger would have them: what recurs is kept by whatever was done, and nobody says which it was."""
    deeds = tuple(planned)
    found = [_commitment(number, each) for number, each in enumerate(deeds) if each.promise not in RECURRING]
    for promise in RECURRING:
        of_it = [each for each in deeds if each.promise is promise]
        series = {each.id: each for each in map(_opened, range(1_000), of_it)}
        kept = rhythm.matched(series.values(), [each.at for each in of_it if each.at])
        found += [ledger.keep(each, kept[each.id]).state if each.id in kept else each for each in series.values()]
    return tuple(found)


def _opened(number: int, deed: Deed) -> Commitment:
    opened_at = deed.due - timedelta(days=14 if deed.promise is Promise.ACT_ON_FEEDBACK else 7)
    return ledger.open_commitment(
        f"{deed.promise}-{number}", a_card(), POLICY, party=deed.party, promise=deed.promise, cause_id=str(number),
        due=deed.due, at=opened_at,
    ).state  # fmt: skip


def _commitment(number: int, deed: Deed) -> Commitment:
    opened = _opened(number, deed)
    if deed.at is None:
        return opened
    return ledger.keep(opened, deed.due if deed.promise is Promise.ATTEND else deed.at).state


def _kinds(
    commitments: tuple[Commitment, ...], at: datetime, party: Party
) -> dict[CommitmentKind, tuple[int, Fraction]]:
    tally = Tally.of((ledger.as_of(each, at) for each in commitments if each.party is party), POLICY)
    return {kind: (len(members), tally.mean(kind)) for kind, members in tally.by_kind.items()}


@pytest.mark.parametrize("start", STARTS, ids=str)
@pytest.mark.parametrize("name", year.YEARS)
def test_the_plan_comes_to_the_figures_that_the_demo_must_show(name: str, start: datetime) -> None:
    told = year.YEARS[name]
    commitments = _commitments(deeds(told.mentor, Calendar(start)))
    found = score.score(commitments, start + timedelta(days=400), POLICY, {})
    sides = {Party.MENTEE: found.mentee.score, Party.MENTOR: found.mentor.score}
    assert sides == {party: side.score for party, side in told.figures.sides.items()}
    assert (found.pair, found.balance) == (told.figures.pair, told.figures.balance)
    assert found.mentee.follow_through == timedelta(days=told.figures.follow_through)


@pytest.mark.parametrize("start", STARTS, ids=str)
@pytest.mark.parametrize("name", year.YEARS)
def test_the_plan_the_figures_and_the_golden_year_agree_in_every_kind(name: str, start: datetime) -> None:
    told = year.YEARS[name]
    planned = _commitments(deeds(told.mentor, Calendar(start)))
    for party, side in told.figures.sides.items():
        assert _kinds(planned, start + timedelta(days=400), party) == side.kinds
        assert _kinds(GOLDEN[name](), END, party) == side.kinds


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_nothing_is_planned_for_the_leave(start: datetime) -> None:
    calendar = Calendar(start)
    away = [
        each
        for each in deeds(year.STEADY, calendar)
        if each.week in year.LEAVE and each.promise is not Promise.SUBMIT_REVIEW
    ]
    assert away == []


def test_the_answers_of_the_team_come_to_what_the_story_says() -> None:
    means = [sum(answers) / len(answers) for answers in year.TEAM_ANSWERS.values()]
    assert means == [year.TEAM_BASELINE, 3.9, 4.4]
    assert (means[1] - means[0]) / (year.TEAM_TARGET - means[0]) == pytest.approx(0.625)
