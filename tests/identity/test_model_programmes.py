"""Programmes and the versions of their policies: what they are, and what cannot be published."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import Conflict, Invalid
from contracts.identity import (
    CreateProgramme,
    Party,
    PolicyChanges,
    PolicyPublished,
    ProgrammePolicy,
    ProgrammeTemplateKey,
    PublishPolicy,
)
from contracts.identity.policies import MOST_VERSIONS
from services.identity.model import programmes as model
from services.identity.model.programmes import Programme
from tests.builders import NOW

DAY = timedelta(days=1)


def a_programme(**fields: Any) -> Programme:
    request = CreateProgramme(**{"name": "  Leaders ", **fields})
    return model.create_programme("programme-1", "acme", request, by="priya", at=NOW).state


def published(programme: Programme, **changes: Any) -> Any:
    request = PublishPolicy(programme_id=programme.id, policy=PolicyChanges(**changes))
    return model.publish_policy(programme, request, by="priya", at=NOW)


def test_a_programme_starts_under_the_first_version_of_its_policy() -> None:
    programme = a_programme(policy=ProgrammePolicy(version=9))
    assert (programme.name, programme.policy) == ("Leaders", ProgrammePolicy(version=1))
    assert [version.policy for version in programme.versions] == [programme.policy]


def test_a_new_version_changes_what_is_named_and_keeps_the_rest_and_the_old_one() -> None:
    programme = a_programme(policy=ProgrammePolicy(length=91 * DAY))
    change = published(programme, match_response=20 * DAY)
    policy = change.state.policy
    assert (policy.version, policy.length, policy.match_response) == (2, 91 * DAY, 20 * DAY)
    assert [version.policy for version in change.state.versions] == [programme.policy, policy]
    assert change.events == (PolicyPublished(programme_id="programme-1", policy_version=2),)


def test_a_draft_is_checked_like_a_version_and_is_kept_nowhere() -> None:
    programme = a_programme()
    assert model.draft_policy(programme, None) == programme.policy
    drafted = model.draft_policy(programme, PolicyChanges(length=91 * DAY))
    assert drafted == msgspec.structs.replace(programme.policy, length=91 * DAY)
    with pytest.raises(Invalid) as refused:
        model.draft_policy(programme, PolicyChanges(match_nudges=(20 * DAY,)))
    assert refused.value.field == "match_nudges"


def test_publishing_what_is_there_already_is_refused() -> None:
    with pytest.raises(Invalid):
        published(a_programme())
    with pytest.raises(Invalid):
        published(a_programme(), length=ProgrammePolicy().length)


def test_there_are_no_versions_without_end() -> None:
    programme = a_programme()
    for number in range(1, MOST_VERSIONS):
        programme = published(programme, length=(190 + number) * DAY).state
    assert [version.policy.version for version in programme.versions] == list(range(1, MOST_VERSIONS + 1))
    with pytest.raises(Conflict):
        published(programme, length=500 * DAY)


@given(lengths=st.lists(st.integers(185, 1_000), max_size=20))
def test_what_was_published_never_changes(lengths: list[int]) -> None:
    programme = a_programme()
    for days in lengths:
        before = programme.versions
        if programme.policy.length != days * DAY:
            programme = published(programme, length=days * DAY).state
        assert programme.versions[: len(before)] == before
        assert programme.versions[-1].policy == programme.policy


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"match_nudges": (14 * DAY,)}, "match_nudges"),
        ({"match_nudges": (7 * DAY, 3 * DAY)}, "match_nudges"),
        ({"match_nudges": (DAY, DAY)}, "match_nudges"),
        ({"match_nudges": tuple(number * DAY for number in range(1, 7))}, "match_nudges"),
        ({"signature_nudges": (28 * DAY,)}, "signature_nudges"),
        ({"match_response": 183 * DAY}, "match_response"),
        ({"milestone_every": 183 * DAY}, "milestone_every"),
        ({"review_opens_before": 92 * DAY}, "review_opens_before"),
        ({"brief_before": 4 * DAY}, "brief_before"),
        ({"hard_close_after": 183 * DAY}, "hard_close_after"),
        ({"length": timedelta()}, "length"),
    ],
)
def test_a_policy_that_cannot_be_lived_is_refused_by_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        model.check(ProgrammePolicy(**fields))
    assert refused.value.field == field
    with pytest.raises(Invalid):
        published(a_programme(), **fields)


@pytest.mark.parametrize("key", ProgrammeTemplateKey)
def test_every_template_can_be_lived(key: ProgrammeTemplateKey) -> None:
    template = model.TEMPLATES[key]
    programme = a_programme(template=key)
    assert programme.policy == msgspec.structs.replace(template.policy, version=1)
    assert programme.training_for == template.training_for
    assert template.name
    assert template.description


def test_a_template_and_a_policy_at_once_are_refused() -> None:
    with pytest.raises(Invalid) as refused:
        a_programme(template=ProgrammeTemplateKey.QUARTER, policy=ProgrammePolicy(length=100 * DAY))
    assert refused.value.field == "policy"


def test_a_side_is_trained_once_however_often_it_is_named() -> None:
    programme = a_programme(template=ProgrammeTemplateKey.LEADERSHIP_YEAR, training_for=(Party.MENTOR, Party.MENTEE))
    assert programme.training_for == (Party.MENTEE, Party.MENTOR)


def test_a_programme_shows_itself_without_its_history() -> None:
    assert "versions" not in msgspec.to_builtins(a_programme().published())
