"""A programme's numbers, for those who may see them."""

from contracts.errors import Forbidden
from contracts.identity import (
    EnrolmentState,
    ListEnrolments,
    Party,
    ProgrammeReport,
    ReportProgramme,
    Role,
    manages,
)
from contracts.wire import Caller
from services.identity.actions import Context
from services.identity.actions.gathering import by_id, every
from services.identity.model import enrolments, report


async def report_programme(context: Context, caller: Caller, request: ReportProgramme) -> ProgrammeReport:
    """All numbers for the programme's manager, those of at least five people for an HR analyst."""
    sees_all = manages(caller, request.programme_id)
    if not sees_all and Role.HR_ANALYST not in caller.roles:
        raise Forbidden("The numbers of a programme are for its manager and for HR analysts.")
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
