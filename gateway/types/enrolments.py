"""Cohorts, and who takes part in a programme."""

from datetime import datetime
from typing import Annotated

import strawberry

from contracts import identity
from contracts.identity import EnrolmentState, ListCohorts, ListEnrolments, Party, Seniority
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
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
    optional,
    reference,
    resolved,
)


@strawberry.type(description="Those who go through a programme together.")
class Cohort(Node):
    """Shows identity.Cohort."""

    loader = staticmethod(lambda loaders: loaders.cohorts)

    name: str = field("Its name.")
    programme = reference(Programme, "programme_id", "The programme.")
    places: int | None = field("How many mentees there is room for; null if there is no limit.")
    places_taken: int = field("How many mentees have a place.")
    opens_at: datetime | None = field("When people can begin to enrol.")
    closes_at: datetime | None = field("When they can no longer enrol.")
    created_at: datetime = field("When it was opened.")
    version: int = field("Counts its changes.")


@strawberry.type(description="One person on one side of a programme; the same person may stand on both.")
class Enrolment(Node):
    """Shows identity.Enrolment."""

    loader = staticmethod(lambda loaders: loaders.enrolments)

    programme = reference(Programme, "programme_id", "The programme.")
    cohort = reference(Cohort, "cohort_id", "The cohort, if it is one.")
    user = reference(User, "user_id", "The person.")
    party: Party = field("The side.")
    state: EnrolmentState = field("What became of it.")
    fields: list[str] = field("What a mentee looks for.")
    seniority: Seniority | None = field("How senior a mentor the mentee wishes.")
    languages: list[str] = field("BCP 47 tags of the languages that a mentee speaks, the first one best.")
    consented_at: datetime = field("When the person consented to be matched.")
    trained_at: datetime | None = field("When the training was recorded.")
    decided_at: datetime | None = field("When a programme manager decided.")
    created_at: datetime = field("When the person first enrolled.")
    version: int = field("Counts its changes.")


@strawberry.input(description="A new cohort.")
class OpenCohortInput(Input):
    """Makes identity.OpenCohort."""

    programme_id: strawberry.ID = field("The programme.")
    name: str = field("Its name.")
    places: int | None = optional("How many mentees there is room for, up to 2,000; no limit if left out.")
    opens_at: datetime | None = optional("When people can begin to enrol; now if left out.")
    closes_at: datetime | None = optional("When they can no longer enrol; never if left out.")


@strawberry.input(description="Your wish to take part.")
class EnrolInput(Edit):
    """Makes identity.Enrol."""

    programme_id: strawberry.ID = field("The programme.")
    party: Party = field("The side on which you would like to take part.")
    consent: bool = field("Whether you consent to be matched by what you write here and in your profile.")
    cohort_id: strawberry.ID | None = optional("The cohort, if it is one.")
    fields: list[str] | None = optional("For a mentee: up to eight fields that you want to grow in.")
    seniority: Seniority | None = optional("For a mentee: how senior a mentor you wish; any if left out.")
    languages: list[str] | None = optional("For a mentee: the languages that you speak as BCP 47 tags, the best first.")


@strawberry.input(description="An enrolment to let in.")
class ApproveEnrolmentInput(Edit):
    """Makes identity.ApproveEnrolment."""

    enrolment_id: strawberry.ID = field("The enrolment.")


@strawberry.input(description="An enrolment not to let in.")
class DeclineEnrolmentInput(Edit):
    """Makes identity.DeclineEnrolment."""

    enrolment_id: strawberry.ID = field("The enrolment.")


@strawberry.input(description="Your enrolment that you take back.")
class WithdrawEnrolmentInput(Edit):
    """Makes identity.WithdrawEnrolment."""

    enrolment_id: strawberry.ID = field("The enrolment.")


@strawberry.input(description="Somebody who has done the training.")
class RecordTrainingInput(Edit):
    """Makes identity.RecordTraining."""

    enrolment_id: strawberry.ID = field("The enrolment.")


@strawberry.type
class EnrolmentQueries:
    """Reads of cohorts and enrolments."""

    @resolved("The cohorts of a programme, newest first.")
    async def cohorts(
        self, info: Info, programme_id: Id, first: First = PAGE, after: After = None
    ) -> Connection[Cohort] | None:
        """One page."""
        local = local_id(info.context, "Programme", programme_id)
        request = ListCohorts(programme_id=local, first=checked_first(first), after=after)
        return connection(Cohort, await info.context.call(identity.LIST_COHORTS, request), after)

    @resolved("Your own enrolments, oldest first.")
    async def my_enrolments(self, info: Info, first: First = PAGE, after: After = None) -> Connection[Enrolment] | None:
        """On both sides, in all programmes."""
        request = ListEnrolments(first=checked_first(first), after=after)
        return connection(Enrolment, await info.context.call(identity.LIST_ENROLMENTS, request), after)

    @resolved("Who takes part in a programme or would like to, oldest first; for its manager.")
    async def enrolments(
        self,
        info: Info,
        *,
        programme_id: Id,
        cohort_id: Annotated[strawberry.ID | None, strawberry.argument(description="Of this cohort only.")] = None,
        party: Annotated[Party | None, strawberry.argument(description="On this side only.")] = None,
        state: Annotated[EnrolmentState | None, strawberry.argument(description="In this state only.")] = None,
        first: First = PAGE,
        after: After = None,
    ) -> Connection[Enrolment] | None:
        """One page."""
        request = ListEnrolments(
            programme_id=local_id(info.context, "Programme", programme_id),
            cohort_id=local_id(info.context, "Cohort", cohort_id) if cohort_id else None,
            party=party,
            state=state,
            first=checked_first(first),
            after=after,
        )
        return connection(Enrolment, await info.context.call(identity.LIST_ENROLMENTS, request), after)


@strawberry.type
class EnrolmentMutations:
    """Changes of cohorts and enrolments."""

    open_cohort = mutation(identity.OPEN_COHORT, OpenCohortInput, Cohort)
    enrol = mutation(identity.ENROL, EnrolInput, Enrolment)
    approve_enrolment = mutation(identity.APPROVE_ENROLMENT, ApproveEnrolmentInput, Enrolment)
    decline_enrolment = mutation(identity.DECLINE_ENROLMENT, DeclineEnrolmentInput, Enrolment)
    withdraw_enrolment = mutation(identity.WITHDRAW_ENROLMENT, WithdrawEnrolmentInput, Enrolment)
    record_training = mutation(identity.RECORD_TRAINING, RecordTrainingInput, Enrolment)
