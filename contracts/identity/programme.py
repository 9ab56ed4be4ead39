"""A mentoring programme and the policy that its mentorships run by."""

from datetime import datetime, timedelta
from enum import StrEnum

from contracts.identity.party import Party
from contracts.wire import (
    ByIds,
    Command,
    Line,
    Operation,
    Page,
    Record,
)


class ProgrammeTemplateKey(StrEnum):
    """Which programme that is ready to be taken as it is."""

    HALF_YEAR = "half_year"
    LEADERSHIP_YEAR = "leadership_year"
    QUARTER = "quarter"
    ONBOARDING = "onboarding"


class TimeOffRule(StrEnum):
    """What becomes of a check-in in time off: it is left out, or moved to the first day behind it."""

    SKIP = "skip"
    SHIFT = "shift"


class ProgrammePolicy(Record, frozen=True, kw_only=True):
    """Every duration and limit that a cycle runs by. A mentorship keeps the version it was signed under."""

    version: int = 1
    length: timedelta = timedelta(days=182)
    match_response: timedelta = timedelta(days=14)
    match_nudges: tuple[timedelta, ...] = (timedelta(days=3), timedelta(days=7))
    signature_deadline: timedelta = timedelta(days=14)
    signature_nudges: tuple[timedelta, ...] = (timedelta(days=7), timedelta(days=12))
    not_started_after: timedelta = timedelta(days=28)
    preparation_asked: timedelta = timedelta(hours=72)
    preparation_due: timedelta = timedelta(hours=24)
    brief_before: timedelta = timedelta(hours=2)
    log_prompt_after: timedelta = timedelta(hours=2)
    attendance_tacit_after: timedelta = timedelta(hours=72)
    milestone_every: timedelta = timedelta(days=91)
    review_opens_before: timedelta = timedelta(days=7)
    closing_lead: timedelta = timedelta(days=28)
    hard_close_after: timedelta = timedelta(days=14)
    reschedule_horizon: timedelta = timedelta(hours=24)
    renegotiation_window: timedelta = timedelta(days=7)
    first_meeting: timedelta = timedelta(days=14)
    monitoring: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=28))
    monitoring_every: timedelta = timedelta(days=30)
    feedback_due: timedelta = timedelta(days=3)
    feedback_acknowledged: timedelta = timedelta(days=3)
    feedback_acted_on: timedelta = timedelta(days=14)
    progress_every: timedelta = timedelta(days=7)
    help_working_days: int = 3
    help_escalated: timedelta = timedelta(days=7)
    blocked_escalated: timedelta = timedelta(days=7)
    action_nudge: timedelta = timedelta(days=3)
    action_grace: timedelta = timedelta(days=7)
    stale_goal_cadences: int = 2
    missed_escalated: int = 2
    missed_at_risk: int = 3
    silence: timedelta = timedelta(days=30)
    inactivity_escalated: timedelta = timedelta(days=60)
    inactivity_notice: timedelta = timedelta(days=90)
    inactivity_closing: timedelta = timedelta(days=7)
    evidence_within: timedelta = timedelta(days=28)
    review_grace: timedelta = timedelta(days=7)
    renegotiate_meeting_before: timedelta = timedelta(hours=24)
    renegotiate_item_before: timedelta = timedelta(hours=48)
    renegotiation_answer: timedelta = timedelta(hours=72)
    pause_longest: timedelta = timedelta(days=60)
    pause_reminder: timedelta = timedelta(days=7)
    rematch_buffer: timedelta = timedelta(days=14)
    rematch_limit: timedelta = timedelta(days=21)
    goals_met_closing: timedelta = timedelta(days=28)
    early_closing: timedelta = timedelta(days=14)
    extension_longest: timedelta = timedelta(days=182)
    alumni_surveys: tuple[timedelta, ...] = (timedelta(days=90), timedelta(days=180))
    archive_after: timedelta = timedelta(days=28)
    retention: timedelta = timedelta(days=1095)
    time_off: TimeOffRule = TimeOffRule.SKIP
    feedback_grace: timedelta = timedelta(days=7)
    feedback_acknowledged_grace: timedelta = timedelta(days=3)
    feedback_acted_on_grace: timedelta = timedelta(days=14)
    progress_grace: timedelta = timedelta(days=7)
    help_grace: timedelta = timedelta(days=7)


class PinnedTerms(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What the other parts need of the policy that a mentorship was signed under, each under its name there."""

    preparation_due: timedelta = timedelta(hours=24)
    attendance_tacit_after: timedelta = timedelta(hours=72)
    feedback_acknowledged: timedelta = timedelta(days=3)
    feedback_acted_on: timedelta = timedelta(days=14)
    help_working_days: int = 3
    action_grace: timedelta = timedelta(days=7)
    review_grace: timedelta = timedelta(days=7)
    renegotiate_meeting_before: timedelta = timedelta(hours=24)
    renegotiate_item_before: timedelta = timedelta(hours=48)
    renegotiation_answer: timedelta = timedelta(hours=72)
    feedback_grace: timedelta = timedelta(days=7)
    feedback_acknowledged_grace: timedelta = timedelta(days=3)
    feedback_acted_on_grace: timedelta = timedelta(days=14)
    progress_grace: timedelta = timedelta(days=7)
    help_grace: timedelta = timedelta(days=7)

    @classmethod
    def of(cls, policy: ProgrammePolicy) -> "PinnedTerms":
        """Those of this policy."""
        return cls(**{name: getattr(policy, name) for name in cls.__struct_fields__})


class Programme(Record, frozen=True, kw_only=True):
    """A mentoring programme of an organisation, with the policy that new mentorships start under.

    Nobody on a side of `training_for` is matched before their training is recorded.
    """

    id: str
    org_id: str
    name: str
    policy: ProgrammePolicy
    training_for: tuple[Party, ...] = ()
    created_at: datetime
    version: int = 1


class CreateProgramme(Command, frozen=True, kw_only=True):
    """A programme manager opens a programme under a template or a policy; what is not given takes the default."""

    name: Line
    policy: ProgrammePolicy = ProgrammePolicy()
    training_for: tuple[Party, ...] = ()
    template: ProgrammeTemplateKey | None = None


class ListProgrammes(Record, frozen=True, kw_only=True):
    """Programmes of the organisation, newest first."""

    first: int = 20
    after: str | None = None


CREATE_PROGRAMME = Operation("identity.create_programme", CreateProgramme, Programme)
GET_PROGRAMMES = Operation("identity.get_programmes", ByIds, tuple[Programme, ...], safe=True)
LIST_PROGRAMMES = Operation("identity.list_programmes", ListProgrammes, Page[Programme], safe=True)
