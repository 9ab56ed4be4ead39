"""The score: a fold over commitments, in exact rationals, that anyone can work out by hand from its terms.

It sees times, sizes and states, and never what anybody wrote. Numbers are rounded once, where a record is made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

from contracts.goals.ledger import (
    NOTHING,
    Band,
    Commitment,
    CommitmentKind,
    CommitmentState,
    Coverage,
    Explanation,
    Initiative,
    KindScore,
    LedgerPolicy,
    PartyScore,
    Promise,
    Score,
    Term,
)
from contracts.identity import Party
from services.goals.model.ledger import TICK, as_of, fulfilment, latest

SETTLED = frozenset({CommitmentState.KEPT, CommitmentState.MISSED})


@dataclass(frozen=True, slots=True)
class Tally:
    """The settled commitments of one party, by kind, with the weights of the kinds that are present."""

    by_kind: Mapping[CommitmentKind, tuple[Commitment, ...]]
    weights: Mapping[CommitmentKind, int]

    @classmethod
    def of(cls, commitments: Iterable[Commitment], policy: LedgerPolicy) -> "Tally":
        """What counts of these, in the policy's order of kinds. All else is neutral."""
        by_kind: dict[CommitmentKind, list[Commitment]] = {rule.kind: [] for rule in policy.weights}
        for each in commitments:
            if each.state in SETTLED:
                by_kind[each.kind].append(each)
        present = {kind: tuple(members) for kind, members in by_kind.items() if members}
        return cls(present, {rule.kind: rule.weight for rule in policy.weights if rule.kind in present})

    def mean(self, kind: CommitmentKind) -> Fraction:
        """The mean fulfilment of a kind, by size."""
        members = self.by_kind[kind]
        return sum((each.size * fulfilment(each) for each in members), Fraction(0)) / sum(each.size for each in members)

    def score(self) -> Fraction | None:
        """0 to 100 over the kinds present, however little there is; None of nothing."""
        if not self.by_kind:
            return None
        total = sum((weight * self.mean(kind) for kind, weight in self.weights.items()), Fraction(0))
        return 100 * total / sum(self.weights.values())

    def shown(self, policy: LedgerPolicy) -> Fraction | None:
        """The score, unless it would rest on too little."""
        settled = sum(map(len, self.by_kind.values()))
        enough = settled >= policy.settled_needed and len(self.by_kind) >= policy.kinds_needed
        return self.score() if enough else None

    def shares(self) -> dict[CommitmentKind, Fraction]:
        """The share of the score that one commitment of size 1 has, by kind."""
        whole = {kind: sum(each.size for each in members) for kind, members in self.by_kind.items()}
        total = sum(self.weights.values())
        return {kind: Fraction(weight, total * whole[kind]) for kind, weight in self.weights.items()}


def pair_score(one: Fraction, other: Fraction) -> Fraction:
    """The harmonic mean: one side cannot carry the other."""
    return 2 * one * other / (one + other) if one + other else Fraction(0)


def balance(one: Fraction, other: Fraction) -> Fraction:
    """The lesser over the greater; two that both did nothing are in balance."""
    return min(one, other) / max(one, other) if max(one, other) else Fraction(1)


