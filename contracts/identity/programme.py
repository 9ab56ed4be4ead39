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
