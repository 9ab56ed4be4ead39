"""Many writers of one person's time at once, in two processes' worth of queues, on a real server."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest

from contracts.errors import Conflict, Refusal
from contracts.identity import MentorshipCard
from contracts.sessions import EditTime, LogTime, TimeClaimed, TimeEntry, TimeKind, TimeState, WithdrawTime
from contracts.wire import Envelope
from kit.clock import Clock
from kit.command import stamp, until_fresh
from kit.mongo import Database
from services.sessions.actions import Context, times
from services.sessions.model import times as model
from services.sessions.store import Store
from tests.builders import NOW, a_caller, a_card

HOUR = timedelta(hours=1)


@pytest.fixture
async def processes(database: Database) -> list[Context]:
    """As two processes have them: the same database, queues of their own."""

    async def ask(_: str, mentorship_id: str) -> MentorshipCard | None:
        return a_card(id=mentorship_id)

    nobody: Any = None  # time is decided without asking another part
    contexts = [Context(Store(database, ask, lambda: None), Clock(), nobody, nobody, nobody, nobody) for _ in range(2)]
    for aggregates in contexts[0].store.kept:
        await aggregates.prepare()
    return contexts


async def attempt(context: Context, request: LogTime) -> TimeEntry | Refusal:
    try:
        return await until_fresh(partial(times.log_time, context, a_caller(), request))
    except Refusal as refused:
        return refused


def some_time(context: Context, **fields: object) -> LogTime:
    defaults = {"mentorship_id": "one", "kind": TimeKind.ASYNC, "started_at": context.clock.now() - HOUR, "minutes": 30}
    return LogTime(**{**defaults, **fields})  # type: ignore[arg-type]


async def counting(context: Context) -> list[TimeEntry]:
    entries = await context.store.time_entries.all("acme", {"personId": "maria"}, limit=100)
    return [entry for entry in entries if entry.state is TimeState.LOGGED]


async def test_of_twenty_that_overlap_one_is_logged(processes: list[Context]) -> None:
    start = processes[0].clock.now() - 3 * HOUR
    answers = await asyncio.gather(
        *(
            attempt(
                processes[number % 2],
                some_time(processes[0], started_at=start + timedelta(minutes=number), mentorship_id=f"m{number % 3}"),
            )
            for number in range(20)
        )
    )
    (won,) = [answer for answer in answers if isinstance(answer, TimeEntry)]
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 19
    assert all(won.id in answer.message for answer in refused)
    assert [entry.id for entry in await counting(processes[0])] == [won.id]


async def test_of_twenty_that_touch_all_are_logged(processes: list[Context]) -> None:
    start = processes[0].clock.now() - 10 * HOUR
    answers = await asyncio.gather(
        *(
            attempt(processes[number % 2], some_time(processes[0], started_at=start + number * HOUR / 2))
            for number in range(20)
        )
    )
    assert all(isinstance(answer, TimeEntry) for answer in answers), answers
    assert sum(entry.minutes for entry in await counting(processes[0])) == 20 * 30


async def test_an_entry_that_a_dead_process_left_out_is_made_by_the_event(processes: list[Context]) -> None:
    context = processes[0]
    logged = await attempt(context, some_time(context))
    assert isinstance(logged, TimeEntry)
    await context.store.time_entries.collection.delete_one({"_id": logged.id, "org_id": "acme"})
    fact = TimeClaimed(time_entry_id=logged.id, person_id="maria")
    for _ in range(2):
        await times.follow_timesheet(context, fact, an_envelope_of(fact))
    (made,) = await counting(context)
    assert (made.id, made.started_at, made.minutes) == (logged.id, logged.started_at, logged.minutes)


async def test_time_that_a_dead_process_did_not_free_is_freed_by_the_event(processes: list[Context]) -> None:
    context = processes[0]
    logged = await attempt(context, some_time(context))
    assert isinstance(logged, TimeEntry)
    stored = await context.store.time_entries.load("acme", logged.id)
    withdrawn = WithdrawTime(time_entry_id=logged.id)
    by = stamp(a_caller(), withdrawn, context.clock.now())
    await context.store.time_entries.amend(stored, by, partial(model.withdraw, by="maria"))
    assert isinstance(await attempt(context, some_time(context)), Conflict)
    fact = TimeClaimed(time_entry_id=logged.id, person_id="maria")
    await times.follow_timesheet(context, fact, an_envelope_of(fact))
    assert isinstance(await attempt(context, some_time(context)), TimeEntry)


async def test_a_repeated_edit_takes_effect_once(processes: list[Context]) -> None:
    context = processes[0]
    logged = await attempt(context, some_time(context))
    assert isinstance(logged, TimeEntry)
    request = EditTime(time_entry_id=logged.id, minutes=10, expected_version=1, idempotency_key="k")
    answers = [await times.edit_time(context, a_caller(), request) for _ in range(3)]
    assert [(answer.minutes, answer.version) for answer in answers] == [(10, 2)] * 3


def an_envelope_of(fact: TimeClaimed) -> Envelope:
    data = msgspec.Raw(msgspec.json.encode(fact))
    return Envelope(
        id="event-1", source="/sessions", type=fact.topic, subject="sheet", time=NOW, orgid="acme", sequence=1,
        data=data, actorid="maria",
    )  # fmt: skip
