"""Maria's year once more: as raw events through the service, on the real database."""

import random
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from contracts.errors import Unavailable
from contracts.goals import (
    Commitment,
    LedgerPolicy,
    OpenCommitment,
    Promise,
)
from contracts.wire import Caller, Event
from deploy.local.year import DRIFTING, STEADY, Mentor
from kit.mongo import Database
from services.goals.actions import Context
from services.goals.actions import ledger as actions
from services.goals.model import score
from tests.goals.context import a_context
from tests.goals.events import CARD, envelope, of_progress, told
from tests.goals.maria import END, entries

RECURRING = {Promise.GIVE_FEEDBACK, Promise.LOG_PROGRESS}
CYCLE = Caller(org_id=CARD.org_id, part="workflows")


async def _live(context: Context, mentor: Mentor, order: random.Random | None = None) -> tuple[Commitment, ...]:
    """Let the service hear of the whole year, in order or shuffled and twice."""
    counted = [entry for entry in entries(mentor) if not entry.excused]
    for entry in counted:
        if entry.promise in RECURRING:
            request = OpenCommitment(
                at=entry.opened_at, mentorship_id=CARD.id, party=entry.party, promise=entry.promise,
                cause_id=entry.cause_id, due=entry.due,
            )  # fmt: skip
            await actions.open_commitment(context, CYCLE, request)
    progress = [(of_progress(each), each.done_at) for each in counted if each.promise is Promise.LOG_PROGRESS]
    facts: list[tuple[Event, Any]] = [*told(counted), *(each for each in progress if each[1])]
    numbered = [(envelope(number, event, at), event) for number, (event, at) in enumerate(facts)]
    await _hear(context, [*numbered, *numbered] if order else numbered, order)
    return await context.store.commitments.all(CARD.org_id, {"mentorshipId": CARD.id}, limit=5_000)


async def _hear(context: Context, news: Sequence[tuple[Any, Event]], order: random.Random | None) -> None:
    """As the bus would: what comes before the promise that it is about comes again later."""
    waiting = list(news)
    while waiting:
        if order:
            order.shuffle(waiting)
        later = []
        for each, event in waiting:
            try:
                await actions.hear(context, event, each)
            except Unavailable:
                later.append((each, event))
        assert len(later) < len(waiting), "nothing is heard any more"
        waiting = later


def _as_bytes(commitments: Sequence[Commitment]) -> bytes:
    """All of it but the count of changes, which tells how often something was heard and not what."""
    alike = [msgspec.structs.replace(each, version=1) for each in commitments]
    return msgspec.json.encode(sorted(alike, key=lambda each: each.id))


@pytest.mark.parametrize(
    ("mentor", "mentee_score", "mentor_score", "pair"), [(STEADY, 96, 92, 94), (DRIFTING, 96, 33, 49)]
)
async def test_the_year_comes_to_the_same_scores_from_raw_events(
    database: Database, mentor: Mentor, mentee_score: int, mentor_score: int, pair: int
) -> None:
    commitments = await _live(await a_context(database), mentor)
    found = score.score(commitments, END, LedgerPolicy(), {})
    assert (found.mentee.score, found.mentor.score, found.pair) == (mentee_score, mentor_score, pair)


async def test_the_ledger_is_rebuilt_to_the_same_bytes_from_shuffled_and_doubled_events(
    database: Database, another_database: Database
) -> None:
    in_order = await _live(await a_context(database), STEADY)
    shuffled = await _live(await a_context(another_database), STEADY, random.Random(7))
    assert len(in_order) > 250
    assert _as_bytes(in_order) == _as_bytes(shuffled)
