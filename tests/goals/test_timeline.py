"""The timeline: one entry for each event, in the order of what happened, whatever order it was heard in."""

from datetime import datetime, timedelta

import pytest

from contracts.goals import GoalAgreed, TimelineEntry
from contracts.identity import MentorshipPhaseChanged, OfMentorships, Phase
from contracts.wire import Event
from kit.mongo import Database
from services.goals.actions import Context, timeline
from services.goals.model.timeline import entry_of
from tests.builders import NOW, a_caller, a_card
from tests.goals.events import a_context, envelope

CARD = a_card()
GOAL_AGREED = GoalAgreed(mentorship_id=CARD.id, goal_id="goal-1", owner_id="maria")


@pytest.fixture
async def context(database: Database) -> Context:
    """The service's actions on a database of their own."""
    context = a_context(database)
    await context.store.timeline.prepare()
    return context


async def hear(context: Context, number: int, event: Event, at: datetime) -> None:
    await timeline.hear_event(context, event, envelope(number, event, at))


async def read(context: Context, user_id: str, first: int = 100, after: str | None = None) -> list[TimelineEntry]:
    request = OfMentorships(mentorship_ids=(CARD.id,), first=first, after=after)
    (page,) = await timeline.timeline(context).pages(
        a_caller(user_id), request.mentorship_ids, first=first, after=after
    )
    assert page is not None
    return list(page.items)


def test_the_phase_that_was_entered_is_known_and_nothing_else() -> None:
    fact = MentorshipPhaseChanged(mentorship=CARD, phase=Phase.ACTIVE)
    entry = entry_of(fact, envelope(1, fact, NOW))
    assert (entry.mentorship_id, entry.topic, entry.phase, entry.at) == (CARD.id, fact.topic, Phase.ACTIVE, NOW)
    assert entry_of(GOAL_AGREED, envelope(2, GOAL_AGREED, NOW)).phase is None


async def test_the_newest_comes_first_whatever_was_heard_first(context: Context) -> None:
    for number in (3, 1, 4, 2, 0):
        await hear(context, number, GOAL_AGREED, NOW + timedelta(seconds=number))
    assert [entry.id for entry in await read(context, "maria")] == [f"event-{each}" for each in (4, 3, 2, 1, 0)]


async def test_an_event_heard_twice_is_one_entry(context: Context) -> None:
    for _ in range(2):
        await hear(context, 1, GOAL_AGREED, NOW)
    assert [entry.id for entry in await read(context, "sofia")] == ["event-1"]


async def test_pages_meet_every_entry_once_though_something_older_is_heard_between(context: Context) -> None:
    for number in (1, 2, 4):
        await hear(context, number, GOAL_AGREED, NOW + timedelta(seconds=number))
    (page,) = await timeline.timeline(context).pages(a_caller(), (CARD.id,), first=2, after=None)
    assert page is not None
    assert page.has_next
    await hear(context, 0, GOAL_AGREED, NOW)
    rest = await read(context, "maria", after=page.end_cursor)
    assert [entry.id for entry in (*page.items, *rest)] == ["event-4", "event-2", "event-1", "event-0"]


async def test_nobody_but_the_two_sees_it(context: Context) -> None:
    await hear(context, 1, GOAL_AGREED, NOW)
    for caller in (
        a_caller("olga"),
        a_caller("maria", org_id="other"),
        a_caller("priya", roles=("programme_manager",)),
    ):
        assert await timeline.timeline(context).pages(caller, (CARD.id,), first=5, after=None) == (None,)
