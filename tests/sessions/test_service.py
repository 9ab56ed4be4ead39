"""Sessions on the real stack: who may do what, and what a repeated, foreign or wrong command meets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from contracts.errors import Conflict, Forbidden, IdempotencyMismatch, Invalid, NotFound
from contracts.identity import OfMentorships
from contracts.sessions import (
    ATTEST_ATTENDANCE,
    GET_CADENCES,
    GET_CHECK_INS,
    GET_NOTES,
    GET_REVIEWS,
    LIST_CHECK_INS,
    LIST_NOTES,
    LIST_REVIEWS,
    LIST_TIME_ENTRIES,
    LOG_TIME,
    OPEN_REVIEW,
    SCHEDULE_CHECK_IN,
    SET_CADENCE,
    SETTLE_ATTENDANCE,
    SUBMIT_PREPARATION,
    SUBMIT_REVIEW,
    TIME_SUMMARY,
    WRITE_NOTE,
    Attendance,
    AttestAttendance,
    CheckIn,
    CheckInState,
    LogTime,
    OpenReview,
    Review,
    ReviewKind,
    ScheduleCheckIn,
    SetCadence,
    SettleAttendance,
    SubmitPreparation,
    SubmitReview,
    TimeEntry,
    TimeKind,
    TimeSummary,
    Visibility,
    WriteNote,
)
from contracts.wire import ByIds, Operation
from deploy.local.stack import Stack
from kit.rpc import http_session
from tests.parts import Pair, Parts, a_pair, a_proposed_pair, an_active_pair
from tests.system.polling import until

HOUR = timedelta(hours=1)
INDEXES = count(50)  # beyond those that the pair's own cycle schedules


@pytest.fixture(scope="module")
async def parts(stack: Stack) -> AsyncIterator[Parts]:
    """The running parts."""
    async with http_session() as http:
        yield Parts(stack, http)


@pytest.fixture(scope="module")
async def pair(parts: Parts) -> Pair:
    """A pair that is under way."""
    return await an_active_pair(parts)


async def a_check_in(pair: Pair, *, starts: timedelta, index: int | None = None) -> CheckIn:
    """One more check-in than the pair's own, so that no time need be moved."""
    now = pair.parts.now()
    request = ScheduleCheckIn(
        mentorship_id=pair.mentorship_id,
        index=index or next(INDEXES),
        starts_at=now + starts,
        cadence_version=1,
        at=now,
    )
    return await pair.call(SCHEDULE_CHECK_IN, pair.cycle, request)


def a_rhythm(pair: Pair, **fields: Any) -> SetCadence:
    defaults = {
        "mentorship_id": pair.mentorship_id,
        "rule": "FREQ=WEEKLY",
        "starts_at": (pair.parts.now() + timedelta(days=20)).strftime("%Y-%m-%dT10:00"),
        "zone": "Europe/Berlin",
    }
    return SetCadence(**{**defaults, **fields})


def a_note(pair: Pair, **fields: Any) -> WriteNote:
    return WriteNote(**{"mentorship_id": pair.mentorship_id, "text": "She was tired", **fields})


def some_time(pair: Pair, **fields: Any) -> LogTime:
    defaults = {
        "mentorship_id": pair.mentorship_id,
        "kind": TimeKind.ASYNC,
        "started_at": pair.parts.now() - HOUR,
        "minutes": 30,
    }
    return LogTime(**{**defaults, **fields})


