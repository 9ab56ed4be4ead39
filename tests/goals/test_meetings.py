"""Who keeps, misses or is excused of a meeting, as the table says: by the model, and by the service from raw events."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

import msgspec
import pytest

from contracts.errors import Conflict, Unavailable
from contracts.goals import Commitment, CommitmentState, LedgerPolicy, Promise
from contracts.identity import Party
from contracts.sessions import (
    Attendance,
    AttendanceDisputed,
    BriefRead,
    CancelReason,
    CheckInCancelled,
    CheckInFact,
    CheckInHeld,
    CheckInMissed,
    CheckInRescheduled,
    CheckInScheduled,
    MoveReason,
    PreparationSubmitted,
)
from kit.mongo import Database
from services.goals.actions import ledger as actions
from services.goals.model import ledger, outcomes, promises
from tests.builders import NOW
from tests.goals.context import a_context
from tests.goals.events import CARD, envelope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = LedgerPolicy()
MENTOR, MENTEE = Party.MENTOR, Party.MENTEE
START, LATER = NOW + 10 * DAY, NOW + 13 * DAY
KEPT, MISSED, EXCUSED, DISPUTED, OPEN = (
    CommitmentState.KEPT, CommitmentState.MISSED, CommitmentState.EXCUSED, CommitmentState.DISPUTED,
    CommitmentState.OPEN,
)  # fmt: skip


def about(starts_at: datetime = START) -> dict[str, Any]:
    return {"mentorship_id": CARD.id, "check_in_id": "check-in-1", "index": 1, "starts_at": starts_at}


def cancelled(by: Party | None, *, in_time: bool, prepared: bool = False, read: bool = False) -> CheckInCancelled:
    why = CancelReason.WORK
    return CheckInCancelled(
        **about(), party=by, in_time=in_time, reason=why, prepared=prepared, brief_read=read
    )  # fmt: skip


def moved(to: datetime = LATER, *, was: datetime = START, prepared: bool = False) -> CheckInRescheduled:
    reason = MoveReason.AGREED
    return CheckInRescheduled(**about(to), was=was, minutes=60, reason=reason, prepared=prepared, party=MENTOR)


def missed(attendance: Attendance, at: datetime = START, by: str | None = None) -> CheckInMissed:
    return CheckInMissed(**about(at), attendance=attendance, resolved_by=by)


@dataclass(frozen=True)
class Row:
    """What happens to one check-in, hour by hour before its planned start, and what it makes of each promise."""

    name: str
    facts: tuple[tuple[int, CheckInFact], ...]
    mentee: CommitmentState
    mentor: CommitmentState
    prepare: CommitmentState = MISSED
    brief: CommitmentState | None = None
    due: datetime = START


PREPARED = (-48, PreparationSubmitted(**about()))
READ = (-5, BriefRead(**about()))
DISPUTE = (3, AttendanceDisputed(**about()))
TABLE = (
    Row("both came", ((2, CheckInHeld(**about())),), KEPT, KEPT),
    Row("both came prepared", (PREPARED, READ, (2, CheckInHeld(**about()))), KEPT, KEPT, KEPT, KEPT),
    Row("the mentor did not come", ((2, missed(Attendance.MENTOR_ABSENT)),), KEPT, MISSED),
    Row("the mentee did not come", ((2, missed(Attendance.MENTEE_ABSENT)),), MISSED, KEPT),
    Row("nobody came", ((2, missed(Attendance.BOTH_ABSENT)),), MISSED, MISSED),
    Row("the mentor cancels late", ((-10, cancelled(MENTOR, in_time=False)),), EXCUSED, MISSED, EXCUSED),
    Row("the mentee cancels late", ((-10, cancelled(MENTEE, in_time=False)),), MISSED, EXCUSED, EXCUSED),
    Row("the mentor cancels in time", ((-30, cancelled(MENTOR, in_time=True)),), EXCUSED, EXCUSED, EXCUSED),
    Row("the mentee cancels in time", ((-30, cancelled(MENTEE, in_time=True)),), EXCUSED, EXCUSED, EXCUSED),
    Row("time off leaves it out", ((-90, cancelled(None, in_time=True)),), EXCUSED, EXCUSED, EXCUSED),
    Row(
        "what is prepared stays kept, what is not read is excused",
        (PREPARED, (-10, cancelled(MENTOR, in_time=False, prepared=True))),
        EXCUSED, MISSED, KEPT, EXCUSED,
    ),
    Row(
        "what is prepared and read stays kept",
        (PREPARED, (-30, BriefRead(**about())), (-10, cancelled(MENTEE, in_time=False, prepared=True, read=True))),
        MISSED, EXCUSED, KEPT, KEPT,
    ),
    Row("they say different things", (DISPUTE,), DISPUTED, DISPUTED),
    Row(
        "it is decided that the mentor did not come",
        (DISPUTE, (90, missed(Attendance.MENTOR_ABSENT, by="priya"))),
        KEPT, MISSED,
    ),
    Row("it is decided that both came", (DISPUTE, (90, CheckInHeld(**about(), resolved_by="priya"))), KEPT, KEPT),
    Row("it is moved and held", ((-90, moved()), (80, CheckInHeld(**about(LATER)))), KEPT, KEPT, due=LATER),
    Row(
        "it is moved and the mentee does not come",
        ((-90, moved()), (80, missed(Attendance.MENTEE_ABSENT, LATER))),
        MISSED, KEPT, due=LATER,
    ),
    Row(
        "it is moved, and preparing for the new time is in time",
        ((-90, moved()), (20, PreparationSubmitted(**about(LATER))), (80, CheckInHeld(**about(LATER)))),
        KEPT, KEPT, KEPT, MISSED, LATER,
    ),
    Row(
        "it is moved twice",
        ((-200, moved(START + DAY)), (-90, moved(was=START + DAY)), (80, CheckInHeld(**about(LATER)))),
        KEPT, KEPT, due=LATER,
    ),
    Row(
        "it is moved to an earlier time",
        (PREPARED, (-40, moved(START - 12 * HOUR, prepared=True)), (-10, CheckInHeld(**about(START - 12 * HOUR)))),
        KEPT, KEPT, KEPT, MISSED, START - 12 * HOUR,
    ),
)  # fmt: skip
IDS = [row.name for row in TABLE]
SCHEDULED = CheckInScheduled(**about())


def told(row: Row) -> list[tuple[CheckInFact, datetime]]:
    return [(SCHEDULED, NOW), *((event, START + hours * HOUR) for hours, event in row.facts)]


def check(row: Row, commitments: Iterable[Commitment]) -> None:
    at = LATER + 30 * DAY
    found = {(each.party, each.promise): ledger.as_of(each, at) for each in commitments}
    assert found[MENTEE, Promise.ATTEND].state is row.mentee
    assert found[MENTOR, Promise.ATTEND].state is row.mentor
    assert found[MENTEE, Promise.PREPARE].state is row.prepare
    brief = found.get((MENTOR, Promise.READ_BRIEF))
    assert (brief.state if brief else None) is row.brief
    for each in found.values():
        if each.promise is Promise.ATTEND:
            assert each.due == row.due
        if each.state is KEPT:
            assert ledger.fulfilment(each) == Fraction(1)


def fold(facts: Iterable[tuple[int, CheckInFact, datetime]]) -> list[Commitment]:
    """The model alone: open what is promised, and settle what is known; what comes too early comes again."""
    ledger_of: dict[tuple[Party, Promise], Commitment] = {}
    waiting = list(facts)
    while waiting:
        later = []
        for version, event, at in waiting:
            for new in promises.openings(event, CARD, at):
                opened = ledger.open_commitment(
                    f"{new.party}-{new.promise}", CARD, POLICY, party=new.party, promise=new.promise,
                    cause_id=new.cause_id, due=new.due, at=at,
                )  # fmt: skip
                ledger_of.setdefault((new.party, new.promise), opened.state)
            news = promises.news(event, CARD, at)
            if any((each.party, each.promise) not in ledger_of for each in news):
                later.append((version, event, at))
                continue
            for each in news:
                key = each.party, each.promise
                try:
                    ledger_of[key] = outcomes.settle(ledger_of[key], each, version).state
                except Conflict:
                    continue
        assert len(later) < len(waiting)
        waiting = later
    return list(ledger_of.values())


@pytest.mark.parametrize("row", TABLE, ids=IDS)
def test_the_model_says_what_the_table_says_in_whatever_order_the_news_comes(row: Row) -> None:
    numbered = [(version, event, at) for version, (event, at) in enumerate(told(row), start=1)]
    for order in permutations(numbered):
        check(row, fold([*order, *order]))


@pytest.mark.parametrize("row", TABLE, ids=IDS)
async def test_the_service_says_the_same_of_raw_events(database: Database, row: Row) -> None:
    context = await a_context(database)
    shuffled = random.Random(row.name)
    news = [
        (msgspec.structs.replace(envelope(number, event, at), sequence=number), event)
        for number, (event, at) in enumerate(told(row), start=1)
    ]
    waiting = news * 2
    while waiting:
        shuffled.shuffle(waiting)
        later = []
        for sent, event in waiting:
            try:
                await actions.hear(context, event, sent)
            except Unavailable:
                later.append((sent, event))
        assert len(later) < len(waiting)
        waiting = later
    check(row, await context.store.commitments.all(CARD.org_id, {"mentorshipId": CARD.id}, limit=100))


def test_who_cancelled_late_is_excused_by_the_partner_alone_and_within_72_hours() -> None:
    late = START - 10 * HOUR
    (mentor,) = [
        each for each in fold([(1, SCHEDULED, NOW), (2, cancelled(MENTOR, in_time=False), late)])
        if (each.party, each.promise) == (MENTOR, Promise.ATTEND)
    ]  # fmt: skip
    assert ledger.excuse(mentor, POLICY, late + 72 * HOUR, MENTEE).state.state is EXCUSED
    with pytest.raises(Conflict):
        ledger.excuse(mentor, POLICY, late + 73 * HOUR, MENTEE)


def test_being_there_moves_with_the_meeting_and_not_by_itself() -> None:
    (attend, *_) = fold([(1, SCHEDULED, NOW)])
    with pytest.raises(Conflict, match="rescheduleCheckIn"):
        promises.check_is_movable(attend)


def test_a_contradiction_is_decided_for_both_sides_at_once() -> None:
    facts = [(1, SCHEDULED, NOW), (2, DISPUTE[1], START)]
    attend = next(each for each in fold(facts) if each.promise is Promise.ATTEND)
    with pytest.raises(Conflict, match="resolveAttendance"):
        promises.check_is_decided_alone(attend)
    own = ledger.dispute(fold([(1, SCHEDULED, NOW), (2, missed(Attendance.MENTOR_ABSENT), START)])[0], START, MENTEE)
    promises.check_is_decided_alone(own.state)
