"""The score: Maria's year to the last fraction, and what no ledger can do to it."""

import random
from datetime import timedelta
from fractions import Fraction
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.goals.ledger import (
    Band,
    Commitment,
    CommitmentKind,
    CommitmentState,
    KindWeight,
    LedgerPolicy,
    PartyScore,
    Promise,
    Term,
)
from contracts.identity import Party
from services.goals.model import ledger
from services.goals.model.measures import share
from services.goals.model.score import (
    Tally,
    balance,
    band,
    coverage,
    explain,
    follow_through,
    initiative,
    kaplan_meier_median,
    pair_score,
    rounded,
    score,
)
from tests.builders import NOW, a_card
from tests.goals import maria

POLICY = LedgerPolicy()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOBODY: dict[Party, int] = {}
LATER = NOW + 365 * DAY

# n and mean of each kind, in the order of the policy
GOLDEN = {
    Party.MENTEE: "1 1, 25 24/25, 25 19/20, 61 159/170, 50 339/350, 38 249/266, 5 1",
    Party.MENTOR: "1 5/7, 25 24/25, 24 7/8, 50 337/350, 9 61/63, 6 13/14, 5 33/35",
}


def hundredths(exact: str | None) -> float:
    return float(rounded(Fraction(exact or ""), digits=2))


def means(side: PartyScore) -> str:
    assert [each.kind for each in side.kinds] == list(CommitmentKind)
    return ", ".join(f"{each.settled} {each.mean}" for each in side.kinds)


def test_marias_year_comes_to_96_and_92_by_every_fraction_of_the_table() -> None:
    year = score(maria.golden_year(), maria.END, POLICY, NOBODY)
    assert means(year.mentee) == GOLDEN[Party.MENTEE]
    assert means(year.mentor) == GOLDEN[Party.MENTOR]
    assert (hundredths(year.mentee.exact), year.mentee.score) == (95.81, 96)
    assert (hundredths(year.mentor.exact), year.mentor.score) == (92.03, 92)
    assert (hundredths(year.pair_exact), year.pair, year.balance) == (93.88, 94, 0.961)
    assert (year.mentee.band, year.mentor.band, year.band) == (Band.STRONG, Band.STRONG, Band.STRONG)


def test_a_drifting_mentor_takes_the_pair_along_and_an_arithmetic_mean_would_hide_it() -> None:
    year = score(maria.drifting_year(), maria.END, POLICY, NOBODY)
    assert (year.mentee.score, year.mentor.score, year.pair, year.band) == (96, 33, 49, Band.AT_RISK)
    assert rounded((Fraction(year.mentee.exact or "") + Fraction(year.mentor.exact or "")) / 2) == 65


def test_half_of_what_maria_accepted_was_acted_on_within_6_days() -> None:
    year = score(maria.golden_year(), maria.END, POLICY, {Party.MENTEE: 9})
    assert (year.mentee.follow_through, year.mentor.follow_through) == (6 * DAY, None)
    assert year.mentee.initiative.help_requests == 9


def test_marias_leave_is_excused_and_covered() -> None:
    covered = score(maria.golden_year(), maria.END, POLICY, NOBODY).mentee.coverage
    assert (covered.settled, covered.excused, covered.ratio, covered.excused_share) == (205, 4, 1.0, 0.019)


def test_maria_reached_her_targets() -> None:
    baseline, target = Fraction("3.4"), Fraction("4.2")
    assert share(baseline, Fraction("3.9"), target) == Fraction(5, 8)
    assert share(baseline, Fraction("4.4"), target) == 1
    assert share(baseline, Fraction(3), target) == 0
    assert share(Fraction(10), Fraction(4), Fraction(2)) == Fraction(3, 4)  # downwards


OUTCOMES = ("kept", "missed", "open", "excused", "disputed")


