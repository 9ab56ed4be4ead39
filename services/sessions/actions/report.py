"""How many mentorships of a programme meet, for those who answer for it or its people."""

from datetime import timedelta

from contracts.cells import split
from contracts.identity import RUNNING
from contracts.policy import sees_whole, standing
from contracts.sessions import ContactReport, ReportContact
from contracts.wire import Caller
from services.sessions.actions import Context
from services.sessions.model.policy import TABLE, Kind

RECENT = timedelta(days=30)
MOST_OF_A_PROGRAMME = 20_000


async def report_contact(context: Context, caller: Caller, request: ReportContact) -> ContactReport:
    """Two reads, however many mentorships there are."""
    whole = sees_whole(TABLE, standing(caller, caller.org_id, request.programme_id), Kind.CONTACT_SUMMARY)
    store = context.store
    cards = await store.mentorships.having(
        caller.org_id, ("programmeId",), request.programme_id, limit=MOST_OF_A_PROGRAMME
    )
    running = {card.id for card in cards if card.phase in RUNNING}
    met = len(running & await store.met_since(caller.org_id, running, context.clock.now() - RECENT))
    shown = met if whole else split(met, len(running))
    return ContactReport(programme_id=request.programme_id, with_recent_contact=shown)
