"""Mentorships: proposed, answered, and moved from phase to phase."""

from datetime import datetime, timedelta

import msgspec

from contracts.errors import Conflict, Invalid
from contracts.identity import (
    MatchAccepted,
    MatchDeclined,
    MatchProposed,
    MatchReason,
    Mentorship,
    MentorshipCard,
    Party,
    Phase,
    PhaseChange,
    PinnedTerms,
    Programme,
    ProgrammePolicy,
    ProposeMentorship,
)
from contracts.wire import Change, evolve

LONGEST = timedelta(days=3 * 366)
MOST_IN_A_ROW = 20


def check_policy(policy: ProgrammePolicy) -> None:
    """Refuse durations that contradict each other."""
    for name, value in msgspec.structs.asdict(policy).items():
        spans = value if isinstance(value, tuple) else (value,)
        if any(isinstance(span, timedelta) and not timedelta() < span <= LONGEST for span in spans):
            raise Invalid(f"{name} must be longer than nothing and at most three years.", field=name)
    if policy.closing_lead >= policy.length:
        raise Invalid("Closing cannot take as long as the whole cycle. Shorten closing_lead.", field="closingLead")
    if policy.signature_deadline > policy.not_started_after:
        raise Invalid("A cycle cannot lapse before its signatures are due.", field="notStartedAfter")
    for name in ("stale_goal_cadences", "missed_escalated", "missed_at_risk", "help_working_days"):
        if not 1 <= getattr(policy, name) <= MOST_IN_A_ROW:
            raise Invalid(f"{name} must be from 1 to {MOST_IN_A_ROW}.", field=name)
    if not policy.silence <= policy.inactivity_escalated <= policy.inactivity_notice:
        raise Invalid("Silence escalates step by step; put its steps in order.", field="inactivityNotice")
    if policy.preparation_due > policy.preparation_asked:
        raise Invalid("Preparation must be asked for before it is due.", field="preparationDue")


def propose(
    mentorship_id: str,
    programme: Programme,
    request: ProposeMentorship,
    at: datetime,
    *,
    reasons: tuple[MatchReason, ...] = (),
) -> Change[Mentorship]:
    """A pair, waiting for both to say yes."""
    if request.mentor_id == request.mentee_id:
        raise Invalid("Mentor and mentee are the same person. Choose two people.", field="menteeId")
    mentorship = Mentorship(
        id=mentorship_id,
        org_id=programme.org_id,
        programme_id=programme.id,
        mentor_id=request.mentor_id,
        mentee_id=request.mentee_id,
        party_ids=(request.mentor_id, request.mentee_id),
        policy=programme.policy,
        phases=(PhaseChange(phase=Phase.PROPOSED, at=at),),
        reasons=reasons,
        created_at=at,
    )
    return Change(mentorship, (MatchProposed(mentorship_id=mentorship_id, mentorship=card_of(mentorship)),))


def request_mentor(
    mentorship_id: str,
    programme: Programme,
    request: ProposeMentorship,
    at: datetime,
    *,
    reasons: tuple[MatchReason, ...],
) -> Change[Mentorship]:
    """A mentee asks a mentor: a proposal with the mentee's yes. It holds no seat before the mentor's."""
    proposed = propose(mentorship_id, programme, request, at, reasons=reasons)
    asked = accept(msgspec.structs.replace(proposed.state, requested=True), Party.MENTEE)
    return Change(asked.state, (*proposed.events, *asked.events))


def withdraw_request(mentorship: Mentorship) -> Change[Mentorship]:
    """The mentee takes the question back; the cycle ends it."""
    if not mentorship.requested or Party.MENTOR in mentorship.accepted:
        raise Conflict(
            f"The mentorship {mentorship.id} is no question that waits for the mentor's answer."
            " To end what you both want, talk to your programme manager."
        )
    return decline(mentorship, Party.MENTEE)


def accept(mentorship: Mentorship, party: Party) -> Change[Mentorship]:
    """One yes."""
    card_of(mentorship).need(Phase.PROPOSED)
    if party in mentorship.accepted:
        raise Conflict(f"You have accepted the mentorship {mentorship.id} already.")
    accepted = evolve(mentorship, accepted=(*mentorship.accepted, party))
    return Change(accepted, (MatchAccepted(mentorship_id=mentorship.id, mentorship=card_of(accepted), party=party),))


def decline(mentorship: Mentorship, party: Party) -> Change[Mentorship]:
    """One no; the cycle ends it."""
    card_of(mentorship).need(Phase.PROPOSED)
    declined = evolve(mentorship)
    return Change(declined, (MatchDeclined(mentorship_id=mentorship.id, mentorship=card_of(declined), party=party),))


def card_of(mentorship: Mentorship) -> MentorshipCard:
    """What the other parts keep of it."""
    return MentorshipCard(
        id=mentorship.id,
        org_id=mentorship.org_id,
        programme_id=mentorship.programme_id,
        mentor_id=mentorship.mentor_id,
        mentee_id=mentorship.mentee_id,
        phase=mentorship.phase,
        policy_version=mentorship.policy.version,
        terms=PinnedTerms.of(mentorship.policy),
        version=mentorship.version,
    )
