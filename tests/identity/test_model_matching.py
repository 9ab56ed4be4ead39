"""Matching: what rules a pair out, what speaks for it, and that the assignment is the best there is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Invalid
from contracts.identity import Obstacle, Party, ReasonKind, Seniority
from services.identity import solver
from services.identity.model import matching as model
from services.identity.model.assignment import IMPOSSIBLE, assign, scored
from services.identity.model.matching import CRITERIA, FULL, Offer, Wish
from services.identity.solver import SolverFailed, Task, solve, solve_beside
from tests.identity.crowds import a_crowd


def a_wish(**fields: Any) -> Wish:
    return Wish(**{"user_id": "maria", "fields": ("law",), "languages": ("en",), **fields})


def an_offer(**fields: Any) -> Offer:
    return Offer(**{"user_id": "sofia", "fields": ("law",), "languages": ("en",), **fields})


@pytest.mark.parametrize(
    ("wish", "offer", "obstacle"),
    [
        ({}, {}, None),
        ({}, {"user_id": "maria"}, Obstacle.SAME_PERSON),
        ({"above": ("boss", "sofia")}, {}, Obstacle.REPORTING_LINE),
        ({}, {"above": ("maria",)}, Obstacle.REPORTING_LINE),
        ({"past": ("sofia",)}, {}, Obstacle.PAST_PAIRING),
        ({"languages": ("de",)}, {}, Obstacle.NO_LANGUAGE_IN_COMMON),
        ({"languages": ()}, {}, Obstacle.NO_LANGUAGE_IN_COMMON),
        ({}, {"room": 0}, Obstacle.NO_ROOM),
    ],
)
def test_a_hard_constraint_rules_a_pair_out(wish: Any, offer: Any, obstacle: Obstacle | None) -> None:
    assert model.obstacle(a_wish(**wish), an_offer(**offer)) is obstacle


@pytest.mark.parametrize(
    ("kind", "wish", "offer", "fit"),
    [
        (ReasonKind.FIELDS, {"fields": ("law", "art")}, {}, 50),
        (ReasonKind.FIELDS, {"fields": ()}, {}, 100),
        (ReasonKind.FIELDS, {"fields": ("art",)}, {}, 0),
        (ReasonKind.SENIORITY, {"seniority": None}, {"seniority": None}, 100),
        (ReasonKind.SENIORITY, {"seniority": Seniority.LEAD}, {"seniority": Seniority.EXECUTIVE}, 100),
        (ReasonKind.SENIORITY, {"seniority": Seniority.LEAD}, {"seniority": Seniority.SENIOR}, 50),
        (ReasonKind.SENIORITY, {"seniority": Seniority.LEAD}, {"seniority": Seniority.ENTRY}, 0),
        (ReasonKind.SENIORITY, {"seniority": Seniority.ENTRY}, {"seniority": None}, 0),
        (ReasonKind.LANGUAGE, {"languages": ("en", "de")}, {}, 100),
        (ReasonKind.LANGUAGE, {"languages": ("de", "en")}, {}, 50),
        (ReasonKind.ZONE, {"offset": 60}, {"offset": 60}, 100),
        (ReasonKind.ZONE, {"offset": 0}, {"offset": 240}, 50),
        (ReasonKind.ZONE, {"offset": 0}, {"offset": -480}, 0),
        (ReasonKind.ZONE, {"offset": 720}, {"offset": -720}, 100),
        (ReasonKind.ROOM, {}, {"room": 1, "capacity": 4}, 25),
        (ReasonKind.ROOM, {}, {"room": 0, "capacity": 0}, 0),
    ],
)
def test_a_reason_says_how_well_it_fits(kind: ReasonKind, wish: Any, offer: Any, fit: int) -> None:
    (reason,) = [each for each in model.reasons(a_wish(**wish), an_offer(**offer)) if each.kind is kind]
    assert reason.fit == fit


def test_the_weights_are_a_hundred() -> None:
    assert sum(criterion.weight for criterion in CRITERIA) == 100
    assert {criterion.kind for criterion in CRITERIA} == set(ReasonKind)


def test_a_perfect_pair_scores_everything() -> None:
    assert model.score(model.reasons(a_wish(), an_offer())) == 10_000


WORDS = st.lists(st.sampled_from(["law", "art", "code", "sales"]), unique=True, max_size=3).map(tuple)
TONGUES = st.lists(st.sampled_from(["en", "de", "fr"]), unique=True, max_size=2).map(tuple)
RANKS = st.none() | st.sampled_from(Seniority)
SHIFTS = st.sampled_from([-720, -60, 0, 45, 330, 720])


@st.composite
def small_task(draw: st.DrawFn) -> Task:
    mentors, mentees = draw(st.integers(0, 4)), draw(st.integers(0, 5))
    people = [*(f"m{number}" for number in range(mentors)), *(f"w{number}" for number in range(mentees))]
    some = st.lists(st.sampled_from(people or ["nobody"]), unique=True, max_size=1).map(tuple)
    common = {"fields": WORDS, "seniority": RANKS, "languages": TONGUES, "offset": SHIFTS, "above": some}
    wishes = [draw(st.builds(Wish, user_id=st.just(f"w{each}"), past=some, **common)) for each in range(mentees)]
    offers = [
        draw(st.builds(Offer, user_id=st.just(f"m{each}"), room=st.integers(0, 2), capacity=st.just(2), **common))
        for each in range(mentors)
    ]
    return Task(wishes=tuple(wishes), offers=tuple(offers))


def best_by_trying_everything(task: Task) -> tuple[int, int]:
    """The number of pairs and the sum of scores of the best assignment, found by trying each."""

    def best(row: int, room: Sequence[int]) -> tuple[int, int]:
        if row == len(task.wishes):
            return 0, 0
        options = [best(row + 1, room)]
        for column, offer in enumerate(task.offers):
            if room[column] and model.obstacle(task.wishes[row], offer) is None:
                left = [free - (place == column) for place, free in enumerate(room)]
                pairs, total = best(row + 1, left)
                options.append((pairs + 1, total + model.score(model.reasons(task.wishes[row], offer))))
        return max(options)

    return best(0, [offer.room for offer in task.offers])


@given(task=small_task())
def test_the_assignment_is_as_good_as_the_best_of_all(task: Task) -> None:
    solved = solve(task)
    assert (len(solved.pairs), sum(pair.score for pair in solved.pairs)) == best_by_trying_everything(task)


@given(task=small_task())
def test_no_pair_breaks_a_constraint_and_nobody_gets_more_than_there_is_room_for(task: Task) -> None:
    solved = solve(task)
    wishes, offers = {each.user_id: each for each in task.wishes}, {each.user_id: each for each in task.offers}
    for pair in solved.pairs:
        wish, offer = wishes[pair.mentee_id], offers[pair.mentor_id]
        assert model.obstacle(wish, offer) is None
        assert pair.reasons == model.reasons(wish, offer)
        assert pair.score == model.score(pair.reasons)
    for offer in task.offers:
        assert sum(pair.mentor_id == offer.user_id for pair in solved.pairs) <= offer.room
    left = {each.user_id for each in solved.unmatched}
    assert left | {pair.mentee_id for pair in solved.pairs} == set(wishes)
    assert all(each.why and each.party is Party.MENTEE for each in solved.unmatched)


@given(task=small_task())
def test_scoring_all_at_once_says_what_scoring_pair_by_pair_says(task: Task) -> None:
    for row, wish in enumerate(task.wishes):
        for column, offer in enumerate(task.offers):
            expected = IMPOSSIBLE if model.obstacle(wish, offer) else model.score(model.reasons(wish, offer))
            assert scored(task.wishes, task.offers)[row, column] == expected


def test_no_pair_is_given_up_for_a_better_score_of_others() -> None:
    scores = np.array([[10_000, 0], [10_000, IMPOSSIBLE]])
    assert assign(scores, [1, 1]) == [1, 0]


def test_who_was_left_out_learns_everything_that_stood_in_the_way() -> None:
    offers = (an_offer(room=0), an_offer(user_id="tom", languages=("fr",)))
    assert model.in_the_way(a_wish(), offers) == (Obstacle.NO_LANGUAGE_IN_COMMON, Obstacle.NO_ROOM)
    assert model.in_the_way(a_wish(), (an_offer(),)) == (Obstacle.OTHERS_FIT_BETTER,)
    assert model.in_the_way(a_wish(), ()) == (Obstacle.NO_ROOM,)


async def test_the_program_beside_tells_how_far_it_is_and_answers_as_the_function_does() -> None:
    wishes, offers = a_crowd(300, 100)
    task = Task(wishes=wishes, offers=offers)
    told: list[int] = []

    async def on_progress(percent: int) -> None:
        told.append(percent)

    assert await solve_beside(task, on_progress) == solve(task)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < FULL


async def test_a_program_that_ends_without_an_answer_is_noticed() -> None:
    async def on_progress(_: int) -> None:
        raise AssertionError("there is nothing to tell")

    with pytest.raises(SolverFailed):
        await solve_beside(Task(wishes=(), offers=()), on_progress, program=("-c", "raise SystemExit(3)"))


def test_a_matching_that_would_fill_the_memory_is_refused() -> None:
    solver.check_size(5_000, 5_000)
    with pytest.raises(Invalid) as refused:
        solver.check_size(5_000, 5_001)
    assert refused.value.field == "cohortId"