@st.composite
def commitments(draw: st.DrawFn, *, outcomes: tuple[str, ...] = OUTCOMES, prefix: str = "c") -> list[Commitment]:
    """A ledger of both parties, with whatever can become of a promise."""
    made = []
    for number in range(draw(st.integers(0, 12))):
        outcome = draw(st.sampled_from(outcomes))
        opened = ledger.open_commitment(
            f"{prefix}-{number}",
            a_card(),
            POLICY,
            party=draw(st.sampled_from(Party)),
            promise=draw(st.sampled_from(Promise)),
            cause_id="cause",
            due=LATER + DAY if outcome == "open" else NOW + draw(st.integers(0, 60)) * DAY,
            at=NOW - DAY,
            size=draw(st.sampled_from((None, 1, 2, 3))),
        ).state
        lateness = timedelta(minutes=draw(st.integers(-5_000, 30_000)))
        made.append(_become(opened, outcome, lateness))
    return made


def _become(opened: Commitment, outcome: str, lateness: timedelta) -> Commitment:
    missed_at = opened.lapses_at + HOUR
    match outcome:
        case "kept":
            return ledger.keep(opened, opened.due + lateness).state
        case "excused":
            return ledger.excuse(opened, POLICY, missed_at, partner(opened)).state
        case "disputed":
            return ledger.dispute(opened, missed_at).state
    return opened  # missed, by `LATER`, without anybody having written it down


def partner(commitment: Commitment) -> Party:
    return Party.MENTOR if commitment.party is Party.MENTEE else Party.MENTEE


def exact(made: list[Commitment], party: Party) -> Fraction | None:
    return Tally.of([ledger.as_of(each, LATER) for each in made if each.party is party], POLICY).score()


@given(commitments())
def test_every_number_is_within_its_limits(made: list[Commitment]) -> None:
    for party in Party:
        assert 0 <= (exact(made, party) or 0) <= 100
    whole = score(made, LATER, POLICY, NOBODY)
    assert all(number is None or 0 <= number <= 100 for number in (whole.mentee.score, whole.mentor.score, whole.pair))
    assert 0 <= (whole.balance or 0) <= 1


@given(commitments())
def test_swapping_the_roles_swaps_the_scores(made: list[Commitment]) -> None:
    swapped = [replace(each, party=partner(each)) for each in made]
    one, other = score(made, LATER, POLICY, NOBODY), score(swapped, LATER, POLICY, NOBODY)
    assert replace(one.mentee, party=Party.MENTOR) == other.mentor
    assert replace(one.mentor, party=Party.MENTEE) == other.mentee
    assert (one.pair_exact, one.balance_exact, one.band) == (other.pair_exact, other.balance_exact, other.band)


@given(commitments(), st.randoms(use_true_random=False))
def test_order_repetition_and_stale_versions_change_nothing(made: list[Commitment], chance: random.Random) -> None:
    stale = [
        replace(each, version=each.version - 1, state=CommitmentState.MISSED, done_at=None)
        for each in made
        if each.version > 1
    ]
    heard = [*made, *stale, *made]
    chance.shuffle(heard)
    assert explain(heard, LATER, POLICY, NOBODY) == explain(made, LATER, POLICY, NOBODY)


@given(commitments(), commitments(outcomes=("open", "excused", "disputed"), prefix="neutral"))
def test_what_is_open_excused_or_disputed_is_neutral(made: list[Commitment], neutral: list[Commitment]) -> None:
    one, other = score(made, LATER, POLICY, NOBODY), score([*made, *neutral], LATER, POLICY, NOBODY)
    for before, after in ((one.mentee, other.mentee), (one.mentor, other.mentor)):
        assert (before.kinds, before.exact) == (after.kinds, after.exact)
    assert (one.pair_exact, one.balance_exact) == (other.pair_exact, other.balance_exact)


@given(commitments(), commitments(outcomes=("missed",), prefix="missed"), st.integers(-500, 2_000))
def test_keeping_what_was_missed_never_lowers_it(made: list[Commitment], missed: list[Commitment], hours: int) -> None:
    kept = [ledger.keep(each, each.due + hours * HOUR).state for each in missed]
    for party in Party:
        assert (exact([*made, *kept], party) or 0) >= (exact([*made, *missed], party) or 0)


