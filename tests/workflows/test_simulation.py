"""Simulated programmes: one seed gives the same bytes in any order, and a policy alone makes the difference."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.identity import CaseKind, Closure, Party, ProgrammePolicy
from contracts.notifications import Template
from contracts.simulation import Profile, Spread
from workflows.simulation import tally
from workflows.simulation.behaviour import HABITS, USUAL, Chance, left, profile_of
from workflows.simulation.figures import figures, spread
from workflows.simulation.life import Life, Plan, play
from workflows.simulation.tally import Tally

DEFAULT = ProgrammePolicy()
DAY = timedelta(days=1)


def a_plan(profile: Profile | None = None, **changes: Any) -> Plan:
    mix = {profile: 100} if profile else dict(USUAL)
    given: dict[str, Any] = {"policy": DEFAULT, "months": 3, "mix": mix, "seed": 7, "pairs": 6}
    return Plan(**(given | changes))


def written(counted: Tally) -> bytes:
    return msgspec.json.encode(figures(counted))


def nudges(count: Tally) -> int:
    return sum(count.sent.values())


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31 - 1), cut=st.integers(1, 4))
def test_the_same_seed_has_the_same_bytes_in_whatever_parts_and_order_it_is_played(seed: int, cut: int) -> None:
    whole = play(a_plan(seed=seed, pairs=5, months=2))
    parts = [play(a_plan(seed=seed, months=2, first=first, pairs=n)) for first, n in ((cut, 5 - cut), (0, cut))]
    total = tally.empty(len(whole.weeks))
    for part in parts:
        tally.add(total, msgspec.json.decode(msgspec.json.encode(part), type=Tally))
    assert written(total) == written(whole) == written(play(a_plan(seed=seed, pairs=5, months=2)))


def test_another_seed_is_another_programme() -> None:
    assert written(play(a_plan(seed=1))) != written(play(a_plan(seed=2)))


def test_a_process_of_its_own_counts_the_same() -> None:
    plan = a_plan(pairs=3, months=1)
    done = subprocess.run(
        [sys.executable, "-m", "workflows.simulation"], input=msgspec.json.encode(plan), capture_output=True, check=True
    )
    assert msgspec.json.decode(done.stdout, type=Tally) == play(plan)


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    days=st.lists(st.integers(1, 13), min_size=1, max_size=5, unique=True),
    extra=st.integers(1, 13),
)
def test_more_nudges_never_lower_the_notifications_of_people_whom_they_do_not_move(
    seed: int, days: list[int], extra: int
) -> None:
    fewer = tuple(DAY * day for day in sorted(days))
    more = tuple(sorted({*fewer, DAY * extra}))
    with pytest.MonkeyPatch.context() as patch:
        unmoved = {name: replace(habit, heeds=0) for name, habit in HABITS.items()}
        patch.setattr("workflows.simulation.life.HABITS", unmoved)
        before, after = (
            nudges(play(a_plan(seed=seed, pairs=3, months=1, policy=replace(DEFAULT, match_nudges=given))))
            for given in (fewer, more)
        )
    assert before <= after


@pytest.mark.parametrize("profile", Profile)
def test_everybody_is_counted_in_every_week_that_their_mentorship_is_open(profile: Profile) -> None:
    counted = play(a_plan(profile))
    assert counted.pairs == 6 == counted.open_at_end + sum(counted.closures.values())
    for week in counted.weeks:
        assert sum(week.notifications.values()) == 2 * week.open_pairs == 2 * sum(week.minutes.values())
        assert week.settled <= week.due
    opened = [week.open_pairs for week in counted.weeks]
    assert opened == sorted(opened, reverse=True)
    assert sum(value * n for week in counted.weeks for value, n in week.minutes.items()) <= counted.minutes


def test_four_kinds_of_people_differ_as_their_names_say() -> None:
    year = replace(DEFAULT, length=timedelta(days=364))
    kept, cases, held = {}, {}, {}
    for profile in Profile:
        found = figures(play(a_plan(profile, policy=year, months=9, pairs=12)))
        assert found.kept is not None
        kept[profile], cases[profile], held[profile] = found.kept.mean, found.escalations, found.check_ins_held
    assert kept[Profile.RELIABLE] > kept[Profile.BUSY] > kept[Profile.VANISHING]
    assert kept[Profile.RELIABLE] > kept[Profile.DRIFTING]
    assert cases[Profile.RELIABLE] < cases[Profile.BUSY] < cases[Profile.VANISHING]
    assert held[Profile.RELIABLE] == max(held.values())


def test_a_policy_is_what_makes_the_difference() -> None:
    """Who leaves the ladder alone hears of fewer cases from the same people, who do the same things."""
    patient = replace(DEFAULT, missed_escalated=9, missed_at_risk=9, silence=900 * DAY)
    plan = a_plan(Profile.VANISHING, months=6, pairs=8)
    strict, lenient = figures(play(plan)), figures(play(replace(plan, policy=patient)))
    assert lenient.escalations < strict.escalations
    assert lenient.staff_hours_needed < strict.staff_hours_needed
    assert (lenient.check_ins_held, lenient.mentor_hours_given) == (strict.check_ins_held, strict.mentor_hours_given)
    assert CaseKind.MISSED_CHECK_INS not in {each.kind for each in lenient.escalations_by_kind}


def test_nobody_answers_and_the_match_comes_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = replace(HABITS[Profile.BUSY], answers=0, heeds=0)
    monkeypatch.setattr("workflows.simulation.life.HABITS", {Profile.BUSY: silent})
    found = figures(play(a_plan(Profile.BUSY, pairs=4, months=2)))
    assert [(each.closure, each.count) for each in found.closures] == [(None, 4)]
    assert [(each.template, each.count) for each in found.notifications_by_template] == [(Template.MATCH_REMINDER, 16)]
    assert found.coverage is None
    assert found.mentor_hours_given == 0


def test_people_who_vanish_close_for_inactivity() -> None:
    year = replace(DEFAULT, length=timedelta(days=364))
    found = figures(play(a_plan(Profile.VANISHING, policy=year, months=12, pairs=10)))
    assert Closure.INACTIVITY in {each.closure for each in found.closures}


@pytest.mark.parametrize(("months", "weeks"), [(1, 5), (6, 26), (12, 52), (24, 104)])
def test_a_month_is_a_twelfth_of_the_weeks_of_a_year(months: int, weeks: int) -> None:
    assert a_plan(months=months).weeks == weeks


def test_percentiles_are_by_nearest_rank_and_rounded_once() -> None:
    assert spread({1: 5, 2: 4, 30: 1}) == Spread(mean=4.3, p10=1, p50=1, p90=2)
    assert spread({0: 1, 60: 2}, scale=60) == Spread(mean=0.667, p10=0, p50=1, p90=1)
    assert spread({}) == Spread(mean=0, p10=0, p50=0, p90=0)


@given(counted=st.dictionaries(st.integers(0, 500), st.integers(1, 50), min_size=1))
def test_percentiles_are_in_order_and_among_the_values(counted: dict[int, int]) -> None:
    found = spread(counted)
    assert found.p10 <= found.p50 <= found.p90
    assert {found.p10, found.p50, found.p90} <= set(map(float, counted))
    assert min(counted) - 0.001 <= found.mean <= max(counted) + 0.001


@given(seed=st.integers(0, 2**31), pair=st.integers(0, 5_000), about=st.text(max_size=20))
def test_chance_depends_on_nothing_but_what_it_is_about(seed: int, pair: int, about: str) -> None:
    drawn = Chance(seed, pair).share(about)
    assert 0 <= drawn < 1
    assert drawn == Chance(seed, pair).share(about)


def test_a_mix_is_met() -> None:
    drawn = [profile_of(Chance(3, number), USUAL, Party.MENTOR) for number in range(2_000)]
    for profile, percent in USUAL.items():
        assert abs(drawn.count(profile) / 20 - percent) < 3


def test_only_those_who_drift_fade() -> None:
    assert left(HABITS[Profile.RELIABLE], 11) == 1
    assert left(HABITS[Profile.DRIFTING], 1.5) == 1
    assert 0 < left(HABITS[Profile.DRIFTING], 11) < left(HABITS[Profile.DRIFTING], 5) < 1


def test_a_life_goes_no_further_than_its_end() -> None:
    plan = a_plan(pairs=1)
    life = Life.of(plan, 0)
    life.run(plan.ends)
    assert life.cycle.clock < plan.ends
    assert json.loads(written(play(plan)))["weeks"] == plan.weeks == 13
