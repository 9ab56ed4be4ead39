"""Cohorts, and people who take part in a programme."""

from collections.abc import Callable

from msgspec.structs import replace

from contracts.errors import Conflict, Invalid, NotFound
from contracts.identity import (
    ApproveEnrolment,
    Cohort,
    DeclineEnrolment,
    Enrol,
    Enrolment,
    EnrolmentDeclined,
    EnrolmentState,
    EnrolmentWithdrawn,
    ListCohorts,
    ListEnrolments,
    OpenCohort,
    Party,
    RecordTraining,
    WithdrawEnrolment,
)
from contracts.policy import Act, Relations, check, own
from contracts.wire import ByIds, Caller, Change, Command, Envelope, Page
from kit.command import Stamp, natural_id, stamp, stamp_of_event
from kit.mongo import Stored
from services.identity.actions import Context
from services.identity.actions.mentors import keyless
from services.identity.model import enrolments
from services.identity.model.enrolments import Enrolled, Group
from services.identity.model.policy import TABLE, Kind, can, need


async def open_cohort(context: Context, caller: Caller, request: OpenCohort) -> Cohort:
    """A programme manager opens a cohort."""
    need(caller, Act.WRITE, Kind.COHORT, request.programme_id)
    await context.store.programmes.get(caller.org_id, request.programme_id)
    by = stamp(caller, request, context.clock.now())
    made = await context.store.cohorts.create(
        by, lambda new_id: enrolments.open_cohort(new_id, caller.org_id, request, by.at)
    )
    return made.published()


async def get_cohorts(context: Context, caller: Caller, request: ByIds) -> tuple[Cohort, ...]:
    """Cohorts by id."""
    return tuple(each.published() for each in await context.store.cohorts.get_many(caller.org_id, request.ids))


async def list_cohorts(context: Context, caller: Caller, request: ListCohorts) -> Page[Cohort]:
    """The cohorts of a programme."""
    await context.store.programmes.get(caller.org_id, request.programme_id)
    page = await context.store.cohorts.page(
        caller.org_id, {"programmeId": request.programme_id}, first=request.first, after=request.after, newest=True
    )
    return replace(page, items=tuple(each.published() for each in page.items))


async def enrol(context: Context, caller: Caller, request: Enrol) -> Enrolment:
    """A person would like to take part, on either side or on both."""
    need(caller, Act.WRITE, Kind.WISH)
    programme = await context.store.programmes.get(caller.org_id, request.programme_id)
    by = stamp(caller, request, context.clock.now())
    enrolment_id = enrolment_of(request.programme_id, caller.user_id, request.party)
    if request.cohort_id is not None:
        group = await context.store.cohorts.find(caller.org_id, request.cohort_id)
        if group is None or group.programme_id != programme.id:
            raise NotFound.of("cohort", request.cohort_id)
        enrolments.check_window(group, by.at)
    if request.party is Party.MENTOR:
        mentor = await context.store.mentors.find(caller.org_id, caller.user_id)
        if mentor is None or not mentor.listed:
            raise Conflict("Write your mentor profile first, so that mentees can find you.", field="party")
    enrolled = await context.store.enrolments.put(
        enrolment_id,
        by,
        lambda before: enrolments.enrol(before, enrolment_id, caller.user_id, request, programme=programme, at=by.at),
    )
    return enrolled.published()


def enrolment_of(programme_id: str, user_id: str, party: Party) -> str:
    """The one id of a person's enrolment on one side of a programme."""
    return natural_id("enrolment", programme_id, user_id, party)


async def approve_enrolment(context: Context, caller: Caller, request: ApproveEnrolment) -> Enrolment:
    """A programme manager lets somebody take part, where there is a place."""
    by, enrolment = await _managed(context, caller, request, request.enrolment_id)
    has_place = True
    if enrolment.record.state in enrolments.PENDING:
        by.check_version(enrolment.record.version)
        has_place = await _take_place(context, by, enrolment.record)
    try:
        return await _amended(context, by, enrolment, lambda it: enrolments.approve(it, has_place=has_place, at=by.at))
    except Conflict:
        await _leave_if_over(context, by, request.enrolment_id)
        raise


async def decline_enrolment(context: Context, caller: Caller, request: DeclineEnrolment) -> Enrolment:
    """A programme manager does not let somebody take part."""
    by, enrolment = await _managed(context, caller, request, request.enrolment_id)
    return await _amended(context, by, enrolment, lambda it: enrolments.decline(it, by.at))


async def record_training(context: Context, caller: Caller, request: RecordTraining) -> Enrolment:
    """A programme manager notes that the training is done."""
    by, enrolment = await _managed(context, caller, request, request.enrolment_id)
    return await _amended(context, by, enrolment, lambda it: enrolments.record_training(it, by.at))


