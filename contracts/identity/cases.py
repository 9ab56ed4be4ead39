"""What a programme manager has to look at: opened by a cycle or a report, worked, resolved, never doubled."""

from datetime import datetime
from enum import StrEnum

from contracts.wire import ByIds, Command, CycleCommand, Event, Operation, Page, Record, Text, topic


class CaseKind(StrEnum):
    """What it is about."""

    AGREEMENT_OVERDUE = "agreement_overdue"
    FIRST_MEETING = "first_meeting"
    MISSED_CHECK_INS = "missed_check_ins"
    AT_RISK = "at_risk"
    INACTIVITY = "inactivity"
    HELP_OVERDUE = "help_overdue"
    BLOCKED_ITEM = "blocked_item"
    MENTOR_CHANGE = "mentor_change"
    NO_MENTOR = "no_mentor"
    CONDUCT = "conduct"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    WORKING = "working"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """What came of it."""

    TALKED = "talked"
    REMATCHED = "rematched"
    CLOSED = "closed"
    NO_ACTION = "no_action"


class Case(Record, frozen=True, kw_only=True):
    """One thing about one mentorship. `occasion` tells it from others of its kind; `rule` is the policy's name for it.

    `report_id` is the conduct report behind it, whose words its programme manager alone reads. `told_all`: whether
    every programme manager was told of it; a case is told to a hundred of them, those of its programme first.
    """

    id: str
    org_id: str
    programme_id: str
    mentorship_id: str
    kind: CaseKind
    occasion: str
    rule: str = ""
    policy_version: int = 1
    state: CaseState = CaseState.OPEN
    opened_at: datetime
    told_all: bool = True
    taken_by: str | None = None
    taken_at: datetime | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    resolution: Resolution | None = None
    report_id: str | None = None
    version: int = 1


class ConductReport(Record, frozen=True, kw_only=True):
    """What a party reported, in its own words: for programme managers only, and never told to the other party."""

    id: str
    org_id: str
    mentorship_id: str
    reported_by: str
    text: str
    reported_at: datetime
    version: int = 1


class OpenCase(CycleCommand, frozen=True, kw_only=True):
    """The cycle lets a programme manager know; the same kind and occasion is the same case."""

    mentorship_id: str
    kind: CaseKind
    occasion: str
    rule: str


class WorkCase(Command, frozen=True, kw_only=True):
    """A programme manager takes a case in hand."""

    case_id: str


class ResolveCase(Command, frozen=True, kw_only=True):
    """A programme manager is done with a case and says what came of it."""

    case_id: str
    resolution: Resolution


class ReportConduct(Command, frozen=True, kw_only=True):
    """A party reports what must not happen. The mentorship ends at once, and programme managers get a case."""

    mentorship_id: str
    text: Text


class ListEscalations(Record, frozen=True, kw_only=True):
    """The cases of a programme in one state, oldest first; for its manager."""

    programme_id: str
    state: CaseState = CaseState.OPEN
    first: int = 20
    after: str | None = None


OPEN_CASE = Operation("identity.open_case", OpenCase, Case)
WORK_CASE = Operation("identity.work_case", WorkCase, Case)
RESOLVE_CASE = Operation("identity.resolve_case", ResolveCase, Case)
REPORT_CONDUCT = Operation("identity.report_conduct", ReportConduct, ConductReport)
GET_CASES = Operation("identity.get_cases", ByIds, tuple[Case, ...], safe=True)
LIST_ESCALATIONS = Operation("identity.list_escalations", ListEscalations, Page[Case], safe=True)
GET_CONDUCT_REPORTS = Operation("identity.get_conduct_reports", ByIds, tuple[ConductReport, ...], safe=True)


class CaseFact(Event, frozen=True, kw_only=True):
    """Any fact about a case."""

    case_id: str
    programme_id: str
    kind: CaseKind


@topic("identity.case_opened.v1")
class CaseOpened(CaseFact, frozen=True, kw_only=True):
    """Programme managers have something to look at; `manager_ids` are those who are told."""

    manager_ids: tuple[str, ...]
    rule_id: str
    policy_version: int


@topic("identity.case_resolved.v1")
class CaseResolved(CaseFact, frozen=True, kw_only=True):
    """A programme manager is done with it."""

    resolution: Resolution


@topic("identity.conduct_reported.v1")
class ConductReported(Event, frozen=True, kw_only=True):
    """A party reported what must not happen; the words stay where they are."""

    report_id: str


CASE_FACTS: tuple[type[CaseFact], ...] = (CaseOpened, CaseResolved)
