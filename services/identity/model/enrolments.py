"""Cohorts and who takes part in them."""

from datetime import datetime
from itertools import product

import msgspec

from contracts.errors import Conflict, Invalid
from contracts.identity import (
    Cohort,
    Enrol,
    Enrolment,
    EnrolmentApproved,
    EnrolmentDeclined,
    EnrolmentFact,
    EnrolmentState,
    EnrolmentSubmitted,
    EnrolmentWaitlisted,
    EnrolmentWithdrawn,
    ListEnrolments,
    OpenCohort,
    Party,
    Programme,
)
from contracts.wire import Change, evolve
from services.identity.model.mentors import checked_fields, checked_languages

OVER = frozenset({EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN})
PENDING = frozenset({EnrolmentState.SUBMITTED, EnrolmentState.WAITING})


class Enrolled(Enrolment, frozen=True, kw_only=True):
    """An enrolment with the words that lists find it by."""

    keys: tuple[str, ...] = ()

    def published(self) -> Enrolment:
        """The enrolment as others see it."""
        return Enrolment(**{name: getattr(self, name) for name in Enrolment.__struct_fields__})


class Group(Cohort, frozen=True, kw_only=True):
    """A cohort with the ids of the enrolments that hold its places."""

    holders: tuple[str, ...] = ()

    def published(self) -> Cohort:
        """The cohort as others see it."""
        return Cohort(**{name: getattr(self, name) for name in Cohort.__struct_fields__})

    def has_place_for(self, enrolment: Enrolment) -> bool:
        """Whether there is a place: always for mentors, and for who has one already."""
        if self.places is None or enrolment.party is Party.MENTOR or enrolment.id in self.holders:
            return True
        return len(self.holders) < self.places


def open_cohort(cohort_id: str, org_id: str, request: OpenCohort, at: datetime) -> Change[Group]:
    """A new cohort of a programme."""
    if request.opens_at and request.closes_at and request.closes_at <= request.opens_at:
        raise Invalid("Enrolment must close after it opens.", field="closesAt")
    return Change(
        Group(
            id=cohort_id,
            org_id=org_id,
            programme_id=request.programme_id,
            name=request.name.strip(),
            places=request.places,
            opens_at=request.opens_at,
            closes_at=request.closes_at,
            created_at=at,
        )
    )


def take_place(group: Group, enrolment: Enrolment) -> Change[Group]:
    """A place for this mentee, where there is one; a repeat changes nothing."""
    if enrolment.party is Party.MENTOR or enrolment.id in group.holders or not group.has_place_for(enrolment):
        return Change(group)
    return Change(_held(group, (*group.holders, enrolment.id)))


def free_place(group: Group, enrolment_id: str) -> Change[Group]:
    """The place is free again."""
    if enrolment_id not in group.holders:
        return Change(group)
    return Change(_held(group, tuple(each for each in group.holders if each != enrolment_id)))


def enrol(
    before: Enrolled | None, enrolment_id: str, user_id: str, request: Enrol, *, programme: Programme, at: datetime
) -> Change[Enrolled]:
    """Somebody would like to take part: for the first time, or again after it came to nothing."""
    if not request.consent:
        raise Invalid("Matching needs your consent to be matched by what you write here.", field="consent")
    if before and before.state not in OVER:
        raise Conflict(f"You are enrolled as {request.party} already; it is {before.state}. Withdraw it to start anew.")
    if request.party is Party.MENTEE and not request.languages:
        raise Invalid("Say which languages you speak, so that the two of you can talk.", field="languages")
    enrolled = Enrolled(
        id=enrolment_id,
        org_id=programme.org_id,
        programme_id=programme.id,
        cohort_id=request.cohort_id,
        user_id=user_id,
        party=request.party,
        fields=checked_fields(request.fields),
        seniority=request.seniority,
        languages=checked_languages(request.languages),
        consented_at=at,
        trained_at=before.trained_at if before else None,
        created_at=before.created_at if before else at,
        version=before.version + 1 if before else 1,
    )
    return _told(enrolled, EnrolmentSubmitted)


def check_window(group: Group, at: datetime) -> None:
    """Refuse who comes before a cohort opens or after it has closed."""
    if group.opens_at and at < group.opens_at:
        raise Conflict(f"Enrolment opens at {group.opens_at.isoformat()}. Come back then.", field="cohortId")
    if group.closes_at and at >= group.closes_at:
        raise Conflict(f"Enrolment closed at {group.closes_at.isoformat()}. Choose another cohort.", field="cohortId")


def approve(enrolment: Enrolled, *, has_place: bool, at: datetime) -> Change[Enrolled]:
    """Somebody takes part, or waits for the next free place."""
    _need(enrolment, PENDING)
    if has_place:
        return _told(evolve(enrolment, state=EnrolmentState.APPROVED, decided_at=at), EnrolmentApproved)
    if enrolment.state is EnrolmentState.WAITING:
        return Change(enrolment)
    return _told(evolve(enrolment, state=EnrolmentState.WAITING, decided_at=at), EnrolmentWaitlisted)


def decline(enrolment: Enrolled, at: datetime) -> Change[Enrolled]:
    """Somebody does not take part."""
    _need(enrolment, PENDING)
    return _told(evolve(enrolment, state=EnrolmentState.DECLINED, decided_at=at), EnrolmentDeclined)


def withdraw(enrolment: Enrolled) -> Change[Enrolled]:
    """A person changed their mind."""
    _need(enrolment, frozenset(EnrolmentState) - OVER)
    return _told(evolve(enrolment, state=EnrolmentState.WITHDRAWN), EnrolmentWithdrawn)


def record_training(enrolment: Enrolled, at: datetime) -> Change[Enrolled]:
    """The training for the own side is done; noting it again changes nothing."""
    _need(enrolment, frozenset(EnrolmentState) - OVER)
    return Change(enrolment if enrolment.trained_at else evolve(enrolment, trained_at=at))


def is_trained(enrolment: Enrolment, programme: Programme) -> bool:
    """Whether nothing is left to be learned before somebody is matched."""
    return enrolment.trained_at is not None or enrolment.party not in programme.training_for


def list_key(programme_id: str, request: ListEnrolments) -> str:
    """The one key under which a list finds its enrolments."""
    return _key(programme_id, request.cohort_id, request.party, request.state)


def _key(programme_id: str, cohort_id: str | None, party: Party | None, state: EnrolmentState | None) -> str:
    return "|".join((programme_id, cohort_id or "", party or "", state or ""))


def _told(enrolment: Enrolled, fact: type[EnrolmentFact]) -> Change[Enrolled]:
    words = product((None, enrolment.cohort_id), (None, enrolment.party), (None, enrolment.state))
    keys = tuple(dict.fromkeys(_key(enrolment.programme_id, *each) for each in words))
    enrolment = msgspec.structs.replace(enrolment, keys=keys)
    event = fact(
        enrolment_id=enrolment.id,
        programme_id=enrolment.programme_id,
        cohort_id=enrolment.cohort_id,
        user_id=enrolment.user_id,
        party=enrolment.party,
    )
    return Change(enrolment, (event,))


def _need(enrolment: Enrolment, states: frozenset[EnrolmentState]) -> None:
    if enrolment.state not in states:
        wanted = " or ".join(sorted(states))
        raise Conflict(f"The enrolment {enrolment.id} is {enrolment.state}; this can be done while it is {wanted}.")


def _held(group: Group, holders: tuple[str, ...]) -> Group:
    return evolve(group, holders=holders, places_taken=len(holders))
