"""Programmes, and the policy that their mentorships run by."""

from datetime import datetime

import strawberry

from contracts import identity
from contracts.cycles import COUNT_CYCLES, CountCycles
from contracts.identity import (
    ListPolicyVersions,
    ListProgrammes,
    ListProgrammeTemplates,
    Party,
    ProgrammeTemplateKey,
)
from gateway.context import Info
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.policy import ProgrammePolicy, ProgrammePolicyInput
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Id,
    Node,
    View,
    checked_first,
    connection,
    field,
    find,
    id_of,
    optional,
    resolved,
)
from gateway.types.reports import Funnel, FunnelSide, ProgrammeCoverage, ProgrammeGoals, UnusedCapacity


@strawberry.type(description="One version of a policy, as it was published. It never changes.")
class PolicyVersion(View):
    """Shows identity.PolicyVersion."""

    policy: ProgrammePolicy = field("The policy; its version counts from 1 on.")
    published_by_id = id_of("User", "published_by", "Who published it.")
    published_at: datetime = field("When.")


@strawberry.type(description="A programme that is ready to be taken as it is.")
class ProgrammeTemplate(View):
    """Shows identity.ProgrammeTemplate."""

    key: ProgrammeTemplateKey = field("Give this as `template` to open a programme like it.")
    name: str = field("What it is called.")
    description: str = field("What it is for.")
    policy: ProgrammePolicy = field("Its policy.")
    training_for: list[Party] = field("The sides that are matched only once their training is recorded.")


@strawberry.type(description="A mentoring programme of an organisation.")
class Programme(Node):
    """Shows identity.Programme."""

    name: str = field("Its name.")
    policy: ProgrammePolicy = field("What new mentorships start under.")
    training_for: list[Party] = field("The sides that are matched only once their training is recorded.")
    created_at: datetime = field("When it was opened.")
    version: int = field("Counts its changes.")

    loader = staticmethod(lambda loaders: loaders.programmes)

    @resolved("How far people have come; for the programme's manager and HR analysts.")
    async def funnel(self, info: Info) -> Funnel | None:
        """Nothing is counted here."""
        found = await info.context.loaders.programme_reports.load(self.record.id)
        return Funnel(mentees=FunnelSide.of(found.mentees), mentors=FunnelSide.of(found.mentors))

    @resolved("What its mentors offer and nobody uses; for the programme's manager and HR analysts.")
    async def unused_capacity(self, info: Info) -> UnusedCapacity | None:
        """Nothing is added up here."""
        return UnusedCapacity.of((await info.context.loaders.programme_reports.load(self.record.id)).unused)

    @resolved("How many goals are where; for the programme's manager and HR analysts.")
    async def goals(self, info: Info) -> ProgrammeGoals | None:
        """Nothing is counted here."""
        return ProgrammeGoals.of(await info.context.loaders.goal_reports.load(self.record.id))

    @resolved("How many mentorships have what they need; for the programme's manager and HR analysts.")
    def coverage(self) -> ProgrammeCoverage:
        """Counted by three parts, each of which may be away."""
        return ProgrammeCoverage.of(self.record)

    @resolved("How many of its mentorships have a running cycle, shown after a moment: how far a launch has come.")
    async def running_cycles(self, info: Info) -> int | None:
        """For its manager."""
        return (await info.context.call(COUNT_CYCLES, CountCycles(programme_id=self.record.id))).running

    @resolved("Every version of its policy, the first one first; at most 50.")
    async def policy_versions(self, info: Info) -> list[PolicyVersion] | None:
        """Mentorships keep the one that they were proposed under."""
        request = ListPolicyVersions(programme_id=self.record.id)
        found = await info.context.call(identity.LIST_POLICY_VERSIONS, request)
        return [PolicyVersion.of(version) for version in found]


@strawberry.input(description="A new programme.")
class CreateProgrammeInput(Input):
    """Makes identity.CreateProgramme."""

    name: str = field("Its name.")
    policy: ProgrammePolicyInput | None = optional("Every duration that differs from the default.")
    template: ProgrammeTemplateKey | None = optional("A template instead of a policy.")
    training_for: list[Party] | None = optional(
        "The sides that need a training before they are matched; none if left out."
    )


@strawberry.input(description="The next version of a programme's policy.")
class PublishPolicyInput(Edit):
    """Makes identity.PublishPolicy."""

    programme_id: strawberry.ID = field("The programme.")
    policy: ProgrammePolicyInput = field("Every duration that changes; the others stay as they are.")


@strawberry.type
class ProgrammeQueries:
    """Reads of programmes."""

    @resolved("Programmes that are ready to be taken as they are.")
    async def programme_templates(self, info: Info) -> list[ProgrammeTemplate] | None:
        """The same for everybody."""
        found = await info.context.call(identity.LIST_PROGRAMME_TEMPLATES, ListProgrammeTemplates())
        return [ProgrammeTemplate.of(template) for template in found]

    @resolved("One programme.")
    async def programme(self, info: Info, id: Id) -> Programme | None:
        """By its global id."""
        return await find(info.context, Programme, id)

    @resolved("The programmes of your organisation, newest first.")
    async def programmes(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Programme] | None:
        """One page."""
        request = ListProgrammes(first=checked_first(first), after=after)
        return connection(Programme, await info.context.call(identity.LIST_PROGRAMMES, request), after)


@strawberry.type
class ProgrammeMutations:
    """Changes of programmes."""

    create_programme = mutation(identity.CREATE_PROGRAMME, CreateProgrammeInput, Programme)
    publish_policy = mutation(identity.PUBLISH_POLICY, PublishPolicyInput, Programme)
