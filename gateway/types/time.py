"""The time that people give: entries, what the other party says of them, and their sums."""

from datetime import datetime

import strawberry

from contracts import sessions
from contracts.sessions import ListTimeDisputes, MyTime, TimeKind, TimeState
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import (
    PAGE,
    After,
    Connection,
    First,
    Node,
    View,
    checked_first,
    connection,
    field,
    id_of,
    optional,
    reference,
    resolved,
    views,
)

HOUR = 60  # minutes


@strawberry.type(description="Minutes that one person gave.")
class TimeEntry(Node):
    """Shows sessions.TimeEntry."""

    loader = staticmethod(lambda loaders: loaders.time_entries)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    person = reference(User, "person_id", "Who gave them.")
    kind: TimeKind = field("What they were given to.")
    started_at: datetime = field("From when on.")
    minutes: int = field("How many.")
    check_in_id = id_of("CheckIn", "check_in_id", "The check-in that they were for, if they were for one.")
    state: TimeState = field("Whether they count, and what the other party says of them.")
    month: str = field("The month (UTC) in which they began, as in 2027-03; sums by month go by it.")
    resolved_at: datetime | None = field("When the programme manager decided about them, if that was needed.")
    created_at: datetime = field("When they were logged.")
    version: int = field("Counts its changes.")


@strawberry.type(description="The sum of one person's time entries of one kind.")
class TimeTotal(View):
    """Shows sessions.TimeTotal."""

    person = reference(User, "person_id", "Whose time.")
    kind: TimeKind = field("What it was given to.")
    minutes: int = field("How many minutes, without disputed ones.")
    disputed: int = field("How many minutes are disputed.")


@strawberry.type(description="The sum of one person's time entries of one kind in one mentorship and month.")
class TimeShare(View):
    """Shows sessions.TimeShare."""

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it was given to.")
    person = reference(User, "person_id", "Whose time.")
    kind: TimeKind = field("What it was given to.")
    month: str = field("The month (UTC) in which the entries began, as in 2027-03.")
    minutes: int = field("How many minutes, without disputed ones.")
    disputed: int = field("How many minutes are disputed.")


@strawberry.type(description="What came of a mentorship so far, counted.")
class Results(View):
    """Shows goals.Results."""

    goals_achieved: int = field("Goals that were achieved.")
    milestones_reached: int = field("Milestones that were reached.")
    outcomes: int = field("Outcomes that were recorded.")
    total: int = field("All of them.")


@strawberry.type(description="How the mentor's time is met, over everything so far.")
class Effort(View):
    """Shows sessions.Effort."""

    begun: int = field("How many check-ins were held, missed or are disputed.")
    prepared: int = field("How many of them the mentee had prepared.")
    preparation_rate: float | None = field("The share of them that was prepared, 0 to 1; null before the first one.")
    mentor_minutes: int = field("The minutes that the mentor gave, without disputed ones.")
    mentee_minutes: int = field("The minutes that the mentee gave, without disputed ones.")

    @resolved("What came of it; for the two parties.")
    async def results(self, info: Info) -> Results | None:
        """Counted by the goals part."""
        return Results.of(await info.context.loaders.results.load(self.record.id))

    @resolved(
        "The results for each hour that the present mentor gave; null before the first hour. It describes what stands"
        " side by side, and says nothing about what led to what. For the two parties."
    )
    async def results_per_mentor_hour(self, info: Info) -> float | None:
        """Two decimals."""
        found = await info.context.loaders.results.load(self.record.id)
        minutes = self.record.mentor_minutes
        return round(found.total / (minutes / HOUR), 2) if minutes >= HOUR else None


@strawberry.input(description="Time that you gave outside of meetings.")
class LogTimeInput(Input):
    """Makes sessions.LogTime."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    kind: TimeKind = field("PREPARATION or ASYNC; meeting time comes from attendance.")
    started_at: datetime = field("From when on.")
    minutes: int = field("How many minutes.")
    check_in_id: strawberry.ID | None = optional("The check-in that it was for.")


@strawberry.input(description="An entry of yours, said better. What you leave out stays.")
class EditTimeInput(Edit):
    """Makes sessions.EditTime."""

    time_entry_id: strawberry.ID = field("The entry.")
    kind: TimeKind | None = optional("PREPARATION or ASYNC.")
    started_at: datetime | None = optional("From when on.")
    minutes: int | None = optional("How many minutes.")


@strawberry.input(description="An entry of yours that you take back for good.")
class WithdrawTimeInput(Edit):
    """Makes sessions.WithdrawTime."""

    time_entry_id: strawberry.ID = field("The entry.")


@strawberry.input(description="An entry of the other party that you agree with.")
class ApproveTimeInput(Edit):
    """Makes sessions.ApproveTime."""

    time_entry_id: strawberry.ID = field("The entry.")


@strawberry.input(description="An entry of the other party that you do not agree with.")
class DisputeTimeInput(Edit):
    """Makes sessions.DisputeTime."""

    time_entry_id: strawberry.ID = field("The entry.")


@strawberry.input(description="A programme manager's decision about a disputed entry.")
class ResolveTimeDisputeInput(Edit):
    """Makes sessions.ResolveTimeDispute."""

    time_entry_id: strawberry.ID = field("The entry.")
    counts: bool = field("Whether it counts.")


@strawberry.type
class TimeQueries:
    """Reads of time."""

    @resolved("Time entries of your organisation that wait for a decision, for programme managers.")
    async def time_disputes(self, info: Info, first: First = PAGE, after: After = None) -> Connection[TimeEntry] | None:
        """Oldest first."""
        request = ListTimeDisputes(first=checked_first(first), after=after)
        return connection(TimeEntry, await info.context.call(sessions.LIST_TIME_DISPUTES, request), after)

    @resolved("Your own time in all your mentorships, by kind and month.")
    async def my_time(self, info: Info) -> list[TimeShare] | None:
        """Nothing is added up here."""
        shares: list[TimeShare] = views(TimeShare, await info.context.call(sessions.MY_TIME, MyTime()))
        return shares


@strawberry.type
class TimeMutations:
    """Changes of time entries."""

    log_time = mutation(sessions.LOG_TIME, LogTimeInput, TimeEntry)
    edit_time = mutation(sessions.EDIT_TIME, EditTimeInput, TimeEntry)
    withdraw_time = mutation(sessions.WITHDRAW_TIME, WithdrawTimeInput, TimeEntry)
    approve_time = mutation(sessions.APPROVE_TIME, ApproveTimeInput, TimeEntry)
    dispute_time = mutation(sessions.DISPUTE_TIME, DisputeTimeInput, TimeEntry)
    resolve_time_dispute = mutation(sessions.RESOLVE_TIME_DISPUTE, ResolveTimeDisputeInput, TimeEntry)
