"""A win is noticed once, however often and in whatever order the events that show it come."""

import msgspec

from contracts.goals import ActionCompleted
from contracts.wire import Envelope
from kit.mongo import Database
from services.goals.actions import growth
from tests.builders import NOW
from tests.goals.test_accepting import a_context


def completed_early(event_id: str) -> tuple[ActionCompleted, Envelope]:
    fact = ActionCompleted(mentorship_id="mentorship-1", action_item_id="item-1", owner_id="maria", days_early=3)
    return fact, Envelope(
        id=event_id, source="/goals", type=fact.topic, subject="item-1", time=NOW, orgid="acme", sequence=2,
        data=msgspec.Raw(msgspec.json.encode(fact)), actorid="maria",
    )  # fmt: skip


async def test_an_item_done_early_is_celebrated_once(database: Database) -> None:
    context = await a_context(database)
    for event_id in ("event-1", "event-1", "event-2"):
        await growth.notice_wins(context, *completed_early(event_id))
    (win,) = await context.store.wins.all("acme", {"mentorshipId": "mentorship-1"}, limit=10)
    assert (win.owner_id, win.action_item_id, win.celebrated_at) == ("maria", "item-1", NOW)
