"""Programmes played before they start, and what that came to, ready to plot."""

from datetime import datetime

import strawberry

from contracts import simulation
from contracts.identity import CaseKind, Closure, RunState
from contracts.notifications import Template
from contracts.simulation import Profile
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Input, mutation
from gateway.types.policy import ProgrammePolicyInput
from gateway.types.programmes import Programme
from gateway.types.relay import Id, Node, View, field, find, optional, reference, resolved, viewed


@strawberry.type(
    description="How something is spread: a tenth is at most p10, half at most p50, nine tenths at most p90."
)
class Spread(View):
    """Shows simulation.Spread."""

    mean: float = field("The mean.")
    p10: float = field("A tenth is at most this.")
    p50: float = field("Half is at most this.")
    p90: float = field("Nine tenths are at most this.")


def spread(attribute: str, description: str) -> object:
    """A field with a spread of the record."""

    def resolve(self: View) -> Spread | None:
        found = getattr(self.record, attribute)
        return Spread.of(found) if found else None

    return strawberry.field(resolver=resolve, description=description)


@strawberry.type(description="How many people in a hundred are of one profile.")
class ProfileShare(View):
    """Shows simulation.ProfileShare."""

    profile: Profile = field("The profile.")
    share: int = field("In a hundred.")


@strawberry.type(description="How often one message is sent.")
class TemplateCount(View):
    """Shows simulation.TemplateCount."""

    template: Template = field("The message.")
    count: int = field("How often.")


@strawberry.type(description="How many cases of one kind are opened.")
class CaseCount(View):
    """Shows simulation.CaseCount."""

    kind: CaseKind = field("The kind.")
    count: int = field("How many.")


@strawberry.type(description="How many mentorships end in one way.")
class ClosureCount(View):
    """Shows simulation.ClosureCount."""

    closure: Closure | None = field("The way; null if the match came to nothing.")
    count: int = field("How many.")


@strawberry.type(description="One week of a programme.")
class WeekFigures(View):
    """Shows simulation.WeekFigures."""

    week: int = field("Counts from 1.")
    open_pairs: int = field("How many mentorships are open in it.")
    notifications = spread("notifications", "Notifications per person.")
    mentor_hours = spread("mentor_hours", "Hours that a mentor gives to one mentorship.")
    escalations: int = field("How many cases are opened for programme managers.")
    staff_hours: float = field("How many hours working on these takes, as far as one can assume.")
    coverage: float | None = field("Settled / (settled + overdue and open) so far; null before anything came due.")


@strawberry.type(description="What a policy comes to. Percentiles are by nearest rank.")
class SimulationFigures(View):
    """Shows simulation.Figures."""

    pairs: int = field("How many mentorships.")
    weeks: int = field("For how many weeks.")
    notifications_sent: int = field("How many notifications cycles send in all; replies to people's own acts are more.")
    notifications = spread("notifications", "Notifications per person and week while the mentorship is open.")
    notifications_by_template = viewed(TemplateCount, "notifications_by_template", "The same by message.")
    mentor_hours_given: float = field("How many hours all mentors give.")
    mentor_hours = spread("mentor_hours", "Hours per mentorship and week that a mentor gives while it is open.")
    check_ins_held: int = field("How many check-ins are held.")
    check_ins_missed: int = field("How many are missed.")
    escalations: int = field("How many cases are opened for programme managers.")
    escalations_by_kind = viewed(CaseCount, "escalations_by_kind", "The same by kind.")
    staff_hours_needed: float = field("How many hours working on these takes, as far as one can assume.")
    staff_hours = spread("staff_hours", "The same per week.")
    coverage = spread("coverage", "Settled / (settled + overdue and open) at the end, by mentorship, 0 to 1.")
    kept = spread("kept", "Kept / settled at the end, by mentorship, 0 to 1.")
    open_at_end: int = field("How many mentorships are still open.")
    closures = viewed(ClosureCount, "closures", "How the others ended.")
    series = viewed(WeekFigures, "series", "Week by week, ready to plot.")


@strawberry.type(
    description="A programme played before it starts. How people behave in it is assumed: see the documentation."
)
class Simulation(Node):
    """Shows simulation.Simulation."""

    loader = staticmethod(lambda loaders: loaders.simulations)

    programme = reference(Programme, "programme_id", "The programme.")
    policy_version: int = field("The version of the policy that was played, or that the changes were made to.")
    pairs: int = field("How many pairs.")
    months: int = field("For how many months.")
    behaviour = viewed(ProfileShare, "behaviour", "What kinds of people take part.")
    seed: int = field("What chance was drawn from: the same seed has the same figures.")
    state: RunState = field("How far it has come.")
    progress: int = field("The same in percent.")
    requested_by = reference(User, "requested_by", "Who asked for it.")
    created_at: datetime = field("When it was asked for.")
    finished_at: datetime | None = field("When it was done.")

    @resolved("What it came to; null before it is done.")
    def figures(self) -> SimulationFigures | None:
        """All at once."""
        return SimulationFigures.of(self.record.figures) if self.record.figures else None


@strawberry.input(description="How many people in a hundred are of one profile.")
class ProfileShareInput:
    """Makes simulation.ProfileShare."""

    profile: Profile = field("The profile.")
    share: int = field("In a hundred; all shares come to 100.")


@strawberry.input(description="A programme to be played.")
class SimulateProgrammeInput(Input):
    """Makes simulation.SimulateProgramme."""

    programme_id: strawberry.ID = field("The programme.")
    policy: ProgrammePolicyInput | None = optional("What to change of its policy; as it is if left out.")
    pairs: int = field("How many pairs, 1 to 5,000.")
    months: int | None = optional("For how many months, 1 to 24; 12 if left out.")
    behaviour: list[ProfileShareInput] | None = optional(
        "What kinds of people take part; 50 reliable, 30 busy, 15 drifting and 5 vanishing in a hundred if left out."
    )
    seed: int | None = optional("A whole number from which chance is drawn; 1 if left out.")


@strawberry.type
class SimulationQueries:
    """Reads of simulations."""

    @resolved("One simulation; for the programme's manager, as long as the engine keeps it.")
    async def simulation(self, info: Info, id: Id) -> Simulation | None:
        """By its global id."""
        return await find(info.context, Simulation, id)


@strawberry.type
class SimulationMutations:
    """Simulations begun."""

    simulate_programme = mutation(simulation.SIMULATE_PROGRAMME, SimulateProgrammeInput, Simulation)
