"""What becomes of a note after it was written."""

from datetime import datetime

from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.sessions import EditNote, Note, NoteDeleted, NoteEdited, NoteFact, Visibility
from contracts.wire import Change, evolve


def check_author(note: Note, user_id: str) -> None:
    """Only its author changes a note. Who may not read it is told that there is none."""
    if note.author_id == user_id:
        return
    if note.visibility is Visibility.PRIVATE or note.deleted_at is not None:
        raise NotFound.of("note", note.id)
    raise Forbidden(f"The note {note.id} is your partner's; only its author changes it. Write one of your own.")


def _living(note: Note) -> None:
    if note.deleted_at is not None:
        raise NotFound.of("note", note.id)


def edit_note(note: Note, request: EditNote, at: datetime) -> Change[Note]:
    """Other words, or shared from now on."""
    _living(note)
    text, visibility = request.text or note.text, request.visibility or note.visibility
    if request.text is None and request.visibility is None:
        raise Invalid("Say what shall be different: the text, the visibility, or both.", field="text")
    if note.visibility is Visibility.SHARED and visibility is Visibility.PRIVATE:
        raise Conflict(f"Your partner may have read the note {note.id} already. Delete it if it shall be gone.")
    if (text, visibility) == (note.text, note.visibility):
        return Change(note)
    edited = evolve(note, text=text, visibility=visibility, edited_at=at)
    return Change(edited, (_fact(NoteEdited, edited),))


def delete_note(note: Note, at: datetime) -> Change[Note]:
    """Its words are gone; that there was a note stays, so that a repeat and a link do no harm."""
    _living(note)
    return Change(evolve(note, text="", deleted_at=at), (_fact(NoteDeleted, note),))


def _fact[F: NoteFact](kind: type[F], note: Note) -> F:
    return kind(mentorship_id=note.mentorship_id, note_id=note.id, author_id=note.author_id, visibility=note.visibility)
