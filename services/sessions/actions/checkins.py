"""Cadence, check-ins, preparation and attendance."""

from contracts.identity import MentorshipFact, Phase
from contracts.sessions import (
    AttestAttendance,
    Cadence,
    CheckIn,
    MarkBriefRead,
    ScheduleCheckIn,
    SetCadence,
    SettleAttendance,
    SubmitPreparation,
)
from contracts.wire import Caller, Envelope
from kit.command import natural_id, stamp
from services.sessions.actions import RUNNING, Context
from services.sessions.model import checkins
from services.sessions.model.policy import Kind


async def keep_mentorship(context: Context, fact: MentorshipFact, envelope: Envelope) -> None:
    """Remember who the two are and where their mentorship stands."""
    await context.store.mentorships.keep(envelope.orgid, fact.mentorship)


async def set_cadence(context: Context, caller: Caller, request: SetCadence) -> Cadence:
    """A party sets when the two meet."""
    phases = (Phase.EXPECTATION_SETTING, Phase.ACTIVE)
    card = await context.writing(caller, request.mentorship_id, phases, Kind.CADENCE)
    at = context.clock.now()
    return await context.store.cadences.put(
        card.id,
        stamp(caller, request, at),
        lambda before: checkins.set_cadence(before, card, request, caller.user_id, at),
    )


async def schedule_check_in(context: Context, caller: Caller, request: ScheduleCheckIn) -> CheckIn:
    """The cycle schedules the next occurrence; the same index is the same check-in."""
    card = await context.of_cycle(caller, request.mentorship_id, Kind.CYCLE)
    cadence = await context.store.cadences.get(caller.org_id, card.id)
    return await context.store.check_ins.create(
        stamp(caller, request, request.at),
        lambda new_id: checkins.schedule(new_id, card, cadence, request),
        new_id=natural_id("check-in", card.id, request.index),
    )


async def submit_preparation(context: Context, caller: Caller, request: SubmitPreparation) -> CheckIn:
    """The mentee prepares."""
    check_in = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    await context.writing_at(caller, check_in.record, RUNNING, Kind.PREPARATION)
    at = context.clock.now()
    return await context.store.check_ins.amend(
        check_in, stamp(caller, request, at), lambda check_in: checkins.prepare(check_in, request, at)
    )


async def mark_brief_read(context: Context, caller: Caller, request: MarkBriefRead) -> CheckIn:
    """The mentor reads the brief."""
    check_in = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    await context.writing_at(caller, check_in.record, RUNNING, Kind.READING_OF_BRIEF)
    at = context.clock.now()
    return await context.store.check_ins.amend(
        check_in, stamp(caller, request, at), lambda check_in: checkins.read_brief(check_in, at)
    )


async def attest_attendance(context: Context, caller: Caller, request: AttestAttendance) -> CheckIn:
    """A party says who was there."""
    check_in = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    card = await context.writing_at(caller, check_in.record, RUNNING, Kind.CHECK_IN)
    party, at = card.side_of(caller), context.clock.now()
    return await context.store.check_ins.amend(
        check_in, stamp(caller, request, at), lambda check_in: checkins.attest(check_in, request, party, at)
    )


async def settle_attendance(context: Context, caller: Caller, request: SettleAttendance) -> CheckIn:
    """The cycle ends the time to speak."""
    check_in = await context.store.check_ins.load(caller.org_id, request.check_in_id)
    await context.of_cycle(caller, check_in.record.mentorship_id, Kind.CYCLE)
    return await context.store.check_ins.amend(
        check_in, stamp(caller, request, request.at), lambda check_in: checkins.settle(check_in, request.at)
    )
