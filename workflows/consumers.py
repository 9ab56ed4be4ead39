"""The events a cycle lives on: each becomes one fact, told to the cycle that it is about."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec.structs import replace

from contracts.errors import NotFound
from contracts.goals import (
    ActionBlocked,
    ActionCompleted,
    ActionCreated,
    ActionRenegotiated,
    ActionUnblocked,
    FeedbackAcknowledged,
    FeedbackCadenceSet,
    FeedbackGiven,
    GoalAbandoned,
    GoalAchieved,
    GoalAgreed,
    GoalRevised,
    HelpAnswered,
    HelpRequested,
    ProgressLogged,
)
from contracts.identity import (
    AgreementDrafted,
    AgreementSigned,
    Closure,
    ConductReported,
    EndRequested,
    MatchAccepted,
    MatchDeclined,
    MatchProposed,
    MentorChangeRequested,
    MentorReplaced,
    Mentorship,
    MentorshipExtended,
    MentorshipPaused,
    MentorshipResumed,
    Phase,
    mentorship_id_of,
)
from contracts.sessions import (
    AttendanceDisputed,
    BriefRead,
    CadenceChanged,
    CheckInCancelled,
    CheckInHeld,
    CheckInMissed,
    CheckInRescheduled,
    CheckInScheduled,
    NoteWritten,
    PreparationSubmitted,
    ReviewSubmitted,
    TimeOffAdded,
    TimeOffFact,
    TimeOffRemoved,
)
from contracts.wire import Envelope, Event
from kit.bus import Consumer
from kit.telemetry import current_traceparent, log
from workflows import facts
from workflows.engine import Cycles
from workflows.facts import Fact, Outcome, Told, Trace
from workflows.state import TERMINAL, Cycle

type Ask = Callable[[str, str], Awaitable[Mentorship | None]]
"""The mentorship of an organisation, by its id, from its owner."""


def _cadence_set(event: CadenceChanged) -> Fact:
    """The rhythm as the machine keeps it: the anchor is a wall time."""
    return facts.CadenceSet(
        rule=event.rule,
        starts_at=event.starts_at.replace(tzinfo=None),
        zone=event.zone,
        minutes=event.minutes,
        version=event.cadence_version,
        moves=True,
    )


def _settled(outcome: Outcome) -> Callable[[Any], Fact]:
    return lambda event: facts.Settled(check_in_id=event.check_in_id, index=event.index, outcome=outcome)


def _item_promised(event: ActionCreated) -> Fact:
    """An item without a day is nothing more than a sign of life."""
    if event.due is None:
        return facts.Lived()
    return facts.ItemPromised(item_id=event.action_item_id, owner_id=event.owner_id, due=event.due)


def _time_off(event: TimeOffFact) -> Fact:
    return facts.TimeOffHeard(
        time_off_id=event.time_off_id,
        first_day=event.first_day,
        last_day=event.last_day,
        is_removed=isinstance(event, TimeOffRemoved),
    )


FACTS: Mapping[type[Event], Callable[[Any], Fact | None]] = {
    MatchProposed: lambda _: None,  # the cycle's start itself
    MatchAccepted: lambda event: facts.Accepted(party=event.party),
    MatchDeclined: lambda event: facts.Declined(party=event.party),
    AgreementDrafted: lambda event: facts.Drafted(version=event.agreement_version),
    AgreementSigned: lambda event: facts.Signed(party=event.party, version=event.agreement_version),
    GoalAgreed: lambda event: facts.GoalAgreed(goal_id=event.goal_id),
    GoalRevised: lambda event: facts.GoalReopened(goal_id=event.goal_id),
    GoalAbandoned: lambda event: facts.GoalReopened(goal_id=event.goal_id),
    CadenceChanged: _cadence_set,
    CheckInScheduled: lambda event: facts.Scheduled(
        check_in_id=event.check_in_id, index=event.index, starts_at=event.starts_at
    ),
    CheckInRescheduled: lambda event: facts.Scheduled(
        check_in_id=event.check_in_id, index=event.index, starts_at=event.starts_at, minutes=event.minutes
    ),
    TimeOffAdded: _time_off,
    TimeOffRemoved: _time_off,
    CheckInCancelled: _settled(Outcome.CANCELLED),
    CheckInHeld: _settled(Outcome.HELD),
    CheckInMissed: _settled(Outcome.MISSED),
    AttendanceDisputed: _settled(Outcome.DISPUTED),
    ReviewSubmitted: lambda event: facts.Reviewed(
        kind=event.kind, index=event.index, party=event.party, complete=event.complete
    ),
    MentorshipPaused: lambda event: facts.Paused(started_at=event.started_at, until=event.until),
    MentorshipResumed: lambda event: facts.Resumed(started_at=event.started_at, ended_at=event.ended_at),
    EndRequested: lambda event: facts.EndAsked(closure=event.closure),
    ConductReported: lambda _: facts.EndAsked(closure=Closure.CONDUCT),
    MentorChangeRequested: lambda _: facts.ChangeAsked(),
    MentorReplaced: lambda event: facts.Replaced(
        mentor_id=event.mentorship.mentor_id, agreement_version=event.agreement_version
    ),
    MentorshipExtended: lambda event: facts.Extended(extended_by=event.extended_by),
    GoalAchieved: lambda event: facts.GoalMet(goal_id=event.goal_id),
    ProgressLogged: lambda event: facts.Progressed(goal_id=event.goal_id),
    FeedbackGiven: lambda _: facts.Lived(evidence=True),
    FeedbackAcknowledged: lambda _: facts.Lived(),
    FeedbackCadenceSet: lambda event: facts.FeedbackRhythm(
        rule=event.rule, starts_at=event.starts_at.replace(tzinfo=None), zone=event.zone, version=event.cadence_version
    ),
    HelpRequested: lambda event: facts.HelpAsked(
        help_request_id=event.help_request_id, asked_by=event.asked_by, due=event.due
    ),
    HelpAnswered: lambda event: facts.HelpGiven(help_request_id=event.help_request_id),
    ActionCreated: _item_promised,
    ActionRenegotiated: lambda event: facts.ItemMoved(item_id=event.action_item_id, due=event.due),
    ActionCompleted: lambda event: facts.ItemDone(item_id=event.action_item_id),
    ActionBlocked: lambda event: facts.ItemBlocked(item_id=event.action_item_id),
    ActionUnblocked: lambda event: facts.ItemUnblocked(item_id=event.action_item_id),
    PreparationSubmitted: lambda _: facts.Lived(),
    BriefRead: lambda _: facts.Lived(),
    NoteWritten: lambda _: facts.Lived(),
}


def fact_of(event: Event, sequence: int) -> Fact | None:
    """What a cycle hears of an event; `sequence` is its aggregate's version."""
    fact = FACTS[type(event)](event)
    if isinstance(fact, facts.GoalAgreed | facts.GoalReopened | facts.Scheduled | facts.TimeOffHeard):
        return replace(fact, sequence=sequence)
    return fact


