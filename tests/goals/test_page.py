"""Opening a mentorship's page: as many calls to the store for much as for little."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pymongo import monitoring
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from contracts.goals import (
    ActionItem,
    AddActionItem,
    CommitmentsOf,
    Feedback,
    FeedbackKind,
    Goal,
    OpenCommitment,
    Promise,
)
from contracts.identity import Mentorship, MentorshipCard, Party
from contracts.wire import ByIds, Caller, Change
from deploy.local.backends import Backends
from kit.audit import Trail
from kit.clock import Clock
from kit.command import Stamp, natural_id
from kit.mongo import connect
from services.goals.actions import Context, feedback, goals, items, ledger, scores
from services.goals.model import items as item_model
from services.goals.store import Store
from tests.builders import NOW, a_caller, a_card, a_goal

CARD = a_card()
MARIA = a_caller()
CYCLE = Caller(org_id=CARD.org_id, part="workflows")


class Counting(CommandListener):
    """Counts what is sent to the database."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        """One call, or one page more of the same."""
        self.sent.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to count."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to count."""


COUNTING = Counting()
monitoring.register(COUNTING)


@pytest.fixture
async def context(backends: Backends, request: pytest.FixtureRequest) -> AsyncIterator[Context]:
    """The service's actions on a database of their own, with every call counted."""

    async def ask_card(_org_id: str, _mentorship_id: str) -> MentorshipCard:
        return CARD

    async def ask_mentorship(_org_id: str, _mentorship_id: str) -> Mentorship | None:
        return None

    client, database = connect(backends["mongodb"].url, f"test_page_{natural_id(request.node.name)[:8]}")
    store = Store(database, ask_card, lambda: None)
    for each in store.aggregates:
        await each.prepare()
    await store.mentorships.keep(CARD.org_id, CARD)
    yield Context(store, Clock(), ask_mentorship, Trail(database, "goals"))
    client.close()


async def _fill(context: Context, count: int, since: int = 0) -> None:
    store, by = context.store, Stamp(org_id=CARD.org_id, actor_id="maria", at=NOW)
    for number in range(since, count):
        await store.goals.create(by, _goal, new_id=f"goal-{number}")
        await store.feedback.create(by, _feedback, new_id=f"feedback-{number}")
        await store.action_items.create(by, _item, new_id=f"item-{number}")
        due = NOW + timedelta(weeks=number)
        opening = OpenCommitment(
            at=NOW,
            mentorship_id=CARD.id,
            party=Party.MENTEE,
            promise=Promise.LOG_PROGRESS,
            cause_id=f"week-{number}",
            due=due,
        )
        await ledger.open_commitment(context, CYCLE, opening)


def _goal(new_id: str) -> Change[Goal]:
    return Change(a_goal(id=new_id))


def _item(new_id: str) -> Change[ActionItem]:
    request = AddActionItem(mentorship_id=CARD.id, owner_id="maria", title="Do", due=NOW.date())
    return item_model.add_action_item(new_id, CARD, request, "maria", NOW)


def _feedback(new_id: str) -> Change[Feedback]:
    return Change(
        Feedback(
            id=new_id,
            org_id=CARD.org_id,
            mentorship_id=CARD.id,
            author_id=CARD.mentor_id,
            recipient_id=CARD.mentee_id,
            kind=FeedbackKind.STRENGTH,
            situation="s",
            behaviour="b",
            impact="i",
            given_at=NOW,
        )
    )


async def _open_page(context: Context) -> int:
    before = len(COUNTING.sent)
    of, ids = CommitmentsOf(mentorship_ids=(CARD.id,), first=100), ByIds(ids=(CARD.id,))
    shown = [
        await goals.list_goals(context, MARIA, of),
        await items.list_action_items(context, MARIA, of),
        await feedback.list_feedback(context, MARIA, of),
        await ledger.list_commitments(context, MARIA, of),
    ]
    assert all(page[0] and page[0].items for page in shown)
    (explained,) = await ledger.explain_scores(context, MARIA, ids)
    assert explained
    return len(COUNTING.sent) - before


async def test_the_calls_to_the_store_do_not_grow_with_the_data(context: Context) -> None:
    await _fill(context, 3)
    few = await _open_page(context)
    await _fill(context, 60, since=3)
    many = await _open_page(context)
    assert few == many <= 15


async def test_a_score_is_not_worked_out_again_while_nothing_changes(context: Context) -> None:
    await _fill(context, 3)
    ids = ByIds(ids=(CARD.id,))
    (first,) = await ledger.explain_scores(context, MARIA, ids)
    (again,) = await ledger.explain_scores(context, MARIA, ids)
    await _fill(context, 4, since=3)
    (anew,) = await ledger.explain_scores(context, MARIA, ids)
    assert again is first
    assert anew is not first
    assert isinstance(context.scores, scores.Scores)
