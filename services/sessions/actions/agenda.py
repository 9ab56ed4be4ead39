"""The agenda of a check-in, and what goes over to the next one."""

from contracts.sessions import (
    AddAgendaPoint,
    Agenda,
    CheckIn,
    CheckInFact,
    CheckInScheduled,
    CheckInState,
    RemoveAgendaPoint,
    ReorderAgenda,
)
from contracts.wire import ByIds, Caller, Envelope
from kit.command import Stamp, stamp, stamp_of_event
from kit.mongo import Stored
from services.sessions.actions import RUNNING, Context
from services.sessions.model import agenda as model
from services.sessions.model.checkins import need_scheduled
from services.sessions.model.policy import Kind


async def add_agenda_point(context: Context, caller: Caller, request: AddAgendaPoint) -> Agenda:
    """A party adds a point."""
    at = context.clock.now()
    by = stamp(caller, request, at)
    agenda, point_id = await _agenda(context, caller, request.check_in_id), by.new_id("agenda-point")
    return await context.store.agendas.amend(
        agenda, by, lambda agenda: model.add_point(agenda, point_id, request, caller.user_id, at)
    )


async def reorder_agenda(context: Context, caller: Caller, request: ReorderAgenda) -> Agenda:
    """A party orders the points."""
    agenda = await _agenda(context, caller, request.check_in_id)
    by = stamp(caller, request, context.clock.now())
    return await context.store.agendas.amend(agenda, by, lambda agenda: model.reorder(agenda, request.point_ids))


async def remove_agenda_point(context: Context, caller: Caller, request: RemoveAgendaPoint) -> Agenda:
    """Who added a point removes it."""
    agenda = await _agenda(context, caller, request.check_in_id)
    by = stamp(caller, request, context.clock.now())
    return await context.store.agendas.amend(
        agenda, by, lambda agenda: model.remove_point(agenda, request.point_id, caller.user_id)
    )


async def get_agendas(context: Context, caller: Caller, request: ByIds) -> tuple[Agenda, ...]:
    """Agendas by the id of their check-in, for the pair."""
    return await context.window(context.store.agendas, Kind.AGENDA).get(caller, request)


async def carry_over(context: Context, fact: CheckInFact, envelope: Envelope) -> None:
    """From a check-in that did not take place to the next one, in whatever order both become known."""
    check_in = await context.store.check_ins.get(envelope.orgid, fact.check_in_id)
    left: CheckIn | None = check_in
    target: CheckIn | None = check_in
    if isinstance(fact, CheckInScheduled):
        left = await context.store.check_in_before(check_in)
    else:
        target = await context.store.check_in_after(check_in)
    if left is None or target is None or left.state not in model.NOT_TAKEN_PLACE:
        return
    agenda = await context.store.agendas.find(left.org_id, left.id)
    if agenda is None or not agenda.points or target.state is not CheckInState.SCHEDULED:
        return
    stored = await _opened(context, target, Stamp(org_id=target.org_id, actor_id="part:sessions", at=envelope.time))
    by = stamp_of_event(envelope, "agenda")
    await context.store.agendas.amend(stored, by, lambda before: model.carry_over(before, agenda))


async def _agenda(context: Context, caller: Caller, check_in_id: str) -> Stored[Agenda]:
    check_in = await context.store.check_ins.get(caller.org_id, check_in_id)
    await context.writing_at(caller, check_in, RUNNING, Kind.AGENDA)
    need_scheduled(check_in)
    by = Stamp(org_id=caller.org_id, actor_id=caller.name, at=context.clock.now())
    return await _opened(context, check_in, by)


async def _opened(context: Context, check_in: CheckIn, by: Stamp) -> Stored[Agenda]:
    """The check-in's agenda; two who want the first point at once open the same one."""
    if await context.store.agendas.find(check_in.org_id, check_in.id) is None:
        await context.store.agendas.create(by, lambda _: model.open_agenda(check_in), new_id=check_in.id)
    return await context.store.agendas.load(check_in.org_id, check_in.id)