class Hearing:
    """Brings events to cycles. Any event may begin the cycle of a proposed mentorship: their order does not matter."""

    def __init__(self, cycles: Cycles, ask: Ask) -> None:
        self._cycles = cycles
        self._ask = ask

    async def hear(self, event: Event, envelope: Envelope) -> None:
        """Tell the cycle, or start it with this."""
        mentorship_id = mentorship_id_of(event)
        if not mentorship_id:
            return
        fact = fact_of(event, envelope.sequence)
        trace = Trace(traceparent=current_traceparent(), correlation_id=envelope.correlationid)
        told = Told(event_id=envelope.id, fact=fact, trace=trace, at=envelope.time) if fact else None
        if told is None or not await self._cycles.tell(mentorship_id, told):
            await self._begin(envelope.orgid, mentorship_id, told, trace)

    async def _begin(self, org_id: str, mentorship_id: str, told: Told | None, trace: Trace) -> None:
        mentorship = await self._ask(org_id, mentorship_id)
        if mentorship is None:
            raise NotFound.of("mentorship", mentorship_id)
        if mentorship.phase is not Phase.PROPOSED:
            return _came_late(mentorship)
        if await self._cycles.start(Cycle.of(mentorship, trace=trace), told):
            log.info("cycle_started", mentorship_id=mentorship_id)
        return None


def _came_late(mentorship: Mentorship) -> None:
    """A cycle that is over hears nothing more; one that should run and does not is a defect, not a duplicate."""
    log.info("event_came_late", mentorship_id=mentorship.id, phase=mentorship.phase)
    if mentorship.phase not in TERMINAL:
        raise LookupError(f"The mentorship {mentorship.id} is in phase {mentorship.phase} but has no cycle")


def consumers(hearing: Hearing) -> list[Consumer[Any]]:
    """Every event that becomes a fact."""
    return [Consumer(event, hearing.hear) for event in FACTS]