def rounded(value: Fraction, *, digits: int = 0) -> Fraction:
    """Half up, as people do it by hand."""
    scale = 10**digits
    return Fraction((value * scale + Fraction(1, 2)) // 1, scale)


def band(score: Fraction, policy: LedgerPolicy) -> Band:
    """The words for a score as it is shown, so that what reads 85 is strong."""
    shown = rounded(score)
    if shown >= policy.strong_from:
        return Band.STRONG
    if shown >= policy.steady_from:
        return Band.STEADY
    return Band.NEEDS_ATTENTION if shown >= policy.attention_from else Band.AT_RISK


def coverage(commitments: Iterable[Commitment], at: datetime) -> Coverage:
    """How much of what has come due is settled."""
    states = [each.state for each in commitments if each.state is not CommitmentState.OPEN or each.due < at]
    settled, overdue = sum(state in SETTLED for state in states), states.count(CommitmentState.OPEN)
    excused, disputed = states.count(CommitmentState.EXCUSED), states.count(CommitmentState.DISPUTED)
    return Coverage(
        settled=settled,
        overdue=overdue,
        excused=excused,
        disputed=disputed,
        ratio=_ratio(settled, settled + overdue),
        excused_share=_ratio(excused, len(states)),
        disputed_share=_ratio(disputed, len(states)),
    )


def initiative(commitments: Iterable[Commitment], help_requests: int = 0) -> Initiative:
    """What a party does before it must, and how often it asked for help."""
    settled = [each for each in commitments if each.state in SETTLED and each.kind is not CommitmentKind.ATTENDANCE]
    leads = [(each.due - each.done_at) // TICK for each in settled if each.done_at is not None]
    return Initiative(
        early_rate=_ratio(sum(lead > 0 for lead in leads), len(settled)),
        median_lead=timedelta(microseconds=median(leads)) if leads else None,
        help_requests=help_requests,
    )


def follow_through(commitments: Iterable[Commitment], at: datetime) -> timedelta | None:
    """The median time from accepting feedback to having acted on it; None while fewer than half are known to be."""
    acts = [each for each in commitments if each.promise is Promise.ACT_ON_FEEDBACK]
    return kaplan_meier_median(_observed(each, at) for each in acts)


def kaplan_meier_median(observed: Iterable[tuple[timedelta, bool]]) -> timedelta | None:
    """The first time by which half is done, where some (False) were only seen not to be done until then.

    E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958), 457-481. What is
    censored at the time of an event was still at risk in it, as there.
    """
    seen = sorted(observed)
    remaining = Fraction(1)
    for time in sorted({time for time, done in seen if done}):
        at_risk = sum(each >= time for each, _ in seen)
        remaining *= 1 - Fraction(seen.count((time, True)), at_risk)
        if remaining <= Fraction(1, 2):
            return time
    return None


def _observed(commitment: Commitment, at: datetime) -> tuple[timedelta, bool]:
    """How long it took, or for how long it was seen not to be done."""
    known = None if commitment.state is CommitmentState.DISPUTED else commitment.done_at
    until = known or commitment.excused_at or commitment.disputed_at or at
    return max(NOTHING, until - commitment.opened_at), known is not None


def score(commitments: Iterable[Commitment], at: datetime, policy: LedgerPolicy, asked: Mapping[Party, int]) -> Score:
    """Both parties, the pair and their balance as of this moment; `asked`: how often each has asked for help."""
    sides = _sides(commitments, at)
    mentee, mentor = (Tally.of(sides[party], policy).shown(policy) for party in (Party.MENTEE, Party.MENTOR))
    pair, even = None, None
    if mentee is not None and mentor is not None:
        pair, even = pair_score(mentee, mentor), balance(mentee, mentor)
    records = {party: _party(party, sides[party], at, policy, asked.get(party, 0)) for party in Party}
    return Score(
        at=at,
        policy_version=policy.version,
        mentee=records[Party.MENTEE],
        mentor=records[Party.MENTOR],
        pair=_points(pair),
        pair_exact=_exact(pair),
        band=None if pair is None else band(pair, policy),
        balance=None if even is None else float(rounded(even, digits=3)),
        balance_exact=_exact(even),
    )


def holds_until(commitments: Iterable[Commitment], at: datetime) -> datetime | None:
    """The instant from which a score of this moment may be another one without anything having been done.

    An open commitment comes due, or lapses, or (follow-through) has been open for longer than another one took.
    """
    everything = list(commitments)
    still_open = [each for each in everything if each.state is CommitmentState.OPEN]
    acting = [each for each in everything if each.promise is Promise.ACT_ON_FEEDBACK]
    took = [each.done_at - each.opened_at for each in acting if each.done_at is not None]
    moments = [
        *(moment for each in still_open for moment in (each.due, each.lapses_at)),
        *(each.opened_at + longer for each in acting if each.done_at is None for longer in took),
    ]
    return min((moment for moment in moments if moment >= at), default=None)


def explain(
    commitments: Iterable[Commitment], at: datetime, policy: LedgerPolicy, asked: Mapping[Party, int]
) -> Explanation:
    """The score with a term for every commitment, also for those that do not count."""
    known = tuple(commitments)
    sides = _sides(known, at)
    shares = {party: Tally.of(side, policy).shares() for party, side in sides.items()}
    terms = (_term(each, shares[party]) for party, side in sides.items() for each in side)
    return Explanation(score=score(known, at, policy, asked), terms=tuple(terms))


def _sides(commitments: Iterable[Commitment], at: datetime) -> dict[Party, list[Commitment]]:
    known = [as_of(each, at) for each in latest(commitments)]
    return {party: [each for each in known if each.party is party] for party in Party}


def _party(party: Party, side: list[Commitment], at: datetime, policy: LedgerPolicy, help_requests: int) -> PartyScore:
    tally = Tally.of(side, policy)
    shown = tally.shown(policy)
    return PartyScore(
        party=party,
        score=_points(shown),
        exact=_exact(shown),
        band=None if shown is None else band(shown, policy),
        kinds=tuple(_kind(tally, kind) for kind in tally.by_kind),
        coverage=coverage(side, at),
        initiative=initiative(side, help_requests),
        follow_through=follow_through(side, at),
    )


def _kind(tally: Tally, kind: CommitmentKind) -> KindScore:
    mean, settled = tally.mean(kind), len(tally.by_kind[kind])
    points = int(rounded(100 * mean))
    return KindScore(kind=kind, weight=tally.weights[kind], settled=settled, mean=str(mean), score=points)


def _term(commitment: Commitment, shares: Mapping[CommitmentKind, Fraction]) -> Term:
    counts = commitment.state in SETTLED
    share = shares[commitment.kind] * commitment.size if counts else None
    kept = fulfilment(commitment) if counts else None
    return Term(
        commitment_id=commitment.id,
        party=commitment.party,
        promise=commitment.promise,
        kind=commitment.kind,
        state=commitment.state,
        size=commitment.size,
        due=commitment.due,
        done_at=commitment.done_at,
        fulfilment=_exact(kept),
        weight=_exact(share),
        contribution=None if share is None or kept is None else _exact(100 * share * kept),
    )


def _ratio(part: int, whole: int) -> float | None:
    return float(rounded(Fraction(part, whole), digits=3)) if whole else None


def _points(value: Fraction | None) -> int | None:
    return None if value is None else int(rounded(value))


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
