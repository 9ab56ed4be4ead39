"""Programmes, the versions of their policies, and templates to start from."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from contracts import identity
from contracts.errors import Conflict, Invalid
from contracts.identity import (
    CreateProgramme,
    Party,
    PolicyPublished,
    PolicyVersion,
    ProgrammePolicy,
    ProgrammeTemplate,
    ProgrammeTemplateKey,
    PublishPolicy,
)
from contracts.identity.policies import MOST_VERSIONS, PolicyChanges
from contracts.wire import Change, evolve
from services.identity.model.mentorships import check_policy

MOST_NUDGES = 5
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)

IN_TIME = (  # nudges and what they lead up to
    ("match_nudges", "match_response"),
    ("signature_nudges", "not_started_after"),
)
IN_ORDER = (  # what must not be longer than what
    ("match_response", "length"),
    ("not_started_after", "length"),
    ("milestone_every", "length"),
    ("review_opens_before", "milestone_every"),
    ("brief_before", "preparation_asked"),
    ("hard_close_after", "length"),
)


class Programme(identity.Programme, frozen=True, kw_only=True):
    """A programme with every version of its policy, oldest first."""

    versions: tuple[PolicyVersion, ...] = ()

    def published(self) -> identity.Programme:
        """The programme as others see it."""
        return identity.Programme(**{name: getattr(self, name) for name in identity.Programme.__struct_fields__})


def create_programme(
    programme_id: str, org_id: str, request: CreateProgramme, *, by: str, at: datetime
) -> Change[Programme]:
    """A programme under a policy that can be lived, its own or a template's."""
    policy, training_for = request.policy, request.training_for
    if request.template is not None:
        if policy != ProgrammePolicy():
            raise Invalid("Take a template or give a policy. Publish changes of the policy afterwards.", field="policy")
        template = TEMPLATES[request.template]
        policy, training_for = template.policy, (*template.training_for, *training_for)
    check(policy)
    policy = msgspec.structs.replace(policy, version=1)
    programme = Programme(
        id=programme_id,
        org_id=org_id,
        name=request.name.strip(),
        policy=policy,
        training_for=tuple(sorted(set(training_for))),
        created_at=at,
        versions=(PolicyVersion(policy=policy, published_by=by, published_at=at),),
    )
    return Change(programme)


def publish_policy(programme: Programme, request: PublishPolicy, *, by: str, at: datetime) -> Change[Programme]:
    """The next version, at the end of those before it."""
    policy = _changed(programme.policy, request.policy)
    if policy == programme.policy:
        raise Invalid("This is the policy as it is. Change something, or leave it.", field="policy")
    if len(programme.versions) >= MOST_VERSIONS:
        raise Conflict(f"A programme has at most {MOST_VERSIONS} versions of its policy. Open a new programme.")
    policy = msgspec.structs.replace(policy, version=programme.policy.version + 1)
    check(policy)
    published = evolve(
        programme,
        policy=policy,
        versions=(*programme.versions, PolicyVersion(policy=policy, published_by=by, published_at=at)),
    )
    return Change(published, (PolicyPublished(programme_id=programme.id, policy_version=policy.version),))


def draft_policy(programme: Programme, changes: PolicyChanges | None) -> ProgrammePolicy:
    """The policy as it would be with these changes, if it could be lived."""
    policy = programme.policy if changes is None else _changed(programme.policy, changes)
    check(policy)
    return policy


def _changed(policy: ProgrammePolicy, changes: PolicyChanges) -> ProgrammePolicy:
    given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not None}
    return msgspec.structs.replace(policy, **given)


def check(policy: ProgrammePolicy) -> None:
    """Refuse a policy that cannot be lived: durations without measure, or that contradict each other."""
    check_policy(policy)
    for nudges, deadline in IN_TIME:
        _check_nudges(policy, nudges, deadline)
    for shorter, longer in IN_ORDER:
        if getattr(policy, shorter) > getattr(policy, longer):
            raise Invalid(f"{_words(shorter)} cannot take longer than {_words(longer)}.", field=shorter)


def _check_nudges(policy: ProgrammePolicy, name: str, deadline: str) -> None:
    nudges: tuple[timedelta, ...] = getattr(policy, name)
    if len(nudges) > MOST_NUDGES:
        raise Invalid(f"{_words(name)}: give at most {MOST_NUDGES}, or people stop reading them.", field=name)
    if list(nudges) != sorted(set(nudges)):
        raise Invalid(f"{_words(name)}: give each moment once, the earliest first.", field=name)
    if nudges and nudges[-1] >= getattr(policy, deadline):
        raise Invalid(f"{_words(name)} must come before {_words(deadline)} is over.", field=name)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _template(
    key: ProgrammeTemplateKey, name: str, description: str, *training_for: Party, **policy: Any
) -> ProgrammeTemplate:
    return ProgrammeTemplate(
        key=key,
        name=name,
        description=description,
        policy=ProgrammePolicy(**policy),
        training_for=training_for,
    )


TEMPLATES = {
    template.key: template
    for template in (
        _template(
            ProgrammeTemplateKey.HALF_YEAR,
            "Half a year",
            "Six months with a review each quarter: the default, for most first programmes.",
        ),
        _template(
            ProgrammeTemplateKey.LEADERSHIP_YEAR,
            "A year towards leading",
            "Twelve months with senior mentors who are trained for it, and a project and a review each quarter.",
            Party.MENTOR,
            length=52 * WEEK,
            milestone_every=13 * WEEK,
        ),
        _template(
            ProgrammeTemplateKey.QUARTER,
            "One quarter, one goal",
            "Twelve weeks for one clear goal, with a review half-way and short deadlines at the start.",
            length=12 * WEEK,
            milestone_every=6 * WEEK,
            match_response=WEEK,
            match_nudges=(2 * DAY, 5 * DAY),
            signature_deadline=WEEK,
            signature_nudges=(3 * DAY, 6 * DAY),
            not_started_after=2 * WEEK,
            closing_lead=WEEK,
        ),
        _template(
            ProgrammeTemplateKey.ONBOARDING,
            "The first hundred days",
            "A companion for people who are new: fourteen weeks, a review each month, reminders after a day or two.",
            length=14 * WEEK,
            milestone_every=4 * WEEK,
            match_response=5 * DAY,
            match_nudges=(DAY, 3 * DAY),
            signature_deadline=WEEK,
            signature_nudges=(3 * DAY, 6 * DAY),
            not_started_after=2 * WEEK,
            closing_lead=WEEK,
            preparation_asked=48 * HOUR,
        ),
    )
}
"""What organisations run most, by its key; each one stands the check that every policy stands."""