@given(commitments(), commitments(outcomes=("missed",), prefix="late"), st.integers(-50, 500), st.integers(0, 500))
def test_doing_it_later_never_raises_it(
    made: list[Commitment], promised: list[Commitment], hours: int, more: int
) -> None:
    sooner = [ledger.keep(each, each.due + hours * HOUR).state for each in promised]
    later = [ledger.keep(each, each.due + (hours + more) * HOUR).state for each in promised]
    for party in Party:
        assert (exact([*made, *sooner], party) or 0) >= (exact([*made, *later], party) or 0)


PERCENT = st.fractions(0, 100)


@given(PERCENT, PERCENT)
def test_the_pair_lies_between_the_lesser_and_the_mean(one: Fraction, other: Fraction) -> None:
    assert min(one, other) <= pair_score(one, other) <= (one + other) / 2
    assert pair_score(one, other) == pair_score(other, one)
    assert balance(one, other) == balance(other, one) <= 1


@given(commitments(outcomes=("kept", "missed")), st.integers(1, 10**6))
def test_it_makes_no_difference_when_somebody_writes_down_what_was_missed(made: list[Commitment], wait: int) -> None:
    swept = [ledger.miss(each, each.lapses_at + timedelta(seconds=wait)).state for each in made]
    assert explain(swept, LATER, POLICY, NOBODY) == explain(made, LATER, POLICY, NOBODY)


@given(commitments())
def test_the_terms_add_up_to_the_score(made: list[Commitment]) -> None:
    explained = explain(made, LATER, POLICY, NOBODY)
    assert sorted(term.commitment_id for term in explained.terms) == sorted(each.id for each in made)
    for party in Party:
        terms = [each for each in explained.terms if each.party is party and each.fulfilment is not None]
        by_hand = sum(100 * Fraction(each.weight or "") * Fraction(each.fulfilment or "") for each in terms)
        assert by_hand == sum(Fraction(each.contribution or "") for each in terms) == (exact(made, party) or 0)
        assert sum(Fraction(each.weight or "") for each in terms) == bool(terms)


def settled(*kept: bool, promise: Promise = Promise.COMPLETE_ACTION, party: Party = Party.MENTEE) -> list[Commitment]:
    made = []
    for number, done in enumerate(kept):
        opened = ledger.open_commitment(
            f"{party}-{promise}-{number}",
            a_card(),
            POLICY,
            party=party,
            promise=promise,
            cause_id="cause",
            due=NOW,
            at=NOW - 7 * DAY,
        ).state
        made.append(ledger.keep(opened, NOW - DAY).state if done else opened)
    return made


@pytest.mark.parametrize(
    ("actions", "reviews", "shown"), [(4, 0, None), (3, 1, None), (4, 1, 100), (5, 0, None), (3, 2, 100)]
)
def test_a_score_is_withheld_without_five_settled_in_two_kinds(actions: int, reviews: int, shown: int | None) -> None:
    made = settled(*[True] * actions) + settled(*[True] * reviews, promise=Promise.SUBMIT_REVIEW)
    side = score(made, LATER, POLICY, NOBODY).mentee
    assert (side.score, side.band is None, side.exact is None) == (shown, shown is None, shown is None)


def test_there_is_no_pair_while_one_side_is_withheld_and_none_of_two_that_did_nothing_is_ahead() -> None:
    mentee, mentor = (
        [
            each
            for promise in (Promise.COMPLETE_ACTION, Promise.SUBMIT_REVIEW)
            for each in settled(*[False] * 3, promise=promise, party=party)
        ]
        for party in (Party.MENTEE, Party.MENTOR)
    )
    alone, both = score(mentee, LATER, POLICY, NOBODY), score(mentee + mentor, LATER, POLICY, NOBODY)
    assert (alone.mentee.score, alone.pair, alone.balance, alone.band) == (0, None, None, None)
    assert (both.pair, both.balance, both.band) == (0, 1, Band.AT_RISK)


