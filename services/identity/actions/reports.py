"""A programme's numbers, for those who may see them."""

from contracts.identity import (
    EnrolmentState,
    ListEnrolments,
    Party,
    ProgrammeReport,
    ReportProgramme,
)
from contracts.policy import sees_whole, standing
from contracts.wire import Caller
from services.identity.actions import Context
from services.identity.actions.gathering import by_id, every
from services.identity.model import enrolments, report
from services.identity.model.policy import TABLE, Kind


async def report_programme(context: Context, caller: Caller, request: ReportProgramme) -> ProgrammeReport:
    """All numbers for the programme's manager, those of at least five people for an HR analyst."""
    sees_all = sees_whole(TABLE, standing(caller, caller.org_id, request.programme_id), Kind.NUMBERS)
    programme = await context.store.programmes.get(caller.org_id, request.programme_id)
    where = {"keys": enrolments.list_key(programme.id, ListEnrolments())}
    enrolled = [each async for each in every(context.store.enrolments, caller.org_id, where)]
    pairs = [each async for each in every(context.store.mentorships, caller.org_id, {"programmeId": programme.id})]
    mentor_ids = [
        each.user_id for each in enrolled if each.party is Party.MENTOR and each.state is EnrolmentState.APPROVED
    ]
    mentors = await by_id(context.store.mentors, caller.org_id, mentor_ids, lambda mentor: mentor.id)
    whole = report.report(programme.id, enrolled, pairs, mentors.values())
    return whole if sees_all else report.hidden(whole)
