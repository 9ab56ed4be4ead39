"""Cases for programme managers, and reports of conduct."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from contracts.errors import Conflict
from contracts.identity import (
    Case,
    CaseKind,
    CaseOpened,
    CaseResolved,
    CaseState,
    ConductReport,
    ConductReported,
    Mentorship,
    Resolution,
    User,
    UserState,
)
from contracts.wire import Change, evolve

MOST_TOLD = 100  # managers of one case: each gets a notification and a mail, and their ids travel in one event


class Managers(NamedTuple):
    """Who is told of a case, and whether these are all who could be."""

    ids: tuple[str, ...]
    are_all: bool

    @classmethod
    def among(cls, accounts: Iterable[User], *, are_all: bool) -> "Managers":
        """Each once, in this order; somebody who is suspended takes nobody's place."""
        ids = tuple(dict.fromkeys(each.id for each in accounts if each.state is not UserState.SUSPENDED))
        return cls(ids[:MOST_TOLD], are_all and len(ids) <= MOST_TOLD)


def open_case(
    case_id: str,
    mentorship: Mentorship,
    kind: CaseKind,
    *,
    occasion: str,
    rule: str,
    managers: Managers,
    at: datetime,
    report_id: str | None = None,
) -> Change[Case]:
    """Something that `managers` have to look at, because of a rule of the mentorship's policy."""
    case = Case(
        id=case_id,
        org_id=mentorship.org_id,
        programme_id=mentorship.programme_id,
        mentorship_id=mentorship.id,
        kind=kind,
        occasion=occasion,
        rule=rule,
        policy_version=mentorship.policy.version,
        told_all=managers.are_all,
        opened_at=at,
        report_id=report_id,
    )
    opened = CaseOpened(
        mentorship_id=mentorship.id,
        case_id=case_id,
        programme_id=case.programme_id,
        kind=kind,
        manager_ids=managers.ids,
        rule_id=rule,
        policy_version=case.policy_version,
    )
    return Change(case, (opened,))


def work_case(case: Case, by: str, at: datetime) -> Change[Case]:
    """Somebody takes it in hand."""
    if case.state is not CaseState.OPEN:
        raise Conflict(f"The case {case.id} is {case.state} already.")
    return Change(evolve(case, state=CaseState.WORKING, taken_by=by, taken_at=at))


def resolve_case(case: Case, resolution: Resolution, by: str, at: datetime) -> Change[Case]:
    """Somebody is done with it, and that is final: what happens again is another case."""
    if case.state is CaseState.RESOLVED:
        raise Conflict(f"The case {case.id} is resolved already.")
    resolved = evolve(case, state=CaseState.RESOLVED, resolution=resolution, resolved_by=by, resolved_at=at)
    fact = CaseResolved(
        mentorship_id=case.mentorship_id,
        case_id=case.id,
        programme_id=case.programme_id,
        kind=case.kind,
        resolution=resolution,
    )
    return Change(resolved, (fact,))


def report_conduct(report_id: str, mentorship: Mentorship, text: str, by: str, at: datetime) -> Change[ConductReport]:
    """Kept in the reporter's own words."""
    report = ConductReport(
        id=report_id, org_id=mentorship.org_id, mentorship_id=mentorship.id, reported_by=by, text=text, reported_at=at
    )
    return Change(report, (ConductReported(mentorship_id=mentorship.id, report_id=report_id),))
