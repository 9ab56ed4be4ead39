"""What people and the cycle do to a running mentorship: pause, end, replace the mentor, extend, health.

The phase itself changes only where the cycle says so; what people ask for is recorded here and told to it.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from contracts.errors import Conflict, Forbidden, Invalid
from contracts.identity import (
    ChangePhase,
    ClosingReason,
    Closure,
    EndRequested,
    Handover,
    Health,
    HealthChanged,
    MentorAsked,
    MentorChangeRequested,
    MentorReplaced,
    Mentorship,
    MentorshipExtended,
    MentorshipFact,
    MentorshipPaused,
    MentorshipPhaseChanged,
    MentorshipResumed,
    MentorshipRetold,
    Party,
    Pause,
    PauseDeclined,
    PauseRequested,
    Phase,
    PhaseChange,
    ReplacementDeclined,
)
from contracts.wire import Change, evolve
from services.identity.model.mentorships import card_of

OPEN = (Phase.EXPECTATION_SETTING, Phase.ACTIVE, Phase.PAUSED, Phase.REMATCHING)
ANY_OPEN = (*OPEN, Phase.PROPOSED, Phase.CLOSING)
MOST_HANDOVERS = 10  # replaced mentors of one mentorship that wrote something down
EARLY = {Party.MENTEE: Closure.EARLY_BY_MENTEE, Party.MENTOR: Closure.EARLY_BY_MENTOR}
CLOSURES = {
    ClosingReason.PROGRAMME: Closure.BY_PROGRAMME,
    ClosingReason.INACTIVITY: Closure.INACTIVITY,
    ClosingReason.CONDUCT: Closure.CONDUCT,
}


def request_pause(mentorship: Mentorship, party: Party, until: datetime, by: str, at: datetime) -> Change[Mentorship]:
    """A leave that waits for an answer. Asking again changes what was asked for."""
    card_of(mentorship).need(Phase.ACTIVE)
    if until.tzinfo is None:
        raise Invalid("Say in which zone this is, like 2027-03-01T09:00:00+01:00.", field="until")
    if not timedelta() < until - at <= mentorship.policy.pause_longest:
        days = mentorship.policy.pause_longest.days
        raise Invalid(f"A pause ends in the future, at most {days} days from now.", field="until")
    if mentorship.pause is not None and mentorship.pause.waits and mentorship.pause.requested_by != by:
        raise Conflict("The other one of you has asked for a pause already. Answer that first.")
    pause = Pause(requested_by=by, requested_at=at, until=until)
    asked = evolve(mentorship, pause=pause)
    return Change(asked, (_fact(PauseRequested, asked, party=party, until=until),))


def answer_pause(mentorship: Mentorship, by: str, at: datetime, *, approve: bool) -> Change[Mentorship]:
    """Approved, it begins at this moment."""
    card_of(mentorship).need(Phase.ACTIVE)
    pause = mentorship.pause
    if pause is None or not pause.waits:
        raise Conflict(f"Nobody has asked for a pause of the mentorship {mentorship.id} that waits for an answer.")
    if by == pause.requested_by:
        raise Forbidden("Your own wish for a pause is answered by the other one of you or a programme manager.")
    if not approve:
        declined = evolve(mentorship, pause=replace(pause, declined_at=at))
        return Change(declined, (_fact(PauseDeclined, declined, requested_by=pause.requested_by, until=pause.until),))
    if pause.until <= at:
        raise Conflict("The pause that was asked for would be over already. Ask for another one.")
    paused = evolve(mentorship, pause=replace(pause, approved_by=by, started_at=at))
    return Change(paused, (_fact(MentorshipPaused, paused, started_at=at, until=pause.until),))


def resume(mentorship: Mentorship, at: datetime) -> Change[Mentorship]:
    """The leave is over: at its end by itself, or sooner where a party comes back."""
    pause = mentorship.pause
    if pause is None or pause.started_at is None or pause.ended_at is not None:
        raise Conflict(f"The mentorship {mentorship.id} has no pause that could end.")
    ended_at = max(pause.started_at, min(at, pause.until))
    resumed = evolve(mentorship, pause=replace(pause, ended_at=ended_at))
    fact = _fact(MentorshipResumed, resumed, started_at=pause.started_at, ended_at=ended_at)
    return Change(resumed, (fact,))


def is_on_leave(mentorship: Mentorship) -> bool:
    """Whether a pause has begun and not ended."""
    pause = mentorship.pause
    return pause is not None and pause.started_at is not None and pause.ended_at is None


def end_early(mentorship: Mentorship, party: Party) -> Change[Mentorship]:
    """One side ends it; where the other one said so too, both did."""
    card_of(mentorship).need(*OPEN, Phase.CLOSING)
    mine, other = EARLY[party], EARLY[Party.MENTOR if party is Party.MENTEE else Party.MENTEE]
    if mentorship.ending in {mine, Closure.EARLY_BY_AGREEMENT}:
        raise Conflict("You have said already that you end this mentorship.")
    if mentorship.phase is Phase.CLOSING and mentorship.ending is not other:
        raise Conflict(f"The mentorship {mentorship.id} is closing already.")
    return _ending(mentorship, Closure.EARLY_BY_AGREEMENT if mentorship.ending is other else mine)


def close(mentorship: Mentorship, reason: ClosingReason) -> Change[Mentorship]:
    """A programme manager closes it: conduct ends it at once, whatever else is going on."""
    card_of(mentorship).need(*(ANY_OPEN if reason is ClosingReason.CONDUCT else OPEN))
    closure = CLOSURES[reason]
    if mentorship.ending is closure:
        raise Conflict(f"The mentorship {mentorship.id} is being closed for this reason already.")
    return _ending(mentorship, closure)


def _ending(mentorship: Mentorship, closure: Closure) -> Change[Mentorship]:
    ending = evolve(mentorship, ending=closure)
    return Change(ending, (_fact(EndRequested, ending, closure=closure),))


def request_mentor_change(mentorship: Mentorship) -> Change[Mentorship]:
    """The cycle looks for another mentor from now on."""
    card_of(mentorship).need(Phase.ACTIVE, Phase.EXPECTATION_SETTING)
    asked = evolve(mentorship)
    return Change(asked, (_fact(MentorChangeRequested, asked),))


def hand_over(mentorship: Mentorship, text: str, by: str, at: datetime) -> Change[Mentorship]:
    """The mentor who leaves writes down what helps the next one; writing again replaces it."""
    card_of(mentorship).need(Phase.REMATCHING)
    others = tuple(each for each in mentorship.handovers if each.by != by)[-MOST_HANDOVERS + 1 :]
    return Change(evolve(mentorship, handovers=(*others, Handover(by=by, text=text, at=at))))


def ask_mentor(mentorship: Mentorship, new_mentor_id: str) -> Change[Mentorship]:
    """Somebody is asked to be the next mentor; asking another one takes the question back."""
    card_of(mentorship).need(Phase.REMATCHING)
    if new_mentor_id in mentorship.party_ids:
        raise Invalid("Choose somebody who is not one of the two.", field="newMentorId")
    asked = evolve(mentorship, next_mentor_id=new_mentor_id)
    return Change(asked, (_fact(MentorAsked, asked, next_mentor_id=new_mentor_id),))


def answer_replacement(mentorship: Mentorship, by: str, *, accept: bool) -> Change[Mentorship]:
    """A yes seats the new mentor at once, and the former one has no seat from that moment on."""
    card_of(mentorship).need(Phase.REMATCHING)
    if not accept:
        declined = evolve(mentorship, next_mentor_id=None)
        return Change(declined, (_fact(ReplacementDeclined, declined, next_mentor_id=by),))
    agreement = mentorship.agreement
    latest = mentorship.renegotiation or agreement
    unsigned = replace(agreement, version=latest.version + 1, signatures=()) if agreement and latest else None
    replaced = evolve(
        mentorship,
        mentor_id=by,
        party_ids=(by, mentorship.mentee_id),
        next_mentor_id=None,
        former_mentor_ids=(*mentorship.former_mentor_ids, mentorship.mentor_id),
        agreement=unsigned,
        renegotiation=None,
        ending=None,
    )
    fact = _fact(
        MentorReplaced,
        replaced,
        former_mentor_id=mentorship.mentor_id,
        agreement_version=unsigned.version if unsigned else 1,
    )
    return Change(replaced, (fact,))


def extend(mentorship: Mentorship, by: timedelta) -> Change[Mentorship]:
    """More time, within what the policy allows."""
    card_of(mentorship).need(Phase.ACTIVE)
    longest = mentorship.policy.extension_longest
    if by <= timedelta() or mentorship.extended_by + by > longest:
        left = longest - mentorship.extended_by
        raise Invalid(f"Extend by more than nothing and, in all, by at most {longest.days} days; {left.days} are left.",
                      field="by")  # fmt: skip
    extended = evolve(mentorship, extended_by=mentorship.extended_by + by)
    return Change(extended, (_fact(MentorshipExtended, extended, extended_by=extended.extended_by),))


def change_phase(mentorship: Mentorship, request: ChangePhase) -> Change[Mentorship]:
    """What the cycle decided; a repeat of the last decision changes nothing. Leaving a pause ends it."""
    if request.phase_version == mentorship.phase_version and request.phase is mentorship.phase:
        return Change(mentorship)
    holds = request.again and request.phase_version >= mentorship.phase_version
    if request.phase_version != mentorship.phase_version + 1 and not holds:
        raise Conflict(f"Phase version {request.phase_version} does not follow {mentorship.phase_version}.")
    on_leave = mentorship.phase is Phase.PAUSED and is_on_leave(mentorship)
    back = resume(mentorship, request.at) if on_leave else Change(mentorship)
    entry = PhaseChange(phase=request.phase, at=request.at)
    told_before = request.again and mentorship.phases[-1:] and mentorship.phases[-1].phase is request.phase
    changed = replace(
        back.state,
        version=mentorship.version + 1,
        phase=request.phase,
        phase_version=request.phase_version,
        phases=mentorship.phases if told_before else (*mentorship.phases, entry),
        closure=request.closure or mentorship.closure,
        gaps=request.gaps or mentorship.gaps,
    )
    fact = _retold(changed) if told_before else _entered(changed, request)
    return Change(changed, (*(replace(each, mentorship=card_of(changed)) for each in back.events), fact))


def _entered(changed: Mentorship, request: ChangePhase) -> MentorshipPhaseChanged:
    waits_for_signatures = request.phase is Phase.EXPECTATION_SETTING
    return _fact(
        MentorshipPhaseChanged,
        changed,
        phase=request.phase,
        closure=request.closure,
        due_at=request.at + changed.policy.signature_deadline if waits_for_signatures else None,
    )


def retell(mentorship: Mentorship, above: int) -> Change[Mentorship]:
    """Nothing changes but the version, which is newer than what any part believes in: so all of them take it."""
    newer = replace(mentorship, version=max(mentorship.version, above) + 1)
    return Change(newer, (_retold(newer),))


def _retold(mentorship: Mentorship) -> MentorshipRetold:
    return _fact(MentorshipRetold, mentorship, phase=mentorship.phase)


def set_health(mentorship: Mentorship, health: Health) -> Change[Mentorship]:
    """What the cycle sees; seeing the same again changes nothing."""
    if mentorship.health is health:
        return Change(mentorship)
    seen = evolve(mentorship, health=health)
    return Change(seen, (_fact(HealthChanged, seen, health=health),))


def _fact[F: MentorshipFact](kind: type[F], mentorship: Mentorship, **fields: Any) -> F:
    """A fact about a mentorship as it is after it."""
    return kind(mentorship_id=mentorship.id, mentorship=card_of(mentorship), **fields)