@pytest.mark.parametrize(
    ("exact_score", "shown", "words"),
    [
        ("84.4999", 84, Band.STEADY),
        ("84.5", 85, Band.STRONG),
        ("69.4999", 69, Band.NEEDS_ATTENTION),
        ("69.5", 70, Band.STEADY),
        ("49.4999", 49, Band.AT_RISK),
        ("49.5", 50, Band.NEEDS_ATTENTION),
    ],
)
def test_a_score_is_rounded_half_up_and_its_band_is_that_of_the_number_shown(
    exact_score: str, shown: int, words: Band
) -> None:
    assert (int(rounded(Fraction(exact_score))), band(Fraction(exact_score), POLICY)) == (shown, words)


def test_a_pinned_policy_brings_its_own_weights() -> None:
    made = settled(True, True, True) + settled(False, False, promise=Promise.SUBMIT_REVIEW)
    heavy = (KindWeight(kind=CommitmentKind.ACTION, weight=1), KindWeight(kind=CommitmentKind.REVIEW, weight=3))
    pinned = score(made, LATER, LedgerPolicy(version=7, weights=heavy), NOBODY)
    assert (pinned.policy_version, pinned.mentee.score) == (7, 25)
    assert score(made, LATER, POLICY, NOBODY).mentee.exact == "200/3"


@pytest.mark.parametrize(
    ("done", "censored", "median"),
    [
        ([], [], None),
        ([], [5], None),
        ([1, 2, 3], [], 2),
        ([1, 2], [3, 3, 3], None),
        ([1, 2], [3, 3], 2),
        ([2, 4], [1, 1], 2),  # those seen for a day only say nothing about later
        ([3], [3], 3),  # still at risk on the day on which it was last seen
        # the two groups of Freireich et al. (1963), the usual example of the method, whose medians are known
        ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], 23),
        ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [], 8),
    ],
)
def test_the_median_time_takes_account_of_what_is_not_done_yet(
    done: list[int], censored: list[int], median: int | None
) -> None:
    observed = [(days * DAY, True) for days in done] + [(days * DAY, False) for days in censored]
    expected = None if median is None else median * DAY
    assert kaplan_meier_median(observed) == kaplan_meier_median(reversed(observed)) == expected


@pytest.mark.parametrize(
    ("seconds", "overdue", "settled_then"), [(0, 0, 0), (1, 1, 0), (604_800, 1, 0), (604_801, 0, 1)]
)
def test_what_is_overdue_is_not_covered_until_it_counts_as_missed(
    seconds: int, overdue: int, settled_then: int
) -> None:
    at = NOW + timedelta(seconds=seconds)
    covered = coverage([ledger.as_of(each, at) for each in settled(False)], at)
    assert (covered.overdue, covered.settled) == (overdue, settled_then)


def test_initiative_is_what_was_done_early_and_attendance_says_nothing_about_it() -> None:
    made = [ledger.as_of(each, LATER) for each in settled(True, True, False) + settled(True, promise=Promise.ATTEND)]
    shown = initiative(made, help_requests=2)
    assert (shown.early_rate, shown.median_lead, shown.help_requests) == (0.667, DAY, 2)
    on_time = replace(made[0], done_at=NOW)
    assert initiative([on_time, *made[1:]]) == replace(shown, early_rate=0.333, median_lead=DAY / 2, help_requests=0)


def test_what_is_in_dispute_is_followed_until_the_dispute_only() -> None:
    acts = settled(True, True, promise=Promise.ACT_ON_FEEDBACK)
    disputed = [acts[0], ledger.dispute(acts[1], NOW, Party.MENTOR).state]
    assert (follow_through(acts, LATER), follow_through(disputed, LATER)) == (6 * DAY, 6 * DAY)
    assert follow_through(disputed[1:], LATER) is None


@pytest.mark.parametrize("record", [Commitment, Term])
def test_no_persons_words_can_enter_a_score(record: type[Commitment] | type[Term]) -> None:
    words = {each.name for each in msgspec.structs.fields(record) if str in (each.type, *get_args(each.type))}
    assert {name for name in words if not name.endswith(("id", "_by"))} <= {"fulfilment", "weight", "contribution"}
