"""The policies of a programme over time, and programmes that are ready to be taken as they are."""

from datetime import datetime
from typing import Any

import msgspec

from contracts.identity.party import Party
from contracts.identity.programme import Programme, ProgrammePolicy, ProgrammeTemplateKey
from contracts.wire import Command, Event, Operation, Record, topic

MOST_VERSIONS = 50  # of one programme's policy: they stand in its document


class PolicyVersion(Record, frozen=True, kw_only=True):
    """One version of a policy, as it was published. It never changes."""

    policy: ProgrammePolicy
    published_by: str
    published_at: datetime


class ProgrammeTemplate(Record, frozen=True, kw_only=True):
    """A programme that is ready to be taken as it is."""

    key: ProgrammeTemplateKey
    name: str
    description: str
    policy: ProgrammePolicy
    training_for: tuple[Party, ...] = ()


def _optional(record: type[Record]) -> list[tuple[str, Any, None]]:
    return [(each.name, each.type | None, None) for each in msgspec.structs.fields(record) if each.name != "version"]


PolicyChanges: Any = msgspec.defstruct(
    "PolicyChanges",
    _optional(ProgrammePolicy),
    bases=(Record,),
    namespace={"__doc__": "What a new version of a policy has otherwise than the last: every field may be left out."},
    module=__name__,
    frozen=True,
    kw_only=True,
    rename="camel",
)


class PublishPolicy(Command, frozen=True, kw_only=True):
    """A programme manager publishes the next version of a policy. What is left out stays as it is.

    Mentorships that were proposed before keep the version that they have.
    """

    programme_id: str
    policy: PolicyChanges


class DraftPolicy(Record, frozen=True, kw_only=True):
    """What a policy would be with these changes: checked as if it were published, and not kept anywhere."""

    programme_id: str
    policy: PolicyChanges | None = None


class ListPolicyVersions(Record, frozen=True, kw_only=True):
    """Every version of a programme's policy, the first one first; at most 50."""

    programme_id: str


class ListProgrammeTemplates(Record, frozen=True, kw_only=True):
    """Every template that there is."""


PUBLISH_POLICY = Operation("identity.publish_policy", PublishPolicy, Programme)
DRAFT_POLICY = Operation("identity.draft_policy", DraftPolicy, ProgrammePolicy, safe=True)
LIST_POLICY_VERSIONS = Operation(
    "identity.list_policy_versions", ListPolicyVersions, tuple[PolicyVersion, ...], safe=True
)
LIST_PROGRAMME_TEMPLATES = Operation(
    "identity.list_programme_templates", ListProgrammeTemplates, tuple[ProgrammeTemplate, ...], safe=True
)


@topic("identity.policy_published.v1")
class PolicyPublished(Event, frozen=True, kw_only=True):
    """New mentorships of a programme start under this version."""

    programme_id: str
    policy_version: int
