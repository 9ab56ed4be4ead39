"""Cases for programme managers, and reports of conduct."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import msgspec
import strawberry

from contracts import identity
from contracts.identity import CaseKind, CaseOpened, CaseState, ListEscalations, Resolution
from gateway.context import Info
from gateway.live import cases_of
from gateway.loaders import Loaders
from gateway.types.cycles import watched
from gateway.types.identity import User
from gateway.types.mentorships import Mentorship
from gateway.types.mutation import Edit, mutation
from gateway.types.programmes import Programme
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Id,
    Node,
    checked_first,
    connection,
    field,
    local_id,
    reference,
    resolved,
    subscribed,
)

OfProgramme = Annotated[strawberry.ID, strawberry.argument(description="The programme.")]
InState = Annotated[CaseState, strawberry.argument(description="Where the cases stand.")]


@strawberry.type(description="What a party reported; for whoever wrote it and programme managers only.")
class ConductReport(Node):
    """Shows identity.ConductReport."""

    loader = staticmethod(lambda loaders: loaders.conduct_reports)

    text: str = field("What was reported, in the reporter's words.")
    reported_at: datetime = field("When.")
    version: int = field("Counts its changes.")
    mentorship = reference(Mentorship, "mentorship_id", "The mentorship that it is about.")
    reported_by = reference(User, "reported_by", "Who reported it.")


@strawberry.type(description="Something that a programme manager has to look at.")
class Case(Node):
    """Shows identity.Case."""

    loader = staticmethod(lambda loaders: loaders.cases)

    kind: CaseKind = field("What it is about.")
    state: CaseState = field("Where it stands.")
    rule: str = field("The rule of the policy that opened it.")
    policy_version: int = field("The version of the policy that the mentorship runs by.")
    told_all: bool = field(
        "Whether every programme manager was told of it. At most a hundred are, those of this programme first; the"
        " others find it here."
    )
    opened_at: datetime = field("When it was opened.")
    taken_at: datetime | None = field("When somebody took it in hand.")
    resolved_at: datetime | None = field("When it was resolved.")
    resolution: Resolution | None = field("What came of it.")
    version: int = field("Counts its changes.")
    mentorship = reference(Mentorship, "mentorship_id", "The mentorship that it is about.")
    programme = reference(Programme, "programme_id", "The programme of that mentorship.")
    taken_by = reference(User, "taken_by", "Who took it in hand.")
    resolved_by = reference(User, "resolved_by", "Who resolved it.")
    report = reference(ConductReport, "report_id", "The report behind it, if it is about conduct.")


@strawberry.input(description="A case that you take in hand.")
class WorkCaseInput(Edit):
    """Makes identity.WorkCase."""

    case_id: strawberry.ID = field("The case.")


@strawberry.input(description="A case that you are done with.")
class ResolveCaseInput(Edit):
    """Makes identity.ResolveCase."""

    case_id: strawberry.ID = field("The case.")
    resolution: Resolution = field("What came of it.")


@strawberry.input(description="What must not happen and did.")
class ReportConductInput(Edit):
    """Makes identity.ReportConduct."""

    mentorship_id: strawberry.ID = field("The mentorship; it ends at once.")
    text: str = field("What happened, in your words. Programme managers read it, the other party does not.")


@strawberry.type
class CaseQueries:
    """Reads of cases."""

    @resolved("The cases of a programme in one state, oldest first; for its manager.")
    async def escalations(
        self,
        info: Info,
        programme_id: Id,
        state: InState = CaseState.OPEN,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[Case] | None:
        """One page."""
        local = local_id(info.context, "Programme", programme_id)
        request = ListEscalations(programme_id=local, state=state, first=checked_first(first), after=after)
        return connection(Case, await info.context.call(identity.LIST_ESCALATIONS, request), after)


@strawberry.type
class CaseSubscriptions:
    """Cases as they are opened."""

    @subscribed(
        "Each case of a programme that is opened from now on, for its manager, while the token holds. After a break,"
        " `escalations` has what was missed."
    )
    async def case_opened(self, info: Info, programme_id: OfProgramme) -> AsyncGenerator[Case]:
        """The owner of cases is asked about each: whoever may not see it any more is told nothing."""
        context = info.context
        local = local_id(context, "Programme", programme_id)
        with watched(context, cases_of(context.viewer.caller.org_id)) as watch:
            await context.call(identity.LIST_ESCALATIONS, ListEscalations(programme_id=local, first=1))
            async with aclosing(watch.events()) as envelopes:
                async for envelope in envelopes:
                    opened = msgspec.json.decode(envelope.data, type=CaseOpened)
                    if opened.programme_id != local:
                        continue
                    if case := await Loaders(context.call).cases.load(opened.case_id):
                        yield Case.of(case)


@strawberry.type
class CaseMutations:
    """Changes of cases."""

    work_case = mutation(identity.WORK_CASE, WorkCaseInput, Case)
    resolve_case = mutation(identity.RESOLVE_CASE, ResolveCaseInput, Case)
    report_conduct = mutation(identity.REPORT_CONDUCT, ReportConductInput, ConductReport)
