"""What a past cohort would have seen under another policy, beside what it has seen."""

from datetime import datetime

import strawberry

from contracts import simulation
from contracts.identity import RunState
from gateway.context import Info
from gateway.types.enrolments import Cohort
from gateway.types.identity import User
from gateway.types.mutation import Input, mutation
from gateway.types.policy import ProgrammePolicyInput
from gateway.types.programmes import Programme
from gateway.types.relay import Id, Node, field, find, optional, reference, resolved
from gateway.types.simulations import SimulationFigures


@strawberry.type(
    description="What a cohort has seen, beside what it would have seen under another policy. What people did is taken"
    " as it was; what they would have done under other nudges nobody can know. See the documentation."
)
class Hindsight(Node):
    """Shows simulation.Hindsight."""

    loader = staticmethod(lambda loaders: loaders.hindsights)

    programme = reference(Programme, "programme_id", "The programme.")
    cohort = reference(Cohort, "cohort_id", "The cohort.")
    policy_version: int = field("The version of the other policy, or the one that the changes were made to.")
    state: RunState = field("How far it has come.")
    progress: int = field("The same in percent.")
    requested_by = reference(User, "requested_by", "Who asked for it.")
    created_at: datetime = field("When it was asked for: what was known then counts.")
    finished_at: datetime | None = field("When it was done.")
    mentorships: int | None = field("How many mentorships the cohort has had; the first 2,000 count.")
    left_out: int | None = field(
        "How many do not count, because what is known does not lead to where they really came."
    )
    ended_otherwise: int | None = field("How many would have ended in another way, or would not have ended yet.")
    unknown_check_ins: int | None = field(
        "How many check-ins there would have been of which nobody knows whether both had come: they count as nothing."
    )

    @resolved("What the cohort has seen, each mentorship under the policy it had; null before it is done.")
    def as_was(self) -> SimulationFigures | None:
        """One side."""
        return SimulationFigures.of(self.record.as_was) if self.record.as_was else None

    @resolved("What the same mentorships would have seen under the other policy; null before it is done.")
    def would_be(self) -> SimulationFigures | None:
        """The other side."""
        return SimulationFigures.of(self.record.would_be) if self.record.would_be else None


@strawberry.input(description="A past cohort, and another policy.")
class WhatIfInput(Input):
    """Makes simulation.WhatIf."""

    cohort_id: strawberry.ID = field("The cohort.")
    policy_version: int | None = optional("A version of the programme's policy; the present one if left out.")
    policy: ProgrammePolicyInput | None = optional("What to change of the present policy, instead of a version.")


@strawberry.type
class HindsightQueries:
    """Reads of hindsights."""

    @resolved("One of them; for the programme's manager, as long as the engine keeps it.")
    async def hindsight(self, info: Info, id: Id) -> Hindsight | None:
        """By its global id."""
        return await find(info.context, Hindsight, id)


@strawberry.type
class HindsightMutations:
    """Hindsights begun."""

    what_if = mutation(simulation.WHAT_IF, WhatIfInput, Hindsight)
