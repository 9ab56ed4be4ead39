"""Who takes part in a programme, on which side, and in which cohort."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from contracts.identity.mentors import Field, Language, Seniority
from contracts.identity.party import Party
from contracts.wire import ByIds, Command, Event, Line, Operation, Page, Record, topic

MOST_PLACES = 2_000  # mentees of one cohort: their ids stand in its document

Places = Annotated[int, msgspec.Meta(ge=1, le=MOST_PLACES)]


class EnrolmentState(StrEnum):
    """What became of somebody's wish to take part. WAITING: approved, and there is no place free yet."""

    SUBMITTED = "submitted"
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Cohort(Record, frozen=True, kw_only=True):
    """Those who go through a programme together. `places` is for mentees; without it there is room for all."""

    id: str
    org_id: str
    programme_id: str
    name: str
    places: int | None = None
    places_taken: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    created_at: datetime
    version: int = 1


class Enrolment(Record, frozen=True, kw_only=True):
    """One person on one side of a programme; the same person may stand on both.

    `fields`, `seniority` and `languages` are what a mentee looks for; a mentor's stand in the mentor's profile.
    """

    id: str
    org_id: str
    programme_id: str
    cohort_id: str | None = None
    user_id: str
    party: Party
    state: EnrolmentState = EnrolmentState.SUBMITTED
    fields: tuple[str, ...] = ()
    seniority: Seniority | None = None
    languages: tuple[str, ...] = ()
    consented_at: datetime
    trained_at: datetime | None = None
    decided_at: datetime | None = None
    created_at: datetime
    version: int = 1


class OpenCohort(Command, frozen=True, kw_only=True):
    """A programme manager opens a cohort. Without days, people may enrol at any time."""

    programme_id: str
    name: Line
    places: Places | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


class Enrol(Command, frozen=True, kw_only=True):
    """A person would like to take part, and consents to being matched by what is written here and in the profile.

    A mentor writes a mentor profile first. A mentee says what they look for.
    """

    programme_id: str
    party: Party
    consent: bool
    cohort_id: str | None = None
    fields: Annotated[tuple[Field, ...], msgspec.Meta(max_length=8)] = ()
    seniority: Seniority | None = None
    languages: Annotated[tuple[Language, ...], msgspec.Meta(max_length=5)] = ()


class ApproveEnrolment(Command, frozen=True, kw_only=True):
    """A programme manager lets somebody take part. Where the cohort is full, they wait for the next free place."""

    enrolment_id: str


class DeclineEnrolment(Command, frozen=True, kw_only=True):
    """A programme manager does not let somebody take part."""

    enrolment_id: str


class WithdrawEnrolment(Command, frozen=True, kw_only=True):
    """A person takes the own enrolment back; the next one on the waiting list moves up."""

    enrolment_id: str


class RecordTraining(Command, frozen=True, kw_only=True):
    """A programme manager notes that somebody has done the training for their side."""

    enrolment_id: str


class ListCohorts(Record, frozen=True, kw_only=True):
    """The cohorts of a programme, newest first."""

    programme_id: str
    first: int = 20
    after: str | None = None


class ListEnrolments(Record, frozen=True, kw_only=True):
    """The caller's own enrolments, or those of a programme for its manager, oldest first."""

    programme_id: str | None = None
    cohort_id: str | None = None
    party: Party | None = None
    state: EnrolmentState | None = None
    first: int = 20
    after: str | None = None


OPEN_COHORT = Operation("identity.open_cohort", OpenCohort, Cohort)
ENROL = Operation("identity.enrol", Enrol, Enrolment)
APPROVE_ENROLMENT = Operation("identity.approve_enrolment", ApproveEnrolment, Enrolment)
DECLINE_ENROLMENT = Operation("identity.decline_enrolment", DeclineEnrolment, Enrolment)
WITHDRAW_ENROLMENT = Operation("identity.withdraw_enrolment", WithdrawEnrolment, Enrolment)
RECORD_TRAINING = Operation("identity.record_training", RecordTraining, Enrolment)
GET_COHORTS = Operation("identity.get_cohorts", ByIds, tuple[Cohort, ...], safe=True)
LIST_COHORTS = Operation("identity.list_cohorts", ListCohorts, Page[Cohort], safe=True)
GET_ENROLMENTS = Operation("identity.get_enrolments", ByIds, tuple[Enrolment, ...], safe=True)
LIST_ENROLMENTS = Operation("identity.list_enrolments", ListEnrolments, Page[Enrolment], safe=True)


class EnrolmentFact(Event, frozen=True, kw_only=True):
    """Any fact about an enrolment."""

    enrolment_id: str
    programme_id: str
    cohort_id: str | None = None
    user_id: str
    party: Party


@topic("identity.enrolment_submitted.v1")
class EnrolmentSubmitted(EnrolmentFact, frozen=True, kw_only=True):
    """Somebody would like to take part."""


@topic("identity.enrolment_waitlisted.v1")
class EnrolmentWaitlisted(EnrolmentFact, frozen=True, kw_only=True):
    """Somebody may take part once there is a place."""


@topic("identity.enrolment_approved.v1")
class EnrolmentApproved(EnrolmentFact, frozen=True, kw_only=True):
    """Somebody takes part."""


@topic("identity.enrolment_declined.v1")
class EnrolmentDeclined(EnrolmentFact, frozen=True, kw_only=True):
    """Somebody does not take part."""


@topic("identity.enrolment_withdrawn.v1")
class EnrolmentWithdrawn(EnrolmentFact, frozen=True, kw_only=True):
    """Somebody does not want to take part any more."""


ENROLMENT_DECISIONS: tuple[type[EnrolmentFact], ...] = (EnrolmentWaitlisted, EnrolmentApproved, EnrolmentDeclined)
