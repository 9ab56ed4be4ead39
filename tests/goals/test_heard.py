"""What cycles have heard: kept once, in the order of what happened, whole and without a word; for cycles alone."""

from datetime import date, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from contracts.errors import Refusal
from contracts.goals import ActionCreated, HeardEvent, HelpRequested, ProgressLogged
from contracts.identity import ConductReported, MentorReplaced, OfMentorships
from contracts.sessions import CheckInScheduled
from contracts.subscriptions import HEARD_SOURCES, SUBSCRIPTIONS
from contracts.wire import Caller, Event
from kit.mongo import Database
from services.goals.actions import Context, heard, reading
from services.goals.model.heard import CYCLES, heard_of
from services.goals.model.policy import Kind
from tests.builders import NOW, a_caller, a_card
from tests.goals.events import a_context, envelope

CARD = a_card()
LOGGED = ProgressLogged(mentorship_id=CARD.id, goal_id="goal-1", owner_id="maria", entry_id="entry-1")
WORKFLOWS = Caller(org_id=CARD.org_id, part="workflows")


@pytest.fixture
async def context(database: Database) -> Context:
    """The service's actions on a database of their own."""
    context = a_context(database)
    await context.store.heard.prepare()
    return context


async def read(context: Context, caller: Caller = WORKFLOWS, first: int = 100) -> list[HeardEvent] | None:
    look = reading.through(lambda store: store.heard, Kind.HEARD)
    found: list[HeardEvent] = []
    after: str | None = None
    while True:
        request = OfMentorships(mentorship_ids=(CARD.id,), first=first, after=after)
        (page,) = await reading.pages(context, look, caller, request)
        if page is None:
            return None
        found += page.items
        after = page.end_cursor
        if not page.has_next:
            return found


@pytest.mark.parametrize(
    "event",
    [
        LOGGED,
        ActionCreated(
            mentorship_id=CARD.id, action_item_id="a", owner_id="maria", added_by="sofia", due=date(2027, 3, 9)
        ),
        CheckInScheduled(mentorship_id=CARD.id, check_in_id="c", index=3, starts_at=NOW, minutes=30),
        MentorReplaced(mentorship=CARD, former_mentor_id="sofia", agreement_version=2),
    ],
)
def test_an_event_comes_out_as_it_went_in(event: Event) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(heard_of(event, envelope(1, event, NOW))), type=HeardEvent)
    assert msgspec.convert(kept.body, type(event)) == event
    assert (kept.mentorship_id, kept.topic, kept.at, kept.by_cycle) == (CARD.id, event.topic, NOW, False)


def test_what_the_cycle_itself_wanted_can_be_told_from_what_people_did() -> None:
    by_cycle = replace(envelope(1, LOGGED, NOW), actorid=CYCLES)
    assert heard_of(LOGGED, by_cycle).by_cycle


async def test_events_are_kept_once_and_read_in_the_order_of_what_happened(context: Context) -> None:
    for number in (3, 1, 3, 2, 0, 1):
        await heard.keep_event(context, LOGGED, envelope(number, LOGGED, NOW + timedelta(seconds=number)))
    for first in (100, 1, 3):
        found = await read(context, first=first)
        assert found is not None
        assert [each.id for each in found] == [f"event-{each}" for each in (0, 1, 2, 3)]


async def test_what_is_about_no_mentorship_is_not_kept(context: Context) -> None:
    nowhere = ProgressLogged(goal_id="goal-1", owner_id="maria", entry_id="entry-1")
    await heard.keep_event(context, nowhere, envelope(1, nowhere, NOW))
    assert await read(context) == []


async def test_nobody_but_the_part_that_lives_cycles_reads_it(context: Context) -> None:
    await heard.keep_event(context, LOGGED, envelope(1, LOGGED, NOW))
    for caller in (
        a_caller("maria"),
        a_caller("sofia"),
        a_caller("priya", roles=("programme_manager",)),
        Caller(org_id=CARD.org_id, part="sessions"),
        Caller(org_id="other", part="workflows"),
    ):
        try:
            assert await read(context, caller) is None
        except Refusal as refusal:
            pytest.fail(f"{caller.name} learned something: {refusal}")


def test_whatever_a_cycle_hears_the_journal_hears_too() -> None:
    assert set(HEARD_SOURCES) <= set(SUBSCRIPTIONS["goals"])
    assert set(SUBSCRIPTIONS["workflows"]) - set(HEARD_SOURCES) == {SUBSCRIPTIONS["workflows"][0]}
    assert {ConductReported, HelpRequested} <= set(HEARD_SOURCES)
