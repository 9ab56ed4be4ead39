"""What the goals service does: load, decide, save. One function for each operation or event."""

from dataclasses import dataclass

from contracts.goals import (
    AcknowledgeFeedback,
    ActionItem,
    AddActionItem,
    AgreeGoal,
    CompleteActionItem,
    DraftGoal,
    Feedback,
    GiveFeedback,
    Goal,
    LogProgress,
    ProposeGoal,
)
from contracts.identity import MentorshipCard, MentorshipFact, OfMentorships, Party, Phase
from contracts.wire import ByIds, Caller, Envelope, Page
from kit.clock import Clock
from kit.command import stamp
from kit.mongo import Aggregates
from kit.window import Window
from services.goals.model import feedback, goals, items
from services.goals.store import Store

SETTING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE)
WORKING = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.CLOSING)


@dataclass(frozen=True)
class Context:
    """What the actions work with."""

    store: Store
    clock: Clock


async def draft_goal(context: Context, caller: Caller, request: DraftGoal) -> Goal:
    """The mentee writes a goal down."""
    card = await _seated(context, caller, request.mentorship_id, SETTING, only=Party.MENTEE)
    at = context.clock.now()
    by = stamp(caller, request, at)
    return await context.store.goals.create(by, lambda new_id: goals.draft_goal(new_id, card, request, at))


async def propose_goal(context: Context, caller: Caller, request: ProposeGoal) -> Goal:
    """The mentee proposes it."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await _seated(context, caller, goal.record.mentorship_id, SETTING, only=Party.MENTEE)
    at = context.clock.now()
    return await context.store.goals.amend(goal, stamp(caller, request, at), goals.propose_goal)


async def agree_goal(context: Context, caller: Caller, request: AgreeGoal) -> Goal:
    """The mentor agrees to it."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await _seated(context, caller, goal.record.mentorship_id, SETTING, only=Party.MENTOR)
    at = context.clock.now()
    return await context.store.goals.amend(goal, stamp(caller, request, at), lambda goal: goals.agree_goal(goal, at))


async def log_progress(context: Context, caller: Caller, request: LogProgress) -> Goal:
    """The mentee enters a value."""
    goal = await context.store.goals.load(caller.org_id, request.goal_id)
    await _seated(context, caller, goal.record.mentorship_id, WORKING, only=Party.MENTEE)
    at = context.clock.now()
    by = stamp(caller, request, at)
    entry_id = by.new_id("progress-entry")
    return await context.store.goals.amend(
        goal, by, lambda goal: goals.log_progress(goal, entry_id, request, caller.user_id, at)
    )


async def add_action_item(context: Context, caller: Caller, request: AddActionItem) -> ActionItem:
    """A party adds an item for itself or the other."""
    card = await _seated(context, caller, request.mentorship_id, WORKING)
    at = context.clock.now()
    return await context.store.action_items.create(
        stamp(caller, request, at), lambda new_id: items.add_action_item(new_id, card, request, caller.user_id, at)
    )


async def complete_action_item(context: Context, caller: Caller, request: CompleteActionItem) -> ActionItem:
    """The owner completes an item."""
    item = await context.store.action_items.load(caller.org_id, request.action_item_id)
    await _seated(context, caller, item.record.mentorship_id, WORKING)
    at = context.clock.now()
    return await context.store.action_items.amend(
        item, stamp(caller, request, at), lambda item: items.complete_action_item(item, caller.user_id, at)
    )


async def give_feedback(context: Context, caller: Caller, request: GiveFeedback) -> Feedback:
    """A party gives the other feedback."""
    card = await _seated(context, caller, request.mentorship_id, WORKING)
    party, at = card.seat_of(caller), context.clock.now()
    return await context.store.feedback.create(
        stamp(caller, request, at), lambda new_id: feedback.give_feedback(new_id, card, request, party, at)
    )


async def acknowledge_feedback(context: Context, caller: Caller, request: AcknowledgeFeedback) -> Feedback:
    """The recipient acknowledges feedback."""
    given = await context.store.feedback.load(caller.org_id, request.feedback_id)
    await _seated(context, caller, given.record.mentorship_id, WORKING)
    at = context.clock.now()
    return await context.store.feedback.amend(
        given, stamp(caller, request, at), lambda word: feedback.acknowledge_feedback(word, caller.user_id, at)
    )


async def get_goals(context: Context, caller: Caller, request: ByIds) -> tuple[Goal, ...]:
    """Goals by id."""
    return await _window(context, context.store.goals).get(caller, request)


async def get_action_items(context: Context, caller: Caller, request: ByIds) -> tuple[ActionItem, ...]:
    """Action items by id."""
    return await _window(context, context.store.action_items).get(caller, request)


async def get_feedback(context: Context, caller: Caller, request: ByIds) -> tuple[Feedback, ...]:
    """Feedback by id."""
    return await _window(context, context.store.feedback).get(caller, request)


async def list_goals(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Goal] | None, ...]:
    """A page of goals for each mentorship."""
    window = _window(context, context.store.goals)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_action_items(
    context: Context, caller: Caller, request: OfMentorships
) -> tuple[Page[ActionItem] | None, ...]:
    """A page of action items for each mentorship."""
    window = _window(context, context.store.action_items)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def list_feedback(context: Context, caller: Caller, request: OfMentorships) -> tuple[Page[Feedback] | None, ...]:
    """A page of feedback for each mentorship."""
    window = _window(context, context.store.feedback)
    return await window.pages(caller, request.mentorship_ids, first=request.first, after=request.after)


async def keep_mentorship(context: Context, fact: MentorshipFact, envelope: Envelope) -> None:
    """Remember who the two are and where their mentorship stands."""
    await context.store.mentorships.keep(envelope.orgid, fact.mentorship)


async def _seated(
    context: Context, caller: Caller, mentorship_id: str, phases: tuple[Phase, ...], *, only: Party | None = None
) -> MentorshipCard:
    """The mentorship, if the caller sits on the right side of it and it is in one of these phases."""
    card = await context.store.mentorships.get(caller.org_id, mentorship_id, lambda card: card.phase in phases)
    card.seat_of(caller, only=only)
    card.need(*phases)
    return card


def _window[R: (Goal, ActionItem, Feedback)](context: Context, aggregates: Aggregates[R]) -> Window[MentorshipCard, R]:
    """The pair sees everything of its mentorship here, and nobody else sees anything."""
    return Window(
        aggregates=aggregates,
        parents=context.store.mentorships,
        field="mentorshipId",
        parent_of=lambda record: record.mentorship_id,
        enter=lambda caller, card: card.party_of(caller.user_id) is not None,
        show=lambda caller, card, record: record if card.party_of(caller.user_id) else None,
    )
