"""Cadence, check-ins, preparation and attendance."""

from datetime import datetime
from typing import Any

from contracts.errors import Conflict, Invalid
from contracts.identity import MentorshipCard, Party
from contracts.sessions import (
    Attendance,
    AttendanceAttested,
    AttendanceDisputed,
    Attestation,
    AttestAttendance,
    BriefRead,
    Cadence,
    CadenceChanged,
    CheckIn,
    CheckInFact,
    CheckInHeld,
    CheckInMissed,
    CheckInScheduled,
    CheckInState,
    Preparation,
    PreparationSubmitted,
    ScheduleCheckIn,
    SetCadence,
    SubmitPreparation,
)
from contracts.wire import Change, evolve
from kit import recurrence


def set_cadence(
    before: Cadence | None, card: MentorshipCard, request: SetCadence, by: str, at: datetime
) -> Change[Cadence]:
    """The rule that the two meet by from now on."""
    starts_at = recurrence.agreed(rule=request.rule, starts_at=request.starts_at, zone=request.zone, at=at)
    cadence = Cadence(
        id=card.id,
        org_id=card.org_id,
        mentorship_id=card.id,
        rule=request.rule.strip(),
        starts_at=request.starts_at,
        zone=request.zone,
        minutes=request.minutes,
        set_by=by,
        set_at=at,
        version=before.version + 1 if before else 1,
    )
    changed = CadenceChanged(
        mentorship_id=card.id,
        rule=cadence.rule,
        starts_at=starts_at,
        zone=cadence.zone,
        minutes=cadence.minutes,
        cadence_version=cadence.version,
    )
    return Change(cadence, (changed,))


def schedule(check_in_id: str, card: MentorshipCard, cadence: Cadence, request: ScheduleCheckIn) -> Change[CheckIn]:
    """The next occurrence, on the calendar."""
    check_in = CheckIn(
        id=check_in_id,
        org_id=card.org_id,
        mentorship_id=card.id,
        index=request.index,
        starts_at=request.starts_at,
        zone=cadence.zone,
        minutes=cadence.minutes,
        horizon=request.horizon,
        created_at=request.at,
    )
    return Change(check_in, (fact(CheckInScheduled, check_in),))


def prepare(check_in: CheckIn, request: SubmitPreparation, at: datetime) -> Change[CheckIn]:
    """The mentee's summary and questions, until the meeting starts."""
    need_scheduled(check_in)
    if at >= check_in.starts_at:
        raise Conflict(f"The check-in {check_in.id} has begun; bring what you prepared to the meeting.")
    if not request.questions:
        raise Invalid(
            "Bring at least one question for your mentor: a check-in counts as prepared with a summary and a question.",
            field="questions",
        )
    preparation = Preparation(summary=request.summary, questions=request.questions, submitted_at=at)
    return Change(evolve(check_in, preparation=preparation), (fact(PreparationSubmitted, check_in),))


def read_brief(check_in: CheckIn, at: datetime) -> Change[CheckIn]:
    """The mentor has read the preparation, until the meeting starts; reading it again changes nothing."""
    need_scheduled(check_in)
    if check_in.preparation is None:
        raise Conflict(f"Nothing is prepared for the check-in {check_in.id} yet, so there is no brief to read.")
    if at >= check_in.starts_at:
        raise Conflict(f"The check-in {check_in.id} has begun; a brief is read before that.")
    if check_in.brief_read_at is not None:
        return Change(check_in)
    return Change(evolve(check_in, brief_read_at=at), (fact(BriefRead, check_in),))


def attest(check_in: CheckIn, request: AttestAttendance, party: Party, at: datetime) -> Change[CheckIn]:
    """One party's word. The second one settles the check-in, or disputes it."""
    need_scheduled(check_in)
    if at < check_in.starts_at:
        raise Conflict(f"The check-in {check_in.id} starts at {check_in.starts_at}. Say who was there after that.")
    if any(attestation.party is party for attestation in check_in.attestations):
        raise Conflict(f"You have said who was at the check-in {check_in.id} already.")
    attestation = Attestation(party=party, attendance=request.attendance, at=at)
    attested = evolve(check_in, attestations=(*check_in.attestations, attestation))
    said = fact(AttendanceAttested, check_in, party=party, attendance=request.attendance)
    if not check_in.attestations:
        return Change(attested, (said,))
    if check_in.attestations[0].attendance is not request.attendance:
        disputed = evolve(check_in, attestations=attested.attestations, state=CheckInState.DISPUTED, settled_at=at)
        return Change(disputed, (said, fact(AttendanceDisputed, check_in)))
    agreed = settled(check_in, request.attendance, at, attestations=attested.attestations)
    return Change(agreed.state, (said, *agreed.events))


def settle(check_in: CheckIn, at: datetime) -> Change[CheckIn]:
    """Nobody may speak any more: one word stands alone, silence of both means that nobody came.

    One that was moved a moment ago and has not begun yet stays as it is.
    """
    if check_in.state is not CheckInState.SCHEDULED or at < check_in.starts_at:
        return Change(check_in)
    attendance = check_in.attestations[0].attendance if check_in.attestations else Attendance.BOTH_ABSENT
    return settled(check_in, attendance, at)


def settled(
    check_in: CheckIn,
    attendance: Attendance,
    at: datetime,
    *,
    attestations: tuple[Attestation, ...] | None = None,
    resolved_by: str | None = None,
) -> Change[CheckIn]:
    """It is known who was there: by their own words, by silence, or by the decision of a programme manager."""
    held = attendance is Attendance.BOTH_PRESENT
    after = evolve(
        check_in,
        state=CheckInState.HELD if held else CheckInState.MISSED,
        attendance=attendance,
        settled_at=at,
        attestations=check_in.attestations if attestations is None else attestations,
        resolved_by=resolved_by,
    )
    if held:
        return Change(after, (fact(CheckInHeld, check_in, resolved_by=resolved_by),))
    return Change(after, (fact(CheckInMissed, check_in, attendance=attendance, resolved_by=resolved_by),))


def fact[F: CheckInFact](kind: type[F], check_in: CheckIn, **more: Any) -> F:
    """A fact about a check-in, with what every such fact says."""
    known = {
        "mentorship_id": check_in.mentorship_id,
        "check_in_id": check_in.id,
        "index": check_in.index,
        "starts_at": check_in.starts_at,
        "zone": check_in.zone,
        "minutes": check_in.minutes,
        "sequence": check_in.sequence,
    }
    return kind(**{**known, **more})


def need_scheduled(check_in: CheckIn) -> None:
    """Refuse what can be done only before it is known what became of a check-in."""
    if check_in.state is not CheckInState.SCHEDULED:
        raise Conflict(f"The check-in {check_in.id} is {check_in.state}; this can be done while it is scheduled only.")
