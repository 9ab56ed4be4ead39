"""The whole schema. `python -m gateway.schema > gateway/schema.graphql` writes it down."""

import sys
from functools import cache

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from gateway.context import Info
from gateway.limits import Checks
from gateway.types.access import AccessMutations
from gateway.types.agenda import Agenda, AgendaMutations
from gateway.types.api_tokens import ApiToken, ApiTokenMutations, ApiTokenQueries
from gateway.types.audit import AuditMutations, AuditQueries
from gateway.types.brief import BriefQueries
from gateway.types.calendar import CalendarFeed, CalendarMutations, CalendarQueries
from gateway.types.cases import Case, CaseMutations, CaseQueries, CaseSubscriptions, ConductReport
from gateway.types.cycles import CycleMutations, CycleQueries, CycleSubscriptions
from gateway.types.dashboard import DashboardQueries, DashboardSubscriptions
from gateway.types.directory import DirectoryMutations, DirectoryQueries
from gateway.types.enrolments import Cohort, Enrolment, EnrolmentMutations, EnrolmentQueries
from gateway.types.feedback import Feedback, FeedbackCadence, FeedbackMutations
from gateway.types.goals import Goal, GoalMutations, GoalQueries
from gateway.types.growth import GrowthMutations, JournalEntry, Outcome, Skill, Win
from gateway.types.help import HelpMutations, HelpQueries, HelpRequest, ThirdPartyFeedback
from gateway.types.hindsights import Hindsight, HindsightMutations, HindsightQueries
from gateway.types.identity import IdentityMutations, IdentityQueries, Organisation, User
from gateway.types.imports import ImportMutations, ImportQueries, UserImport
from gateway.types.insights import InsightQueries
from gateway.types.items import ActionItem, ItemMutations
from gateway.types.ledger import Commitment, LedgerMutations, LedgerQueries
from gateway.types.lifecycle import LifecycleMutations
from gateway.types.making import MakingMutations
from gateway.types.matching import MatchingMutations, MatchingQueries, MatchRun
from gateway.types.mentors import MentorMutations, MentorProfile, MentorQueries
from gateway.types.mentorships import Mentorship, MentorshipMutations, MentorshipQueries
from gateway.types.moving import MovingMutations, MovingQueries
from gateway.types.notifications import Notification, NotificationMutations, NotificationQueries
from gateway.types.oidc import OidcMutations, OidcQueries
from gateway.types.programmes import Programme, ProgrammeMutations, ProgrammeQueries
from gateway.types.progress import ProgressMutations, ProgressQueries
from gateway.types.pulse import Pulse, PulseMutations, PulseQueries
from gateway.types.relay import Id, Node, find, resolved, split_id, unknown
from gateway.types.reviews import Review, ReviewMutations
from gateway.types.scalars import SCALARS
from gateway.types.sessions import Cadence, CheckIn, Note, SessionMutations, SessionQueries
from gateway.types.simulations import Simulation, SimulationMutations, SimulationQueries
from gateway.types.support import Encouragement, Resource, SupportMutations, SupportQueries
from gateway.types.time import TimeEntry, TimeMutations, TimeQueries
from gateway.types.time_off import TimeOff, TimeOffMutations
from gateway.types.units import OrgUnit
from gateway.types.updates import ProgressUpdate, UpdateMutations

NODES: dict[str, type[Node]] = {
    kind.__name__: kind
    for kind in (
        Organisation,
        User,
        ApiToken,
        OrgUnit,
        UserImport,
        Programme,
        Mentorship,
        MentorProfile,
        Cohort,
        Enrolment,
        MatchRun,
        Case,
        ConductReport,
        Goal,
        ActionItem,
        Feedback,
        FeedbackCadence,
        Commitment,
        HelpRequest,
        ThirdPartyFeedback,
        Resource,
        Encouragement,
        Win,
        Skill,
        Outcome,
        JournalEntry,
        ProgressUpdate,
        Cadence,
        CheckIn,
        TimeOff,
        Note,
        TimeEntry,
        Review,
        Pulse,
        Agenda,
        CalendarFeed,
        Notification,
        Simulation,
        Hindsight,
    )
}


@strawberry.type(description="Everything that can be read. A field is null, with an error, while its part is down.")
class Query(
    IdentityQueries,
    OidcQueries,
    ApiTokenQueries,
    AuditQueries,
    ProgrammeQueries,
    EnrolmentQueries,
    MatchingQueries,
    DirectoryQueries,
    ImportQueries,
    MentorshipQueries,
    MentorQueries,
    CaseQueries,
    GoalQueries,
    ProgressQueries,
    HelpQueries,
    SupportQueries,
    DashboardQueries,
    LedgerQueries,
    InsightQueries,
    SessionQueries,
    TimeQueries,
    PulseQueries,
    BriefQueries,
    CalendarQueries,
    MovingQueries,
    NotificationQueries,
    CycleQueries,
    SimulationQueries,
    HindsightQueries,
):
    """The queries of every domain."""

    @resolved("Any object by its global id.")
    async def node(self, info: Info, id: Id) -> Node | None:
        """A foreign id, an unknown one and something that is no id get the same answer."""
        info.context.check_signed_in()
        kind = NODES.get(split_id(id)[0])
        if kind is None:
            raise unknown("Node", id)
        return await find(info.context, kind, id)


@strawberry.type(description="Everything that can be changed. What you can mend comes back as `userErrors`.")
class Mutation(
    IdentityMutations,
    AuditMutations,
    DirectoryMutations,
    ImportMutations,
    AccessMutations,
    ProgrammeMutations,
    EnrolmentMutations,
    MatchingMutations,
    OidcMutations,
    ApiTokenMutations,
    MentorshipMutations,
    MentorMutations,
    LifecycleMutations,
    CaseMutations,
    GoalMutations,
    ProgressMutations,
    ItemMutations,
    FeedbackMutations,
    HelpMutations,
    GrowthMutations,
    SupportMutations,
    LedgerMutations,
    SessionMutations,
    UpdateMutations,
    ReviewMutations,
    TimeMutations,
    PulseMutations,
    AgendaMutations,
    CalendarMutations,
    MovingMutations,
    MakingMutations,
    TimeOffMutations,
    NotificationMutations,
    CycleMutations,
    SimulationMutations,
    HindsightMutations,
):
    """The mutations of every domain."""


@strawberry.type(description="Everything that can be watched.")
class Subscription(CycleSubscriptions, DashboardSubscriptions, CaseSubscriptions):
    """Over graphql-transport-ws only."""


class Schema(strawberry.Schema):
    """Strawberry's schema, silent: `gateway.errors` logs what is worth it, under the id that the client gets."""

    def process_errors(self, errors: list[GraphQLError], execution_context: object = None) -> None:
        """Nothing: an error may quote a person's words."""


@cache
def build_schema(*, production: bool = False) -> Schema:
    """The schema with its checks; production gives no hints about what it has."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=list(NODES.values()),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=production),
        extensions=[lambda: Checks(production=production)],
    )


if __name__ == "__main__":
    sys.stdout.write(f"{build_schema().as_str()}\n")
