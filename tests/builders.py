"""Readable examples of the domain's things: sensible defaults, and by keyword what a test is about."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.goals import DraftGoal, Goal, Metric, MetricKind, Smart
from contracts.identity import MentorshipCard, Phase
from contracts.sessions import CheckIn
from contracts.wire import Caller

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


def a_caller(user_id: str = "maria", **fields: Any) -> Caller:
    """A signed-in person of the organisation `acme`."""
    return Caller(**{"org_id": "acme", "user_id": user_id, **fields})


def a_card(**fields: Any) -> MentorshipCard:
    """Sofia is the mentor, Maria the mentee, and they are under way."""
    defaults: dict[str, Any] = {
        "id": "mentorship-1",
        "org_id": "acme",
        "programme_id": "programme-1",
        "mentor_id": "sofia",
        "mentee_id": "maria",
        "phase": Phase.ACTIVE,
        "version": 1,
    }
    return MentorshipCard(**{**defaults, **fields})


def a_metric(**fields: Any) -> Metric:
    """Three presentations."""
    defaults: dict[str, Any] = {
        "name": "Presentations given",
        "unit": "presentations",
        "kind": MetricKind.COUNT,
        "baseline": 0,
        "target": 3,
    }
    return Metric(**{**defaults, **fields})


def a_goal_draft(**fields: Any) -> DraftGoal:
    """The article's example of a SMART goal."""
    defaults: dict[str, Any] = {
        "mentorship_id": "mentorship-1",
        "title": "Deliver three presentations in the next three months",
        "smart": Smart(
            specific="Deliver presentations to people outside my team",
            measurable="Three presentations, with feedback on each",
            achievable="One a month; two are planned already",
            relevant="I want to lead a team and need to be heard",
            time_bound="Within the next three months",
        ),
        "metric": a_metric(),
        "due": date(2027, 6, 1),
    }
    return DraftGoal(**{**defaults, **fields})


def a_goal(**fields: Any) -> Goal:
    """Maria's goal, as drafted."""
    draft = a_goal_draft()
    defaults: dict[str, Any] = {
        "id": "goal-1",
        "org_id": "acme",
        "mentorship_id": "mentorship-1",
        "owner_id": "maria",
        "title": draft.title,
        "smart": draft.smart,
        "metric": draft.metric,
        "due": draft.due,
        "created_at": NOW,
    }
    return Goal(**{**defaults, **fields})


def a_check_in(**fields: Any) -> CheckIn:
    """A check-in of one hour that starts now."""
    defaults: dict[str, Any] = {
        "id": "check-in-1",
        "org_id": "acme",
        "mentorship_id": "mentorship-1",
        "index": 1,
        "starts_at": NOW,
        "zone": "Europe/Berlin",
        "minutes": 60,
        "created_at": NOW,
    }
    return CheckIn(**{**defaults, **fields})
