"""Cases for programme managers, and reports of conduct."""

from contracts.errors import NotFound
from contracts.identity import (
    Case,
    CaseKind,
    ConductReport,
    ConductReported,
    ListEscalations,
    Mentorship,
    OpenCase,
    ReportConduct,
    ResolveCase,
    Role,
    WorkCase,
)
from contracts.policy import Act, check, own, standing
from contracts.wire import ByIds, Caller, Envelope, Page
from kit.command import natural_id, stamp, stamp_of_event
from kit.mongo import Stored
from kit.telemetry import log
from services.identity.actions import Context
from services.identity.model import cases
from services.identity.model.cases import MOST_TOLD, Managers
from services.identity.model.directory import facet
from services.identity.model.policy import TABLE, Kind, can, need, stands


async def open_case(context: Context, caller: Caller, request: OpenCase) -> Case:
    """The cycle lets programme managers know."""
    need(caller, Act.WRITE, Kind.CYCLE)
    mentorship = await context.store.mentorships.get(caller.org_id, request.mentorship_id)
    managers = await _managers(context, mentorship)
    return await context.store.cases.create(
        stamp(caller, request, request.at),
        lambda new_id: cases.open_case(
            new_id, mentorship, request.kind, occasion=request.occasion, rule=request.rule, managers=managers,
            at=request.at,
        ),
        new_id=natural_id("case", request.mentorship_id, request.kind, request.occasion),
    )  # fmt: skip


async def open_conduct_case(context: Context, fact: ConductReported, envelope: Envelope) -> None:
    """Whatever became of the mentorship meanwhile, programme managers hear of the report."""
    mentorship = await context.store.mentorships.get(envelope.orgid, fact.mentorship_id or "")
    managers = await _managers(context, mentorship)
    await context.store.cases.create(
        stamp_of_event(envelope),
        lambda new_id: cases.open_case(
            new_id, mentorship, CaseKind.CONDUCT, occasion=fact.report_id, rule="report_conduct", managers=managers,
            at=envelope.time, report_id=fact.report_id,
        ),
        new_id=natural_id("case", mentorship.id, CaseKind.CONDUCT, fact.report_id),
    )  # fmt: skip


async def work_case(context: Context, caller: Caller, request: WorkCase) -> Case:
    """A programme manager takes a case in hand."""
    stored = await _managed(context, caller, request.case_id)
    at = context.clock.now()
    return await context.store.cases.amend(
        stored, stamp(caller, request, at), lambda case: cases.work_case(case, caller.user_id, at)
    )


async def resolve_case(context: Context, caller: Caller, request: ResolveCase) -> Case:
    """A programme manager is done with a case."""
    stored = await _managed(context, caller, request.case_id)
    at = context.clock.now()
    return await context.store.cases.amend(
        stored,
        stamp(caller, request, at),
        lambda case: cases.resolve_case(case, request.resolution, caller.user_id, at),
    )


async def report_conduct(context: Context, caller: Caller, request: ReportConduct) -> ConductReport:
    """A party reports what must not happen, at whatever point of the mentorship."""
    mentorship = await context.store.mentorships.get(caller.org_id, request.mentorship_id)
    missing = NotFound.of("mentorship", request.mentorship_id)
    check(TABLE, stands(caller, mentorship), Act.WRITE, Kind.REPORTING, missing)
    at = context.clock.now()
    return await context.store.reports.create(
        stamp(caller, request, at),
        lambda new_id: cases.report_conduct(new_id, mentorship, request.text, caller.user_id, at),
    )


async def get_cases(context: Context, caller: Caller, request: ByIds) -> tuple[Case, ...]:
    """Cases by id, for programme managers."""
    found = await context.store.cases.get_many(caller.org_id, request.ids)
    return tuple(each for each in found if _may(caller, each))


async def list_escalations(context: Context, caller: Caller, request: ListEscalations) -> Page[Case]:
    """The cases of a programme in one state."""
    programme = await context.store.programmes.get(caller.org_id, request.programme_id)
    need(caller, Act.READ, Kind.CASE, programme.id)
    where = {"programmeId": programme.id, "state": request.state}
    return await context.store.cases.page(caller.org_id, where, first=request.first, after=request.after)


async def get_conduct_reports(context: Context, caller: Caller, request: ByIds) -> tuple[ConductReport, ...]:
    """Reports by id, for who wrote them and for programme managers, whose look leaves a trace."""
    found = await context.store.reports.get_many(caller.org_id, request.ids)
    about = await context.store.mentorships.get_many(caller.org_id, [each.mentorship_id for each in found])
    programme_of = {each.id: each.programme_id for each in about}

    def may(report: ConductReport) -> bool:
        relations = own(caller, report.org_id, report.reported_by, programme_of[report.mentorship_id])
        return can(relations, Act.READ, Kind.REPORT)

    shown = tuple(filter(may, found))
    for report in shown:
        await context.trail.saw(
            caller, (report.reported_by,), context.clock.now(), kind="ConductReport", object_id=report.id,
            mentorship_id=report.mentorship_id, programme_id=programme_of[report.mentorship_id],
        )  # fmt: skip
    return shown


def _may(caller: Caller, case: Case) -> bool:
    return can(standing(caller, case.org_id, case.programme_id), Act.WRITE, Kind.CASE)


async def _managed(context: Context, caller: Caller, case_id: str) -> Stored[Case]:
    """The case, for a manager of its programme; everybody else is told that there is none."""
    stored = await context.store.cases.load(caller.org_id, case_id)
    if not _may(caller, stored.record):
        raise NotFound.of("case", case_id)
    return stored


async def _managers(context: Context, mentorship: Mentorship) -> Managers:
    """Those of this programme first, then those of all programmes. Whoever is not told finds it in the list."""
    of_all = (facet(role=Role.PROGRAMME_MANAGER), "name", "")
    accounts, org_id = context.store.accounts, mentorship.org_id
    of_this = {"managedProgrammeIds": mentorship.programme_id}
    pages = (
        await accounts.page(org_id, of_this, first=MOST_TOLD, after=None),
        await accounts.begins(org_id, of_all, first=MOST_TOLD, after=None),
    )
    told = Managers.among(
        (account for page in pages for account in page.items), are_all=not any(page.has_next for page in pages)
    )
    if not told.are_all:
        log.warning("managers_not_told", mentorship_id=mentorship.id, programme_id=mentorship.programme_id)
    return told
