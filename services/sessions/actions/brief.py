"""What this part knows of the meeting that two prepare for."""

from contracts.errors import NotFound
from contracts.sessions import CheckInBrief, GetCheckInBrief
from contracts.wire import Caller
from services.sessions.actions import Context
from services.sessions.model.agenda import open_agenda
from services.sessions.model.policy import Kind


async def get_check_in_brief(context: Context, caller: Caller, request: GetCheckInBrief) -> CheckInBrief:
    """In any phase: what was prepared stays readable."""
    check_in = await context.store.check_ins.get(caller.org_id, request.check_in_id)
    card = await context.readable(caller, check_in.mentorship_id, Kind.BRIEF)
    if card is None:
        raise NotFound.of("checkin", check_in.id)
    agenda = await context.store.agendas.find(caller.org_id, check_in.id)
    return CheckInBrief(
        check_in=check_in,
        agenda=agenda or open_agenda(check_in).state,
        since=await context.store.last_met(caller.org_id, card.id, check_in.starts_at),
    )
