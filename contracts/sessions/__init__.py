"""The rhythm of a mentorship: cadence, check-ins, attendance, notes, time and reviews. Owner: services.sessions."""

# ruff: noqa: F403, F405 - one owner, one name to import from; the files behind it are for reading
from contracts.sessions.agenda import *
from contracts.sessions.brief import *
from contracts.sessions.cadence import *
from contracts.sessions.calendar import *
from contracts.sessions.check_in import *
from contracts.sessions.effort import *
from contracts.sessions.lifecycle import *
from contracts.sessions.moving import *
from contracts.sessions.note import *
from contracts.sessions.pulse import *
from contracts.sessions.report import *
from contracts.sessions.review import *
from contracts.sessions.review_form import *
from contracts.sessions.time import *
from contracts.sessions.time_off import *
from contracts.wire import Event

EVENTS: tuple[type[Event], ...] = (
    CadenceChanged,
    CheckInScheduled,
    PreparationSubmitted,
    BriefRead,
    AttendanceAttested,
    CheckInHeld,
    CheckInMissed,
    AttendanceDisputed,
    RescheduleProposed,
    RescheduleDeclined,
    CheckInRescheduled,
    CheckInCancelled,
    CheckInClosed,
    TimeOffAdded,
    TimeOffRemoved,
    TimeLogged,
    TimeEdited,
    TimeWithdrawn,
    TimeSetAside,
    TimeApproved,
    TimeDisputed,
    TimeDisputeResolved,
    TimeClaimed,
    NoteWritten,
    NoteEdited,
    NoteDeleted,
    PulseOpened,
    PulseAnswered,
    ReviewOpened,
    ReviewSubmitted,
    CalendarFeedCreated,
    CalendarFeedRevoked,
    AgendaPointAdded,
    AgendaReordered,
    AgendaPointRemoved,
    AgendaCarriedOver,
)
