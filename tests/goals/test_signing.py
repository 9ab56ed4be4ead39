"""By when both promise to sign: what the programme's policy says, as the cycle's own deadline does."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.goals import Promise
from contracts.identity import MentorshipPhaseChanged, Party, Phase
from services.goals.model.promises import openings
from tests.builders import NOW, a_card

DAY = timedelta(days=1)


@pytest.mark.parametrize(("told", "days"), [({"due_at": NOW + 5 * DAY}, 5), ({}, 14)])
def test_both_promise_to_sign_by_the_day_of_the_policy(told: dict[str, Any], days: int) -> None:
    entered = MentorshipPhaseChanged(
        mentorship_id="mentorship-1", mentorship=a_card(), phase=Phase.EXPECTATION_SETTING, **told
    )
    found = openings(entered, a_card(), NOW)
    assert {each.party for each in found} == set(Party)
    assert {(each.promise, each.due) for each in found} == {(Promise.SIGN_AGREEMENT, NOW + days * DAY)}
