"""SMART: one answer for each criterion, and what a machine can say about the answers."""

from datetime import date
from enum import StrEnum

from contracts.goals.metric import Metric
from contracts.wire import ByIds, Line, Operation, Record, Text


class Smart(Record, frozen=True, kw_only=True):
    """One answer for each SMART criterion (Doran 1981), in the mentee's words."""

    specific: Text
    measurable: Text
    achievable: Text
    relevant: Text
    time_bound: Text


class SmartLetter(StrEnum):
    """One of the five criteria: specific, measurable, achievable, relevant, time-bound."""

    S = "s"
    M = "m"
    A = "a"
    R = "r"
    T = "t"


class LetterLint(Record, frozen=True, kw_only=True):
    """What was found for one letter: `why`, and a `suggestion` to mend what was missed. Advice, never a gate."""

    letter: SmartLetter
    passed: bool
    why: str
    suggestion: str | None = None


class GoalLint(Record, frozen=True, kw_only=True):
    """The five findings about the goal with this id, in the order of the letters; no id for a goal not stored."""

    id: str = ""
    lint: tuple[LetterLint, ...]


class LintGoal(Record, frozen=True, kw_only=True):
    """Look at the words of a goal before it is written down. Nothing is stored; only the title is needed."""

    title: Line
    mentorship_id: str | None = None
    smart: Smart | None = None
    metric: Metric | None = None
    due: date | None = None
    challenge: int | None = None


LINT_GOAL = Operation("goals.lint_goal", LintGoal, GoalLint, safe=True)
GET_GOAL_LINTS = Operation("goals.get_goal_lints", ByIds, tuple[GoalLint, ...], safe=True)
