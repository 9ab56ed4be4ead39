"""Accepted feedback leads to its action item even where the process ended between the two writes."""

from typing import Any

import msgspec

from contracts.goals import AcceptFeedback, ActionItem, Feedback, FeedbackAccepted, PlannedAction
from contracts.wire import Change, Envelope
from kit.audit import Trail
from kit.clock import Clock
from kit.command import Stamp, natural_id
from kit.mongo import Database
from services.goals.actions import Context
from services.goals.actions import feedback as actions
from services.goals.model import feedback
from services.goals.store import Store
from tests.builders import NOW, a_caller, a_card
from tests.goals.test_feedback import PLAN, taken_in


async def a_context(database: Database) -> Context:
    """Actions on a database of their own, which ask nobody."""
    nobody: Any = None
    store = Store(database, nobody, lambda: None)
    await store.mentorships.keep("acme", a_card())
    return Context(store, Clock(), nobody, Trail(database, "goals"))


async def stored(context: Context, word: Feedback) -> None:
    by = Stamp(org_id="acme", actor_id="maria", at=NOW)
    await context.store.feedback.create(by, lambda _: Change(word), new_id=word.id)


def accepted_envelope(item_id: str) -> tuple[FeedbackAccepted, Envelope]:
    fact = FeedbackAccepted(
        mentorship_id="mentorship-1", feedback_id="feedback-1", author_id="sofia", recipient_id="maria",
        action_item_id=item_id,
    )  # fmt: skip
    return fact, Envelope(
        id="event-1", source="/goals", type=fact.topic, subject="feedback-1", time=NOW, orgid="acme", sequence=3,
        data=msgspec.Raw(msgspec.json.encode(fact)), actorid="maria",
    )  # fmt: skip


async def items_of(context: Context) -> list[ActionItem]:
    page = await context.store.action_items.page("acme", {"mentorshipId": "mentorship-1"}, first=10, after=None)
    return list(page.items)


async def test_the_event_leads_to_the_item_where_the_process_ended_before_the_second_write(database: Database) -> None:
    context = await a_context(database)
    item_id = natural_id("action-item", "feedback", "feedback-1")
    await stored(context, feedback.accept_feedback(taken_in(), item_id, PLAN, "maria", NOW).state)
    assert await items_of(context) == []

    for _ in range(2):  # it may be delivered again
        await actions.add_accepted_item(context, *accepted_envelope(item_id))
    (item,) = await items_of(context)
    assert (item.id, item.feedback_id, item.owner_id) == (item_id, "feedback-1", "maria")


async def test_the_event_changes_nothing_where_the_item_is_there_already(database: Database) -> None:
    context = await a_context(database)
    await stored(context, taken_in())
    plan = PlannedAction(title="Pause", due=context.clock.now().date())
    accepted = await actions.accept_feedback(
        context, a_caller("maria"), AcceptFeedback(feedback_id="feedback-1", create_action=plan)
    )
    before = await items_of(context)
    assert accepted.action_item_id is not None
    await actions.add_accepted_item(context, *accepted_envelope(accepted.action_item_id))
    assert await items_of(context) == before
    assert [item.title for item in before] == ["Pause"]
