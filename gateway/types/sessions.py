"""The rhythm of a mentorship: cadence, check-ins and notes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from contracts import sessions
from contracts.identity import Party
from contracts.sessions import Attendance, CheckInState, MoveReason, Visibility
from gateway.context import Info
from gateway.types.identity import User
from gateway.types.meetings import Cancellation, NextSteps, RescheduleProposal, on_my_clock
from gateway.types.mutation import Edit, Input, mutation
from gateway.types.relay import Id, Node, field, find, id_of, optional, reference, resolved
from gateway.types.scalars import LocalDateTime

if TYPE_CHECKING:
    from gateway.types.items import ActionItem


@strawberry.type(description="When the two meet.")
class Cadence(Node):
    """Shows sessions.Cadence."""

    loader = staticmethod(lambda loaders: loaders.cadences)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    rule: str = field("A recurrence rule (RFC 5545), as in FREQ=WEEKLY;INTERVAL=2.")
    starts_at: LocalDateTime = field("The first meeting, as a clock on the wall in `zone` shows it.")
    zone: str = field("The IANA time zone that the meetings stay in.")
    minutes: int = field("How long a meeting is.")
    set_by = reference(User, "set_by", "Who set it.")
    set_at: datetime = field("When it was set.")
    version: int = field("Counts its changes.")


@strawberry.type(description="What the mentee brings to a check-in.")
class Preparation:
    """Shows sessions.Preparation."""

    summary: str = field("What happened since last time.")
    questions: list[str] = field("What the mentee wants to talk about.")
    submitted_at: datetime = field("When it was submitted.")


@strawberry.type(description="One party's word about who was there.")
class Attestation:
    """Shows sessions.Attestation."""

    party: Party = field("Whose word it is.")
    attendance: Attendance = field("Who was there.")
    at: datetime = field("When it was said.")


@strawberry.type(description="One meeting of the cadence.")
class CheckIn(Node):
    """Shows sessions.CheckIn."""

    loader = staticmethod(lambda loaders: loaders.check_ins)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    index: int = field("Counts from 1 within the mentorship.")
    starts_at: datetime = field("When it starts.")
    zone: str = field("The IANA time zone that it was planned in.")
    minutes: int = field("How long it is planned to be.")
    state: CheckInState = field("What became of it.")
    attendance: Attendance | None = field("Who was there, once that is settled.")
    preparation: Preparation | None = field("What the mentee brings.")
    brief_read_at: datetime | None = field("When the mentor read that; null until then.")
    attestations: list[Attestation] = field("What the two said about who was there.")
    settled_at: datetime | None = field("When its attendance was settled, or when it was cancelled.")
    horizon: timedelta = field("How long before its start it moves no more, and cancelling it counts.")
    planned_for: datetime | None = field("When it was planned first, if it has another time since.")
    moved: MoveReason | None = field("Why it has another time, if it has.")
    proposal: RescheduleProposal | None = field("The latest wish for another time.")
    cancellation: Cancellation | None = field("Who cancelled it and when, if it was.")
    created_at: datetime = field("When it was put on the calendar.")
    version: int = field("Counts its changes.")

    resolved_by = reference(User, "resolved_by", "The programme manager who decided who was there, if one did.")

    @resolved("When it starts, with the offset of your own zone; UTC while that is not known.")
    async def starts_at_local(self, info: Info) -> datetime:
        """The same instant as `startsAt`. Asked once for all check-ins of a request."""
        return await on_my_clock(info.context, self.record.starts_at)

    @resolved("What follows from it: null until it is closed.")
    def next_steps(self) -> NextSteps | None:
        """Ids alone; the items themselves are the mentorship's."""
        return NextSteps.of(self.record.next_steps) if self.record.next_steps else None


