"""What became of the things that action items come from."""

from contracts.goals.action import ActionItem
from contracts.wire import ByIds, Operation, Record


class NoteActions(Record, frozen=True, kw_only=True):
    """The action items that come from the note with this id, the oldest first; for the two parties."""

    id: str
    items: tuple[ActionItem, ...] = ()


GET_NOTE_ACTIONS = Operation("goals.get_note_actions", ByIds, tuple[NoteActions, ...], safe=True)
