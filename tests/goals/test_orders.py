"""The ledger where a leave, a cancellation and a new mentor meet: the same in whatever order it hears of them."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Unavailable
from contracts.goals import ActionCompleted, ActionCreated, Commitment, CommitmentState, Excuse, LedgerPolicy, Promise
from contracts.identity import MentorReplaced, MentorshipPaused, MentorshipResumed, Party
from contracts.sessions import BriefRead, CancelReason, CheckInCancelled, CheckInScheduled, PreparationSubmitted
from contracts.wire import Event
from kit.mongo import Database
from services.goals.actions import ledger as actions
from services.goals.actions.leaves import hear_leave
from services.goals.model import leaves, ledger, outcomes, promises
from tests.builders import NOW
from tests.goals.context import a_context
from tests.goals.events import CARD, envelope

HOUR, DAY, BLINK = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)
START = NOW + 10 * DAY
POLICY = LedgerPolicy()
LEAVES = (MentorshipPaused, MentorshipResumed, MentorReplaced)
ABOUT: dict[str, Any] = {"mentorship_id": CARD.id, "check_in_id": "check-in-1", "index": 1, "starts_at": START}

type Told = tuple[Event, datetime]


def cancelled(by: Party | None, *, prepared: bool = False, read: bool = False, in_time: bool = True) -> Event:
    reason = CancelReason.LEAVE if by is None else CancelReason.WORK
    return CheckInCancelled(**ABOUT, party=by, in_time=in_time, reason=reason, prepared=prepared, brief_read=read)


@st.composite
def stories(draw: st.DrawFn) -> list[Told]:
    """What may happen to one check-in and one item, with the moment of each fact."""
    facts: list[Told] = [(CheckInScheduled(**ABOUT), NOW)]
    prepared = draw(st.booleans())
    read = prepared and draw(st.booleans())
    if prepared:
        facts.append((PreparationSubmitted(**ABOUT), NOW + draw(st.integers(1, 40)) * HOUR))
    if read:
        facts.append((BriefRead(**ABOUT), NOW + draw(st.integers(41, 60)) * HOUR))
    began = NOW + draw(st.integers(61, 239)) * HOUR
    by = draw(st.sampled_from([None, *Party]))
    skew = draw(st.integers(-30, 30)) if by is None else draw(st.integers(-10, 10)) * 3_600_000
    off = cancelled(by, prepared=prepared, read=read, in_time=draw(st.booleans()))
    if draw(st.booleans()):
        facts.append((off, began + skew * BLINK))
    facts += draw(st.sampled_from([_paused, _replaced, _untouched]))(began, draw(st.integers(1, 40)))
    facts += _item(draw(st.integers(1, 30)), draw(st.none() | st.integers(1, 900)))
    return facts


def _paused(began: datetime, days: int) -> list[Told]:
    until, back = began + days * DAY, began + days * DAY / 2
    paused = MentorshipPaused(mentorship=CARD, started_at=began, until=until)
    resumed = MentorshipResumed(mentorship=CARD, started_at=began, ended_at=back)
    return [(paused, began), (resumed, back)] if days % 2 else [(paused, began)]


def _replaced(began: datetime, _: int) -> list[Told]:
    return [(MentorReplaced(mentorship=CARD, former_mentor_id=CARD.mentor_id, agreement_version=2), began + DAY)]


def _untouched(_began: datetime, _days: int) -> list[Told]:
    return []


def _item(days: int, done_after: int | None) -> list[Told]:
    item: dict[str, Any] = {"mentorship_id": CARD.id, "action_item_id": "item-1", "owner_id": CARD.mentee_id}
    promised: list[Told] = [(ActionCreated(**item, added_by=CARD.mentee_id, due=(NOW + days * DAY).date()), NOW)]
    done = ActionCompleted(**item)
    return promised if done_after is None else [*promised, (done, NOW + done_after * HOUR)]


def fold(facts: Iterable[Told]) -> list[Commitment]:
    """The model alone, as the service applies it; what comes before the promise that it is about comes again."""
    found: dict[tuple[Party, Promise, str], Commitment] = {}
    known: list[leaves.Leave] = []
    waiting = list(facts)
    while waiting:
        later: list[Told] = []
        for event, at in waiting:
            if isinstance(event, LEAVES):
                known.append(leave := leaves.leave_of(event, str(len(known)), at))
                found = {key: leaves.touched(each, leave).state for key, each in found.items()}
                continue
            for new in promises.openings(event, CARD, at):
                opened = ledger.open_commitment(
                    f"{new.party}-{new.promise}", CARD, POLICY, party=new.party, promise=new.promise,
                    cause_id=new.cause_id, due=new.due, at=at,
                ).state  # fmt: skip
                found.setdefault((new.party, new.promise, new.cause_id), leaves.all_touched(opened, known).state)
            news = promises.news(event, CARD, at)
            if any((each.party, each.promise, each.cause_id) not in found for each in news):
                later.append((event, at))
                continue
            for each in news:
                key = each.party, each.promise, each.cause_id
                found[key] = outcomes.settle(found[key], each, 1).state
        assert len(later) < len(waiting)
        waiting = later
    return alike(found.values())


def alike(commitments: Iterable[Commitment]) -> list[Commitment]:
    """All of it but the count of changes, which tells how often something was heard and not what."""
    return sorted((msgspec.structs.replace(each, version=1) for each in commitments), key=lambda each: each.id)


@given(stories(), st.randoms(use_true_random=False))
def test_the_ledger_says_the_same_in_whatever_order_and_however_often_it_hears_of_a_leave(
    facts: list[Told], chance: random.Random
) -> None:
    shuffled = facts * 2
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(sorted(facts, key=lambda each: each[1]))


@pytest.mark.parametrize("order", [partial(sorted, key=lambda each: each[1]), reversed])
def test_a_check_in_that_a_pause_takes_off_the_calendar_is_excused_by_the_pause(order: Any) -> None:
    began = NOW + 3 * DAY
    paused = MentorshipPaused(mentorship=CARD, started_at=began, until=began + 20 * DAY)
    facts: Sequence[Told] = [
        (CheckInScheduled(**ABOUT), NOW), (cancelled(None), began + 5 * BLINK), (paused, began),
    ]  # fmt: skip
    for each in fold(order(facts)):
        assert (each.state, each.excuse, each.excused_at) == (CommitmentState.EXCUSED, Excuse.PAUSE, began)


@pytest.mark.parametrize("seed", range(4))
async def test_the_service_writes_the_same_bytes_in_any_order(
    database: Database, another_database: Database, seed: int
) -> None:
    began = NOW + 3 * DAY
    until = began + 20 * DAY
    facts: list[Told] = [
        (CheckInScheduled(**ABOUT), NOW),
        (PreparationSubmitted(**ABOUT), NOW + 40 * HOUR),
        *_item(5, 200),
        (MentorshipPaused(mentorship=CARD, started_at=began, until=until), began),
        (cancelled(None, prepared=True), began + 5 * BLINK),
        (MentorshipResumed(mentorship=CARD, started_at=began, ended_at=until - 5 * DAY), until - 5 * DAY),
    ]
    in_order = await _lived(database, facts, None)
    shuffled = await _lived(another_database, facts, random.Random(seed))
    assert msgspec.json.encode(in_order) == msgspec.json.encode(shuffled)
    assert {each.promise: each.excuse for each in in_order}[Promise.READ_BRIEF] is Excuse.PAUSE


async def _lived(database: Database, facts: Sequence[Told], order: random.Random | None) -> list[Commitment]:
    context = await a_context(database)
    waiting = [(envelope(number, event, at), event) for number, (event, at) in enumerate(facts)]
    waiting *= 2 if order else 1
    while waiting:
        if order:
            order.shuffle(waiting)
        later = []
        for sent, event in waiting:
            try:
                if isinstance(event, LEAVES):
                    await hear_leave(context, event, sent)
                else:
                    await actions.hear(context, event, sent)
            except Unavailable:
                later.append((sent, event))
        assert len(later) < len(waiting)
        waiting = later
    return alike(await context.store.commitments.all(CARD.org_id, {"mentorshipId": CARD.id}, limit=100))