async def a_review(pair: Pair) -> Review:
    now = pair.parts.now()
    request = OpenReview(
        mentorship_id=pair.mentorship_id, kind=ReviewKind.MILESTONE, index=next(INDEXES), due_at=now + HOUR, at=now
    )
    return await pair.call(OPEN_REVIEW, pair.cycle, request)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rule": "now and then"}, "rule"),
        ({"rule": "FREQ=DAILY;INTERVAL=0"}, "rule"),
        ({"rule": " "}, "rule"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"starts_at": "tomorrow"}, "startsAt"),
        ({"starts_at": "2027-02-30T09:00"}, "startsAt"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 721}, "minutes"),
    ],
)
async def test_a_cadence_that_cannot_be_kept_is_refused_with_its_field(
    pair: Pair, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await pair.call(SET_CADENCE, pair.maria, a_rhythm(pair, **fields))
    assert refused.value.field == field


async def test_the_first_cadence_set_by_both_at_once_is_one_that_the_other_changed(parts: Parts) -> None:

    pair = await a_pair(parts)
    answers = await asyncio.gather(
        *(pair.call(SET_CADENCE, token, a_rhythm(pair)) for token in (pair.maria, pair.sofia))
    )
    assert {answer.version for answer in answers} == {1, 2}
    (cadence,) = await pair.call(GET_CADENCES, pair.maria, ByIds(ids=(pair.mentorship_id,)))
    assert cadence.version == 2


async def test_a_repeated_first_cadence_is_set_once(parts: Parts) -> None:

    pair = await a_pair(parts)
    request = a_rhythm(pair, idempotency_key="k")
    for _ in range(3):
        assert (await pair.call(SET_CADENCE, pair.maria, request)).version == 1
    with pytest.raises(IdempotencyMismatch):
        await pair.call(SET_CADENCE, pair.maria, msgspec.structs.replace(request, minutes=30))


async def test_the_same_occurrence_is_scheduled_once(pair: Pair) -> None:
    index = next(INDEXES)
    made = await asyncio.gather(*(a_check_in(pair, starts=HOUR, index=index) for _ in range(5)))
    assert len({check_in.id for check_in in made}) == 1


async def test_only_the_cycle_schedules_settles_and_opens(pair: Pair) -> None:
    check_in, at = await a_check_in(pair, starts=HOUR), pair.parts.now()
    schedule = ScheduleCheckIn(mentorship_id=pair.mentorship_id, index=9, starts_at=at, cadence_version=1, at=at)
    review = OpenReview(mentorship_id=pair.mentorship_id, kind=ReviewKind.FINAL, index=1, due_at=at, at=at)
    for token in (pair.maria, pair.sofia, pair.priya, pair.parts.part_token("goals", pair.home.id)):
        with pytest.raises(Forbidden):
            await pair.call(SCHEDULE_CHECK_IN, token, schedule)
        with pytest.raises(Forbidden):
            await pair.call(SETTLE_ATTENDANCE, token, SettleAttendance(check_in_id=check_in.id, at=at))
        with pytest.raises(Forbidden):
            await pair.call(OPEN_REVIEW, token, review)


async def test_preparation_is_the_mentees_and_comes_before_the_start(pair: Pair) -> None:
    ahead, begun = await a_check_in(pair, starts=HOUR), await a_check_in(pair, starts=-HOUR)
    prepared = SubmitPreparation(check_in_id=ahead.id, summary="Two talks given", questions=("What next?",))
    with pytest.raises(Forbidden):
        await pair.call(SUBMIT_PREPARATION, pair.sofia, prepared)
    with pytest.raises(Invalid) as refused:
        await pair.call(SUBMIT_PREPARATION, pair.maria, msgspec.structs.replace(prepared, questions=()))
    assert refused.value.field == "questions"
    with pytest.raises(Conflict):
        await pair.call(SUBMIT_PREPARATION, pair.maria, msgspec.structs.replace(prepared, check_in_id=begun.id))
    assert (await pair.call(SUBMIT_PREPARATION, pair.maria, prepared)).preparation is not None


async def meeting_time(pair: Pair, check_in: CheckIn) -> list[TimeEntry]:
    (page,) = await pair.call(LIST_TIME_ENTRIES, pair.maria, OfMentorships(mentorship_ids=(pair.mentorship_id,)))
    assert page is not None
    return [entry for entry in page.items if entry.check_in_id == check_in.id]


async def test_a_check_in_that_both_attest_is_held_and_takes_time_of_each_once(pair: Pair) -> None:
    check_in = await a_check_in(pair, starts=-HOUR)
    present = AttestAttendance(check_in_id=check_in.id, attendance=Attendance.BOTH_PRESENT, idempotency_key="k")
    for token in (pair.maria, pair.maria, pair.sofia, pair.sofia):
        after = await pair.call(ATTEST_ATTENDANCE, token, present)
    assert after.state is CheckInState.HELD
    absent = msgspec.structs.replace(present, attendance=Attendance.BOTH_ABSENT)
    with pytest.raises(IdempotencyMismatch):
        await pair.call(ATTEST_ATTENDANCE, pair.maria, absent)

    async def both_have_time() -> bool:
        return len(await meeting_time(pair, check_in)) == 2

    await until(both_have_time, "the meeting's time")
    entries = await meeting_time(pair, check_in)
    assert {entry.person_id for entry in entries} == {pair.id_of("maria"), pair.id_of("sofia")}
    assert {(entry.kind, entry.minutes) for entry in entries} == {(TimeKind.MEETING, check_in.minutes)}


async def test_two_words_that_differ_are_a_dispute_and_settling_changes_nothing(pair: Pair) -> None:
    check_in = await a_check_in(pair, starts=-HOUR)
    said = AttestAttendance(check_in_id=check_in.id, attendance=Attendance.BOTH_PRESENT)
    await pair.call(ATTEST_ATTENDANCE, pair.maria, said)
    with pytest.raises(Conflict):
        await pair.call(ATTEST_ATTENDANCE, pair.maria, said)
    differs = msgspec.structs.replace(said, attendance=Attendance.MENTEE_ABSENT)
    disputed = await pair.call(ATTEST_ATTENDANCE, pair.sofia, differs)
    assert (disputed.state, disputed.attendance) == (CheckInState.DISPUTED, None)
    settle = SettleAttendance(check_in_id=check_in.id, at=pair.parts.now())
    assert await pair.call(SETTLE_ATTENDANCE, pair.cycle, settle) == disputed


async def test_a_private_note_is_its_authors_alone_and_a_shared_one_the_pairs(pair: Pair) -> None:
    private = await pair.call(WRITE_NOTE, pair.maria, a_note(pair))
    shared = await pair.call(WRITE_NOTE, pair.maria, a_note(pair, visibility=Visibility.SHARED))
    ask, of = ByIds(ids=(private.id, shared.id)), OfMentorships(mentorship_ids=(pair.mentorship_id,))

    async def read(token: str) -> tuple[set[str], set[str]]:
        (page,) = await pair.call(LIST_NOTES, token, of)
        listed = {note.id for note in page.items} if page else set()
        return {note.id for note in await pair.call(GET_NOTES, token, ask)}, listed & set(ask.ids)

    assert await read(pair.maria) == ({private.id, shared.id},) * 2
    assert await read(pair.sofia) == ({shared.id},) * 2
    for token in (pair.priya, pair.tom, pair.olga, pair.cycle):
        assert await read(token) == (set(), set())


async def test_a_programme_manager_sees_rhythm_and_time_but_no_words(pair: Pair) -> None:
    check_in = await a_check_in(pair, starts=HOUR)
    prepared = SubmitPreparation(check_in_id=check_in.id, summary="Two talks given", questions=("What next?",))
    await pair.call(SUBMIT_PREPARATION, pair.maria, prepared)
    review = await a_review(pair)
    await pair.call(SUBMIT_REVIEW, pair.maria, SubmitReview(review_id=review.id, rating=4, text="Good"))
    await pair.call(LOG_TIME, pair.maria, some_time(pair, started_at=pair.parts.now() - 9 * HOUR))
    ask, of = ByIds(ids=(check_in.id,)), OfMentorships(mentorship_ids=(pair.mentorship_id,))
    (seen,) = await pair.call(GET_CHECK_INS, pair.priya, ask)
    assert (seen.state, seen.preparation) == (CheckInState.SCHEDULED, None)
    (shown,) = await pair.call(GET_CHECK_INS, pair.sofia, ask)
    assert shown.preparation is not None
    assert await pair.call(GET_REVIEWS, pair.priya, ByIds(ids=(review.id,))) == ()
    (totals,) = await pair.call(TIME_SUMMARY, pair.priya, TimeSummary(mentorship_ids=(pair.mentorship_id,)))
    assert totals
    for operation in (LIST_NOTES, LIST_REVIEWS):
        (page,) = await pair.call(operation, pair.priya, of)
        assert page is None or page.items == ()
    for token in (pair.tom, pair.olga):
        assert await pair.call(GET_CHECK_INS, token, ask) == ()
        assert await pair.call(LIST_CHECK_INS, token, of) == (None,)
        assert await pair.call(GET_CADENCES, token, ByIds(ids=(pair.mentorship_id,))) == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": TimeKind.MEETING}, "kind"),
        ({"minutes": 61}, "startedAt"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"started_at": "2027-03-01T09:00:00"}, "startedAt"),
        ({"started_at": "9999-12-31T23:59:00Z"}, "startedAt"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "startedAt"),
    ],
)
async def test_time_that_was_not_given_is_refused_with_its_field(
    pair: Pair, fields: dict[str, Any], field: str
) -> None:
    started_at = fields.get("started_at")
    if started_at:
        fields = {"started_at": msgspec.convert(started_at, type(pair.parts.now()))}
    with pytest.raises(Invalid) as refused:
        await pair.call(LOG_TIME, pair.maria, some_time(pair, **fields))
    assert refused.value.field == field


