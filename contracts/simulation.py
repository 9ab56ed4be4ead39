"""A programme played before it starts, and a past one played under another policy. Owner: the workflows part."""

from datetime import datetime
from enum import StrEnum

from contracts.identity import CaseKind, Closure, RunState
from contracts.identity.policies import PolicyChanges
from contracts.notifications import Template
from contracts.wire import ByIds, Command, Operation, Record

MOST_PAIRS = 5_000
MOST_MONTHS = 24
MOST_RELIVED = 2_000  # mentorships of a cohort
SEEDS = 2**31  # a seed is below: it has to fit the API's whole numbers


class Profile(StrEnum):
    """How people keep what they promise, as a simulation assumes it.

    RELIABLE: nearly everything, and in time. BUSY: most, often late. DRIFTING: like reliable people at first, and less
    each month. VANISHING: like busy people, and one day not at all.
    """

    RELIABLE = "reliable"
    BUSY = "busy"
    DRIFTING = "drifting"
    VANISHING = "vanishing"


class ProfileShare(Record, frozen=True, kw_only=True):
    """How many in a hundred people are like this."""

    profile: Profile
    share: int


class Spread(Record, frozen=True, kw_only=True):
    """How something is spread: a tenth is at most `p10`, half at most `p50`, nine tenths at most `p90`."""

    mean: float
    p10: float
    p50: float
    p90: float


class WeekFigures(Record, frozen=True, kw_only=True):
    """One week of a simulated programme. `coverage` is settled against due so far; null before anything came due."""

    week: int
    open_pairs: int
    notifications: Spread
    mentor_hours: Spread
    escalations: int
    staff_hours: float
    coverage: float | None = None


class TemplateCount(Record, frozen=True, kw_only=True):
    """How often one message was sent."""

    template: Template
    count: int


class CaseCount(Record, frozen=True, kw_only=True):
    """How many cases of one kind were opened."""

    kind: CaseKind
    count: int


class ClosureCount(Record, frozen=True, kw_only=True):
    """How many mentorships ended in one way; null: the match was declined or lapsed."""

    closure: Closure | None
    count: int


class Figures(Record, frozen=True, kw_only=True):
    """What a policy comes to.

    Notifications are per person and week, mentor hours per mentorship and week, each while the mentorship is open.
    Coverage is settled / (settled + overdue and open), `kept` is kept / settled, both by mentorship. Escalations are
    cases for programme managers, and staff hours what working on them takes.
    """

    pairs: int
    weeks: int
    notifications_sent: int
    notifications: Spread
    notifications_by_template: tuple[TemplateCount, ...] = ()
    mentor_hours_given: float
    mentor_hours: Spread
    check_ins_held: int
    check_ins_missed: int
    escalations: int
    escalations_by_kind: tuple[CaseCount, ...] = ()
    staff_hours_needed: float
    staff_hours: Spread
    coverage: Spread | None = None
    kept: Spread | None = None
    open_at_end: int
    closures: tuple[ClosureCount, ...] = ()
    series: tuple[WeekFigures, ...] = ()


class Simulation(Record, frozen=True, kw_only=True):
    """A programme as it would go: what was asked, how far it is, and at the end the figures.

    It is kept as long as the engine keeps what is over.
    """

    id: str
    org_id: str
    programme_id: str
    policy_version: int
    pairs: int
    months: int
    behaviour: tuple[ProfileShare, ...]
    seed: int
    state: RunState = RunState.QUEUED
    progress: int = 0
    requested_by: str
    created_at: datetime
    finished_at: datetime | None = None
    figures: Figures | None = None


class SimulateProgramme(Command, frozen=True, kw_only=True):
    """A programme manager has a programme played before it starts: its present policy, or one with these changes.

    The same request with the same seed has the same figures, to the byte.
    """

    programme_id: str
    policy: PolicyChanges | None = None
    pairs: int
    months: int = 12
    behaviour: tuple[ProfileShare, ...] = ()
    seed: int = 1


SIMULATE_PROGRAMME = Operation("cycles.simulate_programme", SimulateProgramme, Simulation)
GET_SIMULATIONS = Operation("cycles.get_simulations", ByIds, tuple[Simulation, ...], safe=True)


class Hindsight(Record, frozen=True, kw_only=True):
    """What a cohort has seen, beside what it would have seen under another policy.

    `mentorships`: how many the cohort has had. `left_out` of them, because what is known does not lead to where they
    really came, as with those that began before it was kept. The others are in both figures, each followed until it
    ended or until now. `ended_otherwise`: how many would have ended in another way or not yet. `unknown_check_ins`: how
    many there would have been of which nobody knows whether the two had come.
    """

    id: str
    org_id: str
    programme_id: str
    cohort_id: str
    policy_version: int
    state: RunState = RunState.QUEUED
    progress: int = 0
    requested_by: str
    created_at: datetime
    finished_at: datetime | None = None
    mentorships: int | None = None
    left_out: int | None = None
    ended_otherwise: int | None = None
    unknown_check_ins: int | None = None
    as_was: Figures | None = None
    would_be: Figures | None = None


class WhatIf(Command, frozen=True, kw_only=True):
    """A programme manager asks what a past cohort would have seen under another policy.

    That is another version of the programme's policy, the present one, or the present one with changes. What the people
    did is taken as it was: what they would have done under other nudges nobody can know, so read it as what would have
    been sent, opened and missed, and not as how they would have fared. The first 2,000 mentorships count.
    """

    cohort_id: str
    policy_version: int | None = None
    policy: PolicyChanges | None = None


WHAT_IF = Operation("cycles.what_if", WhatIf, Hindsight)
GET_HINDSIGHTS = Operation("cycles.get_hindsights", ByIds, tuple[Hindsight, ...], safe=True)
