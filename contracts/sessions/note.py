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
    """A party's words about the mentorship or one of its check-ins."""

    id: str
    org_id: str
    mentorship_id: str
    check_in_id: str | None = None
    author_id: str
    visibility: Visibility
    text: str
    created_at: datetime
    version: int = 1


class WriteNote(Command, frozen=True, kw_only=True):
    """A party writes a note."""

    mentorship_id: str
    check_in_id: str | None = None
    visibility: Visibility = Visibility.PRIVATE
    text: Text


WRITE_NOTE = Operation("sessions.write_note", WriteNote, Note)
GET_NOTES = Operation("sessions.get_notes", ByIds, tuple[Note, ...], safe=True)
LIST_NOTES = Operation("sessions.list_notes", OfMentorships, tuple[Page[Note] | None, ...], safe=True)


@topic("sessions.note_written.v1")
class NoteWritten(Event, frozen=True, kw_only=True):
    """A note exists; never its words."""

    note_id: str
    author_id: str
    visibility: Visibility
