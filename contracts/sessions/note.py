"""What a party writes down."""

from datetime import datetime
from enum import StrEnum

from contracts.identity import OfMentorships
from contracts.wire import (
    ByIds,
    Command,
    Event,
    Operation,
    Page,
    Record,
    Text,
    topic,
)


class Visibility(StrEnum):
    """Who reads a note: its author, or both parties."""

    PRIVATE = "private"
    SHARED = "shared"


class Note(Record, frozen=True, kw_only=True):
    """A party's words about the mentorship or one of its check-ins.

    Once it is deleted it has no text any more, and nobody finds it.
    """

    id: str
    org_id: str
    mentorship_id: str
    check_in_id: str | None = None
    author_id: str
    visibility: Visibility
    text: str
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 1


class WriteNote(Command, frozen=True, kw_only=True):
    """A party writes a note."""

    mentorship_id: str
    check_in_id: str | None = None
    visibility: Visibility = Visibility.PRIVATE
    text: Text


class EditNote(Command, frozen=True, kw_only=True):
    """The author of a note puts it in other words or shares it; what is left out stays. Shared stays shared."""

    note_id: str
    text: Text | None = None
    visibility: Visibility | None = None


class DeleteNote(Command, frozen=True, kw_only=True):
    """The author of a note takes it away: its words are gone for both."""

    note_id: str


WRITE_NOTE = Operation("sessions.write_note", WriteNote, Note)
EDIT_NOTE = Operation("sessions.edit_note", EditNote, Note)
DELETE_NOTE = Operation("sessions.delete_note", DeleteNote, Note)
GET_NOTES = Operation("sessions.get_notes", ByIds, tuple[Note, ...], safe=True)
LIST_NOTES = Operation("sessions.list_notes", OfMentorships, tuple[Page[Note] | None, ...], safe=True)


class NoteFact(Event, frozen=True, kw_only=True):
    """Any fact about a note; never its words."""

    note_id: str
    author_id: str
    visibility: Visibility


@topic("sessions.note_written.v1")
class NoteWritten(NoteFact, frozen=True, kw_only=True):
    """A note exists."""


@topic("sessions.note_edited.v1")
class NoteEdited(NoteFact, frozen=True, kw_only=True):
    """A note has other words, or is shared now."""


@topic("sessions.note_deleted.v1")
class NoteDeleted(NoteFact, frozen=True, kw_only=True):
    """A note is gone; `visibility` is what it had."""
