"""Commitments: each rule at its instant, one second before and one after."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.errors import Conflict, Forbidden, Invalid, Refusal
from contracts.goals.ledger import (
    Commitment,
    CommitmentDisputed,
    CommitmentExcused,
    CommitmentKind,
    CommitmentOpened,
    CommitmentSettled,
    CommitmentState,
    Excuse,
    LedgerPolicy,
    Promise,
    RenegotiationAnswered,
    RenegotiationProposed,
)
from contracts.identity import Party
from contracts.wire import Change
from services.goals.model import ledger
from services.goals.model.ledger import fulfilment
from tests.builders import NOW, a_card

POLICY = LedgerPolicy()
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
DUE = NOW + 14 * DAY
LAPSED = DUE + 7 * DAY + SECOND
MENTEE, MENTOR = Party.MENTEE, Party.MENTOR
OPEN, KEPT, MISSED = CommitmentState.OPEN, CommitmentState.KEPT, CommitmentState.MISSED
EXCUSED, DISPUTED = CommitmentState.EXCUSED, CommitmentState.DISPUTED


def opened(promise: Promise = Promise.COMPLETE_ACTION, *, size: int | None = None) -> Change[Commitment]:
    return ledger.open_commitment(
        "commitment-1",
        a_card(),
        POLICY,
        party=MENTEE,
        promise=promise,
        cause_id="cause-1",
        due=DUE,
        at=NOW,
        size=size,
    )


def a_commitment(promise: Promise = Promise.COMPLETE_ACTION) -> Commitment:
    return opened(promise).state


def missed() -> Commitment:
    return ledger.miss(a_commitment(), LAPSED).state


def kept() -> Commitment:
    return ledger.keep(a_commitment(), DUE).state


def excused() -> Commitment:
    return ledger.excuse(a_commitment(), POLICY, LAPSED, MENTOR).state


def disputed() -> Commitment:
    return ledger.dispute(missed(), LAPSED, MENTEE).state


def proposed(by: Party = MENTEE, at: datetime = NOW, due: datetime = DUE + 5 * DAY) -> Commitment:
    return ledger.propose_renegotiation(a_commitment(), POLICY, due, at, by).state


@pytest.mark.parametrize(
    ("promise", "kind", "size", "grace"),
    [
        (Promise.SIGN_AGREEMENT, CommitmentKind.AGREEMENT, 1, 7 * DAY),
        (Promise.ATTEND, CommitmentKind.ATTENDANCE, 1, 0 * DAY),
        (Promise.PREPARE, CommitmentKind.PREPARATION, 1, DAY),
        (Promise.READ_BRIEF, CommitmentKind.PREPARATION, 1, DAY),
        (Promise.GIVE_FEEDBACK, CommitmentKind.FEEDBACK, 1, 7 * DAY),
        (Promise.ACKNOWLEDGE_FEEDBACK, CommitmentKind.FEEDBACK, 1, 3 * DAY),
        (Promise.ACT_ON_FEEDBACK, CommitmentKind.FEEDBACK, 3, 14 * DAY),
        (Promise.LOG_PROGRESS, CommitmentKind.PROGRESS, 1, 7 * DAY),
        (Promise.ANSWER_HELP, CommitmentKind.PROGRESS, 1, 7 * DAY),
        (Promise.COMPLETE_ACTION, CommitmentKind.ACTION, 1, 7 * DAY),
        (Promise.SUBMIT_REVIEW, CommitmentKind.REVIEW, 1, 7 * DAY),
    ],
)
def test_a_promise_is_made_on_the_terms_of_the_policy(
    promise: Promise, kind: CommitmentKind, size: int, grace: timedelta
) -> None:
    made = a_commitment(promise)
    assert (made.kind, made.size, made.grace, made.policy_version) == (kind, size, grace, 1)
    assert (made.state, made.party, made.owner_id, made.original_due) == (OPEN, MENTEE, "maria", DUE)


def test_opening_tells_who_promised_what_until_when() -> None:
    assert opened().events == (
        CommitmentOpened(
            mentorship_id="mentorship-1",
            commitment_id="commitment-1",
            party=MENTEE,
            owner_id="maria",
            kind=CommitmentKind.ACTION,
            promise=Promise.COMPLETE_ACTION,
            cause_id="cause-1",
            due=DUE,
        ),
    )


@pytest.mark.parametrize(("size", "fits"), [(0, False), (1, True), (3, True), (4, False)])
def test_a_size_is_1_to_3(size: int, fits: bool) -> None:
    if fits:
        assert opened(size=size).state.size == size
    else:
        with pytest.raises(Invalid):
            opened(size=size)


WEEK = 7 * DAY // SECOND


@pytest.mark.parametrize(
    ("promise", "late", "worth"),
    [
        (Promise.COMPLETE_ACTION, -SECOND, Fraction(1)),
        (Promise.COMPLETE_ACTION, 0 * SECOND, Fraction(1)),
        (Promise.COMPLETE_ACTION, SECOND, Fraction(WEEK - 1, WEEK)),
        (Promise.COMPLETE_ACTION, 7 * DAY - SECOND, Fraction(1, WEEK)),
        (Promise.COMPLETE_ACTION, 7 * DAY, Fraction(0)),
        (Promise.COMPLETE_ACTION, 7 * DAY + SECOND, Fraction(0)),
        (Promise.COMPLETE_ACTION, 70 * DAY, Fraction(0)),
        (Promise.ACKNOWLEDGE_FEEDBACK, 36 * HOUR, Fraction(1, 2)),
        (Promise.ACT_ON_FEEDBACK, 7 * DAY, Fraction(1, 2)),
        (Promise.PREPARE, 6 * HOUR, Fraction(3, 4)),
        (Promise.ATTEND, 0 * SECOND, Fraction(1)),
        (Promise.ATTEND, SECOND, Fraction(0)),
    ],
)
def test_fulfilment_falls_from_1_to_0_over_the_grace(promise: Promise, late: timedelta, worth: Fraction) -> None:
    done = ledger.keep(a_commitment(promise), DUE + late).state
    assert (done.state, fulfilment(done)) == (KEPT, worth)


def test_late_attendance_counts_nothing_whatever_grace_a_policy_gives() -> None:
    lenient = replace(a_commitment(Promise.ATTEND), grace=DAY)
    assert fulfilment(ledger.keep(lenient, DUE + SECOND).state) == Fraction(0)


@pytest.mark.parametrize(("promise", "last"), [(Promise.COMPLETE_ACTION, 7 * DAY), (Promise.ATTEND, 72 * HOUR)])
@pytest.mark.parametrize(("seconds", "state"), [(-1, OPEN), (0, OPEN), (1, MISSED)])
def test_what_is_open_counts_as_missed_after_its_last_instant(
    promise: Promise, last: timedelta, seconds: int, state: CommitmentState
) -> None:
    seen = ledger.as_of(a_commitment(promise), DUE + last + seconds * SECOND)
    assert (seen.state, seen.missed_at) == (state, DUE + last if state is MISSED else None)


@pytest.mark.parametrize(("seconds", "refused"), [(-1, True), (0, True), (1, False)])
def test_nothing_but_a_check_in_is_missed_before_its_last_instant(seconds: int, refused: bool) -> None:
    at = DUE + 7 * DAY + seconds * SECOND
    if refused:
        with pytest.raises(Conflict):
            ledger.miss(a_commitment(), at)
    else:
        assert ledger.miss(a_commitment(), at).state.missed_at == DUE + 7 * DAY
    cancelled_late = ledger.miss(a_commitment(Promise.ATTEND), DUE - HOUR).state
    assert (cancelled_late.state, cancelled_late.missed_at) == (MISSED, DUE - HOUR)


@given(st.integers(0, 30 * 24), st.integers(0, 30 * 24), st.integers(1, 1_000))
def test_news_of_what_was_done_and_missed_may_come_twice_and_in_any_order(one: int, other: int, swept: int) -> None:
    news: list[Callable[[Commitment], Change[Commitment]]] = [
        lambda each: ledger.keep(each, NOW + one * HOUR),
        lambda each: ledger.keep(each, NOW + other * HOUR),
        lambda each: ledger.miss(each, LAPSED + swept * HOUR),
    ]
    outcomes = set()
    for order in permutations([*news, news[0]]):
        commitment = a_commitment()
        for heard in order:
            commitment = heard(commitment).state
        outcomes.add((commitment.state, commitment.done_at, commitment.missed_at))
    done_at = NOW + min(one, other) * HOUR
    assert outcomes == {(KEPT, done_at, DUE + 7 * DAY if done_at > DUE + 7 * DAY else None)}


@pytest.mark.parametrize("make", [kept, excused, disputed])
def test_what_is_heard_again_changes_nothing_and_is_told_to_nobody(make: Callable[[], Commitment]) -> None:
    before = make()
    assert ledger.keep(before, DUE) == ledger.miss(before, LAPSED) == Change(before)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("seconds", "refused"), [(-1, False), (0, False), (1, True)])
def test_the_partner_excuses_within_72_hours_of_its_being_missed(seconds: int, refused: bool, late: bool) -> None:
    at = DUE + 7 * DAY + 72 * HOUR + seconds * SECOND
    commitment = ledger.keep(a_commitment(), LAPSED).state if late else a_commitment()
    if refused:
        with pytest.raises(Conflict):
            ledger.excuse(commitment, POLICY, at, MENTOR)
    else:
        change = ledger.excuse(commitment, POLICY, at, MENTOR)
        assert (change.state.state, change.state.excused_by, change.state.excused_at) == (EXCUSED, MENTOR, at)
        assert [type(event) for event in change.events] == [CommitmentExcused]


@pytest.mark.parametrize("make", [a_commitment, kept, disputed])
def test_what_was_not_missed_or_is_in_dispute_cannot_be_excused(make: Callable[[], Commitment]) -> None:
    with pytest.raises(Conflict):
        ledger.excuse(make(), POLICY, DUE + 7 * DAY, MENTOR)


def test_nobody_excuses_themselves() -> None:
    with pytest.raises(Forbidden):
        ledger.excuse(missed(), POLICY, LAPSED, MENTEE)


@pytest.mark.parametrize(
    ("make", "state"), [(a_commitment, EXCUSED), (missed, EXCUSED), (kept, KEPT), (disputed, DISPUTED)]
)
@pytest.mark.parametrize("reason", [Excuse.PAUSE, Excuse.CANCELLED])
def test_a_pause_or_the_partner_cancelling_releases_what_is_not_done(
    make: Callable[[], Commitment], state: CommitmentState, reason: Excuse
) -> None:
    assert ledger.release(make(), reason, DUE).state.state is state


@pytest.mark.parametrize("make", [missed, kept])
def test_what_counts_can_be_disputed_and_so_can_attendance_that_the_two_tell_differently(
    make: Callable[[], Commitment],
) -> None:
    change = ledger.dispute(make(), LAPSED, MENTEE)
    assert (change.state.state, [type(event) for event in change.events]) == (DISPUTED, [CommitmentDisputed])
    assert ledger.dispute(change.state, LAPSED, MENTOR) == Change(change.state)
    assert ledger.dispute(a_commitment(Promise.ATTEND), DUE).state.state is DISPUTED


@pytest.mark.parametrize("make", [a_commitment, excused])
def test_what_does_not_count_cannot_be_disputed(make: Callable[[], Commitment]) -> None:
    with pytest.raises(Conflict):
        ledger.dispute(make(), DUE, MENTEE)


def test_the_programme_managers_word_is_final() -> None:
    lost = ledger.resolve(disputed(), LAPSED, "paula", kept=False).state
    won = ledger.resolve(disputed(), LAPSED, "paula", kept=True).state
    assert (lost.state, lost.missed_at, lost.resolved_by) == (MISSED, DUE + 7 * DAY, "paula")
    assert (won.state, won.done_at, fulfilment(won)) == (KEPT, DUE, Fraction(1))
    for final in (lost, won):
        assert ledger.keep(final, NOW) == ledger.release(final, Excuse.PAUSE, LAPSED) == Change(final)
        for change in (ledger.dispute, lambda each, at, by: ledger.excuse(each, POLICY, at, by)):
            with pytest.raises(Conflict):
                change(final, LAPSED, MENTOR)
        with pytest.raises(Conflict):
            ledger.resolve(final, LAPSED, "paula", kept=True)


def test_a_late_moment_that_is_known_or_given_is_what_a_resolution_counts() -> None:
    late = ledger.dispute(ledger.keep(a_commitment(), DUE + 14 * HOUR).state, LAPSED, MENTOR).state
    assert fulfilment(ledger.resolve(late, LAPSED, "paula", kept=True).state) == Fraction(11, 12)
    assert fulfilment(ledger.resolve(late, LAPSED, "paula", kept=True, done_at=DUE + 84 * HOUR).state) == Fraction(1, 2)


NOTICE = [(promise, 24 * HOUR) for promise in (Promise.ATTEND, Promise.PREPARE, Promise.READ_BRIEF)] + [
    (promise, 48 * HOUR) for promise in Promise if promise not in {Promise.ATTEND, Promise.PREPARE, Promise.READ_BRIEF}
]


@pytest.mark.parametrize(("promise", "notice"), NOTICE)
@pytest.mark.parametrize(("seconds", "refused"), [(-1, False), (0, False), (1, True)])
def test_another_due_date_is_asked_for_in_good_time(
    promise: Promise, notice: timedelta, seconds: int, refused: bool
) -> None:
    at = DUE - notice + seconds * SECOND
    if refused:
        with pytest.raises(Conflict):
            ledger.propose_renegotiation(a_commitment(promise), POLICY, DUE + DAY, at, MENTEE)
    else:
        change = ledger.propose_renegotiation(a_commitment(promise), POLICY, DUE + DAY, at, MENTEE)
        assert (change.state.due, [type(event) for event in change.events]) == (DUE, [RenegotiationProposed])


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize(("seconds", "refused"), [(-1, False), (0, False), (1, True)])
def test_it_is_answered_within_72_hours_or_the_old_due_date_stands(seconds: int, refused: bool, accept: bool) -> None:
    at = NOW + 72 * HOUR + seconds * SECOND
    if refused:
        with pytest.raises(Conflict):
            ledger.respond(proposed(), POLICY, at, MENTOR, accept=accept)
    else:
        change = ledger.respond(proposed(), POLICY, at, MENTOR, accept=accept)
        due = DUE + 5 * DAY if accept else DUE
        assert (change.state.due, change.state.original_due) == (due, DUE)
        assert [type(event) for event in change.events] == [RenegotiationAnswered]


@pytest.mark.parametrize(("seconds", "refused"), [(0, True), (1, False)])
def test_a_proposal_that_came_to_nothing_makes_room_for_the_next(seconds: int, refused: bool) -> None:
    at = NOW + 72 * HOUR + seconds * SECOND
    declined = ledger.respond(proposed(), POLICY, NOW, MENTOR, accept=False).state
    assert ledger.propose_renegotiation(declined, POLICY, DUE + DAY, NOW, MENTOR).events
    if refused:
        with pytest.raises(Conflict):
            ledger.propose_renegotiation(proposed(), POLICY, DUE + DAY, at, MENTEE)
    else:
        assert ledger.propose_renegotiation(proposed(), POLICY, DUE + DAY, at, MENTEE).events


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.sampled_from(Party)), max_size=12))
def test_a_due_date_moves_at_most_once(tries: list[tuple[int, bool, Party]]) -> None:
    now, at, dues = a_commitment(), NOW, [DUE]
    for hours, accept, by in tries:
        at += hours * HOUR
        other = MENTOR if by is MENTEE else MENTEE
        try:
            asked = ledger.propose_renegotiation(now, POLICY, now.due + 30 * DAY, at, by).state
            now = ledger.respond(asked, POLICY, at, other, accept=accept).state
        except Conflict:
            assert now.renegotiation is None or now.renegotiation.accepted or now.due - at < now.notice
        dues.append(now.due)
    assert set(dues) <= {DUE, DUE + 30 * DAY}
    assert dues == sorted(dues)


def test_nobody_answers_their_own_proposal_or_none() -> None:
    with pytest.raises(Forbidden):
        ledger.respond(proposed(by=MENTOR), POLICY, NOW, MENTOR, accept=True)
    with pytest.raises(Conflict):
        ledger.respond(a_commitment(), POLICY, NOW, MENTOR, accept=True)


@pytest.mark.parametrize("due", [NOW - SECOND, NOW, DUE])
def test_a_proposal_names_another_moment_that_is_to_come(due: datetime) -> None:
    with pytest.raises(Invalid):
        proposed(due=due)


def test_a_moment_that_has_passed_when_it_is_answered_is_not_accepted() -> None:
    sooner = proposed(due=NOW + HOUR)
    with pytest.raises(Conflict):
        ledger.respond(sooner, POLICY, NOW + HOUR, MENTOR, accept=True)


def test_what_is_done_meanwhile_is_not_moved() -> None:
    with pytest.raises(Conflict):
        ledger.respond(ledger.keep(proposed(), NOW).state, POLICY, NOW, MENTOR, accept=True)


def test_the_newest_version_of_each_is_kept() -> None:
    versions = [a_commitment(), missed(), disputed()]
    for order in permutations([*versions, versions[0]]):
        assert ledger.latest(order) == (versions[-1],)


PARTIES = st.sampled_from(Party)
MOVES: st.SearchStrategy[Callable[[Commitment, datetime], Change[Commitment]]] = st.one_of(
    st.just(ledger.keep),
    st.just(ledger.miss),
    st.just(lambda each, at: ledger.release(each, Excuse.PAUSE, at)),
    st.booleans().map(lambda kept: lambda each, at: ledger.resolve(each, at, "paula", kept=kept)),
    PARTIES.map(lambda by: lambda each, at: ledger.dispute(each, at, by)),
    PARTIES.map(lambda by: lambda each, at: ledger.excuse(each, POLICY, at, by)),
    PARTIES.map(lambda by: lambda each, at: ledger.propose_renegotiation(each, POLICY, at + 9 * DAY, at, by)),
    st.tuples(PARTIES, st.booleans()).map(
        lambda said: lambda each, at: ledger.respond(each, POLICY, at, said[0], accept=said[1])
    ),
)


@given(st.sampled_from(Promise), st.lists(st.tuples(st.integers(0, 200), MOVES), max_size=20))
def test_whatever_is_tried_what_is_final_stays_and_every_change_is_told_once(
    promise: Promise, tries: list[tuple[int, Callable[[Commitment, datetime], Change[Commitment]]]]
) -> None:
    now, at = a_commitment(promise), NOW
    for hours, move in tries:
        before, at = now, at + hours * HOUR
        try:
            change = move(before, at)
        except Refusal:
            continue
        now = change.state
        assert (now != before) == bool(change.events) == (now.version == before.version + 1)
        if before.state is EXCUSED or before.resolved_at:
            assert now == before
        assert not (before.state in {KEPT, MISSED} and now.state is OPEN)
        assert (now.state is KEPT) <= (now.done_at is not None)
        assert (now.state is MISSED) <= (now.missed_at is not None and now.done_at is None)
    assert now.original_due == DUE


def test_settling_tells_how() -> None:
    (event,) = ledger.keep(a_commitment(), DUE).events
    assert isinstance(event, CommitmentSettled)
    assert (event.state, event.done_at) == (KEPT, DUE)
