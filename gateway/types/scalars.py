"""Times, dates and durations on the wire, and the enumerations that contracts define."""

import inspect
from datetime import date, datetime, timedelta
from typing import Any, NewType

import msgspec
import strawberry

from contracts import audit, goals, identity, notifications, sessions, simulation
from contracts.errors import Invalid
from gateway.errors import ErrorCode

LocalDateTime = NewType("LocalDateTime", str)


ENUMS = (
    ErrorCode,
    audit.AuditedService,
    audit.AuditProblem,
    identity.Role,
    identity.ImportState,
    identity.UserState,
    identity.Provisioning,
    identity.Scope,
    identity.Party,
    identity.Phase,
    identity.Closure,
    identity.TimeOffRule,
    identity.Seniority,
    identity.Availability,
    identity.EnrolmentState,
    identity.ProgrammeTemplateKey,
    identity.ReasonKind,
    identity.Obstacle,
    identity.RunState,
    identity.PairState,
    identity.Health,
    identity.Gap,
    identity.ClosingReason,
    identity.CaseKind,
    identity.CaseState,
    identity.Resolution,
    goals.GoalState,
    goals.GoalCategory,
    goals.MetricKind,
    goals.SmartLetter,
    goals.ActionState,
    goals.FeedbackKind,
    goals.FeedbackState,
    goals.HelpKind,
    goals.HelpState,
    goals.WinKind,
    goals.ReplyKind,
    goals.InsightKind,
    goals.Occasion,
    goals.OutcomeKind,
    goals.CommitmentKind,
    goals.CommitmentState,
    goals.Promise,
    goals.Excuse,
    goals.Band,
    sessions.AgendaSection,
    sessions.CheckInState,
    sessions.Attendance,
    sessions.MoveReason,
    sessions.CancelReason,
    sessions.TimeOffKind,
    sessions.Visibility,
    sessions.TimeKind,
    sessions.TimeState,
    sessions.ReviewKind,
    notifications.Template,
    notifications.MailState,
    simulation.Profile,
)

for _kind in ENUMS:  # so that contracts need not know GraphQL and the API cannot have other values than they do
    strawberry.enum(_kind, description=inspect.getdoc(_kind))


def _read(kind: Any, value: object, form: str) -> Any:
    """One parser for all of them: msgspec's, which the parts use too."""
    try:
        if isinstance(value, str):
            return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        pass
    raise _wrong(form)


def _wrong(form: str) -> Invalid:
    return Invalid(f"A value is not of the form {form}.")


def _moment(value: object) -> datetime:
    form = "2027-03-01T09:00:00+01:00 (RFC 3339 with an offset)"
    moment = _read(datetime, value, form)
    if moment.tzinfo is None:
        raise _wrong(form)
    return moment  # type: ignore[no-any-return]


def _wall_time(value: object) -> str:
    form = "2027-03-01T09:00:00 (a local time without an offset)"
    if _read(datetime, value, form).tzinfo:
        raise _wrong(form)
    return _read(sessions.WallTime, value, form)  # type: ignore[no-any-return]


SCALARS: dict[object, Any] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant: RFC 3339 with an offset, as in 2027-03-01T08:00:00Z.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        serialize=datetime.isoformat,
        parse_value=_moment,
    ),
    LocalDateTime: strawberry.scalar(
        name="LocalDateTime",
        description="A wall-clock time without an offset, as in 2027-03-01T09:00:00. The zone stands beside it.",
        parse_value=_wall_time,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar day: 2027-03-01.",
        serialize=date.isoformat,
        parse_value=lambda value: _read(date, value, "2027-03-01 (a calendar day)"),
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description="A length of time in ISO 8601, as in P14D or PT2H.",
        serialize=msgspec.to_builtins,
        parse_value=lambda value: _read(timedelta, value, "P14D or PT2H (an ISO 8601 duration)"),
    ),
}