async def withdraw_enrolment(context: Context, caller: Caller, request: WithdrawEnrolment) -> Enrolment:
    """A person takes the own enrolment back."""
    enrolment = await _load(context, caller, request.enrolment_id)
    if not can(_stands(caller, enrolment.record), Act.WRITE, Kind.ENROLMENT):
        raise NotFound.of("enrolment", request.enrolment_id)
    return await _amended(context, stamp(caller, request, context.clock.now()), enrolment, enrolments.withdraw)


async def get_enrolments(context: Context, caller: Caller, request: ByIds) -> tuple[Enrolment, ...]:
    """Enrolments by id: the own ones, and all for programme managers."""
    found = await context.store.enrolments.get_many(caller.org_id, request.ids)
    shown = (each for each in found if can(_stands(caller, each), Act.READ, Kind.ENROLMENT))
    return tuple(each.published() for each in shown)


async def list_enrolments(context: Context, caller: Caller, request: ListEnrolments) -> Page[Enrolment]:
    """The caller's own, or those of a programme."""
    if request.programme_id is None:
        if request.cohort_id or request.party or request.state:
            raise Invalid("Name the programme to choose among its enrolments.", field="programmeId")
        where = {"userId": caller.user_id}
    else:
        need(caller, Act.READ, Kind.ENROLMENT, request.programme_id)
        await context.store.programmes.get(caller.org_id, request.programme_id)
        where = {"keys": enrolments.list_key(request.programme_id, request)}
    page = await context.store.enrolments.page(caller.org_id, where, first=request.first, after=request.after)
    return replace(page, items=tuple(each.published() for each in page.items))


async def hear_place_left(context: Context, event: EnrolmentWithdrawn | EnrolmentDeclined, envelope: Envelope) -> None:
    """Somebody left: whoever waits longest moves up, for as long as there is a place."""
    if event.cohort_id is None or event.party is Party.MENTOR:
        return
    by = stamp_of_event(envelope)
    await _change_places(context, by, event.cohort_id, lambda it: enrolments.free_place(it, event.enrolment_id))
    waiting = ListEnrolments(cohort_id=event.cohort_id, state=EnrolmentState.WAITING)
    where = {"keys": enrolments.list_key(event.programme_id, waiting)}
    page = await context.store.enrolments.page(envelope.orgid, where, first=10, after=None)
    for next_one in page.items:
        if not await _take_place(context, by, next_one):
            return
        enrolment = await context.store.enrolments.load(envelope.orgid, next_one.id)
        await context.store.enrolments.amend(
            enrolment,
            stamp_of_event(envelope, next_one.id),
            lambda it: enrolments.approve(it, has_place=True, at=by.at),
        )


async def _take_place(context: Context, by: Stamp, enrolment: Enrolled) -> bool:
    if enrolment.cohort_id is None:
        return True
    group = await _change_places(context, by, enrolment.cohort_id, lambda it: enrolments.take_place(it, enrolment))
    return enrolment.party is Party.MENTOR or group.places is None or enrolment.id in group.holders


async def _change_places(
    context: Context, by: Stamp, cohort_id: str, decide: Callable[[Group], Change[Group]]
) -> Group:
    """One conditional write; who holds a place is known by the enrolment's id, so the command's key is left out."""
    async with context.turns.at(cohort_id):
        group = await context.store.cohorts.load(by.org_id, cohort_id)
        return await context.store.cohorts.amend(group, keyless(by), decide)


async def _managed(
    context: Context, caller: Caller, request: Command, enrolment_id: str
) -> tuple[Stamp, Stored[Enrolled]]:
    enrolment = await _load(context, caller, enrolment_id)
    missing = NotFound.of("enrolment", enrolment_id)
    check(TABLE, _stands(caller, enrolment.record), Act.WRITE, Kind.PLACE, missing)
    return stamp(caller, request, context.clock.now()), enrolment


def _stands(caller: Caller, enrolment: Enrolled) -> Relations:
    return own(caller, enrolment.org_id, enrolment.user_id, enrolment.programme_id)


async def _load(context: Context, caller: Caller, enrolment_id: str) -> Stored[Enrolled]:
    try:
        return await context.store.enrolments.load(caller.org_id, enrolment_id)
    except NotFound as error:
        raise NotFound.of("enrolment", enrolment_id) from error


async def _leave_if_over(context: Context, by: Stamp, enrolment_id: str) -> None:
    """Give back a place that was taken while the enrolment ended at the same moment."""
    found = await context.store.enrolments.get(by.org_id, enrolment_id)
    if found.state in enrolments.OVER and found.cohort_id:
        await _change_places(context, by, found.cohort_id, lambda it: enrolments.free_place(it, found.id))


async def _amended(
    context: Context, by: Stamp, enrolment: Stored[Enrolled], decide: Callable[[Enrolled], Change[Enrolled]]
) -> Enrolment:
    return (await context.store.enrolments.amend(enrolment, by, decide)).published()
