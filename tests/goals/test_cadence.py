"""The rhythm of feedback: set by either of the two, read as the calendar reads it, and told with its rule."""

from datetime import datetime
from typing import Any

import pytest

from contracts.errors import Invalid
from contracts.goals import FeedbackCadenceSet, SetFeedbackCadence
from contracts.identity import MentorshipCard
from kit.audit import Trail
from kit.clock import Clock
from kit.mongo import Database
from services.goals.actions import Context, feedback
from services.goals.model.cadence import set_feedback_cadence
from services.goals.store import Store
from tests.builders import NOW, a_caller, a_card


def a_rhythm(**fields: Any) -> SetFeedbackCadence:
    """Every Friday at four."""
    defaults = {
        "mentorship_id": "mentorship-1", "rule": "FREQ=WEEKLY;BYDAY=FR", "starts_at": "2027-03-05T16:00",
        "zone": "Europe/Berlin",
    }  # fmt: skip
    return SetFeedbackCadence(**{**defaults, **fields})


def test_a_rhythm_is_told_with_everything_that_the_cycle_needs() -> None:
    change = set_feedback_cadence(None, a_card(), a_rhythm(), "maria", NOW)
    assert (change.state.id, change.state.set_by, change.state.version) == ("mentorship-1", "maria", 1)
    assert change.events == (
        FeedbackCadenceSet(
            mentorship_id="mentorship-1", rule="FREQ=WEEKLY;BYDAY=FR", starts_at=datetime(2027, 3, 5, 16),
            zone="Europe/Berlin", cadence_version=1,
        ),
    )  # fmt: skip
    again = set_feedback_cadence(change.state, a_card(), a_rhythm(rule=" FREQ=DAILY "), "sofia", NOW)
    assert (again.state.rule, again.state.set_by, again.state.version) == ("FREQ=DAILY", "sofia", 2)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rule": "sometimes"}, "rule"),
        ({"rule": "FREQ=HOURLY"}, "rule"),
        ({"rule": "FREQ=WEEKLY;UNTIL=20200101"}, "rule"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"starts_at": "2027-02-30T09:00"}, "startsAt"),
        ({"starts_at": "2099-03-05T16:00"}, "startsAt"),
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_refused_with_its_field(fields: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_feedback_cadence(None, a_card(), a_rhythm(**fields), "maria", NOW)
    assert refused.value.field == field


async def test_setting_it_with_the_same_key_twice_sets_it_once(database: Database) -> None:
    context = await _context(database)
    starts_at = context.clock.now().replace(tzinfo=None).isoformat(timespec="seconds")
    request = a_rhythm(starts_at=starts_at, idempotency_key="fridays")
    first = await feedback.set_feedback_cadence(context, a_caller(), request)
    again = await feedback.set_feedback_cadence(context, a_caller(), request)
    other = await feedback.set_feedback_cadence(context, a_caller("sofia"), a_rhythm(starts_at=starts_at))
    assert (first, first.version, other.version) == (again, 1, 2)


async def _context(database: Database) -> Context:
    async def ask_card(_org_id: str, _mentorship_id: str) -> MentorshipCard:
        return a_card()

    nobody: Any = None
    return Context(Store(database, ask_card, lambda: None), Clock(), nobody, Trail(database, "goals"))
