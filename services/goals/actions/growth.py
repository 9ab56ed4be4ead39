"""Wins, skills, outcomes and the journal."""

from dataclasses import replace
from functools import partial

from contracts.goals import (
    ActionCompleted,
    AssessSkill,
    CelebrateWin,
    GoalFact,
    JournalEntry,
    Outcome,
    RecordOutcome,
    Skill,
    VerifyOutcome,
    Win,
    WriteJournal,
)
from contracts.identity import MentorshipCard, Phase
from contracts.policy import Act
from contracts.sessions import Visibility
from contracts.wire import Caller, Envelope
from kit.command import Stamp, natural_id, stamp, stamp_of_event
from kit.window import Window
from services.goals.actions import WORKING, Context
from services.goals.model import growth, wins
from services.goals.model.policy import Kind

SINCE_THE_START = (*WORKING, Phase.CLOSED, Phase.ALUMNI)  # a promotion may come after the last meeting


async def celebrate_win(context: Context, caller: Caller, request: CelebrateWin) -> Win:
    """A party celebrates."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.GROWTH)
    at = context.clock.now()
    return await context.store.wins.create(
        stamp(caller, request, at), lambda new_id: wins.celebrate_win(new_id, card, request, caller.user_id, at)
    )


async def notice_wins(context: Context, fact: GoalFact | ActionCompleted, envelope: Envelope) -> None:
    """Celebrate what an event shows, each win once however often the event comes."""
    goal = await context.store.goals.find(envelope.orgid, fact.goal_id) if isinstance(fact, GoalFact) else None
    org_id, mentorship_id, at = envelope.orgid, fact.mentorship_id or "", envelope.time
    for noticed in wins.noticed_in(fact, goal):
        celebrate = partial(wins.celebrate_noticed, org_id=org_id, mentorship_id=mentorship_id, noticed=noticed, at=at)
        win_id = natural_id("win", mentorship_id, *noticed.names)
        await context.store.wins.create(stamp_of_event(envelope, win_id), celebrate, new_id=win_id)


async def assess_skill(context: Context, caller: Caller, request: AssessSkill) -> Skill:
    """A party says how it sees a skill; its name is the same however it is capitalised."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.GROWTH)
    party, at, skills = card.side_of(caller), context.clock.now(), context.store.skills
    skill_id = natural_id("skill", card.id, party, request.skill.strip().casefold())
    opening = Stamp(org_id=caller.org_id, actor_id=caller.name, at=at)
    await skills.create(
        opening, lambda new_id: growth.open_skill(new_id, card, request.skill, party, at), new_id=skill_id
    )
    stored = await skills.load(caller.org_id, skill_id)
    return await skills.amend(stored, stamp(caller, request, at), lambda skill: growth.assess_skill(skill, request, at))


async def record_outcome(context: Context, caller: Caller, request: RecordOutcome) -> Outcome:
    """A party writes down what came of it."""
    card = await context.writing(caller, request.mentorship_id, SINCE_THE_START, Kind.GROWTH)
    at = context.clock.now()
    return await context.store.outcomes.create(
        stamp(caller, request, at), lambda new_id: growth.record_outcome(new_id, card, request, caller.user_id, at)
    )


async def verify_outcome(context: Context, caller: Caller, request: VerifyOutcome) -> Outcome:
    """The other party confirms it."""
    stored = await context.store.outcomes.load(caller.org_id, request.outcome_id)
    await context.writing_at(caller, stored.record, SINCE_THE_START, Kind.GROWTH)
    at = context.clock.now()
    return await context.store.outcomes.amend(
        stored, stamp(caller, request, at), lambda outcome: growth.verify_outcome(outcome, caller.user_id, at)
    )


async def write_journal(context: Context, caller: Caller, request: WriteJournal) -> JournalEntry:
    """A party writes into its journal."""
    card = await context.writing(caller, request.mentorship_id, WORKING, Kind.SHARED_JOURNAL)
    at = context.clock.now()
    return await context.store.journal.create(
        stamp(caller, request, at), lambda new_id: growth.write_journal(new_id, card, request, caller.user_id, at)
    )


def journal(context: Context) -> Window[MentorshipCard, JournalEntry]:
    """Both look in; each sees the own entries and those that the other shared."""
    window = context.window(context.store.journal, Kind.SHARED_JOURNAL)

    def show(caller: Caller, card: MentorshipCard, entry: JournalEntry) -> JournalEntry | None:
        kind = Kind.SHARED_JOURNAL if entry.visibility is Visibility.SHARED else Kind.PRIVATE_JOURNAL
        return entry if context.allows(caller, card, Act.READ, kind, entry.author_id) else None

    return replace(window, show=show)