async def test_totals_are_the_sum_of_the_entries(parts: Parts) -> None:
    pair = await an_active_pair(parts)
    for hours, minutes in enumerate((10, 20, 25), start=1):
        started_at = pair.parts.now() - hours * HOUR
        await pair.call(LOG_TIME, pair.maria, some_time(pair, started_at=started_at, minutes=minutes))
    await pair.call(LOG_TIME, pair.sofia, some_time(pair, kind=TimeKind.PREPARATION, minutes=5))
    (totals,) = await pair.call(TIME_SUMMARY, pair.sofia, TimeSummary(mentorship_ids=(pair.mentorship_id,)))
    assert totals is not None
    found = {(total.person_id, total.kind): total.minutes for total in totals}
    assert found == {
        (pair.id_of("maria"), TimeKind.ASYNC): 55,
        (pair.id_of("sofia"), TimeKind.PREPARATION): 5,
    }


async def test_repeated_words_are_written_once_and_another_body_is_refused(pair: Pair) -> None:
    note = a_note(pair, idempotency_key="k")
    answers = await asyncio.gather(*(pair.call(WRITE_NOTE, pair.maria, note) for _ in range(6)))
    assert answers == [answers[0]] * 6
    with pytest.raises(IdempotencyMismatch):
        await pair.call(WRITE_NOTE, pair.maria, msgspec.structs.replace(note, text="Not at all"))