@strawberry.type(description="A party's words about the mentorship or one of its check-ins.")
class Note(Node):
    """Shows sessions.Note."""

    loader = staticmethod(lambda loaders: loaders.notes)

    mentorship_id = id_of("Mentorship", "mentorship_id", "The mentorship that it belongs to.")
    check_in_id = id_of("CheckIn", "check_in_id", "The check-in that it is about, if it is about one.")
    author = reference(User, "author_id", "Who wrote it.")
    visibility: Visibility = field("Who reads it: its author, or both parties.")
    text: str = field("The words.")
    created_at: datetime = field("When it was written.")
    edited_at: datetime | None = field("When its author last changed it.")
    deleted_at: datetime | None = field("When its author took it away; only the answer to that shows it.")
    version: int = field("Counts its changes.")

    @resolved("The action items that come from it.")
    async def action_items(
        self, info: Info
    ) -> list[Annotated["ActionItem", strawberry.lazy("gateway.types.items")]] | None:
        """The way from what was noted to what came of it."""
        from gateway.types.items import ActionItem  # noqa: PLC0415 - the two point at each other

        found = await info.context.loaders.note_actions.load(self.record.id)
        return [ActionItem.of(item) for item in found.items] if found else []


@strawberry.input(description="When the two shall meet from now on.")
class SetCadenceInput(Edit):
    """Makes sessions.SetCadence."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    rule: str = field("A recurrence rule (RFC 5545), as in FREQ=WEEKLY;INTERVAL=2.")
    starts_at: LocalDateTime = field("The first meeting, as a clock on the wall in `zone` shows it.")
    zone: str = field("The IANA time zone that the meetings stay in.")
    minutes: int | None = optional("How long a meeting is; 60 if left out.")


@strawberry.input(description="What you bring to a check-in. Submitting again replaces it.")
class SubmitPreparationInput(Edit):
    """Makes sessions.SubmitPreparation."""

    check_in_id: strawberry.ID = field("The check-in.")
    summary: str = field("What happened since last time.")
    questions: list[str] = field("At least one thing to talk about.")


@strawberry.input(description="The brief that you have read before a check-in.")
class MarkBriefReadInput(Edit):
    """Makes sessions.MarkBriefRead."""

    check_in_id: strawberry.ID = field("The check-in.")


@strawberry.input(description="Your word about who was there.")
class AttestAttendanceInput(Edit):
    """Makes sessions.AttestAttendance."""

    check_in_id: strawberry.ID = field("The check-in.")
    attendance: Attendance = field("Who was there.")


@strawberry.input(description="Your words.")
class WriteNoteInput(Input):
    """Makes sessions.WriteNote."""

    mentorship_id: strawberry.ID = field("The mentorship.")
    check_in_id: strawberry.ID | None = optional("The check-in that they are about.")
    visibility: Visibility | None = optional("Who reads them; PRIVATE if left out.")
    text: str = field("The words.")


@strawberry.input(description="Other words for your note, or sharing it. What you leave out stays.")
class EditNoteInput(Edit):
    """Makes sessions.EditNote."""

    note_id: strawberry.ID = field("The note.")
    text: str | None = optional("The words.")
    visibility: Visibility | None = optional("SHARED to share it. What was shared stays shared.")


@strawberry.input(description="Your note that shall be gone.")
class DeleteNoteInput(Edit):
    """Makes sessions.DeleteNote."""

    note_id: strawberry.ID = field("The note.")


@strawberry.type
class SessionQueries:
    """Reads of the sessions part."""

    @resolved("One check-in.")
    async def check_in(self, info: Info, id: Id) -> CheckIn | None:
        """By its global id."""
        return await find(info.context, CheckIn, id)


@strawberry.type
class SessionMutations:
    """Changes that the sessions part makes."""

    set_cadence = mutation(sessions.SET_CADENCE, SetCadenceInput, Cadence)
    submit_preparation = mutation(sessions.SUBMIT_PREPARATION, SubmitPreparationInput, CheckIn)
    mark_brief_read = mutation(sessions.MARK_BRIEF_READ, MarkBriefReadInput, CheckIn)
    attest_attendance = mutation(sessions.ATTEST_ATTENDANCE, AttestAttendanceInput, CheckIn)
    write_note = mutation(sessions.WRITE_NOTE, WriteNoteInput, Note)
    edit_note = mutation(sessions.EDIT_NOTE, EditNoteInput, Note)
    delete_note = mutation(sessions.DELETE_NOTE, DeleteNoteInput, Note)
