"""What becomes of a note after it was written."""

from contracts.sessions import DeleteNote, EditNote, Note
from contracts.wire import Caller
from kit.command import stamp
from kit.mongo import Stored
from services.sessions.actions import WORKING, Context
from services.sessions.model import notes
from services.sessions.model.policy import Kind


async def edit_note(context: Context, caller: Caller, request: EditNote) -> Note:
    """Its author rewords or shares it."""
    stored, at = await _own(context, caller, request.note_id), context.clock.now()
    by = stamp(caller, request, at)
    return await context.store.notes.amend(stored, by, lambda note: notes.edit_note(note, request, at))


async def delete_note(context: Context, caller: Caller, request: DeleteNote) -> Note:
    """Its author takes it away."""
    stored, at = await _own(context, caller, request.note_id), context.clock.now()
    return await context.store.notes.amend(stored, stamp(caller, request, at), lambda note: notes.delete_note(note, at))


async def _own(context: Context, caller: Caller, note_id: str) -> Stored[Note]:
    stored = await context.store.notes.load(caller.org_id, note_id)
    await context.writing_at(caller, stored.record, WORKING, Kind.SHARED_NOTE)
    notes.check_author(stored.record, caller.user_id)
    return stored