@pytest.mark.parametrize("text", ["", " \n\t", "x" * 5_001])
async def test_a_note_without_words_or_without_end_is_refused(pair: Pair, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        await pair.call(WRITE_NOTE, pair.maria, a_note(pair, text=text))
    assert refused.value.field == "text"


async def test_a_note_speaks_of_a_check_in_of_its_own_mentorship(parts: Parts, pair: Pair) -> None:
    other = await an_active_pair(parts)
    own, theirs = await a_check_in(pair, starts=HOUR), await a_check_in(other, starts=HOUR)
    assert (await pair.call(WRITE_NOTE, pair.maria, a_note(pair, check_in_id=own.id))).check_in_id == own.id
    for check_in_id in (theirs.id, "unknown"):
        with pytest.raises(NotFound):
            await pair.call(WRITE_NOTE, pair.maria, a_note(pair, check_in_id=check_in_id))
        with pytest.raises(NotFound):
            await pair.call(LOG_TIME, pair.maria, some_time(pair, check_in_id=check_in_id))


async def test_a_review_is_answered_once_by_each(pair: Pair) -> None:
    review = await a_review(pair)
    answer = SubmitReview(review_id=review.id, rating=4, text="Good")
    with pytest.raises(Invalid) as refused:
        await pair.call(SUBMIT_REVIEW, pair.maria, msgspec.structs.replace(answer, rating=6))
    assert refused.value.field == "rating"
    await pair.call(SUBMIT_REVIEW, pair.maria, answer)
    with pytest.raises(Conflict):
        await pair.call(SUBMIT_REVIEW, pair.maria, answer)
    assert len((await pair.call(SUBMIT_REVIEW, pair.sofia, answer)).answers) == 2


async def test_before_the_phase_for_it_nothing_can_be_done(parts: Parts) -> None:
    proposed = await a_proposed_pair(parts)
    for operation, request in (
        (SET_CADENCE, a_rhythm(proposed)),
        (WRITE_NOTE, a_note(proposed)),
        (LOG_TIME, some_time(proposed)),
    ):
        with pytest.raises(Conflict):
            await proposed.call(operation, proposed.maria, request)


@pytest.mark.parametrize(
    ("operation", "kind", "request_of"),
    [
        (SET_CADENCE, "mentorship", lambda pair, of: a_rhythm(pair, mentorship_id=of)),
        (WRITE_NOTE, "mentorship", lambda pair, of: a_note(pair, mentorship_id=of)),
        (LOG_TIME, "mentorship", lambda pair, of: some_time(pair, mentorship_id=of)),
        (
            SUBMIT_PREPARATION,
            "check-in",
            lambda pair, of: SubmitPreparation(check_in_id=of, summary="x", questions=("y",)),
        ),
        (
            ATTEST_ATTENDANCE,
            "check-in",
            lambda pair, of: AttestAttendance(check_in_id=of, attendance=Attendance.BOTH_PRESENT),
        ),
        (SUBMIT_REVIEW, "review", lambda pair, of: SubmitReview(review_id=of, rating=4, text="x")),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
async def test_strangers_meet_the_same_refusal_as_for_an_unknown_id(
    pair: Pair, operation: Operation[Any, Any], kind: str, request_of: Any
) -> None:
    made = {"mentorship": pair.mentorship_id}
    made |= {"check-in": (await a_check_in(pair, starts=-HOUR)).id, "review": (await a_review(pair)).id}
    strangers = [(token, made[kind]) for token in (pair.olga, pair.tom, pair.priya, pair.cycle)]
    told = set()
    for token, object_id in (*strangers, (pair.olga, "unknown"), (pair.maria, "unknown")):
        with pytest.raises(NotFound) as refused:
            await pair.call(operation, token, request_of(pair, object_id))
        told.add((refused.value.message.replace(object_id, "X"), refused.value.field))
    assert len(told) == 1
